"""A school's roster and gradebook as a OneRoster bundle that other systems accept: the same school gives the same bytes.

Everything the bundle refers to is in it. What OneRoster cannot say strictly is left out and told.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from io import TextIOWrapper
from itertools import chain
from typing import Any, BinaryIO
from zipfile import ZipFile

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.kit.figures import counted
from students.exporting.oneroster_columns import CATALOGUE, EXTENSION, MANIFEST, columns_of
from students.exporting.oneroster_frame import Frame, Row, Sessions
from students.exporting.oneroster_marks import Gradebook
from students.exporting.oneroster_people import People
from students.exporting.oneroster_protected import demographics
from students.exporting.wishes import BundleWish, Version, check_bundle, check_has_records
from students.exporting.zipping import entry
from students.models import Student

ROWS_PER_STEP = 1000
SYSTEM = "Foremark"
Progress = Callable[..., Any]


@dataclass
class Written:
    """What is in the bundle: rows of each file, whom it tells of, and how many records have no place in it."""

    rows: dict[str, int] = field(default_factory=dict)
    students: list[Student] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def is_whole(self) -> bool:
        return not self.left_out.total()

    @property
    def told(self) -> str:
        count = sum(self.rows.values())
        files = len(self.rows)
        facts = {"rows": counted(count), "files": files}
        said = [ngettext("%(rows)s rows in %(files)s file.", "%(rows)s rows in %(files)s files.", files) % facts]
        if exams := self.left_out["exams"]:
            told = ngettext(
                "%s exam that no class sits is left out.", "%s exams that no class sits are left out.", exams
            )
            said.append(told % counted(exams))
        if results := self.left_out["results"]:
            told = ngettext(
                "%s result is left out, for its student was never in a class that sat the exam.",
                "%s results are left out, for their students were never in a class that sat the exam.",
                results,
            )
            said.append(told % counted(results))
        return " ".join(said)


def write_bundle(wish: BundleWish, out: BinaryIO, *, by: Any, on: date, progress: Progress) -> Written:
    """Into an open file that can be sought in. `on` decides which roles are in force. Raises NotAllowed."""
    check_bundle(wish, by)
    check_has_records(wish.school)
    frame = Frame.of(wish.school)
    people = People(frame, wish.version, on)
    sessions = Sessions(frame)
    book = Gradebook(people, sessions)
    files = _present(_files(wish, frame, people, sessions, book))
    written = Written(students=people.students, left_out=book.left_out)
    with ZipFile(out, "w") as bundle:
        _write(bundle, "manifest", MANIFEST, _manifest(wish, files), lambda count: None)
        for name, rows in files.items():
            done = sum(written.rows.values())
            say = _saying(progress, done, name)
            written.rows[name] = _write(bundle, name, columns_of(wish.version, name), rows, say)
    return written


def _files(
    wish: BundleWish, frame: Frame, people: People, sessions: Sessions, book: Gradebook
) -> Iterator[tuple[str, Iterator[Row]]]:
    """In the order of the catalogue. Sessions come after the line items were made, for these may ask for one more."""
    yield "academicSessions", frame.sessions(sessions)
    yield "categories", book.categories()
    yield "classes", frame.class_rows()
    yield "courses", frame.courses()
    if wish.demographics:
        yield "demographics", demographics(people)
    yield "enrollments", people.enrollments()
    yield "lineItems", book.line_items()
    yield "orgs", frame.orgs()
    yield "results", book.results()
    if wish.version == Version.V1_2:
        yield "roles", people.roles()
    yield "users", people.users()
    if wish.attendance:
        yield EXTENSION, book.attendance()


def _present(files: Iterable[tuple[str, Iterator[Row]]]) -> dict[str, Iterator[Row]]:
    """A file without rows is not there at all, as the standard wants it."""
    found: dict[str, Iterator[Row]] = {}
    for name, rows in files:
        first = next(rows, None)
        if first is not None:
            found[name] = chain([first], rows)
    return found


def _manifest(wish: BundleWish, files: Iterable[str]) -> Iterator[Row]:
    facts = {"manifest.version": "1.0", "oneroster.version": wish.version}
    facts |= {f"file.{name}": "bulk" if name in files else "absent" for name in CATALOGUE[wish.version]}
    facts["source.systemName"] = SYSTEM
    yield from ({"propertyName": name, "value": value} for name, value in facts.items())


def _saying(progress: Progress, before: int, name: str) -> Callable[[int], None]:
    return lambda count: progress(before + count, 0, _("Writing %s.csv") % name)


def _write(
    bundle: ZipFile, name: str, columns: tuple[str, ...], rows: Iterable[Row], say: Callable[[int], None]
) -> int:
    """Returns how many rows. UTF-8 without a mark, lines as RFC 4180 ends them."""
    count = 0
    with entry(bundle, f"{name}.csv") as out, TextIOWrapper(out, encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([row.get(column, "") for column in columns])
            count += 1
            if count % ROWS_PER_STEP == 0:
                say(count)
    return count
