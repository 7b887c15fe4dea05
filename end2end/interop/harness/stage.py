"""One Redis and everything that was started on it; when the curtain falls, all of it is killed."""

from proj import create

from .celery import Flower, Tool, Worker, run_celery
from .redis import RedisServer
from .umbel import Umbel


class Stage:
    def __init__(self, folder):
        self.folder = folder
        self.programs = []
        self.apps = []
        self.redis = self._keep(RedisServer(folder))
        self.url = self.redis.url()
        self.app = self.producer()

    def _keep(self, program):
        self.programs.append(program)
        return program

    def producer(self, **settings):
        """A Celery application in this process: sends tasks and reads results."""
        app = create(self.url, **settings)
        self.apps.append(app)
        return app

    def umbel(self, name="umbel", *flags, settings="", app=None):
        """`app` is an application that speaks as these settings want it."""
        umbel = self._keep(Umbel(self.folder, self.url, name, *flags, settings=settings))
        if "--no-worker" not in flags:
            control = (app or self.app).control
            umbel.until(lambda: control.ping([umbel.node], timeout=0.2), "answers a ping")
        return umbel

    def worker(self, name="python", *flags, settings=None):
        return self._keep(Worker(self.folder, self.url, self.app, name, *flags, settings=settings))

    def flower(self):
        return self._keep(Flower(self.folder, self.url))

    def celery(self, *words):
        return run_celery(self.url, *words)

    def tool(self, name, *words, settings=None):
        return self._keep(Tool(self.folder, self.url, name, *words, settings=settings))

    def task(self, name):
        return self.app.tasks[f"proj.{name}"]

    def close(self):
        for app in self.apps:
            consumer = app.backend.result_consumer
            consumer.stop()
            # A result that is collected as garbage later on would unsubscribe, and look for the dead server for 20 s.
            consumer._pubsub = None
            app.close()
        for program in reversed(self.programs):
            program.kill()
