"""What the cases stand on: programs that are started, waited for and killed."""

from .celery import size_of_pool
from .stage import Stage
from .wait import PATIENCE, until

__all__ = ["PATIENCE", "Stage", "size_of_pool", "until"]
