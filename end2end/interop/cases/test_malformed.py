"""No message, however malformed, stops an Umbel worker or blocks its queue: it is removed, and the log says why."""

import base64
import json
import random
import uuid

import pytest

from harness import PATIENCE, until

FUZZED = 400


def encoded(body):
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return base64.b64encode(text).decode()


def envelope(headers=(), properties=(), content=([1, 2], {}, {}), **fields):
    """A sound message, but for what is given. A value of `...` takes the field away."""
    task_id = f"bad-{uuid.uuid4()}"
    message = {
        "body": encoded(content),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {"lang": "py", "task": "proj.add", "id": task_id, "retries": 0, **dict(headers)},
        "properties": {
            "correlation_id": task_id,
            "delivery_mode": 2,
            "delivery_info": {"exchange": "", "routing_key": "celery"},
            "priority": 0,
            "body_encoding": "base64",
            "delivery_tag": str(uuid.uuid4()),
            **dict(properties),
        },
        **fields,
    }
    for part in (message, message["headers"], message["properties"]):
        for name in [name for name, value in part.items() if value is ...] if isinstance(part, dict) else ():
            del part[name]
    return json.dumps(message)


def headless():
    return json.dumps({**json.loads(envelope()), "headers": None})


V1 = {"task": "proj.add", "id": "v1-1", "args": [1, 2], "kwargs": {}}

# What is sent, and a word by which the log has to name the reason.
REFUSED = {
    "not_envelope": ("garbage", "envelope"),
    "not_an_object": ("[1, 2]", "envelope"),
    "not_text": (b"\xff\xfe\x00", "envelope"),
    "empty": ("", "envelope"),
    "without_properties": ('{"body": "x"}', "envelope"),
    "body_is_no_base64": (envelope(body="%%%"), "decode"),
    "body_is_no_json": (envelope(content=b"{nope"), "decode"),
    "body_is_an_object": (envelope(content={"hello": 1}), "body"),
    "body_of_two": (envelope(content=[[1, 2], {}]), "body"),
    "body_is_very_deep": (envelope(content=b"[" * 100_000), "decode"),
    "kwargs_are_a_list": (envelope(content=[[1, 2], [], {}]), "body"),
    "args_are_a_number": (envelope(content=[7, {}, {}]), "body"),
    "unknown_typed_value": (envelope(content=[[{"__type__": "nope", "__value__": 1}], {}, {}]), "nope"),
    "no_id": (envelope({"id": ...}), "id"),
    "id_is_an_object": (envelope({"id": {}}), "id"),
    "no_task": (envelope({"task": ..., "id": ...}), "unknown message"),
    "null_headers": (headless(), "unknown message"),
    "unknown_task": (envelope({"task": "proj.nope"}), "proj.nope"),
    "eta_is_no_date": (envelope({"eta": "soon"}), "eta"),
    "expires_is_no_date": (envelope({"expires": "later"}), "expires"),
    "retries_are_a_word": (envelope({"retries": "twice"}), "twice"),
    "pickle": (envelope(**{"content-type": "application/x-python-serialize"}), "python-serialize"),
    "yaml": (envelope(**{"content-type": "application/x-yaml"}), "yaml"),
    "unknown_content_type": (envelope(**{"content-type": "application/x-foo"}), "application/x-foo"),
    "unknown_compression": (envelope({"compression": "application/x-nope"}), "application/x-nope"),
    "broken_compression": (envelope({"compression": "application/x-gzip"}), "compression"),
}

# Odd, but Celery takes them, and so do we.
ACCEPTED = {
    "headers_task_and_id_only": envelope({"lang": ..., "retries": ...}),
    "another_language": envelope({"lang": "rust"}),
    "no_embed": envelope(content=[[1, 2], {}, None]),
    "plain_body": envelope(properties={"body_encoding": ...}, body="[[1,2],{},{}]"),
    "alias_of_a_compression": envelope({"compression": "zlib"}, body="eJyLjjbUMYrVqa4FolgAG2wESA=="),
    "unknown_header": envelope({"x-unknown": {"deep": [1]}}),
    "unknown_property": envelope(properties={"x-unknown": 1}),
    "protocol_1": envelope({"task": ..., "id": ..., "lang": ..., "retries": ...}, content=V1),
}


@pytest.fixture(scope="module")
def umbel(stage):
    return stage.umbel("umbel", "--log-level", "warn")


@pytest.fixture
def push(stage, umbel):
    with stage.redis.client() as client:
        yield lambda message: client.lpush("celery", message)


def still_works(stage):
    assert stage.task("add").delay(1, 2).get(timeout=PATIENCE) == 3
    stage.redis.until_idle("celery")


@pytest.mark.parametrize("name", REFUSED)
def test_refused(stage, umbel, push, name):
    message, word = REFUSED[name]
    before = len(umbel.log)
    push(message)
    umbel.until(lambda: word in umbel.log[before:].lower(), f"the log says {word!r}")
    still_works(stage)


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(stage, push, name):
    message = json.loads(ACCEPTED[name])
    task_id = message["headers"].get("id", V1["id"])
    push(ACCEPTED[name])
    assert stage.app.AsyncResult(task_id).get(timeout=PATIENCE) == 3


def test_without_a_delivery_tag(stage, push):
    """Celery loses it; whether it is run or refused, it must not stay."""
    push(envelope(properties={"delivery_tag": ...}))
    still_works(stage)


def test_two_with_the_same_delivery_tag(stage, push):
    tag = {"delivery_tag": "twin"}
    push(envelope({"id": "twin-1"}, tag))
    push(envelope({"id": "twin-2"}, tag))
    still_works(stage)


def test_refusals_are_counted(own_stage):
    umbel = own_stage.umbel()
    with own_stage.redis.client() as client:
        for _ in range(3):
            client.lpush("celery", "garbage")
    own_stage.redis.until_idle("celery")
    until(lambda: umbel.log.lower().count("envelope") >= 3, "each refusal is logged")


def mutated(dice):
    """A sound message with one to eight bytes changed, cut out or doubled."""
    message = bytearray(envelope({"eta": None, "expires": None, "timelimit": [None, None]}).encode())
    for _ in range(dice.randint(1, 8)):
        place = dice.randrange(len(message))
        match dice.randrange(3):
            case 0:
                message[place] = dice.randrange(256)
            case 1:
                del message[place : place + dice.randint(1, 20)]
            case 2:
                message[place:place] = message[place : place + dice.randint(1, 20)]
    return bytes(message)


def test_fuzzed(stage, umbel, push):
    dice = random.Random(20_261_120)
    for _ in range(FUZZED):
        push(mutated(dice))
    still_works(stage)
    assert umbel.alive
