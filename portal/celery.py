"""The Celery application: its queues, and how workers log."""

import os
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("foremark")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="timers")


@signals.setup_logging.connect
def log_like_the_web(**kwargs: Any) -> None:
    """Having a listener keeps Celery from installing its own many-line logs."""
