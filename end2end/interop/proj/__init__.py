"""The project that all programs of the suite work on.

`create` makes an application, for a test that sends tasks; `proj.celery` has the one that `celery -A proj` finds.
"""

from celery import Celery

from .tasks import TASKS


def create(url, **settings):
    app = Celery("proj", broker=url, backend=url, set_as_current=False)
    app.conf.update(broker_connection_retry_on_startup=True, **settings)
    for name, (function, options) in TASKS.items():
        app.task(name=f"proj.{name}", **options)(function)
    return app
