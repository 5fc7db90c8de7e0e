"""What kind of file an upload is, told by its contents: a spreadsheet, a OneRoster bundle, or nothing that is known here."""

import re
from typing import BinaryIO

from django.utils.translation import gettext as _

from students.importing.findings import Finding, Unreadable
from students.importing.spreadsheet.cells import ZIP
from students.importing.spreadsheet.excel import OLD_OFFICE, TYPES, refuse_old_office
from students.importing.zipped import open_zip
from students.models import ImportKind

MANIFEST = "manifest.csv"
# Files by which a bundle without a manifest is known; one of them alone may lie in any zip.
ONEROSTER = frozenset({
    "academicsessions.csv", "orgs.csv", "courses.csv", "classes.csv", "enrollments.csv", "users.csv", "roles.csv",
    "demographics.csv", "categories.csv", "lineitems.csv", "results.csv", "userprofiles.csv",
})  # fmt: skip
ENOUGH = 2
PICTURE, SOUND, PACKED = "picture", "sound", "packed"
# How files begin that people take for something else; the longest that is needed is twelve bytes.
KNOWN = (
    (rb"%PDF-", "PDF"), (rb"\x89PNG", PICTURE), (rb"\xff\xd8\xff", PICTURE), (rb"GIF8[79]a", PICTURE), (rb"BM.{4}\0\0\0\0", PICTURE),
    (rb"(II\*\0|MM\0\*)", PICTURE), (rb"RIFF....WEBP", PICTURE), (rb"\0\0..ftyp", SOUND), (rb"(ID3[\2-\4]\0|OggS\0)", SOUND),
    (rb"\x1f\x8b", PACKED), (rb"Rar!\x1a", PACKED), (rb"7z\xbc\xaf", PACKED), (rb"BZh[1-9]1AY", PACKED), (rb"\xfd7zXZ", PACKED),
    (rb"\{\\rtf", "RTF"), (rb"SQLite format", "SQLite"), (rb"PAR1\x15", "Parquet"), (rb"\x7fELF|MZ[\x00-\xff]{2}[\0\x01]", "program"),
)  # fmt: skip


def kind_of(file: BinaryIO, name: str) -> str:
    """Raises Unreadable for what is neither."""
    file.seek(0)
    start = file.read(16)
    if start.startswith((ZIP, b"PK\5\6")):
        return _kind_of_zip(file, name)
    if start.startswith(OLD_OFFICE):
        refuse_old_office(file, name)
    for pattern, what in KNOWN:
        if re.match(pattern, start, re.DOTALL):
            raise _not_known(name, what)
    return ImportKind.SPREADSHEET


def _kind_of_zip(file: BinaryIO, name: str) -> str:
    names = open_zip(file, name).namelist()
    if TYPES in names or "xl/workbook.bin" in names or "mimetype" in names:
        return _kind_of_office(set(names), name)
    plain = {each.rpartition("/")[2].casefold() for each in names}
    if MANIFEST in plain or len(plain & ONEROSTER) >= ENOUGH:
        return ImportKind.ONEROSTER
    sentence = _(
        "The zip is no OneRoster bundle: there is no manifest.csv in it, nor users.csv and classes.csv. Unpack other files."
    )
    raise Unreadable(Finding("not_oneroster", name, 0, "", "", sentence))


def _kind_of_office(names: set[str], name: str) -> str:
    if any(each.startswith("xl/") for each in names):
        return ImportKind.SPREADSHEET  # the reader says what is wrong with one that it does not read
    if "word/document.xml" in names:
        raise _not_known(name, "Word")
    if "content.xml" in names:
        sentence = _("This is an OpenDocument file. Open it and save it as .xlsx or CSV.")
        raise Unreadable(Finding("not_known", name, 0, "", "", sentence))
    raise _not_known(name, PACKED)


def _not_known(name: str, what: str) -> Unreadable:
    named = {
        PICTURE: _("a picture"),
        SOUND: _("a sound or a film"),
        PACKED: _("a packed file"),
        "program": _("a program"),
    }
    told = {"what": named.get(what) or _("a file of the kind %s") % what}
    sentence = _("This is %(what)s. Expected a CSV file, an Excel file (.xlsx) or a OneRoster zip.") % told
    return Unreadable(Finding("not_known", name, 0, "", "", sentence))
