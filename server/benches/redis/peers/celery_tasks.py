"""Celery's side of the benchmark: `fill N` queues tasks, `trips N` prints the median round trip in milliseconds."""

import os
import statistics
import sys
import time

from celery import Celery

URL = os.environ["BENCH_REDIS"]
app = Celery("celery_tasks", broker=URL, backend=URL)
app.conf.update(task_acks_late=True, broker_connection_retry_on_startup=True)


@app.task(name="no_op")
def no_op():
    pass


def trip():
    start = time.perf_counter()
    no_op.delay().get(timeout=60)
    return (time.perf_counter() - start) * 1e3


if __name__ == "__main__":
    count = int(sys.argv[2])
    if sys.argv[1] == "fill":
        for _ in range(count):
            no_op.delay()
    else:
        for _ in range(20):
            trip()
        print(statistics.median(trip() for _ in range(count)))
