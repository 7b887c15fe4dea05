"""The tasks. Umbel's example worker, `server/examples/interop.rs`, registers the same under the same names."""

import os
import time

from celery.exceptions import Ignore, Reject

STEP = 0.01


def add(x, y):
    return x + y


def total(numbers):
    return sum(numbers)


def echo(*args, **kwargs):
    return [list(args), kwargs]


def nothing():
    return None


def big(size):
    return "x" * size


def fail(message="boom"):
    raise ValueError(message)


def fail_key():
    return {}["missing"]


def note(path, line, seconds=0):
    """Leaves a trace outside of Celery, in one write, so that nobody's line is torn."""
    time.sleep(seconds)
    with open(path, "ab", buffering=0) as file:
        file.write(f"{line}\n".encode())


def hold(path):
    """Runs until somebody makes the file."""
    while not os.path.exists(path):
        time.sleep(STEP)
    return "released"


def progress(self, path):
    self.update_state(state="PROGRESS", meta={"current": 1, "total": 2})
    return hold(path)


def retry(self, times, countdown=0):
    """Fails the given number of times, then tells how often it was retried."""
    if self.request.retries < times:
        raise self.retry(exc=ConnectionError("not yet"), countdown=countdown)
    return self.request.retries


def give_up(self):
    raise self.retry(exc=ConnectionError("never"), countdown=0)


def spawn(self):
    """Sends two others."""
    send = self.app.tasks["proj.add"].apply_async
    return [send((1, 1)).id, send((2, 2)).id]


def about(self):
    """What a task knows of itself."""
    request = self.request
    known = ("id", "root_id", "parent_id", "group", "group_index", "retries", "stamps", "x-trace")
    told = {name: getattr(request, name, None) for name in known}
    return {**told, "queue": request.delivery_info["routing_key"]}


def on_error(task_id):
    return f"{task_id} failed"


def ignored():
    raise Ignore("nobody needs to know")


def rejected():
    raise Reject("no thanks", requeue=False)


TASKS = {
    "about": (about, {"bind": True}),
    "add": (add, {}),
    "big": (big, {}),
    "echo": (echo, {}),
    "fail": (fail, {}),
    "fail_key": (fail_key, {}),
    "give_up": (give_up, {"bind": True, "max_retries": 1}),
    "hold": (hold, {}),
    "ignored": (ignored, {}),
    "note": (note, {}),
    "note_only": (note, {"ignore_result": True}),
    "nothing": (nothing, {}),
    "on_error": (on_error, {}),
    "progress": (progress, {"bind": True}),
    "rejected": (rejected, {}),
    "retry": (retry, {"bind": True, "max_retries": None}),
    "spawn": (spawn, {"bind": True}),
    "total": (total, {}),
}
