"""A private redis-server that keeps nothing."""

import redis

from .program import Program, free_port
from .wait import until


class RedisServer(Program):
    def __init__(self, folder):
        self.port = free_port()
        super().__init__(
            f"redis-{self.port}",
            ["redis-server", "--port", self.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--databases", 64],
            folder,
        )
        with self.client() as client:
            self.until(lambda: self._answers(client), "answers")

    @staticmethod
    def _answers(client):
        try:
            return client.ping()
        except redis.ConnectionError:
            return False

    def url(self, database=0):
        return f"redis://127.0.0.1:{self.port}/{database}"

    def client(self, database=0):
        return redis.Redis(port=self.port, db=database, decode_responses=True)

    def until_idle(self, *queues, database=0, prefix="", within=20.0):
        """Waits until nothing waits in the queues and nobody has anything in hand."""
        with self.client(database) as client:
            lists = [prefix + queue + step for queue in queues for step in ("", "\x06\x163", "\x06\x166", "\x06\x169")]

            def leftovers():
                left = {name: client.llen(name) for name in lists if client.llen(name)}
                for key in client.scan_iter("*unacked*"):
                    if client.type(key) == "hash" and client.hlen(key):
                        left[key] = client.hlen(key)
                return left

            until(lambda: not leftovers(), f"nothing is left in {queues}", within)
