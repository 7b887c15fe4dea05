"""The `celery` command line against an Umbel worker: every inspect, every control, status and events."""

import json
import re

import pytest
from celery.worker.control import Panel

from harness import PATIENCE, size_of_pool, until

NODE = "umbel@interop"


@pytest.fixture(scope="module")
def umbel(stage):
    # Its own dashboard would switch events on again whenever its minute comes.
    return stage.umbel("umbel", "--concurrency", 4, settings="monitor_enable_events = false\n")


@pytest.fixture
def ask(stage, umbel):
    """`celery inspect` or `control` as JSON; gives back what the one worker answered."""

    def ask(kind, *words):
        ended = stage.celery(kind, "--json", "-d", NODE, "-t", "5", *words)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        answers = json.loads(ended.stdout)
        # One object for all who were inspected, but a list of objects of those who were controlled.
        [answer] = [answers] if kind == "inspect" else answers
        assert list(answer) == [NODE]
        return answer[NODE]

    return ask


@pytest.fixture
def running(stage, umbel, gate):
    """A task that runs until the gate opens."""
    result = stage.task("progress").delay(str(gate))
    until(lambda: result.state == "PROGRESS", "the task runs")
    return result


# Inspect


@pytest.mark.core
def test_ping(ask):
    assert ask("inspect", "ping") == {"ok": "pong"}


def test_text_for_people(stage, umbel):
    ended = stage.celery("inspect", "ping", "-d", NODE)
    assert (ended.returncode, ended.stdout.split()) == (0, ["->", f"{NODE}:", "OK", "pong", "1", "node", "online."])


@pytest.mark.core
def test_stats(ask, stage):
    assert stage.task("add").delay(1, 2).get(timeout=PATIENCE) == 3
    stats = ask("inspect", "stats")
    assert stats["total"]["proj.add"] >= 1
    assert stats["pid"] > 0 and stats["uptime"] >= 0 and int(stats["clock"]) > 0
    assert stats["pool"]["max-concurrency"] >= 4
    assert stats["broker"]["transport"] == "redis" and stats["broker"]["port"] == stage.redis.port
    assert {"prefetch_count", "rusage"} <= set(stats)


def test_registered(ask):
    registered = ask("inspect", "registered")
    assert {"proj.add", "proj.echo"} <= {name.split()[0] for name in registered}


def test_active(ask, running):
    [task] = [task for task in ask("inspect", "active") if task["id"] == running.id]
    assert (task["name"], task["hostname"], task["type"]) == ("proj.progress", NODE, "proj.progress")
    assert task["time_start"] > 0
    assert task["delivery_info"]["routing_key"] == "celery"
    assert {"args", "kwargs", "acknowledged", "worker_pid"} <= set(task)


def test_reserved(ask):
    assert isinstance(ask("inspect", "reserved"), list)


def test_scheduled(ask, stage, umbel):
    late = stage.task("add").apply_async((1, 2), countdown=3600)
    [held] = until(lambda: [held for held in ask("inspect", "scheduled") if held["request"]["id"] == late.id], "held")
    assert re.match(r"\d{4}-\d\d-\d\dT", held["eta"])
    assert held["priority"] == 6
    assert held["request"]["name"] == "proj.add"


def test_query_task(ask, running):
    state, task = ask("inspect", "query_task", running.id, "unknown-id")[running.id]
    assert (state, task["id"]) == ("active", running.id)


def test_revoked(ask, stage):
    stage.app.control.revoke("never-sent", destination=[NODE], reply=True, timeout=5)
    assert "never-sent" in ask("inspect", "revoked")


def test_active_queues(ask):
    [queue] = [queue for queue in ask("inspect", "active_queues") if queue["name"] == "celery"]
    assert queue["routing_key"] == "celery"
    assert queue["exchange"]["type"] == "direct"


def test_conf(ask):
    assert ask("inspect", "conf")["broker_url"].startswith("redis://")


def test_clock(ask):
    assert ask("inspect", "clock")["clock"] > 0


def test_report(ask):
    report = ask("inspect", "report")["ok"]
    assert "software ->" in report and "platform ->" in report


@pytest.mark.parametrize("command", ["memsample", "memdump", "objgraph"])
def test_what_only_python_can_measure_has_an_answer(stage, umbel, command):
    ended = stage.celery("inspect", "-d", NODE, "-t", "5", command)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert NODE in ended.stdout


