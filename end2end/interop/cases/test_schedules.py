"""Umbel's schedules with Python's workers, and beside Celery's own beat."""

import base64
import json
import time

import pytest

from harness import PATIENCE, until

SECOND = 1_000_000
# What the documentation promises for a leader that is killed.
REPLACED_WITHIN = 10
# What differs from one message to the next, and what only Umbel adds.
OWN = {"id", "root_id", "origin", "umbel_schedule", "umbel_due"}


def entry(name, schedule, task, **more):
    """A table of umbel.toml."""
    lines = {"task": task, "schedule": schedule, "missed": "all", "missed_limit": 1000, **more}
    return "\n".join([f"[beat_schedule.{name}]", *(f"{key} = {toml(value)}" for key, value in lines.items()), ""])


def toml(value):
    """Numbers and texts are written as in JSON."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


def state(stage, name):
    """How far an entry has come, once it has begun."""
    with stage.redis.client() as client:
        return json.loads(client.hget("umbel.schedule-states", name) or "null")


def paused(stage, umbel, name):
    """Switches an entry off, and gives back its state once whoever leads knows of it."""
    umbel.post(f"/schedules/{name}/pause")
    until(lambda: state(stage, name)["of"] == "", f"{name} is off")
    return state(stage, name)


def waiting(stage, queue):
    """The first message of a queue nobody serves, once there is one."""
    with stage.redis.client() as client:
        return json.loads(until(lambda: client.lindex(queue, -1), f"something waits in {queue}"))


def lines(path):
    return path.read_text().split() if path.exists() else []


def assert_on_grid(state, step):
    """Every occurrence from the first on was sent."""
    dues = [due for due, *_ in state["marks"]]
    assert (len(dues), state["passed"]) == (state["sent"], 0)
    assert dues == list(range(dues[0], dues[0] + len(dues) * step, step))


def ran(umbel, name):
    """The newest occurrence that a worker has run, with the state of its task."""
    return until(
        lambda: [run for run in umbel.get(f"/schedules/{name}")["runs"] if run["state"] == "SUCCESS"],
        f"{name} has run",
    )[-1]


def test_its_messages_are_those_of_celerys_beat(own_stage):
    call = {"args": ["a"], "kwargs": {"k": 1}}
    options = {"priority": 3, "expires": 60, "headers": {"x-trace": "t"}}
    own_stage.umbel(
        "umbel", "--no-worker", settings=entry("e", 0.2, "proj.echo", **call, options={**options, "queue": "ours"})
    )
    theirs = {"task": "proj.echo", "schedule": 0.2, **call, "options": {**options, "queue": "theirs"}}
    own_stage.tool("beat", settings={"beat_schedule": {"e": theirs}})
    ours, theirs = [waiting(own_stage, f"{queue}\x06\x163") for queue in ("ours", "theirs")]

    def body(message):
        return json.loads(base64.b64decode(message["body"]))

    def comparable(message):
        headers = {key: value for key, value in message["headers"].items() if key not in OWN and value is not None}
        # A moment, or not; and Celery's beat shows arguments as a list where everything else shows a call.
        headers["expires"] = "T" in headers["expires"]
        headers["argsrepr"] = headers["argsrepr"].strip("()[],")
        # Celery tells it where it knows the task; this is what it means otherwise.
        headers.setdefault("ignore_result", False)
        return headers

    assert comparable(ours) == comparable(theirs)
    assert body(ours) == body(theirs)
    assert ours["properties"]["priority"] == theirs["properties"]["priority"] == 3
    assert ours["headers"]["id"] == ours["headers"]["root_id"] == ours["properties"]["correlation_id"]


def test_python_runs_what_it_schedules(own_stage):
    options = {"queue": "other", "priority": 3, "expires": 60, "headers": {"x-trace": "t"}}
    umbel = own_stage.umbel(
        "umbel",
        "--no-worker",
        settings=entry("add", 0.5, "proj.add", args=[2, 3])
        + entry("echo", 0.5, "proj.echo", args=["ä"], kwargs={"k": [1, {"z": 2}]})
        + entry("about", 0.5, "proj.about", options=options)
        + entry("stale", 0.5, "proj.nothing", options={"expires": 0.1}),
    )
    until(lambda: state(own_stage, "stale")["sent"] >= 2, "the first one is too old")
    own_stage.worker("python", "-Q", "celery,other")

    def result(name):
        return own_stage.app.AsyncResult(ran(umbel, name)["id"]).get(timeout=PATIENCE)

    assert result("add") == 5
    assert result("echo") == [["ä"], {"k": [1, {"z": 2}]}]
    about = result("about")
    assert (about["x-trace"], about["queue"], about["retries"], about["parent_id"]) == ("t", "other", 0, None)
    assert about["root_id"] == about["id"]
    first = umbel.get("/schedules/stale")["runs"][0]
    until(lambda: own_stage.app.AsyncResult(first["id"]).state == "REVOKED", "nobody runs it after its time")


def test_each_occurrence_runs_once_whoever_leads(own_stage, tmp_path):
    """One leader is stopped, the next one is killed."""
    trace = tmp_path / "trace"
    settings = entry("counted", 1, "proj.note", args=[str(trace), "ran"])
    umbels = {
        umbel.node: umbel
        for umbel in (own_stage.umbel(name, "--no-worker", settings=settings) for name in ("one", "two"))
    }
    own_stage.worker("python")

    def leader():
        """Takes the leader out of those that run; any of them knows who it is."""
        return umbels.pop(next(iter(umbels.values())).get("/schedules")["scheduler"]["leader"])

    def goes_on(times):
        before = state(own_stage, "counted")["sent"]
        until(lambda: state(own_stage, "counted")["sent"] >= before + times, "it goes on")

    until(lambda: len(lines(trace)) >= 2, "it runs")
    assert leader().stop() == 0
    goes_on(2)
    heir = own_stage.umbel("three", "--no-worker", settings=settings)
    leader().kill()
    killed = time.monotonic()
    goes_on(1)
    assert time.monotonic() - killed < REPLACED_WITHIN
    goes_on(2)
    past = paused(own_stage, heir, "counted")
    own_stage.redis.until_idle("celery")
    assert_on_grid(past, SECOND)
    with own_stage.redis.client() as client:
        results = [json.loads(client.get(key)) for key in client.keys("celery-task-meta-*")]
    assert [result["status"] for result in results] == ["SUCCESS"] * past["sent"] == ["SUCCESS"] * len(lines(trace))


def test_a_celery_beat_beside_it_is_noticed(own_stage, tmp_path):
    trace = tmp_path / "trace"
    umbel = own_stage.umbel("umbel", settings=entry("ours", 0.5, "proj.note", args=[str(trace), "ours"]))
    viewer = own_stage.umbel("viewer", "--no-worker")
    assert viewer.get("/schedules")["scheduler"]["celery_beats"] == []
    theirs = {"task": "proj.note", "schedule": 0.5, "args": [str(trace), "theirs"]}
    beat = own_stage.tool("beat", settings={"beat_schedule": {"theirs": theirs}})
    for program in (umbel, viewer):
        [seen] = until(lambda: program.get("/schedules")["scheduler"]["celery_beats"], f"{program.name} knows of it")
        assert seen["task"] == "proj.note"
        assert seen["origin"].startswith(f"gen{beat.process.pid}@")
    beat.kill()
    past = paused(own_stage, viewer, "ours")
    own_stage.redis.until_idle("celery")
    assert_on_grid(past, SECOND // 2)
    assert lines(trace).count("ours") == past["sent"]
    assert lines(trace).count("theirs") >= 1


@pytest.mark.core
def test_pausing_and_running_by_hand(own_stage, tmp_path):
    trace = tmp_path / "trace"
    settings = entry("held", 0.2, "proj.note", args=[str(trace), "held"])
    settings += entry("other", 0.2, "proj.note", args=[str(trace), "other"])
    umbel = own_stage.umbel("umbel", "--no-worker", settings=settings)
    own_stage.worker("python")

    def some_more(what):
        before = lines(trace).count(what)
        until(lambda: lines(trace).count(what) >= before + 5, f"{what} runs")

    def assert_rests_at(sent):
        until(lambda: lines(trace).count("held") == sent, "what was sent has run")
        some_more("other")
        assert lines(trace).count("held") == state(own_stage, "held")["sent"] == sent

    some_more("held")
    sent = paused(own_stage, umbel, "held")["sent"]
    assert umbel.get("/schedules/held")["standing"] == "paused"
    assert_rests_at(sent)
    by_hand = umbel.post("/schedules/held/run")["id"]
    umbel.until_task(by_hand, "SUCCESS")
    assert_rests_at(sent + 1)
    assert umbel.get("/schedules/held")["runs"][-1]["id"] == by_hand
    umbel.post("/schedules/held/resume")
    some_more("held")
