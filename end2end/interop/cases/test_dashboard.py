"""Umbel's dashboard in front of an unmodified Python worker: it shows it, and does to it what Flower does."""

import pytest

from harness import PATIENCE, size_of_pool, until

NODE = "python@interop"


@pytest.fixture(scope="module")
def worker(stage):
    return stage.worker("python", "-Q", "celery,other")


@pytest.fixture(scope="module")
def umbel(stage, worker):
    """It came later than the worker, so it has to find out for itself."""
    umbel = stage.umbel("umbel", "--no-worker")
    umbel.until_worker(NODE)
    return umbel


@pytest.fixture
def ask(umbel):
    """Asks the worker for something, as a button does, and gives back what it answered."""
    return lambda act, **arguments: umbel.post(f"/workers/{NODE}/{act}", arguments)["answer"]


@pytest.fixture
def inspect(stage, worker):
    """What the worker says of itself to Celery."""
    return lambda what: getattr(stage.app.control.inspect([NODE], timeout=5), what)()[NODE]


@pytest.fixture
def running(stage, umbel, gate):
    result = stage.task("progress").delay(str(gate))
    umbel.until_task(result.id, "PROGRESS")
    return result


# What it shows


def test_worker(stage, umbel, worker):
    stage.task("add").delay(1, 2).get(timeout=PATIENCE)

    def shown():
        shown = umbel.get(f"/workers/{NODE}")
        assert set(shown["queues"]) == {"celery", "other"}
        assert "proj.add" in [name.split()[0] for name in shown["registered"]]
        assert (shown["slots"], shown["pid"]) == (2, worker.process.pid)
        assert (shown["processed"] or 0) >= 1 and (shown["succeeded"] or 0) >= 1
        return shown

    shown = until(shown, "the worker is known")
    assert "celery" in shown["software"]
    assert len(shown["loadavg"]) == 3
    assert NODE in [row["name"] for row in umbel.get("/workers")["workers"]]


def test_task(stage, umbel):
    result = stage.task("add").apply_async((2, 3), queue="other")
    result.get(timeout=PATIENCE)

    def shown():
        task = umbel.get(f"/tasks/{result.id}")
        # The result may be seen before the last event is heard.
        assert [step["event"] for step in task["timeline"]] == ["task-received", "task-started", "task-succeeded"]
        return task

    task = until(shown, "its life is shown")
    assert (task["state"], task["name"], task["worker"], task["result"]) == ("SUCCESS", "proj.add", NODE, 5)
    assert "2, 3" in task["call"]
    assert task["runtime"] >= 0
    assert result.id in [row["id"] for row in umbel.get("/tasks", worker=NODE, state="success")["tasks"]]


def test_failure(stage, umbel):
    result = stage.task("fail").delay("seen")
    task = umbel.until_task(result.id, "FAILURE")
    assert "seen" in task["exception"]
    assert "in fail" in task["traceback"]


def test_retries(stage, umbel):
    result = stage.task("retry").delay(2, 0.3)
    result.get(timeout=PATIENCE)

    def shown():
        task = umbel.get(f"/tasks/{result.id}")
        assert (task["state"], task["retries"], task["result"]) == ("SUCCESS", 2, 2)
        return task

    assert len(until(shown, "the retries are shown")["attempts"]) == 3


def test_progress(umbel, running):
    task = umbel.get(f"/tasks/{running.id}")
    assert (task["progress"], task["meta"], task["worker"]) == (0.5, {"current": 1, "total": 2}, NODE)
    assert running.id in [row["id"] for row in umbel.get(f"/workers/{NODE}")["running"]]


def test_scheduled(stage, umbel):
    late = stage.task("add").apply_async((1, 2), countdown=3600)
    task = umbel.until_task(late.id, "SCHEDULED")
    assert task["eta"] is not None


def test_result_of_a_task_it_never_saw(own_stage):
    """The worker sent no events and is gone; the result is still in Redis."""
    worker = own_stage.worker("silent")
    own_stage.app.control.disable_events()
    result = own_stage.task("add").delay(2, 3)
    assert result.get(timeout=PATIENCE) == 5
    worker.kill()
    umbel = own_stage.umbel("umbel", "--no-worker")
    task = umbel.until_task(result.id, "SUCCESS")
    assert task["result"] == 5


