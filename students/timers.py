"""What the clock asks of imports; beat sends these, a worker runs them."""

from datetime import timedelta
from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from students import orders
from students.importing import batches, digest, nightly, put_aside
from students.importing.batches.letting_go import let_go
from students.models import ImportBatch
from students.models.imports import BUSY


@shared_task
def collect_imports() -> None:
    """Files of the watched folder; and imports whose job ended early become again what they were."""
    batches.settle(ImportBatch.objects.filter(state__in=BUSY))
    if settings.IMPORT_FOLDER:
        nightly.collect(Path(settings.IMPORT_FOLDER), now=timezone.now())
    for batch in nightly.waiting_for_order():
        orders.order_nightly(batch, by=nightly.keeper_of(batch))


@shared_task
def send_import_digests() -> None:
    digest.send_due(timezone.now())


@shared_task
def purge_imports() -> None:
    """Uploaded files, and those of the watched folder that were put aside."""
    now, kept = timezone.now(), timedelta(days=settings.IMPORT_FILE_DAYS)
    let_go(now, kept=kept)
    if settings.IMPORT_FOLDER:
        put_aside.empty(Path(settings.IMPORT_FOLDER), now=now, kept=kept)
