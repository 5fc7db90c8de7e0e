"""Files that jobs make for who ordered them: kept privately for some days, handed out only while the right to them lasts.

task:   with job_running(job_id) as progress:
            stored = files.store(progress.job, write)                    # long work, no transaction is open
            def keep() -> None:
                files.keep(progress.job, stored, name="letters.zip", content_type="application/zip", at=now)
                progress.finish("340 letters.")
            progress.store(keep)                                         # the file and the ending, or neither
"""

import hashlib
import logging
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any, BinaryIO
from uuid import uuid4

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.jobs.models import Job, JobFile
from portal.kit.errors import DomainError
from portal.storage import failures

logger = logging.getLogger("portal.jobs")
FAILURES = failures()
LEFT_OVER = timedelta(days=1)  # no job runs for longer, so bytes that no row names by then belong to none
MayStill = Callable[[Job, Any], bool]
_may_still: dict[str, MayStill] = {}


class NotStored(DomainError):
    """The storage took no more; there is no file."""

    status = 507
    code = "not_stored"


class FileGone(DomainError):
    status = 410
    code = "file_gone"


@dataclass(frozen=True)
class Stored:
    path: str
    size: int
    sha256: str


def ask_before_download(kind: str, may_still: MayStill) -> None:
    """Called once by the app whose jobs make files: whether the person still has the right to what is in them. Files of a
    kind for which nobody answers are handed to nobody.
    """
    _may_still[kind] = may_still


def storage() -> Storage:
    return storages["files"]


def store(job: Job, write: Callable[[BinaryIO], None]) -> Stored:
    """`write` is given an open file that nobody else sees. What it wrote is stored whole, under a name nobody guesses.

    Raises NotStored. A job that is killed meanwhile leaves bytes at most, which no row names and `purge` removes.
    """
    path = f"{job.pk}-{uuid4().hex}"
    with tempfile.TemporaryFile() as made:
        write(made)
        size = made.tell()
        made.seek(0)
        sha256 = hashlib.file_digest(made, "sha256").hexdigest()
        made.seek(0)
        try:
            return Stored(storage().save(path, File(made, name=path)), size, sha256)
        except FAILURES as error:
            _delete(path)
            raise NotStored(_("The file could not be stored, so there is none. Try again later.")) from error


def keep(job: Job, stored: Stored, *, name: str, content_type: str, at: datetime) -> JobFile:
    """Inside the transaction that ends the job. The days it is kept count from now."""
    facts = {"path": stored.path, "size": stored.size, "sha256": stored.sha256}
    expires = at + timedelta(days=settings.JOB_FILE_DAYS)
    return JobFile.objects.create(
        job=job, name=name[:160], content_type=content_type, made_at=at, expires_at=expires, **facts
    )


def offered(job: Job, user: Any, at: datetime) -> QuerySet[JobFile]:
    """The files of a job that this person may have now: ordered by them, still kept, and still theirs to see."""
    may_still = _may_still.get(job.kind)
    if job.requested_by_id != user.pk or may_still is None or not may_still(job, user):
        return JobFile.objects.none()
    return job.files.filter(expires_at__gt=at)


def opened(file: JobFile, *, by: Any) -> IO[bytes]:
    """Its bytes, with a line in the audit about who took them. Raises FileGone."""
    try:
        bytes_of = storage().open(file.path)
    except FAILURES as error:
        raise FileGone(_("This file is no longer there. Please order it again.")) from error
    record(by, "file downloaded", school_id=file.job.school_id, job=str(file.job_id), kind=file.job.kind, file=file.pk)
    return bytes_of


def purge(now: datetime) -> int:
    """Remove what has expired, and bytes that killed jobs left. Returns how many files are gone."""
    count = forget(JobFile.objects.filter(expires_at__lte=now))
    _forget_left_over(now)
    return count


def forget(rows: QuerySet[JobFile]) -> int:
    """Rows first: a file that is offered is there, and bytes without a row are removed by the next purge."""
    paths = list(rows.values_list("path", flat=True))
    if not paths:
        return 0
    with transaction.atomic():
        JobFile.objects.filter(path__in=paths).delete()
        record(None, "files removed", count=len(paths))
    for path in paths:
        _delete(path)
    return len(paths)


def _delete(path: str) -> None:
    try:
        storage().delete(path)
    except FAILURES as error:
        logger.info("left for the next purge", exc_info=error, extra={"file": path})


def _forget_left_over(now: datetime) -> None:
    place = storage()
    try:
        found = set(place.listdir("")[1])
        named = set(JobFile.objects.filter(path__in=found).values_list("path", flat=True))
        for path in found - named:
            if now - place.get_modified_time(path) > LEFT_OVER:
                _delete(path)
    except FAILURES as error:
        logger.info("nothing kept yet, or the storage is away", exc_info=error)
