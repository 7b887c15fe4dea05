"""Umbel as a client of Python workers, and as a reader of results, whoever ran the task."""

import datetime as dt

import pytest

from harness import PATIENCE, until


@pytest.fixture(scope="module")
def umbel(stage, worker):
    """A dashboard that runs no tasks itself."""
    umbel = stage.umbel("umbel", "--no-worker")
    umbel.until_worker(worker.node)
    return umbel


@pytest.fixture(scope="module")
def worker(stage):
    return stage.worker("python", "-Q", "celery,other")


def test_command_line(umbel):
    task_id = umbel.send("proj.add", "--args", "[2, 3]")
    task = umbel.until_task(task_id, "SUCCESS")
    assert (task["result"], task["worker"]) == (5, "python@interop")


def test_keywords_queue_and_countdown(umbel):
    words = ["--kwargs", '{"x": 2, "y": 3}', "--queue", "other", "--countdown", "0.5"]
    task = umbel.until_task(umbel.send("proj.add", *words), "SUCCESS")
    assert (task["result"], task["queue"]) == (5, "other")


def test_api(stage, umbel):
    eta = dt.datetime.now(dt.timezone.utc) + dt.timedelta(seconds=1)
    sent = {"name": "proj.echo", "args": [1, "ä", None], "kwargs": {"k": [1.5]}, "eta": eta.isoformat(), "priority": 6}
    task_id = umbel.post("/tasks", {**sent, "expires": 60})["id"]
    task = umbel.until_task(task_id, "SUCCESS")
    assert task["result"] == [[1, "ä", None], {"k": [1.5]}]
    # The result may be known a moment before the events are.
    until(lambda: umbel.get(f"/tasks/{task_id}")["args"] == [1, "ä", None], "its call is known")
    task = umbel.get(f"/tasks/{task_id}")
    assert stage.app.AsyncResult(task_id).get(timeout=1) == [[1, "ä", None], {"k": [1.5]}]
    assert dt.datetime.fromisoformat(task["finished_at"]) >= eta


def test_many(umbel):
    ids = umbel.post("/tasks", [{"name": "proj.add", "args": [number, 1]} for number in range(50)])["ids"]
    assert [umbel.until_task(task_id, "SUCCESS")["result"] for task_id in ids] == list(range(1, 51))


def test_failure(umbel):
    task = umbel.until_task(umbel.send("proj.fail", "--args", '["no"]'), "FAILURE")
    assert task["exception"] == "ValueError: no" or task["exception"] == "ValueError('no')"
    assert "in fail" in task["traceback"]


def test_expired(umbel):
    past = dt.datetime.now(dt.timezone.utc) - dt.timedelta(seconds=5)
    task_id = umbel.post("/tasks", {"name": "proj.add", "args": [1, 2], "expires": past.isoformat()})["id"]
    umbel.until_task(task_id, "REVOKED")


def test_cancelled_while_it_runs(stage, umbel, gate):
    task_id = umbel.send("proj.progress", "--args", f'["{gate}"]')
    until(lambda: stage.app.AsyncResult(task_id).state == "PROGRESS", "the task runs")
    umbel.post(f"/tasks/{task_id}/cancel")
    umbel.until_task(task_id, "REVOKED")
    assert stage.app.AsyncResult(task_id).state == "REVOKED"


def test_cancelled_while_it_waits(stage, umbel):
    task_id = umbel.send("proj.add", "--args", "[1, 2]", "--queue", "nobody_serves_it")
    umbel.post(f"/tasks/{task_id}/cancel")
    umbel.until_task(task_id, "REVOKED")
    stage.redis.until_idle("nobody_serves_it")


def test_progress_of_an_unmodified_python_task(umbel, gate):
    task_id = umbel.send("proj.progress", "--args", f'["{gate}"]')
    task = umbel.until_task(task_id, "PROGRESS")
    assert (task["progress"], task["meta"]) == (0.5, {"current": 1, "total": 2})
    gate.touch()
    assert umbel.until_task(task_id, "SUCCESS")["result"] == "released"


def test_both_ways(own_stage):
    """Python sends, Umbel runs, and another Umbel, which has seen it all, reads the result."""
    own_stage.umbel("hand")
    eye = own_stage.umbel("eye", "--no-worker")
    eye.until_worker("hand@interop")
    result = own_stage.task("add").delay(2, 3)
    assert result.get(timeout=PATIENCE) == 5
    task = eye.until_task(result.id, "SUCCESS")
    assert (task["result"], task["worker"]) == (5, "hand@interop")
