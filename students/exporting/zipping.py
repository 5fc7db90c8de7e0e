"""A zip whose bytes depend on nothing but its contents: no clock, no file system, no order of chance."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip knows no earlier moment
UNIX, PLAIN_FILE = 3, 0o100644 << 16
BLOCK = 1 << 20


@contextmanager
def entry(bundle: ZipFile, name: str) -> Iterator[IO[bytes]]:
    """An open file inside the zip; one at a time."""
    info = ZipInfo(name, EARLIEST)
    info.create_system, info.external_attr, info.compress_type = UNIX, PLAIN_FILE, ZIP_DEFLATED
    with bundle.open(info, "w", force_zip64=True) as out:
        yield out


def copy_into(bundle: ZipFile, name: str, source: BinaryIO) -> None:
    with entry(bundle, name) as out:
        while block := source.read(BLOCK):
            out.write(block)
