"""What `celery -A proj` finds. Settings beyond the broker come as JSON in PROJ_SETTINGS."""

import json
import os

from . import create

app = create(os.environ["CELERY_BROKER_URL"], **json.loads(os.environ.get("PROJ_SETTINGS", "{}")))
app.set_current()
