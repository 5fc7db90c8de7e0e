"""How long files of imports are kept, and what holds children's values beside them. Counts and sentences stay for good."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.jobs.files import FAILURES
from students.importing.batches.keeping import delete, storage
from students.importing.intake import FOLDER
from students.models import ImportBatch
from students.models.imports import BUSY

logger = logging.getLogger("students.importing")
LEFT_OVER = timedelta(days=1)  # nothing takes longer to be named by an import
AT_ONCE = 100
PATHS = ("path", "findings_path", "changes_path", "lists_path")


def let_go(now: datetime, *, kept: timedelta) -> int:
    """The files of imports that were undone, applied or at least received so long ago. Returns of how many imports."""
    count = 0
    while keys := list(_over(now - kept).values_list("pk", flat=True)[:AT_ONCE]):
        count += sum(_let_go_one(key, now - kept) for key in keys)
    _forget_left_over(now)
    return count


def _over(before: datetime) -> QuerySet[ImportBatch]:
    is_kept = ~Q(**dict.fromkeys(PATHS, "")) | Q(options__counts_only__isnull=True)
    over = Coalesce("undone_at", "applied_at", "received_at")
    return ImportBatch.objects.alias(over=over).filter(is_kept, over__lt=before).exclude(state__in=BUSY).order_by("pk")


@transaction.atomic
def _let_go_one(key: int, before: datetime) -> int:
    """The row first: what it names is there, and bytes without a row are removed by the next purge."""
    batch = _over(before).filter(pk=key).select_for_update(of=("self",)).first()
    if batch is None:
        return 0  # somebody began something with it
    paths = [getattr(batch, name) for name in PATHS]
    for name in PATHS:
        setattr(batch, name, "")
    batch.findings, batch.plan, batch.undone = counted(batch.findings), counted(batch.plan), counted(batch.undone)
    batch.options = {**batch.options, "counts_only": True}
    batch.save(update_fields=[*PATHS, "findings", "plan", "undone", "options"])
    record(None, "import files let go", batch)
    transaction.on_commit(lambda: delete(paths), robust=True)
    return 1


def counted(told: dict[str, Any]) -> dict[str, Any]:
    """A report without the rows it showed: what is left names no student and holds no value."""
    rest = {name: [] if name in ("shown", "examples") else value for name, value in told.items()}
    if "kinds" in rest:
        rest["kinds"] = [{**kind, "first": []} for kind in rest["kinds"]]
    if left := rest.get("left"):
        rest["left"] = [_("%s records that were changed since") % len(left)]
    return rest


def _forget_left_over(now: datetime) -> None:
    """Bytes that killed workers left."""
    place = storage()
    try:
        found = {f"{FOLDER}/{name}" for name in place.listdir(FOLDER)[1]}
        old = {path for path in found if now - place.get_modified_time(path) > LEFT_OVER}
    except FAILURES as error:
        logger.info("nothing kept yet, or the storage is away", exc_info=error)
        return
    delete(old - _named())


def _named() -> set[str]:
    rows = ImportBatch.objects.exclude(**dict.fromkeys(PATHS, "")).values_list(*PATHS)
    return {path for row in rows.iterator() for path in row if path}
