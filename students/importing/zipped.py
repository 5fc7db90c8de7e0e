"""What a zip says of itself, looked at before anything in it is unpacked: how many entries, how large, how tightly packed."""

import struct
import zlib
from typing import BinaryIO
from zipfile import BadZipFile, LargeZipFile, ZipFile

from django.utils.translation import gettext as _

from students.importing.findings import Finding, Unreadable
from students.importing.limits import MB, MOST_DIRECTORY, MOST_ENTRIES, MOST_RATIO, MOST_UNPACKED, RATIO_FROM

# The end of a zip: mark, four numbers, the size of the list of entries and its place, and a comment of up to 64 KB.
END_MARK, END_SIZE, LONGEST_COMMENT = b"PK\5\6", 22, 65_535
# A larger one may stand before it; Python then believes that one.
LARGE_MARK, LARGE_SIZE, LARGE_POINTER = b"PK\6\6", 56, 20
ENCRYPTED = 0x1
# What Python raises on zips that are not made as they should be, when they are opened and when an entry is read.
BROKEN = (
    BadZipFile, LargeZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError,
)  # fmt: skip


def open_zip(file: BinaryIO, name: str) -> ZipFile:
    """Raises Unreadable. Python unpacks no more of an entry than the zip declares, so what is declared is what counts."""
    _must_list_little(file, name)
    file.seek(0)
    try:
        archive = ZipFile(file)
    except BROKEN as error:
        raise _refused(
            "bad_zip", name, _("The zip is broken. It may have been cut off on its way; export it again.")
        ) from error
    _check(archive, name)
    return archive


def _must_list_little(file: BinaryIO, name: str) -> None:
    """The list of entries is read as a whole by Python, so its size is looked at first."""
    size = file.seek(0, 2)
    file.seek(max(size - LARGE_SIZE - LARGE_POINTER - END_SIZE - LONGEST_COMMENT, 0))
    tail = file.read()
    place = tail.rfind(END_MARK)
    if place < 0 or len(tail) < place + END_SIZE:
        raise _refused("bad_zip", name, _("The zip is broken. It may have been cut off on its way; export it again."))
    entries, listed = struct.unpack_from("<HI", tail, place + 10)
    large = place - LARGE_POINTER - LARGE_SIZE
    if large >= 0 and tail[large : large + 4] == LARGE_MARK:
        entries, listed = struct.unpack_from("<QQ", tail, large + 32)
    if listed > MOST_DIRECTORY or entries > MOST_ENTRIES:
        raise _too_many(name)


def _check(archive: ZipFile, name: str) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise _too_many(name)
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        sentence = _("Unpacked, the zip would take more than %(most)d MB. Expected the files of one school.")
        raise _refused("bomb", name, sentence % {"most": MOST_UNPACKED // MB})
    for entry in entries:
        if entry.flag_bits & ENCRYPTED:
            raise _refused("encrypted", name, _("The zip is protected by a password. Save it without one."))
        if entry.file_size > RATIO_FROM and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            sentence = _("“%(entry)s” in the zip is packed more tightly than any table is. It is not unpacked.")
            raise _refused("bomb", name, sentence % {"entry": entry.filename[:80]})


def _too_many(name: str) -> Unreadable:
    sentence = _("The zip holds more than %(most)d files. Expected the files of one export.")
    return _refused("bomb", name, sentence % {"most": MOST_ENTRIES})


def _refused(code: str, name: str, sentence: str) -> Unreadable:
    return Unreadable(Finding(code, name, 0, "", "", sentence))
