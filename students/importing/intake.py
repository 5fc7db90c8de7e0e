"""An upload comes in: what kind of file it is, how large it may be, and its place in the store. Passwords do not come along."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast
from uuid import uuid4

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.utils.translation import gettext as _

from portal.jobs.files import NotStored
from portal.kit.errors import DomainError
from portal.storage import failures
from students.importing.findings import Unreadable
from students.importing.kinds import kind_of
from students.importing.limits import MB
from students.importing.passwords import without_passwords

STORAGE, FOLDER = "files", "imports"


@dataclass(frozen=True, slots=True)
class TakenIn:
    """`path` is in the storage "files"; `size` and `sha256` are those of the upload, which may have held passwords."""

    kind: str
    path: str
    size: int
    sha256: str


def take_in(upload: Any, name: str) -> TakenIn:
    """Keep an upload: anything open that is read in blocks. Raises DomainError for what cannot be an import, and NotStored;
    then nothing is kept.
    """
    with TemporaryFile() as received:
        size, sha256 = _received(upload, cast(BinaryIO, received))
        try:
            kind = kind_of(cast(BinaryIO, received), name)
            with without_passwords(cast(BinaryIO, received), name, kind) as clean:
                path = _stored(clean)
        except Unreadable as refused:
            raise DomainError(refused.finding.expected, code=refused.finding.code) from refused
    return TakenIn(kind, path, size, sha256)


def _received(upload: Any, target: BinaryIO) -> tuple[int, str]:
    """Refused as soon as it is too large, and not after it has filled the disk."""
    with suppress(AttributeError, OSError):  # a pipe is at its beginning and cannot be wound back
        upload.seek(0)
    digest, size = hashlib.sha256(), 0
    while block := upload.read(MB):
        size += len(block)
        if size > settings.IMPORT_MOST_BYTES:
            sentence = _("The file is larger than %(most)d MB. Export one school, or one year, at a time.")
            raise DomainError(sentence % {"most": settings.IMPORT_MOST_BYTES // MB}, code="too_large")
        digest.update(block)
        target.write(block)
    if not size:
        raise DomainError(_("The file is empty. Expected a CSV file, an Excel file or a OneRoster zip."), code="empty")
    return size, digest.hexdigest()


def _stored(file: BinaryIO) -> str:
    try:
        return storages[STORAGE].save(f"{FOLDER}/{uuid4()}", File(file))
    except failures() as error:
        raise NotStored(_("The file could not be stored, so nothing was kept of it. Try again later.")) from error


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """A local file that can be read from any place; what lies in a bucket is copied first. Raises DomainError if it is gone."""
    with _local(path) as local:
        yield local


def _local(path: str) -> BinaryIO:
    store = storages[STORAGE]
    try:
        try:
            return Path(store.path(path)).open("rb")
        except NotImplementedError:
            return _copied(store, path)
    except FileNotFoundError as error:
        raise DomainError(_("The file of this import is not kept any more."), code="file_gone") from error


def _copied(store: Storage, path: str) -> BinaryIO:
    with store.open(path) as stored, ExitStack() as on_failure:
        local = cast(BinaryIO, on_failure.enter_context(TemporaryFile()))
        for block in stored.chunks(MB):
            local.write(block)
        local.seek(0)
        on_failure.pop_all()  # open for whoever asked for it
        return local
