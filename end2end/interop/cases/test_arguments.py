"""A Python producer's arguments reach an Umbel worker, and its answer comes back, value for value."""

import datetime as dt
import decimal
import json
import uuid

import pytest
from kombu.utils.json import dumps, loads

from harness import PATIENCE


class Speaking:
    """Tells the serializer itself what it is."""

    def __json__(self):
        return {"from": "__json__"}


MOMENT = dt.datetime(2024, 2, 29, 12, 30, 15, 123456)
INDIA = dt.timezone(dt.timedelta(hours=5, minutes=30))

# What comes back as it was sent, tuples and keys as JSON has them.
ARGUMENTS = {
    "none": ((), {}),
    "args_kwargs": ((1, "two", [3, None, True]), {"k": {"n": 1.5}}),
    "unicode": (("héllo ☃ 🎉", 'quote " \\ \n', "\x00\x06\x16"), {"ключ": "значение"}),
    "ints_of_64_bits": ((2**63, 2**64 - 1, -(2**63)), {}),
    "floats": ((1e300, 0.1, 1e-7, -0.0, 5e-324), {}),
    "tuples": (((1, (2, 3)),), {}),
    "speaking": ((Speaking(),), {}),
    "nonstr_keys": (({1: "a", None: "b", 1.5: "d"},), {}),
    "long": (("x" * 3000, [[[[1]]]]), {"long": list(range(300))}),
    "a_megabyte": (("y" * 1_000_000,), {}),
}

# Python's own kinds reach a task in Rust in the form in which JSON can carry them.
PLAIN = {
    "moments": ([MOMENT, MOMENT.replace(tzinfo=INDIA)], ["2024-02-29T12:30:15.123456", "2024-02-29T12:30:15.123456+05:30"]),
    "date": (MOMENT.date(), "2024-02-29"),
    "time": (dt.time(1, 2, 3, 4), "01:02:03.000004"),
    "decimal": (decimal.Decimal("1.50"), "1.50"),
    "uuid": (uuid.UUID("12345678-1234-5678-1234-567812345678"), "12345678-1234-5678-1234-567812345678"),
    "text_as_bytes": (b"plain bytes", "plain bytes"),
    "bytes": (b"\xff\x00\xfe", "/wD+"),
    "ints_beyond": ([2**64 + 1, -(2**70)], [float(2**64 + 1), float(-(2**70))]),
    "nan_inf": ([float("nan"), float("inf"), float("-inf")], [None, None, None]),
}


@pytest.fixture(scope="module")
def umbel(stage):
    return stage.umbel()


@pytest.mark.parametrize("name", ARGUMENTS)
def test_echo(stage, umbel, name):
    args, kwargs = ARGUMENTS[name]
    answer = stage.task("echo").apply_async(args, kwargs).get(timeout=PATIENCE)
    # As exact as text, so that 1 is not 1.0.
    assert json.dumps(answer, sort_keys=True) == json.dumps(loads(dumps([args, kwargs])), sort_keys=True)


@pytest.mark.parametrize("name", PLAIN)
def test_kinds_of_python(stage, umbel, name):
    sent, seen = PLAIN[name]
    assert stage.task("echo").delay(sent, key=sent).get(timeout=PATIENCE) == [[seen], {"key": seen}]


@pytest.mark.core
def test_plain(stage, umbel):
    assert stage.task("add").delay(1, 2).get(timeout=PATIENCE) == 3


def test_no_arguments(stage, umbel):
    assert stage.task("nothing").delay().get(timeout=PATIENCE) is None


def test_signatures_as_arguments(stage, umbel):
    add, total = stage.task("add"), stage.task("total")
    signatures = [add.s(1, 2).set(queue="other", countdown=3), add.s(1) | add.s(2), add.si(1, y=2), total.s()]
    answer = stage.task("echo").delay(*signatures).get(timeout=PATIENCE)
    assert answer == loads(dumps([signatures, {}]))


def test_name_the_producer_does_not_know(stage, umbel):
    result = stage.producer().send_task("proj.echo", args=[1], kwargs={"a": "b"})
    assert result.get(timeout=PATIENCE) == [[1], {"a": "b"}]


def test_wrong_arguments(stage, umbel):
    result = stage.producer().send_task("proj.add", args=[1])
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'y'"):
        result.get(timeout=PATIENCE)
