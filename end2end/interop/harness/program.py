"""A program the suite starts: in a process group of its own, with its output in a file."""

import os
import signal
import socket
import subprocess
from pathlib import Path

from .wait import until

SUITE = Path(__file__).resolve().parent.parent

# Whatever the caller has configured for Celery or Umbel is not meant for the programs under test.
FOREIGN = ("CELERY_", "FLOWER_", "REDIS_", "UMBEL_", "PROJ_")


def environment(**given):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return {**kept, "PYTHONPATH": str(SUITE), "PYTHONUNBUFFERED": "1", **given}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Program:
    """Those that run are listed, so that a failed test can show what they wrote."""

    running = []

    def __init__(self, name, command, folder, **variables):
        self.name = name
        self.log_file = Path(folder) / f"{name}.log"
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [str(word) for word in command],
                cwd=folder,
                env=environment(**variables),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        Program.running.append(self)

    @property
    def log(self):
        return self.log_file.read_text(errors="replace")

    @property
    def alive(self):
        return self.process.poll() is None

    def until(self, fact, what, within=30.0):
        """Waits for a fact that this program has to bring about, so there is no point in outliving it."""

        def still():
            if not self.alive:
                raise RuntimeError(f"{self.name} ended with {self.process.returncode} before {what}\n{self.log}")
            return fact()

        return until(still, f"{self.name}: {what}", within)

    def until_log(self, text, within=30.0):
        return self.until(lambda: text in self.log, f"log has {text!r}", within)

    def until_ended(self, within=30.0):
        until(lambda: not self.alive, f"{self.name} ends", within)
        self._forget()
        return self.process.returncode

    def stop(self, within=30.0):
        """As a supervisor would."""
        self.process.send_signal(signal.SIGTERM)
        return self.until_ended(within)

    def kill(self):
        """As a power cut would: the whole group at once, nobody has time for last words."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self._forget()

    def _forget(self):
        if self in Program.running:
            Program.running.remove(self)
