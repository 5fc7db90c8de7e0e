"""A whole school as tables for its analysts: pseudonymous, with a dictionary of every column and a word about what it is.

Written into a new folder file by file; who wants one file packs the folder (`write_zip`).
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, ClassVar
from zipfile import ZipFile

import pandas as pd
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.kit.figures import counted
from portal.kit.filing import WRITERS
from portal.kit.spreadsheets import harmless
from students.exporting.dictionary import HEAD, type_told
from students.exporting.dump_readme import readme
from students.exporting.dump_rows import Dumped, DumpTable, framed, tables_of
from students.exporting.wishes import DumpWish, check_dump, check_has_records
from students.exporting.zipping import copy_into
from students.models import Student

DICTIONARY, README = "data_dictionary.csv", "README.txt"
Progress = Callable[..., Any]


@dataclass
class Written:
    """Rows of each file, and whom they tell of."""

    rows: dict[str, int] = field(default_factory=dict)
    students: list[Student] = field(default_factory=list)
    is_whole: ClassVar[bool] = True

    @property
    def told(self) -> str:
        facts = {"rows": counted(sum(self.rows.values())), "files": len(self.rows)}
        return ngettext("%(rows)s rows in %(files)s file.", "%(rows)s rows in %(files)s files.", len(self.rows)) % facts


def write_folder(wish: DumpWish, folder: Path, *, by: Any, on: date, progress: Progress) -> Written:
    """Into a folder that is there and empty. Raises NotAllowed, and NotReady where Parquet is not installed."""
    check_dump(wish, by)
    check_has_records(wish.school)
    dumped = Dumped.of(wish)
    written = Written(students=list(Student.objects.filter(school=wish.school).only("pk", "school_id")))
    tables = tables_of(wish)
    for done, table in enumerate(tables):
        step = partial(progress, done, len(tables), _("Writing %s") % table.name)
        path = folder / f"{table.name}.{wish.format}"
        written.rows[path.name] = WRITERS[path.suffix](path, _never_nothing(table, dumped, step))
    _write_dictionary(folder / DICTIONARY, tables, str(wish.format))
    (folder / README).write_text(readme(wish, tables, written.rows, by=by, on=on), encoding="utf-8", newline="\r\n")
    return written


def write_zip(wish: DumpWish, out: BinaryIO, *, by: Any, on: date, progress: Progress) -> Written:
    """Into an open file; the folder beside it lives no longer than this."""
    with TemporaryDirectory(prefix="dump-") as name, ZipFile(out, "w") as bundle:
        folder = Path(name)
        written = write_folder(wish, folder, by=by, on=on, progress=progress)
        for path in sorted(folder.iterdir()):
            with path.open("rb") as source:
                copy_into(bundle, path.name, source)
            path.unlink()  # the folder goes in any case; this frees the room sooner
    return written


def _never_nothing(table: DumpTable, dumped: Dumped, step: Callable[[], Any]) -> Iterator[pd.DataFrame]:
    """A table without rows is a file with a head, so that whoever reads it finds every file and column."""
    count = 0
    for frame in table.frames(dumped):
        step()
        count += 1
        yield frame
    if not count:
        yield framed([], {each.name: each.type for each in table.columns}, dumped)


def _write_dictionary(path: Path, tables: list[DumpTable], ending: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(HEAD)
        for table in tables:
            for each in table.columns:
                told = (
                    f"{table.name}.{ending}",
                    each.name,
                    type_told(each.type),
                    each.unit,
                    each.meaning,
                    each.allowed,
                )
                writer.writerow([harmless(str(cell)) for cell in told])