def test_every_command_of_celery_is_known(own_stage):
    """Wrong arguments are told; only an unknown name is a KeyError. The one that ends the worker has a case of its own."""
    own_stage.umbel()
    for name in set(Panel.meta) - {"shutdown"}:
        answers = own_stage.app.control.broadcast(name, reply=True, destination=[NODE], timeout=5)
        [answer] = [answer[NODE] for answer in answers]
        assert not isinstance(answer, dict) or "KeyError" not in answer.get("error", ""), name


def test_unknown_command(stage, umbel):
    [answer] = stage.app.control.broadcast("no_such_command", reply=True, destination=[NODE], timeout=5)
    assert answer == {NODE: {"error": "KeyError('no_such_command')"}}


def test_unknown_argument(stage, umbel):
    [answer] = stage.app.control.broadcast("enable_events", {"foo": 1}, reply=True, destination=[NODE], timeout=5)
    error = "TypeError(\"enable_events() got an unexpected keyword argument 'foo'\")"
    assert answer == {NODE: {"error": error}}


def test_patterns_choose_workers(stage, umbel):
    ping = stage.app.control.inspect(pattern="umbel@*", matcher="glob", timeout=1).ping
    assert list(ping()) == [NODE]
    assert stage.app.control.inspect(pattern="python@*", matcher="glob", timeout=0.5).ping() is None


# Control


def test_rate_limit(ask, stage):
    assert ask("control", "rate_limit", "proj.nothing", "10/m") == {"ok": "new rate limit set successfully"}
    assert "proj.nothing [rate_limit=10/m]" in ask("inspect", "registered")
    [answer] = stage.app.control.rate_limit("proj.nothing", 0, [NODE], reply=True, timeout=5)
    assert answer == {NODE: {"ok": "rate limit disabled successfully"}}
    assert "proj.nothing" in ask("inspect", "registered")
    assert ask("control", "rate_limit", "proj.nope", "10/m") == {"error": "unknown task"}
    assert "Invalid rate limit string" in ask("control", "rate_limit", "proj.nothing", "soon")["error"]


def test_time_limit(ask, stage, gate):
    # Soft, then hard.
    assert ask("control", "time_limit", "proj.hold", "1", "2") == {"ok": "time limits set successfully"}
    error = stage.task("hold").delay(str(gate)).get(timeout=PATIENCE, propagate=False)
    assert type(error).__name__ in ("SoftTimeLimitExceeded", "TimeLimitExceeded")
    assert ask("control", "time_limit", "proj.nope", "1", "1") == {"error": "unknown task"}


def test_pool(ask):
    slots = size_of_pool(ask("inspect", "stats"))
    assert ask("control", "pool_grow", "2") == {"ok": "pool will grow"}
    until(lambda: size_of_pool(ask("inspect", "stats")) == slots + 2, "it has grown")
    assert ask("control", "pool_shrink", "2") == {"ok": "pool will shrink"}
    until(lambda: size_of_pool(ask("inspect", "stats")) == slots, "it has shrunk")


def test_what_is_switched_off_says_so(ask):
    assert ask("control", "autoscale", "4", "2") == {"error": "ValueError('Autoscale not enabled')"}
    assert ask("control", "pool_restart") == {"error": "ValueError('Pool restarts not enabled')"}


def test_consumers(ask, stage):
    assert ask("control", "add_consumer", "parcels") == {"ok": "add consumer parcels"}
    assert "parcels" in [queue["name"] for queue in ask("inspect", "active_queues")]
    assert stage.task("add").apply_async((1, 2), queue="parcels").get(timeout=PATIENCE) == 3
    assert ask("control", "cancel_consumer", "parcels") == {"ok": "no longer consuming from parcels"}
    assert "parcels" not in [queue["name"] for queue in ask("inspect", "active_queues")]
    stage.task("add").apply_async((1, 2), queue="parcels")
    with stage.redis.client() as client:
        assert client.llen("parcels") == 1


def test_events_can_be_switched(ask):
    assert ask("control", "disable_events") == {"ok": "task events disabled"}
    assert ask("control", "disable_events") == {"ok": "task events already disabled"}
    assert ask("control", "enable_events") == {"ok": "task events enabled"}
    assert ask("control", "enable_events") == {"ok": "task events already enabled"}


def test_heartbeat(stage, umbel, ask):
    assert ask("control", "heartbeat") is None


