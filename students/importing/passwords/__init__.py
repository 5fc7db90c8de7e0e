"""Files on their way into the store without the passwords they bring: such columns are blanked, and lines stay where they are."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from students.importing.passwords.books import blank_book
from students.importing.passwords.bundles import blank_bundle
from students.importing.passwords.texts import blank_text, passwords_in
from students.importing.spreadsheet.cells import ZIP
from students.models import ImportKind

# Writes the file without passwords to the second one. False: there are none, and nothing of use was written.
Blank = Callable[[BinaryIO, BinaryIO, str], bool]


@contextmanager
def without_passwords(file: BinaryIO, name: str, kind: str) -> Iterator[BinaryIO]:
    """The file itself where it has no such column, else a copy for as long as this lasts. Raises Unreadable."""
    file.seek(0)
    is_zip = file.read(4) == ZIP
    blank: Blank = blank_bundle if kind == ImportKind.ONEROSTER else blank_book if is_zip else _blank_text
    with TemporaryFile() as clean:
        changed = blank(file, cast(BinaryIO, clean), name)
        kept = cast(BinaryIO, clean) if changed else file
        kept.seek(0)
        yield kept


def _blank_text(file: BinaryIO, target: BinaryIO, name: str) -> bool:
    found = passwords_in(file)
    if found:
        blank_text(file, target, found, name)
    return bool(found)
