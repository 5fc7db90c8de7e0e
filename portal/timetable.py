"""What beat sends and how often. Frequent ones expire, so that they do not pile up while no worker is there."""

from datetime import timedelta
from typing import Any

from celery.schedules import crontab

DAILY = timedelta(days=1)
TOUCHED_SECONDS = 10
IMPORT_SECONDS = 300


def schedule(sweep_seconds: int) -> dict[str, Any]:
    return {
        "sweep": _often("portal.jobs.timers.sweep", sweep_seconds),
        "heartbeat": _often("portal.jobs.timers.heartbeat", sweep_seconds),
        "order touched": _often("predictions.timers.order_touched", TOUCHED_SECONDS),
        # On the hour; which schools have a turn at it stands in their own policies.
        "hourly": {"task": "predictions.timers.hourly", "schedule": crontab(minute=0), "options": {"expires": 3600}},
        "collect imports": _often("students.timers.collect_imports", IMPORT_SECONDS),
        "import digests": _often("students.timers.send_import_digests", 3600),
        "purge imports": {"task": "students.timers.purge_imports", "schedule": DAILY},
        "purge audit": {"task": "portal.audit.timers.purge", "schedule": DAILY},
        "purge files": {"task": "portal.jobs.timers.purge_files", "schedule": DAILY},
        "remind reviews": {"task": "predictions.timers.remind_reviews", "schedule": DAILY},
        "purge enquiries": {"task": "predictions.timers.purge_enquiries", "schedule": DAILY},
    }


def _often(task: str, seconds: int) -> dict[str, Any]:
    return {"task": task, "schedule": timedelta(seconds=seconds), "options": {"expires": seconds}}
