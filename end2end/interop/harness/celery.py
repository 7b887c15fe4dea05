"""Real Celery: workers, the command line, and Flower."""

import json
import subprocess
import sys

import requests

from .program import SUITE, Program, environment, free_port

PATIENCE = 30


def _variables(broker, settings=None):
    return {
        "CELERY_BROKER_URL": broker,
        "CELERY_RESULT_BACKEND": broker,
        "PROJ_SETTINGS": json.dumps(settings or {}),
    }


def size_of_pool(stats):
    """What a worker's `stats` tell of its size: Celery lists processes and leaves the other number as it was."""
    pool = stats["pool"]
    return len(pool["processes"]) if len(pool["processes"]) > 1 else pool["max-concurrency"]


def _command(*words):
    return [sys.executable, "-m", "celery", "-A", "proj", *words]


def run_celery(broker, *words, within=PATIENCE):
    """`celery …` to its end."""
    given = environment(**_variables(broker))
    return subprocess.run(
        _command(*words), cwd=SUITE, env=given, capture_output=True, text=True, timeout=within
    )


class Tool(Program):
    """`celery …` that goes on until it is killed."""

    def __init__(self, folder, broker, name, *words, settings=None):
        super().__init__(name, _command(name, *words), folder, **_variables(broker, settings))


class Worker(Program):
    """A `celery worker` with a pool of processes. It is ready when it answers a ping."""

    def __init__(self, folder, broker, producer, name="python", *flags, settings=None):
        self.node = f"{name}@interop"
        command = _command("worker", "-n", self.node, "-P", "prefork", "-c", "2", "-E", "-l", "INFO", *flags)
        super().__init__(name, command, folder, **_variables(broker, settings))
        self.until(lambda: producer.control.ping([self.node], timeout=0.2), "answers a ping")


class Flower(Program):
    """Flower with its HTTP API open."""

    def __init__(self, folder, broker):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        command = _command("flower", "--address=127.0.0.1", f"--port={port}")
        variables = _variables(broker)
        super().__init__("flower", command, folder, FLOWER_UNAUTHENTICATED_API="true", **variables)
        self.until(lambda: self.ask("GET", "/healthcheck").ok, "answers")

    def ask(self, method, path, **request):
        return requests.request(method, self.url + path, timeout=PATIENCE, **request)

    def get(self, path, **parameters):
        answer = self.ask("GET", path, params=parameters)
        assert answer.ok, f"GET {path} answers {answer.status_code}: {answer.text}"
        return answer.json()

    def post(self, path, **parameters):
        answer = self.ask("POST", path, params=parameters)
        assert answer.ok, f"POST {path} answers {answer.status_code}: {answer.text}"
        return answer.json()["message"]
