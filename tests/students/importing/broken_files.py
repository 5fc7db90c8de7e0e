"""Files that are no table at all, or one that would do harm: made as bytes, some by hand where no program would write them."""

import struct
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FORMULA = '<c r="C3"><f>TODAY()</f></c>'


def excel(*rows: tuple[object, ...], title: str = "Marks") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def zipped(**entries: bytes) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_entry(made: bytes, name: str, content: bytes) -> bytes:
    """The same zip with one entry put in place of another."""
    out = BytesIO()
    with ZipFile(BytesIO(made)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        new.writestr(name, content)
    return out.getvalue()


def declaring(made: bytes, size: int) -> bytes:
    """A zip whose list says that its first entry is so large."""
    place = made.index(b"PK\1\2")
    return made[: place + 24] + struct.pack("<I", size) + made[place + 28 :]


def old_excel() -> bytes:
    return OLE + bytes(504) + "Workbook".encode("utf-16-le") + bytes(1000)


def encrypted_excel() -> bytes:
    return OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(1000)


def cut_short(made: bytes) -> bytes:
    return made[: len(made) // 2]
