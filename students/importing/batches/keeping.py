"""What lies beside an import in the private storage: all its findings and changes as CSV files, and the lists of its plan."""

import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO, Any, BinaryIO
from uuid import uuid4
from zipfile import ZipFile

from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.jobs.files import FAILURES, FileGone, NotStored
from students.importing.intake import FOLDER, STORAGE
from students.models import ImportBatch

logger = logging.getLogger("students.importing")


def storage() -> Storage:
    return storages[STORAGE]


def store(write: Callable[[BinaryIO], None]) -> str:
    """Its path. A run that is killed meanwhile leaves bytes that no import names; they are removed a day later."""
    path = f"{FOLDER}/{uuid4().hex}"
    with tempfile.TemporaryFile() as made:
        write(made)
        made.seek(0)
        try:
            return storage().save(path, File(made, name=path))
        except FAILURES as error:
            delete([path])
            raise NotStored(_("The file could not be stored. Try again later.")) from error


def delete(paths: Iterable[str]) -> None:
    """What cannot be deleted now is left for the next purge."""
    for path in filter(None, paths):
        try:
            storage().delete(path)
        except FAILURES as error:
            logger.warning("left for the next purge", exc_info=error)


def delete_after_commit(*paths: str) -> None:
    if any(paths):
        transaction.on_commit(partial(delete, paths), robust=True)


def opened_findings(batch: ImportBatch, *, by: Any) -> IO[bytes]:
    """All findings as CSV, with a line in the audit about who took them. Raises FileGone."""
    return _opened(batch, batch.findings_path, "import findings downloaded", by)


def opened_changes(batch: ImportBatch, *, by: Any) -> IO[bytes]:
    """Every change, ending, removal and conflict as CSV, with a line in the audit. Raises FileGone."""
    return _opened(batch, batch.changes_path, "import changes downloaded", by)


@contextmanager
def opened_lists(batch: ImportBatch) -> Iterator[ZipFile]:
    """For importing/lists.py. Raises FileGone."""
    with _found(batch.lists_path) as stored, ZipFile(stored) as archive:
        yield archive


def _opened(batch: ImportBatch, path: str, verb: str, by: Any) -> IO[bytes]:
    found = _found(path)
    record(by, verb, batch)
    return found


def _found(path: str) -> IO[bytes]:
    if not path:
        raise FileGone(_("This file was let go some days after the import; what it counted stays."))
    try:
        return storage().open(path)
    except FAILURES as error:
        raise FileGone(_("This file is no longer there.")) from error
