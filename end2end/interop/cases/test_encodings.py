"""Each way in which a stock Celery can write a message is read by an Umbel worker, and pickle by none."""

import pytest

from harness import PATIENCE, until


@pytest.fixture(scope="module")
def umbel(stage):
    return stage.umbel(settings='accept_content = ["json", "yaml", "msgpack"]\n')


@pytest.mark.parametrize("serializer", ["json", "yaml", "msgpack"])
def test_serializer(stage, umbel, serializer):
    answer = stage.task("echo").apply_async((1, "ä", None, [True, 1.5]), {"k": {"n": -1}}, serializer=serializer)
    assert answer.get(timeout=PATIENCE) == [[1, "ä", None, [True, 1.5]], {"k": {"n": -1}}]


@pytest.mark.parametrize("compression", ["zlib", "gzip", "bzip2", "lzma"])
@pytest.mark.parametrize("serializer", ["json", "msgpack"])
def test_compression(stage, umbel, compression, serializer):
    answer = stage.task("echo").apply_async(("z" * 10_000,), compression=compression, serializer=serializer)
    assert answer.get(timeout=PATIENCE) == [["z" * 10_000], {}]


@pytest.mark.parametrize("serializer", ["pickle", "yaml", "msgpack"])
def test_what_is_not_accepted_is_refused(own_stage, serializer):
    umbel = own_stage.umbel()
    own_stage.task("add").apply_async((1, 2), serializer=serializer)
    content_type = {"pickle": "python-serialize"}.get(serializer, serializer)
    until(lambda: any(content_type in line and "refus" in line.lower() for line in umbel.log.splitlines()), "logged")
    assert own_stage.task("add").delay(1, 2).get(timeout=PATIENCE) == 3
    own_stage.redis.until_idle("celery")


def test_protocol_1(stage, umbel):
    app = stage.producer(task_protocol=1)
    add = app.tasks["proj.add"]
    assert add.delay(1, 2).get(timeout=PATIENCE) == 3
    assert add.apply_async((1,), {"y": 2}, countdown=0.5).get(timeout=PATIENCE) == 3


def test_protocol_1_with_a_callback(stage, umbel):
    add = stage.producer(task_protocol=1).tasks["proj.add"]
    then = add.s(10).set(task_id="after-protocol-1")
    assert add.apply_async((1, 2), link=then).get(timeout=PATIENCE) == 3
    assert add.AsyncResult("after-protocol-1").get(timeout=PATIENCE) == 13


def test_body_without_base64(stage, umbel):
    app = stage.producer(broker_transport_options={"body_encoding": None})
    assert app.tasks["proj.echo"].delay("ä").get(timeout=PATIENCE) == [["ä"], {}]


def test_key_prefixes(own_stage):
    app = own_stage.producer(
        broker_transport_options={"global_keyprefix": "pfx-"},
        result_backend_transport_options={"global_keyprefix": "rpfx"},
    )
    settings = """
        [broker_transport_options]
        global_keyprefix = "pfx-"
        [result_backend_transport_options]
        global_keyprefix = "rpfx"
        """
    own_stage.umbel(settings=settings, app=app)
    result = app.tasks["proj.add"].delay(1, 2)
    assert result.get(timeout=PATIENCE) == 3
    own_stage.redis.until_idle("celery", prefix="pfx-")
    with own_stage.redis.client() as client:
        assert client.exists(f"rpfx_celery-task-meta-{result.id}")
        assert all(key.startswith(("pfx-", "rpfx_")) for key in client.scan_iter("*celery*"))


def test_separator_and_priority_steps(own_stage):
    app = own_stage.producer(broker_transport_options={"sep": ":", "priority_steps": list(range(10))})
    settings = """
        [broker_transport_options]
        sep = ":"
        priority_steps = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
        """
    own_stage.umbel(settings=settings, app=app)
    for priority in (0, 4, 9):
        assert app.tasks["proj.add"].apply_async((1, 2), priority=priority).get(timeout=PATIENCE) == 3
