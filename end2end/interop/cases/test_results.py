"""What Python's AsyncResult reads of a task that Umbel ran: values, exceptions, progress, kin."""

import pytest
from celery.exceptions import (
    Ignore,
    NotRegistered,
    Reject,
    TaskRevokedError,
    TimeoutError,
)

from harness import PATIENCE, until


@pytest.fixture(scope="module")
def umbel(stage):
    return stage.umbel()


@pytest.fixture
def task(stage, umbel):
    return stage.task


@pytest.mark.core
def test_value(task):
    result = task("add").delay(2, 3)
    assert result.get(timeout=PATIENCE) == 5
    assert result.state == "SUCCESS"
    assert result.successful() and result.ready() and not result.failed()
    assert result.traceback is None
    assert result.date_done is not None


def test_big_value(task):
    assert task("big").delay(2_000_000).get(timeout=PATIENCE) == "x" * 2_000_000


@pytest.mark.core
def test_exception_with_its_type_and_traceback(task):
    result = task("fail").delay("no such luck")
    with pytest.raises(ValueError) as raised:
        result.get(timeout=PATIENCE)
    assert raised.value.args == ("no such luck",)
    assert result.state == "FAILURE"
    assert result.traceback.startswith("Traceback (most recent call last):")
    assert "no such luck" in result.traceback


def test_exception_of_another_type(task):
    with pytest.raises(KeyError, match="missing"):
        task("fail_key").delay().get(timeout=PATIENCE)


def test_exception_as_a_value(task):
    result = task("fail").delay("quietly")
    error = result.get(timeout=PATIENCE, propagate=False)
    assert isinstance(error, ValueError)
    assert str(error) == "quietly"
    assert isinstance(result.info, ValueError)


def test_task_nobody_has_registered(stage, umbel):
    result = stage.app.send_task("proj.nope")
    with pytest.raises(NotRegistered, match="proj.nope"):
        result.get(timeout=PATIENCE)


@pytest.mark.core
def test_progress(task, gate):
    result = task("progress").delay(str(gate))
    until(lambda: result.state == "PROGRESS", "the task tells of its progress")
    assert result.info == {"current": 1, "total": 2}
    with pytest.raises(TimeoutError):
        result.get(timeout=0.1)
    gate.touch()
    assert result.get(timeout=PATIENCE) == "released"
    assert result.state == "SUCCESS"


def test_progress_is_heard_while_waiting(task, gate):
    result = task("progress").delay(str(gate))
    heard = []

    def on_message(message):
        heard.append(message["status"])
        gate.touch()

    result.get(timeout=PATIENCE, on_message=on_message)
    assert heard[-2:] == ["PROGRESS", "SUCCESS"]


@pytest.mark.core
def test_revoked_before_it_runs(stage, umbel):
    result = stage.task("add").apply_async((1, 2), countdown=2)
    stage.app.control.revoke(result.id)
    with pytest.raises(TaskRevokedError, match="revoked"):
        result.get(timeout=PATIENCE)
    assert result.state == "REVOKED"


@pytest.mark.core
def test_terminated_while_it_runs(stage, umbel, gate):
    result = stage.task("progress").delay(str(gate))
    until(lambda: result.state == "PROGRESS", "the task runs")
    stage.app.control.revoke(result.id, terminate=True)
    with pytest.raises(TaskRevokedError, match="terminated"):
        result.get(timeout=PATIENCE)
    assert result.state == "REVOKED"


def test_retried(task):
    assert task("retry").delay(3).get(timeout=PATIENCE) == 3


def test_given_up_after_retries(task):
    result = task("give_up").delay()
    with pytest.raises(ConnectionError, match="never"):
        result.get(timeout=PATIENCE)


def test_ignored(stage, task):
    """Nothing is stored, so whoever waits waits in vain, as with Celery."""
    result = task("ignored").delay()
    stage.redis.until_idle("celery")
    with pytest.raises(TimeoutError):
        result.get(timeout=0.2)
    assert result.state in ("PENDING", "STARTED")
    assert not isinstance(result.result, Ignore)


def test_rejected(stage, task):
    result = task("rejected").delay()
    stage.redis.until_idle("celery")
    if result.state != "PENDING":
        with pytest.raises(Reject):
            result.get(timeout=PATIENCE)


def test_children(stage, task):
    result = task("spawn").delay()
    children = result.get(timeout=PATIENCE)
    assert [child.id for child in result.children] == children
    assert [child.get(timeout=PATIENCE) for child in result.children] == [2, 4]
    assert {parent: value for parent, value in result.collect(timeout=PATIENCE)}[result] == children


def test_parents(task):
    result = (task("add").s(1, 2) | task("add").s(3)).apply_async()
    assert result.get(timeout=PATIENCE) == 6
    parent = result.parent
    assert parent.get(timeout=PATIENCE) == 3
    assert [child.id for child in parent.children] == [result.id]


def test_many_at_once(stage, task):
    results = [task("add").delay(number, 1) for number in range(200)]
    waited = stage.app.ResultSet(results).join_native(timeout=PATIENCE)
    assert waited == list(range(1, 201))


def test_forgotten(task):
    result = task("add").delay(1, 2)
    assert result.get(timeout=PATIENCE) == 3
    result.forget()
    assert task("add").AsyncResult(result.id).state == "PENDING"


def test_expiry_is_set(stage, task):
    result = task("add").delay(1, 2)
    result.get(timeout=PATIENCE)
    with stage.redis.client() as client:
        assert 0 < client.ttl(f"celery-task-meta-{result.id}") <= 86_400
