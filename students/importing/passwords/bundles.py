"""Passwords in the files of a OneRoster bundle: the zip is packed anew without them, an entry after the other."""

from typing import BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from students.importing.passwords.texts import Found, blank_text, passwords_in
from students.importing.spreadsheet.refusing import unreadable
from students.importing.zipped import BROKEN, open_zip

TABLE = ".csv"
BLOCK = 1 << 20


def blank_bundle(file: BinaryIO, target: BinaryIO, name: str) -> bool:
    """Entries that are no tables are in the copy without their contents, for nothing reads those: what is wrong with an entry
    is said of the copy too. Raises Unreadable.
    """
    archive = open_zip(file, name)
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    _must_be_there_once(entries, name)
    try:
        found = {entry.filename: _found_in(archive, entry) for entry in entries if _is_table(entry)}
        if not any(found.values()):
            return False
        with ZipFile(target, "w", ZIP_DEFLATED) as clean:
            for entry in entries:
                _copy(archive, clean, entry, found.get(entry.filename))
    except BROKEN as error:
        sentence = _("The zip is broken. It may have been cut off on its way; export it again.")
        raise unreadable("bad_zip", name, sentence) from error
    return True


def _is_table(entry: ZipInfo) -> bool:
    return entry.filename.casefold().endswith(TABLE)


def _must_be_there_once(entries: list[ZipInfo], name: str) -> None:
    """Of two entries of one name the copy would have the last alone."""
    seen: set[str] = set()
    for entry in entries:
        if entry.filename in seen:
            sentence = _("%(file)s is in the zip more than once. Expected each file once.")
            raise unreadable("zip_twice", name, sentence % {"file": entry.filename[:80]})
        seen.add(entry.filename)


def _found_in(archive: ZipFile, entry: ZipInfo) -> Found | None:
    with archive.open(entry) as source:
        return passwords_in(cast(BinaryIO, source))


def _copy(archive: ZipFile, clean: ZipFile, entry: ZipInfo, found: Found | None) -> None:
    made = ZipInfo(entry.filename)
    made.compress_type, made.external_attr = ZIP_DEFLATED, entry.external_attr  # a link stays one
    with clean.open(made, "w", force_zip64=True) as target:
        if not _is_table(entry):
            return
        with archive.open(entry) as source:
            if found:
                blank_text(cast(BinaryIO, source), cast(BinaryIO, target), found, entry.filename)
                return
            while block := source.read(BLOCK):
                target.write(block)
