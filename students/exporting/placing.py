"""What the shell is given: a bundle, or a dump as folder or zip, at a place of its own; there whole or not at all, and noted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.record import record
from portal.kit.errors import Conflict, DomainError
from students.exporting import dump, oneroster
from students.exporting.wishes import BundleWish, DumpWish
from students.looking import note_look

Progress = Callable[..., Any]


class NotWritten(DomainError):
    """There is no file."""

    code = "not_written"


def bundle_at(wish: BundleWish, place: Path, *, by: Any, on: date, progress: Progress) -> oneroster.Written:
    """Raises Conflict where something is there already, NotWritten where nothing can be written, NotAllowed."""
    with _new(place) as made:
        with _file(made) as out:
            written = oneroster.write_bundle(wish, out, by=by, on=on, progress=progress)
        facts = {"demographics": wish.demographics, "attendance": wish.attendance}
        with transaction.atomic():
            _note(wish, written, by, "roster exported", "oneroster", **facts)
            made.rename(place)
    return written


def dump_at(wish: DumpWish, place: Path, *, by: Any, on: date, progress: Progress) -> dump.Written:
    """A folder, or a zip where the name ends so. Raises like `bundle_at`."""
    with _new(place) as made:
        if place.suffix == ".zip":
            with _file(made) as out:
                written = dump.write_zip(wish, out, by=by, on=on, progress=progress)
        else:
            made.mkdir(mode=0o700)
            written = dump.write_folder(wish, made, by=by, on=on, progress=progress)
        facts = {"protected": wish.protected, "with_names": wish.with_names}
        with transaction.atomic():
            _note(wish, written, by, "school dumped", "dump", **facts)
            made.rename(place)
    return written


@contextmanager
def _new(place: Path) -> Iterator[Path]:
    """Beside its place and where nobody else can look; moved there together with the line about it, or not at all."""
    if place.exists():
        raise Conflict(_("%s is there already. Name a file or folder that is not.") % place)
    try:
        with TemporaryDirectory(dir=place.parent, prefix=f".{place.name}.") as name:
            yield Path(name) / "made"
    except OSError as error:
        told = {"path": str(place), "why": error.strerror or type(error).__name__}
        raise NotWritten(_("%(path)s cannot be written: %(why)s.") % told) from error


def _note(wish: Any, written: Any, by: Any, verb: str, what: str, **facts: Any) -> None:
    record(by, verb, wish.school, school_id=wish.school.pk, rows=sum(written.rows.values()), **facts)
    if by is not None:
        note_look(by, written.students, what=what, door="export")


def _file(path: Path) -> Any:
    path.touch(mode=0o600)
    return path.open("w+b")
