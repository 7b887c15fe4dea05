"""Callbacks, chains, groups and chords that Python sends are carried on by an Umbel worker, step by step."""

import uuid

import pytest
from celery import chain, chord, group
from celery.exceptions import ChordError

from harness import PATIENCE


@pytest.fixture(scope="module")
def tasks(stage):
    stage.umbel("umbel", "--queues", "celery,other")
    return {name.removeprefix("proj."): task for name, task in stage.app.tasks.items()}


@pytest.fixture
def add(tasks):
    return tasks["add"]


@pytest.fixture
def total(tasks):
    return tasks["total"]


@pytest.fixture
def on_error(tasks):
    return tasks["on_error"]


@pytest.fixture
def echo(tasks):
    return tasks["echo"]


@pytest.fixture
def later(stage):
    """A name for a task to come, and how to get its result."""

    class Later:
        def __init__(self):
            self.id = str(uuid.uuid4())

        def of(self, signature):
            return signature.set(task_id=self.id)

        def get(self):
            return stage.app.AsyncResult(self.id).get(timeout=PATIENCE)

    return Later


# Callbacks


def test_link(add, later):
    then = later()
    assert add.apply_async((1, 2), link=then.of(add.s(10))).get(timeout=PATIENCE) == 3
    assert then.get() == 13


def test_links(add, echo, later):
    one, two = later(), later()
    add.apply_async((1, 2), link=[one.of(add.s(10)), two.of(echo.si("immutable"))])
    assert one.get() == 13
    assert two.get() == [["immutable"], {}]


def test_link_to_a_group(add, later):
    one, two = later(), later()
    add.apply_async((1, 2), link=group(one.of(add.s(10)), two.of(add.s(20))))
    assert (one.get(), two.get()) == (13, 23)


def test_link_with_options(add, tasks, later):
    then = later()
    add.apply_async((1, 2), link=then.of(tasks["about"].si().set(queue="other", priority=3)))
    assert then.get()["queue"] == "other"


def test_link_error(tasks, on_error, later):
    then = later()
    result = tasks["fail"].apply_async(("no",), link_error=then.of(on_error.s()))
    with pytest.raises(ValueError, match="no"):
        result.get(timeout=PATIENCE)
    assert then.get() == f"{result.id} failed"


def test_link_error_stays_silent_after_a_success(add, on_error, later):
    good, bad = later(), later()
    result = add.apply_async((1, 2), link=good.of(add.s(1)), link_error=bad.of(on_error.s()))
    assert result.get(timeout=PATIENCE) == 3
    assert good.get() == 4
    assert add.AsyncResult(bad.id).state == "PENDING"


# Chains


@pytest.mark.core
def test_chain(add):
    result = chain(add.s(1, 2), add.s(3), add.s(4)).apply_async()
    assert result.get(timeout=PATIENCE) == 10
    assert result.parent.get(timeout=PATIENCE) == 6
    assert result.parent.parent.get(timeout=PATIENCE) == 3


def test_chain_with_options(add, echo):
    steps = add.s(1, 2).set(queue="other"), add.s(3).set(countdown=0.5), echo.si("x").set(priority=6)
    result = chain(*steps).apply_async()
    assert result.get(timeout=PATIENCE) == [["x"], {}]
    assert result.parent.get(timeout=PATIENCE) == 6


def test_chain_that_breaks(add, tasks, on_error, later):
    then = later()
    result = chain(add.s(1, 2), tasks["fail"].si("broken"), add.s(3)).apply_async(link_error=then.of(on_error.s()))
    with pytest.raises(ValueError, match="broken"):
        result.get(timeout=PATIENCE)
    assert result.state == "FAILURE"
    assert then.get() == f"{result.parent.id} failed"


def test_chain_of_immutable_and_partial_steps(add):
    result = chain(add.si(1, 2), add.si(3, 4), add.s(y=5)).apply_async()
    assert result.get(timeout=PATIENCE) == 12


def test_chain_with_a_step_that_is_retried(add, tasks):
    result = chain(tasks["retry"].si(2), add.s(3)).apply_async()
    assert result.get(timeout=PATIENCE) == 5


# Groups


@pytest.mark.core
def test_group(add):
    result = group(add.s(i, i) for i in range(3)).apply_async()
    assert result.get(timeout=PATIENCE) == [0, 2, 4]


