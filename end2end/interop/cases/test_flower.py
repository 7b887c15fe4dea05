"""Flower, unmodified, in front of an Umbel worker: what it shows, and what its buttons do."""

import re

import pytest

from harness import PATIENCE, size_of_pool, until

NODE = "umbel@interop"


@pytest.fixture(scope="module")
def umbel(stage):
    return stage.umbel("umbel", "--concurrency", 4)


@pytest.fixture(scope="module")
def flower(stage, umbel):
    flower = stage.flower()
    until(lambda: flower.get("/api/workers", status="true").get(NODE), "Flower sees the worker online")
    # It obeys only for workers that it has asked about themselves.
    until(lambda: NODE in flower.get("/api/workers", refresh="true"), "Flower knows the worker")
    return flower


@pytest.fixture
def worker(flower):
    """What Flower knows of the worker after asking it."""
    return lambda: flower.get("/api/workers", refresh="true", workername=NODE)[NODE]


@pytest.fixture
def running(stage, flower, gate):
    result = stage.task("progress").delay(str(gate))
    until(lambda: flower.get(f"/api/task/info/{result.id}")["state"] == "STARTED", "Flower sees it run")
    return result


# What it shows


def test_workers(flower, worker):
    shown = worker()
    assert {"proj.add", "proj.echo"} <= {name.split()[0] for name in shown["registered"]}
    assert [queue["name"] for queue in shown["active_queues"]] == ["celery"]
    assert shown["stats"]["pool"]["max-concurrency"] >= 4
    assert {"pid", "clock", "uptime", "total", "rusage", "prefetch_count", "broker"} <= set(shown["stats"])
    assert {"active", "scheduled", "reserved", "revoked", "conf"} <= set(shown)


def test_pages(flower):
    overview = flower.get("/workers", json="1")["data"]
    [row] = [row for row in overview if row["hostname"] == NODE]
    assert row["status"] is True
    assert {"active", "processed", "loadavg", "sw_ident", "sw_ver", "sw_sys"} <= set(row)
    for page in ("/workers", "/tasks", "/broker", f"/worker/{NODE}"):
        answer = flower.ask("GET", page)
        assert answer.status_code == 200, page
    assert NODE in flower.ask("GET", f"/worker/{NODE}").text


def test_tasks(stage, flower):
    result = stage.task("add").delay(2, 3)
    assert result.get(timeout=PATIENCE) == 5

    def shown():
        task = flower.get(f"/api/task/info/{result.id}")
        assert task["state"] == "SUCCESS"
        return task

    task = until(shown, "Flower sees the success")
    assert (task["name"], task["args"], task["kwargs"], task["result"]) == ("proj.add", "(2, 3)", "{}", "5")
    assert task["worker"] == NODE
    assert task["received"] <= task["started"] <= task["succeeded"]
    assert 0 <= task["runtime"] < 5
    assert result.id in flower.get("/api/tasks", workername=NODE, state="SUCCESS", taskname="proj.add")
    assert "proj.add" in flower.get("/api/task/types")["task-types"]
    assert result.id in flower.ask("GET", f"/task/{result.id}").text


def test_failure(stage, flower):
    result = stage.task("fail").delay("seen by Flower")

    def shown():
        task = flower.get(f"/api/task/info/{result.id}")
        assert task["state"] == "FAILURE"
        return task

    task = until(shown, "Flower sees the failure")
    assert task["exception"] == "ValueError('seen by Flower')"
    assert task["traceback"].startswith("Traceback (most recent call last):")


def test_retries(stage, flower):
    result = stage.task("retry").delay(2, 0.5)
    assert result.get(timeout=PATIENCE) == 2

    def shown():
        task = flower.get(f"/api/task/info/{result.id}")
        assert (task["state"], task["retries"]) == ("SUCCESS", 2)
        return task["retried"]

    until(shown, "Flower sees the retries")


def test_result(stage, flower):
    result = stage.task("add").delay(2, 3)
    result.get(timeout=PATIENCE)
    shown = flower.get(f"/api/task/result/{result.id}")
    assert (shown["state"], shown["result"]) == ("SUCCESS", 5)


def test_send(flower):
    sent = flower.ask("POST", "/api/task/send-task/proj.add", json={"args": [2, 3]}).json()
    assert flower.get(f"/api/task/result/{sent['task-id']}", timeout=PATIENCE)["result"] == 5
    applied = flower.ask("POST", "/api/task/apply/proj.add", json={"args": [2, 3]}).json()
    assert (applied["state"], applied["result"]) == ("SUCCESS", 5)


