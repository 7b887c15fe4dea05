"""What redis-cli and Celery's own tools see in Redis while Umbel is at work."""

import json
import subprocess

import pytest

from harness import PATIENCE, until


def redis_cli(stage, *words):
    command = ["redis-cli", "-p", str(stage.redis.port), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout.strip()


@pytest.fixture
def busy(own_stage, gate):
    """One task runs in the only slot, three wait."""
    own_stage.umbel("umbel", "--concurrency", 1)
    first = own_stage.task("progress").delay(str(gate))
    until(lambda: first.state == "PROGRESS", "the first one runs")
    return own_stage, [first, *(own_stage.task("hold").delay(str(gate)) for _ in range(3))]


def test_length_of_the_queue(busy):
    stage, _ = busy
    assert redis_cli(stage, "LLEN", "celery") == "3"


def test_what_waits_is_as_celery_wrote_it(busy):
    stage, results = busy
    waiting = [json.loads(line) for line in redis_cli(stage, "LRANGE", "celery", "0", "-1").splitlines()]
    assert [message["headers"]["id"] for message in waiting] == [result.id for result in results[:0:-1]]
    assert all(message["properties"]["delivery_tag"] for message in waiting)


def test_celery_amqp(busy):
    stage, _ = busy
    ended = stage.celery("amqp", "queue.declare", "celery")
    assert ended.returncode == 0, ended.stderr
    assert "messages:3" in ended.stdout


def test_celery_purge(busy, gate):
    stage, results = busy
    ended = stage.celery("purge", "-f")
    assert ended.returncode == 0, ended.stderr
    assert "Purged 3 messages from 1 known task queue." in ended.stdout
    gate.touch()
    assert results[0].get(timeout=PATIENCE) == "released"
    stage.redis.until_idle("celery")
    assert [result.state for result in results[1:]] == ["PENDING"] * 3


def test_bindings(busy):
    stage, _ = busy
    assert "celery\x06\x16\x06\x16celery" in stage.redis.client().smembers("_kombu.binding.celery")


def test_nothing_is_left_behind(busy, gate):
    stage, results = busy
    gate.touch()
    assert [result.get(timeout=PATIENCE) for result in results] == ["released"] * 4
    stage.redis.until_idle("celery")
    with stage.redis.client() as client:
        assert client.zcard("unacked_index") == 0


def test_bookkeeping_of_what_runs_is_celerys(busy):
    stage, results = busy
    with stage.redis.client() as client:
        [booking] = [json.loads(booking) for booking in client.hvals("unacked")]
        assert client.zrange("unacked_index", 0, -1) == client.hkeys("unacked")
    envelope, exchange, routing_key = booking
    assert envelope["headers"]["id"] == results[0].id
    assert (exchange, routing_key) == ("", "celery")


def test_messages_a_dead_umbel_left_are_run_by_python(own_stage, gate):
    umbel = own_stage.umbel()
    result = own_stage.task("progress").delay(str(gate))
    until(lambda: result.state == "PROGRESS", "Umbel runs it")
    umbel.kill()
    gate.touch()
    often = {"visibility_timeout": 5, "unacked_restore_interval": 1, "unacked_restore_throttle": 1}
    worker = own_stage.worker(settings={"broker_transport_options": often})
    assert result.get(timeout=30) == "released"
    assert result.id in worker.log
    own_stage.redis.until_idle("celery")


def test_messages_a_dead_python_worker_left_are_run_by_umbel(own_stage, gate):
    """Celery's bookkeeping is understood: what lies in `unacked` beyond its time comes back."""
    impatient = {"broker_transport_options": {"visibility_timeout": 2}, "task_acks_late": True}
    victim = own_stage.worker("victim", settings=impatient)
    result = own_stage.task("progress").delay(str(gate))
    until(lambda: result.state == "PROGRESS", "the victim runs it")
    victim.kill()
    gate.touch()
    own_stage.umbel(settings="[broker_transport_options]\nvisibility_timeout = 2\n")
    assert result.get(timeout=30) == "released"
    own_stage.redis.until_idle("celery")
