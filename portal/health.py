"""/healthz says the process lives; /readyz whether it can serve: database and migrations decide, the queue is reported."""

import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.jobs.running import seconds_since_heartbeat

LATE_HEARTBEAT = 60


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """503 when a page could not be served; a queue or worker that is away makes it `degraded`, with 200."""
    needed = {"database": _tried(_database), "migrations": _tried(_migrations)}
    wanted = {"queue": _tried(_queue), "worker": _tried(_worker)}
    ready = all(state == "ok" for state in needed.values())
    degraded = any(state != "ok" for state in wanted.values())
    status = "not ready" if not ready else "degraded" if degraded else "ok"
    return JsonResponse({"status": status, "checks": {**needed, **wanted}}, status=200 if ready else 503)


def _tried(check: Callable[[], str]) -> str:
    """A health check reports every failure as a word: it must answer whatever is broken, and tell strangers nothing."""
    try:
        return check()
    except Exception as error:  # noqa: BLE001  # any kind of failure is the finding itself
        return type(error).__name__


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    executor: Any = MigrationExecutor(connection)
    return "pending" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"


def _queue() -> str:
    cache.set("readyz", time.time(), 30)
    return "ok"


def _worker() -> str:
    age = seconds_since_heartbeat()
    return "ok" if age is not None and age < LATE_HEARTBEAT else "no heartbeat"
