"""What a Python producer can say about a call beside its arguments is obeyed by an Umbel worker."""

import datetime as dt
import uuid

import pytest
from celery.exceptions import TaskRevokedError, TimeLimitExceeded
from kombu import Exchange, Queue

from harness import PATIENCE, until

QUEUES = "celery,other,direct_q,topic_q,topic_star,prio,expiring"


@pytest.fixture(scope="module")
def umbel(stage):
    return stage.umbel("umbel", "--queues", QUEUES)


@pytest.fixture(scope="module")
def app(stage, umbel):
    """A producer with queues of every kind."""
    topic = Exchange("topic_ex", type="topic")
    return stage.producer(
        task_queues=[
            Queue("celery", Exchange("celery"), routing_key="celery"),
            Queue("direct_q", Exchange("direct_ex"), routing_key="direct.key"),
            Queue("topic_q", topic, routing_key="media.#"),
            Queue("topic_star", topic, routing_key="media.*.low"),
            Queue("prio", Exchange("prio"), routing_key="prio", queue_arguments={"x-max-priority": 10}),
            Queue("expiring", Exchange("expiring"), routing_key="expiring", expires=3600.0),
        ]
    )


@pytest.fixture
def add(app):
    return app.tasks["proj.add"]


@pytest.fixture
def about(app):
    return app.tasks["proj.about"]


def now():
    return dt.datetime.now(dt.timezone.utc)


def in_a_moment():
    return now() + dt.timedelta(seconds=1)


def done_at(result):
    return result.date_done.replace(tzinfo=dt.timezone.utc) if result.date_done.tzinfo is None else result.date_done


# Time


@pytest.mark.core
def test_eta(add):
    eta = in_a_moment()
    result = add.apply_async((1, 2), eta=eta)
    assert result.get(timeout=PATIENCE) == 3
    assert done_at(result) >= eta


def test_eta_without_zone_is_utc(add):
    eta = in_a_moment()
    result = add.apply_async((1, 2), eta=eta.replace(tzinfo=None))
    assert result.get(timeout=PATIENCE) == 3
    assert done_at(result) >= eta


def test_eta_of_another_zone(add):
    eta = in_a_moment()
    result = add.apply_async((1, 2), eta=eta.astimezone(dt.timezone(dt.timedelta(hours=-7))))
    assert result.get(timeout=PATIENCE) == 3
    assert done_at(result) >= eta


def test_countdown(add):
    sent = now()
    result = add.apply_async((1, 2), countdown=1)
    assert result.get(timeout=PATIENCE) == 3
    assert done_at(result) - sent >= dt.timedelta(seconds=1)


def test_not_yet_expired(add):
    assert add.apply_async((1, 2), expires=60).get(timeout=PATIENCE) == 3
    assert add.apply_async((1, 2), expires=now() + dt.timedelta(hours=1)).get(timeout=PATIENCE) == 3


@pytest.mark.core
def test_expired(add):
    result = add.apply_async((1, 2), expires=now() - dt.timedelta(seconds=5))
    with pytest.raises(TaskRevokedError, match="expired"):
        result.get(timeout=PATIENCE)
    assert result.state == "REVOKED"


def test_expires_while_it_waits(add):
    result = add.apply_async((1, 2), countdown=1.5, expires=1)
    with pytest.raises(TaskRevokedError, match="expired"):
        result.get(timeout=PATIENCE)


def test_time_limits_that_are_kept(add):
    assert add.apply_async((1, 2), time_limit=30, soft_time_limit=20).get(timeout=PATIENCE) == 3


def test_hard_time_limit(app, gate):
    result = app.tasks["proj.hold"].apply_async((str(gate),), time_limit=1)
    with pytest.raises(TimeLimitExceeded, match="1"):
        result.get(timeout=PATIENCE)


# Place


@pytest.mark.parametrize("priority", [0, 1, 2, 3, 5, 6, 9, 12])
def test_priority(add, priority):
    assert add.apply_async((1, 2), priority=priority).get(timeout=PATIENCE) == 3


def test_priorities_are_served_most_urgent_first(own_stage, tmp_path):
    trace, note = tmp_path / "trace", own_stage.task("note")
    results = [
        note.apply_async((str(trace), f"{priority}.{place}"), priority=priority)
        for priority in (9, 6, 3, 0)
        for place in range(3)
    ]
    own_stage.umbel("umbel", "--concurrency", 1)
    for result in results:
        result.get(timeout=PATIENCE)
    assert trace.read_text().split() == [f"{priority}.{place}" for priority in (0, 3, 6, 9) for place in range(3)]