def test_unknown_task_is_told_from_a_waiting_one(stage, umbel, ask):
    """Somebody has served the queue, nobody does now."""
    ask("add_consumer", queue="left")
    until(lambda: "left" in umbel.get(f"/workers/{NODE}")["queues"], "the queue is known")
    ask("cancel_consumer", queue="left")
    until(lambda: "left" not in umbel.get(f"/workers/{NODE}")["queues"], "nobody serves it")
    waiting = stage.task("add").apply_async((1, 2), queue="left")
    assert umbel.until_task(waiting.id, "PENDING")["name"] == "proj.add"
    with pytest.raises(AssertionError, match="404"):
        umbel.get("/tasks/never-heard-of")


def test_what_waits_in_a_queue(stage, umbel):
    add = stage.task("add")
    results = [add.apply_async((place, "ä"), queue="shelf", priority=place) for place in (0, 6)]

    def shown():
        queue = umbel.get("/queues/shelf")
        assert (queue["ready"], len(queue["waiting"])) == (2, 2)
        return queue["waiting"]

    first, second = until(shown, "the queue is looked into")
    assert [first["id"], second["id"]] == [result.id for result in results]
    assert (first["name"], first["priority"], second["priority"]) == ("proj.add", 0, 6)
    assert "ä" in first["call"]
    assert umbel.post("/queues/shelf/purge")["purged"] == 2
    with stage.redis.client() as client:
        assert not client.exists("shelf", "shelf\x06\x166")


# What its buttons do


def test_ping(ask):
    assert "pong" in ask("ping")


def test_grow_and_shrink(ask, inspect):
    slots = size_of_pool(inspect("stats"))
    assert ask("pool_grow", n=2) == "pool will grow"
    until(lambda: size_of_pool(inspect("stats")) == slots + 2, "it has grown")
    assert ask("pool_shrink", n=2) == "pool will shrink"
    until(lambda: size_of_pool(inspect("stats")) == slots, "it has shrunk")


def test_rate_limit(ask, inspect):
    assert ask("rate_limit", task_name="proj.nothing", rate_limit="10/m") == "new rate limit set successfully"
    assert "proj.nothing [rate_limit=10/m]" in inspect("registered")


def test_time_limit(ask):
    said = ask("time_limit", task_name="proj.nothing", soft=10, hard=20)
    assert said == "time limits set successfully"


def test_consumers(ask, inspect):
    def queues():
        return [queue["name"] for queue in inspect("active_queues")]

    assert ask("add_consumer", queue="parcels") == "add consumer parcels"
    until(lambda: "parcels" in queues(), "the queue is served")
    assert ask("cancel_consumer", queue="parcels") == "no longer consuming from parcels"
    until(lambda: "parcels" not in queues(), "it is not any more")


def test_refusal_is_told(umbel):
    with pytest.raises(AssertionError, match="Autoscale not enabled"):
        umbel.post(f"/workers/{NODE}/autoscale", {"min": 2, "max": 4})


def test_cancel_while_it_waits(stage, umbel):
    late = stage.task("add").apply_async((1, 2), countdown=1.5)
    umbel.until_task(late.id, "SCHEDULED")
    umbel.post(f"/tasks/{late.id}/cancel")
    umbel.until_task(late.id, "REVOKED")
    until(lambda: late.state == "REVOKED", "Python sees it revoked")


def test_cancel_while_it_runs(umbel, running):
    umbel.post(f"/tasks/{running.id}/cancel")
    umbel.until_task(running.id, "REVOKED")
    until(lambda: running.state == "REVOKED", "Python sees it revoked")


def test_shutdown(own_stage):
    worker = own_stage.worker("leaving")
    umbel = own_stage.umbel("umbel", "--no-worker")
    umbel.until_worker(worker.node)
    umbel.post(f"/workers/{worker.node}/shutdown")
    assert worker.until_ended() == 0
    until(lambda: not umbel.get(f"/workers/{worker.node}")["online"], "the dashboard shows it offline")
