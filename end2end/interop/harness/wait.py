"""Waiting for facts, never for time."""

import time

# How long a fact may take to come true on a busy machine before the case gives up.
PATIENCE = 20
STEP = 0.02


def until(fact, what, within=PATIENCE):
    """Asks again and again until `fact()` is true, and gives back what it answered.

    A fact that raises is not true yet; what it raised is told when the time is over.
    """
    deadline = time.monotonic() + within
    while True:
        try:
            seen = fact()
            if seen:
                return seen
        except (AssertionError, LookupError, OSError) as error:
            seen = error
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {within:g} s; last seen was {seen!r}")
        time.sleep(STEP)