def test_queue_with_x_max_priority(add):
    assert add.apply_async((1, 2), queue="prio", priority=9).get(timeout=PATIENCE) == 3


def test_queue_nobody_declared(stage, umbel):
    assert stage.task("about").apply_async(queue="other").get(timeout=PATIENCE)["queue"] == "other"


def test_queue_of_a_direct_exchange(add):
    assert add.apply_async((1, 2), queue="direct_q").get(timeout=PATIENCE) == 3


def declare(app, *queues):
    with app.connection_for_write() as connection:
        for queue in queues:
            app.amqp.queues[queue](connection.default_channel).declare()


def test_direct_exchange(app, add):
    declare(app, "direct_q")
    assert add.apply_async((1, 2), exchange="direct_ex", routing_key="direct.key").get(timeout=PATIENCE) == 3


def test_topic_exchange(app, add, tmp_path):
    declare(app, "topic_q", "topic_star")
    trace, note = tmp_path / "trace", app.tasks["proj.note"]
    # Both queues are bound to the first one's key, so that runs twice; the second matches media.# alone.
    note.apply_async((str(trace), "low"), queue="topic_q", routing_key="media.video.low")
    note.apply_async((str(trace), "high"), exchange="topic_ex", exchange_type="topic", routing_key="media.video")
    until(lambda: len(trace.read_text().split()) == 3, "three messages have run")
    assert sorted(trace.read_text().split()) == ["high", "low", "low"]


def test_unroutable_is_nobodys_business(stage, add):
    add.apply_async((1, 2), exchange="nowhere_ex", routing_key="nowhere")
    assert add.delay(1, 2).get(timeout=PATIENCE) == 3
    stage.redis.until_idle(*QUEUES.split(","))


def test_queue_that_expires(add):
    assert add.apply_async((1, 2), queue="expiring").get(timeout=PATIENCE) == 3


# Result


@pytest.mark.parametrize("way", ["by the call", "by the task"])
def test_ignored_result(stage, app, tmp_path, way):
    trace = tmp_path / "trace"
    name, options = {"by the call": ("note", {"ignore_result": True}), "by the task": ("note_only", {})}[way]
    result = app.tasks[f"proj.{name}"].apply_async((str(trace), "here"), **options)
    until(lambda: trace.read_text() == "here\n", "the task has run")
    stage.redis.until_idle("celery")
    with stage.redis.client() as client:
        assert not client.exists(f"celery-task-meta-{result.id}")


# Headers and properties


def test_identity(about):
    task_id = str(uuid.uuid4())
    told = about.apply_async(task_id=task_id).get(timeout=PATIENCE)
    assert (told["id"], told["root_id"], told["parent_id"], told["retries"]) == (task_id, task_id, None, 0)
    assert told["queue"] == "celery"


def test_id_that_is_no_uuid(add):
    assert add.apply_async((1, 2), task_id="order: 17/ä").get(timeout=PATIENCE) == 3


def test_custom_header(about):
    told = about.apply_async(headers={"x-trace": {"span": 7}}).get(timeout=PATIENCE)
    assert told["x-trace"] == {"span": 7}


@pytest.mark.core
def test_stamps(about):
    signature = about.s()
    signature.stamp(customer="c-1", tags=["a", "b"])
    told = signature.apply_async().get(timeout=PATIENCE)
    assert {name: told["stamps"][name] for name in ("customer", "tags")} in (
        {"customer": "c-1", "tags": ["a", "b"]},
        {"customer": ["c-1"], "tags": ["a", "b"]},
    )


OPTIONS = {
    "shadow": {"shadow": "proj.shadow"},
    "custom_repr": {"argsrepr": "<args>", "kwargsrepr": "<kwargs>"},
    "reply_to": {"reply_to": "my-reply"},
    "extra_property": {"app_id": "my-app", "message_id": "m-1", "foo": "bar"},
    "delivery_mode": {"delivery_mode": 1},
    "retry_policy": {"retry": True, "retry_policy": {"max_retries": 1}},
}


@pytest.mark.parametrize("name", OPTIONS)
def test_option_that_changes_nothing_for_the_task(add, name):
    assert add.apply_async((1, 2), **OPTIONS[name]).get(timeout=PATIENCE) == 3


def test_task_sent_event_is_shown(stage, umbel, gate):
    app = stage.producer(task_send_sent_event=True)
    result = app.tasks["proj.add"].apply_async((1, 2))
    assert result.get(timeout=PATIENCE) == 3
    task = umbel.until_task(result.id, "SUCCESS")
    assert "task-sent" in [step["event"] for step in task["timeline"]]