def test_group_that_was_saved(stage, add):
    result = group(add.s(i, i) for i in range(3)).apply_async()
    result.save()
    restored = stage.app.GroupResult.restore(result.id)
    assert restored.get(timeout=PATIENCE) == [0, 2, 4]


def test_chain_in_group(add):
    result = group(chain(add.s(1, 1), add.s(2)), add.s(3, 3)).apply_async()
    assert result.get(timeout=PATIENCE) == [4, 6]


def test_group_in_group(add):
    result = group(group(add.s(1, 1), add.s(2, 2)), add.s(3, 3)).apply_async()
    assert result.get(timeout=PATIENCE) == [2, 4, 6]


def test_map(total):
    assert total.map([[1, 2], [3, 4]]).apply_async().get(timeout=PATIENCE) == [3, 7]


def test_starmap(add):
    assert add.starmap([(1, 2), (3, 4)]).apply_async().get(timeout=PATIENCE) == [3, 7]


def test_chunks(add):
    result = add.chunks([(i, i) for i in range(6)], 2).apply_async()
    assert result.get(timeout=PATIENCE) == [[0, 2], [4, 6], [8, 10]]


# Chords


@pytest.mark.core
def test_chord(add, total):
    assert chord([add.s(i, i) for i in range(3)])(total.s()).get(timeout=PATIENCE) == 6


def test_chord_of_many(add, total):
    assert chord([add.s(i, i) for i in range(100)])(total.s()).get(timeout=PATIENCE) == 9900


def test_chord_keeps_the_order_of_its_header(add, echo):
    header = [add.s(0, 0).set(countdown=0.5), add.s(1, 1), add.s(2, 2).set(countdown=0.2)]
    assert chord(header)(echo.s()).get(timeout=PATIENCE) == [[[0, 2, 4]], {}]


def test_chord_of_one(add, total):
    assert chord([add.s(1, 1)])(total.s()).get(timeout=PATIENCE) == 2


def test_chord_of_none(total):
    assert chord([])(total.s()).get(timeout=PATIENCE) == 0


def test_chord_that_breaks(add, tasks, total, on_error, later):
    then = later()
    body = total.s().on_error(then.of(on_error.s()))
    result = chord([add.s(1, 1), tasks["fail"].si("broken")])(body)
    # Waiting for the body raises what its header raised first.
    with pytest.raises(ValueError, match="broken"):
        result.get(timeout=PATIENCE)
    assert then.get() == f"{result.id} failed"
    assert isinstance(result.result, ChordError)


def test_chord_in_chain(add, total):
    steps = chain(add.s(1, 1), chord([add.s(1), add.s(2)], total.s()), add.s(5))
    assert steps.apply_async().get(timeout=PATIENCE) == 12


@pytest.mark.core
def test_group_in_chain(add, total):
    steps = add.s(1, 1) | group(add.s(1), add.s(2)) | total.s() | add.s(7)
    assert steps.apply_async().get(timeout=PATIENCE) == 14


def test_chain_that_ends_in_a_group(add):
    steps = add.s(1, 1) | group(add.s(1), add.s(2))
    assert steps.apply_async().get(timeout=PATIENCE) == [3, 4]


def test_chain_in_chord(add, total):
    header = [chain(add.s(1, 1), add.s(2)), add.s(3, 3)]
    assert chord(header)(total.s()).get(timeout=PATIENCE) == 10


def test_group_in_chord(add, total):
    header = [group(add.s(1, 1), add.s(2, 2)), add.s(3, 3)]
    assert chord(header)(total.s()).get(timeout=PATIENCE) == 12


def test_group_as_a_chords_body(add, echo, later):
    one, two = later(), later()
    chord([add.s(1, 1), add.s(2, 2)])(group(one.of(echo.s()), two.of(echo.s("and"))))
    assert one.get() == [[[2, 4]], {}]
    assert two.get() == [[[2, 4], "and"], {}]


# Stamps


def test_stamps_go_with_the_chain(add, tasks):
    steps = chain(add.s(1, 2), tasks["about"].si())
    steps.stamp(customer="c-1")
    told = steps.apply_async().get(timeout=PATIENCE)
    assert told["stamps"]["customer"] in ("c-1", ["c-1"])


def test_kin_is_known(add, tasks):
    result = chain(add.s(1, 2), tasks["about"].si()).apply_async()
    told = result.get(timeout=PATIENCE)
    assert (told["root_id"], told["parent_id"]) == (result.parent.id, result.parent.id)
