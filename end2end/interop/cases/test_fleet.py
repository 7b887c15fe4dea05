"""Umbel and Python workers on one queue, and what becomes of tasks whose worker is killed."""

import time
from collections import Counter

import pytest

from harness import PATIENCE, until

TASKS = 5000
FEW_TASKS = 1000
# Long enough for work to pile up while it is sent, short enough to be drained soon.
SECONDS = 0.1
UMBEL_SLOTS = 16
PYTHON_PREFETCH = 2 * 4

# Celery's messages come back after the visibility timeout, so it is short here, and looked after often. Umbel needs none of this.
IMPATIENT = {
    "task_acks_late": True,
    "worker_prefetch_multiplier": 4,
    "broker_transport_options": {
        "visibility_timeout": 5,
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
    },
}


def lines(path):
    return path.read_text().split() if path.exists() else []


def drain_while_some_are_killed(stage, trace, tasks):
    note = stage.task("note")
    results = [note.delay(str(trace), str(place), SECONDS) for place in range(tasks // 2)]
    # The slower ones come first, so that all are at work while there is still much to do.
    pythons = [stage.worker(name, settings=IMPATIENT) for name in ("python1", "python2")]
    before = len(lines(trace))
    umbels = [stage.umbel(name, "--concurrency", UMBEL_SLOTS) for name in ("umbel1", "umbel2")]
    until(lambda: len(lines(trace)) > before + 2 * UMBEL_SLOTS, "all of them are at work")
    umbels[0].kill()
    pythons[0].kill()
    forgotten_after = time.time() + IMPATIENT["broker_transport_options"]["visibility_timeout"]
    assert len(lines(trace)) < len(results) - 2 * UMBEL_SLOTS, "they were killed in the midst of their work"
    results += [note.delay(str(trace), str(place), SECONDS) for place in range(tasks // 2, tasks)]
    # Somebody starts the killed one again, and a worker that starts looks for what was forgotten; the older Celery does
    # so only then and every 100 s.
    until(lambda: len(lines(trace)) > tasks - 4 * UMBEL_SLOTS, "most tasks have run", within=90)
    until(lambda: time.time() > forgotten_after, "what the killed one held counts as forgotten")
    stage.worker("python3", settings=IMPATIENT)
    until(lambda: len(set(lines(trace))) == tasks, "every task has run", within=90)
    unfinished = set(results)

    def all_succeeded():
        unfinished.difference_update([result for result in unfinished if result.state == "SUCCESS"])
        return not unfinished

    until(all_succeeded, "every task has its result", within=30)
    stage.redis.until_idle("celery", within=30)
    again = {place: runs for place, runs in Counter(lines(trace)).items() if runs > 1}
    in_hand = UMBEL_SLOTS + PYTHON_PREFETCH + 2
    assert sum(again.values()) - len(again) <= in_hand, f"ran again: {again}"


def test_nothing_is_lost(own_stage, tmp_path):
    drain_while_some_are_killed(own_stage, tmp_path / "trace", TASKS)


@pytest.mark.core
def test_nothing_is_lost_small(own_stage, tmp_path):
    drain_while_some_are_killed(own_stage, tmp_path / "trace", FEW_TASKS)


def test_tasks_of_a_killed_umbel_are_back_within_fifteen_seconds(own_stage, gate):
    hold = own_stage.task("progress")
    victim = own_stage.umbel("victim", "--concurrency", 4)
    results = [hold.delay(str(gate)) for _ in range(4)]
    until(lambda: all(result.state == "PROGRESS" for result in results), "all of them are in hand")
    heir = own_stage.umbel("heir")
    victim.kill()
    gate.touch()
    killed = time.monotonic()
    until(lambda: all(result.state == "SUCCESS" for result in results), "the heir has run all of them", within=30)
    assert time.monotonic() - killed < 15
    assert all(heir.until_task(result.id, "SUCCESS")["worker"] == heir.node for result in results)
    own_stage.redis.until_idle("celery")


def test_an_umbel_that_is_stopped_gives_back_what_it_holds(own_stage, gate):
    late = own_stage.task("add").apply_async((1, 2), countdown=3600)
    first = own_stage.umbel("first")
    first.until_task(late.id, "SCHEDULED")
    assert first.stop() == 0
    second = own_stage.umbel("second")
    second.until_task(late.id, "SCHEDULED")


def test_a_long_task_is_not_taken_by_an_impatient_neighbour(own_stage, gate, tmp_path):
    """Whoever holds a message renews it, so a neighbour's visibility timeout does not matter."""
    own_stage.umbel("umbel", "--queues", "celery")
    trace = tmp_path / "trace"
    result = own_stage.task("progress").delay(str(gate))
    until(lambda: result.state == "PROGRESS", "Umbel runs it")
    neighbour = own_stage.worker("neighbour", settings=IMPATIENT)
    # The neighbour has looked for forgotten messages several times when its own short timeout has passed twice.
    after = own_stage.task("note").apply_async((str(trace), "waited"), countdown=10)
    after.get(timeout=30)
    assert result.state == "PROGRESS"
    assert f"[{result.id}] received" not in neighbour.log
    gate.touch()
    assert result.get(timeout=PATIENCE) == "released"
