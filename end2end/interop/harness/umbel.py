"""Umbel: the example worker `server/examples/interop.rs`, whose tasks bear the names of `proj`."""

import os
import re
import subprocess
from pathlib import Path

import requests

from .program import Program, environment
from .wait import until

PATIENCE = 10


def binary():
    path = Path(os.environ["UMBEL_INTEROP"])
    assert path.is_file(), f"{path} is missing: build it with `cargo build --example interop`"
    return path


class Umbel(Program):
    """A running Umbel. `settings` are lines of its umbel.toml."""

    def __init__(self, folder, broker, name="umbel", *flags, settings=""):
        self.node = f"{name}@interop"
        home = Path(folder) / name
        home.mkdir(exist_ok=True)
        (home / "umbel.toml").write_text(settings)
        command = [binary(), "up", "--port", 0, "--data", home / "data", "--name", self.node, *flags]
        super().__init__(name, command, home, CELERY_BROKER_URL=broker, CELERY_RESULT_BACKEND=broker)
        self.until_log("is ready.")
        self.url = re.search(r"dashboard\s+(http://\S+)", self.log).group(1)

    def get(self, path, **parameters):
        return self._ask("GET", path, params=parameters)

    def post(self, path, body=None):
        return self._ask("POST", path, json=body, headers={"Content-Type": "application/json"})

    def _ask(self, method, path, **request):
        answer = requests.request(method, self.url + "/api/v1" + path, timeout=PATIENCE, **request)
        assert answer.ok, f"{method} {path} answers {answer.status_code}: {answer.text}"
        return answer.json()

    def until_task(self, task_id, state, within=20.0):
        """Waits until the dashboard shows a task in a state, and gives back what it shows."""

        def shown():
            task = self.get(f"/tasks/{task_id}")
            assert task["state"] == state, task
            return task

        return until(shown, f"{self.name} shows {task_id} as {state}", within)

    def until_worker(self, node, within=20.0):
        """Waits until the dashboard shows a worker online, and gives back what it shows."""

        def shown():
            worker = self.get(f"/workers/{node}")
            assert worker["online"], worker
            return worker

        return until(shown, f"{self.name} shows {node} online", within)

    def send(self, name, *flags):
        """`umbel send` to this Umbel; gives back the new task's id."""
        command = [binary(), "send", name, "--url", self.url, *flags]
        ended = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=PATIENCE)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.strip()