def test_length_of_queues(stage, flower):
    shown = {queue["name"]: queue["messages"] for queue in flower.get("/api/queues/length")["active_queues"]}
    assert shown["celery"] == 0


def test_metrics(stage, flower):
    stage.task("add").delay(2, 3).get(timeout=PATIENCE)
    online = re.compile(rf'^flower_worker_online{{worker="{NODE}"}} 1\.0$', re.MULTILINE)
    succeeded = re.compile(rf'^flower_events_total{{task="proj.add",type="task-succeeded",worker="{NODE}"}}', re.MULTILINE)

    def told():
        text = flower.ask("GET", "/metrics").text
        return online.search(text) and succeeded.search(text)

    until(told, "the metrics tell of the worker")


# What its buttons do


def test_grow_and_shrink(flower, worker):
    slots = size_of_pool(worker()["stats"])
    assert "Growing" in flower.post(f"/api/worker/pool/grow/{NODE}", n=2)
    until(lambda: size_of_pool(worker()["stats"]) == slots + 2, "it has grown")
    assert "Shrinking" in flower.post(f"/api/worker/pool/shrink/{NODE}", n=2)
    until(lambda: size_of_pool(worker()["stats"]) == slots, "it has shrunk")


def test_autoscale_says_that_it_is_off(flower):
    answer = flower.ask("POST", f"/api/worker/pool/autoscale/{NODE}", params={"min": 2, "max": 4})
    assert answer.status_code == 403
    assert "Autoscale not enabled" in answer.text


def test_rate_limit(flower, worker):
    said = flower.post("/api/task/rate-limit/proj.nothing", workername=NODE, ratelimit="10/m")
    assert said == "new rate limit set successfully"
    assert "proj.nothing [rate_limit=10/m]" in worker()["registered"]
    answer = flower.ask("POST", "/api/task/rate-limit/proj.nothing", params={"workername": NODE, "ratelimit": "soon"})
    assert answer.status_code == 403
    assert "Invalid rate limit string" in answer.text


def test_time_limit(stage, flower, gate):
    said = flower.post("/api/task/timeout/proj.hold", workername=NODE, hard=1)
    assert said == "time limits set successfully"
    error = stage.task("hold").delay(str(gate)).get(timeout=PATIENCE, propagate=False)
    assert type(error).__name__ == "TimeLimitExceeded"


def test_revoke(stage, flower):
    late = stage.task("add").apply_async((1, 2), countdown=1)
    assert flower.post(f"/api/task/revoke/{late.id}") == f"Revoked '{late.id}'"
    until(lambda: late.state == "REVOKED", "it is revoked")
    until(lambda: flower.get(f"/api/task/info/{late.id}")["state"] == "REVOKED", "Flower sees it revoked")


def test_terminate(flower, running):
    flower.post(f"/api/task/revoke/{running.id}", terminate="true", signal="SIGTERM")
    until(lambda: running.state == "REVOKED", "it is terminated")
    until(lambda: flower.get(f"/api/task/info/{running.id}")["state"] == "REVOKED", "Flower sees it terminated")


def test_consumers(stage, flower, worker):
    assert flower.post(f"/api/worker/queue/add-consumer/{NODE}", queue="parcels") == "add consumer parcels"
    until(lambda: "parcels" in [queue["name"] for queue in worker()["active_queues"]], "the queue is served")
    assert stage.task("add").apply_async((1, 2), queue="parcels").get(timeout=PATIENCE) == 3
    said = flower.post(f"/api/worker/queue/cancel-consumer/{NODE}", queue="parcels")
    assert said == "no longer consuming from parcels"
    until(lambda: "parcels" not in [queue["name"] for queue in worker()["active_queues"]], "it is not any more")


def test_pool_restart_says_that_it_is_off(flower):
    answer = flower.ask("POST", f"/api/worker/pool/restart/{NODE}")
    assert answer.status_code == 403
    assert "Pool restarts not enabled" in answer.text


def test_shutdown(stage, flower):
    leaving = stage.umbel("leaving")
    until(lambda: leaving.node in flower.get("/api/workers", refresh="true"), "Flower knows the second worker")
    assert flower.post(f"/api/worker/shutdown/{leaving.node}") == "Shutting down!"
    until(lambda: not stage.app.control.ping([leaving.node], timeout=0.2), "the worker is gone")
    until(lambda: flower.get("/api/workers", status="true")[leaving.node] is False, "Flower sees it gone")