def test_revoke(ask, stage):
    late = stage.task("add").apply_async((1, 2), countdown=3600)
    assert late.id in ask("control", "revoke", late.id)["ok"]
    until(lambda: late.state == "REVOKED", "it is revoked")


def test_terminate(ask, running):
    assert running.id in ask("control", "terminate", "SIGTERM", running.id)["ok"]
    until(lambda: running.state == "REVOKED", "it is terminated")


def test_revoke_by_stamped_headers(ask, stage):
    stamped = stage.task("add").s(1, 2)
    stamped.stamp(customer="c-9")
    assert "flagged as revoked" in ask("control", "revoke_by_stamped_headers", "customer=c-9")["ok"]
    late = stamped.apply_async()
    until(lambda: late.state == "REVOKED", "it is revoked")


def test_election_of_one(stage, umbel):
    """A lone Celery worker dies of this."""
    arguments = {"id": "e-1", "topic": "task", "action": None}
    stage.app.control.broadcast("election", arguments, destination=[NODE])
    assert stage.app.control.ping([NODE], timeout=5) == [{NODE: {"ok": "pong"}}]


def test_shutdown(own_stage, gate):
    umbel = own_stage.umbel("leaving")
    result = own_stage.task("progress").delay(str(gate))
    until(lambda: result.state == "PROGRESS", "the task runs")
    own_stage.celery("control", "-d", umbel.node, "-t", "0.5", "shutdown")
    gate.touch()
    assert result.get(timeout=PATIENCE) == "released"
    until(lambda: not own_stage.app.control.ping([umbel.node], timeout=0.2), "the worker is gone")


# Status, events, neighbours


@pytest.mark.core
def test_status(stage, umbel):
    ended = stage.celery("status")
    assert ended.returncode == 0
    assert f"->  {NODE}: OK" in ended.stdout
    assert "1 node online." in ended.stdout


@pytest.mark.core
def test_events_dump(stage, umbel):
    dump = stage.tool("events", "--dump")
    dump.until_log(f"{NODE} [")
    good, bad = stage.task("add").delay(1, 2), stage.task("fail").delay("seen")
    stage.app.control.revoke("flagged-before", destination=[NODE], reply=True, timeout=5)
    stage.task("add").apply_async((1, 2), task_id="flagged-before")
    # It was never received, so nobody has told of its name.
    dump.until(lambda: re.search(rf"{NODE} .* task revoked: .*expired=False", dump.log), "the revocation is told")
    for word in ("received", "started", "succeeded"):
        dump.until(lambda word=word: re.search(rf"task {word}: .*{good.id}", dump.log), f"{word} is told")
    dump.until(lambda: re.search(rf"task failed: .*{bad.id}", dump.log), "the failure is told")
    heartbeat = re.search(rf"{NODE} \[.*\] heartbeat: (.*)", dump.log).group(1)
    assert {"active=", "freq=", "loadavg=", "processed=", "sw_ident="} <= set(re.findall(r"\w+=", heartbeat))
    dump.kill()


@pytest.mark.core
def test_python_neighbours_mingle_and_gossip(own_stage):
    own_stage.umbel("umbel")
    assert own_stage.app.control.revoke("revoked-before", destination=[NODE], reply=True, timeout=5)
    neighbour = own_stage.worker("neighbour")
    neighbour.until_log("mingle: sync with 1 nodes")
    neighbour.until_log("mingle: sync complete")
    revoked = own_stage.app.control.inspect([neighbour.node], timeout=5).revoked()
    assert "revoked-before" in revoked[neighbour.node]
    assert set(own_stage.app.control.inspect(timeout=1).ping()) == {NODE, neighbour.node}


def test_umbel_mingles_with_python_neighbours(own_stage):
    neighbour = own_stage.worker("neighbour")
    own_stage.app.control.revoke("revoked-before", destination=[neighbour.node], reply=True, timeout=5)
    umbel = own_stage.umbel("umbel")

    def known():
        return own_stage.app.control.inspect([umbel.node], timeout=5).revoked()[umbel.node]

    until(lambda: "revoked-before" in known(), "the newcomer knows what was revoked")


def test_gossip_notices_that_umbel_is_gone(own_stage):
    umbel = own_stage.umbel("umbel")
    neighbour = own_stage.worker("neighbour")
    # What this one hears the neighbour hears too, and only who was heard can be missed.
    own_stage.tool("events", "--dump").until_log(f"{umbel.node} [")
    umbel.kill()
    neighbour.until_log(f"missed heartbeat from {umbel.node}")
