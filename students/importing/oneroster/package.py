"""The zip of a bundle: which files are in it, and each of them as a stream. Nothing is unpacked to disk, nothing trusted."""

import re
import stat
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from students.importing.findings import Finding, Unreadable
from students.importing.limits import MB
from students.importing.oneroster.catalogue import EVERY_FILE
from students.importing.zipped import open_zip

MANIFEST = "manifest"
BY_SMALL_NAME = {name.lower(): name for name in (MANIFEST, *EVERY_FILE)}
# What systems leave behind in zips.
LEFT_BEHIND = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)", re.IGNORECASE)
ARCHIVES = (".zip", ".gz", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz")
READ_ERRORS = (BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error, NotImplementedError, RuntimeError)
BUNDLE = "OneRoster"


def refused(code: str, file: str, sentence: str, *, value: str = "", line: int = 0, column: str = "") -> Unreadable:
    return Unreadable(Finding(code, file, line, column, value, sentence))


class Package:
    """`entries` are the files of the catalogue that are there, by their name in it without “.csv”."""

    def __init__(self, file: BinaryIO, name: str = "") -> None:
        self.name = name or BUNDLE
        self.archive: ZipFile = open_zip(file, self.name)
        self.folder = ""
        self.entries: dict[str, ZipInfo] = {}
        self.renamed: list[str] = []  # names that are written otherwise than in the standard
        self.others: list[str] = []  # files that belong to no bundle
        self._sort_out()

    def _sort_out(self) -> None:
        infos = [each for each in self.archive.infolist() if not each.is_dir()]
        for each in infos:
            self._must_be_harmless(each)
        infos = [each for each in infos if not LEFT_BEHIND.search(each.filename)]
        self.folder = _folder_of(infos, self.name)
        for each in infos:
            self._take(each)
        if not self.entries:
            sentence = _("The zip holds no file of a OneRoster bundle. Expected manifest.csv, users.csv and the like.")
            raise refused("no_bundle", self.name, sentence)

    def _must_be_harmless(self, entry: ZipInfo) -> None:
        path = entry.filename.replace("\\", "/")
        shown = path[:80]
        if path.startswith("/") or re.match(r"[A-Za-z]:", path) or ".." in PurePosixPath(path).parts:
            sentence = _("A file in the zip wants to lie outside it. Expected plain names like users.csv.")
            raise refused("zip_path", self.name, sentence, value=shown)
        if stat.S_ISLNK(entry.external_attr >> 16):
            sentence = _("A file in the zip is only a pointer to another one. Expected the files themselves.")
            raise refused("zip_link", self.name, sentence, value=shown)
        if path.lower().endswith(ARCHIVES):
            sentence = _(
                "There is an archive inside the zip. Expected the CSV files themselves; unpack it and zip them."
            )
            raise refused("zip_nested", self.name, sentence, value=shown)

    def _take(self, entry: ZipInfo) -> None:
        name = entry.filename.replace("\\", "/").removeprefix(self.folder)
        known = BY_SMALL_NAME.get(name.lower().removesuffix(".csv")) if name.lower().endswith(".csv") else None
        if known is None:
            self.others.append(name)
            return
        if known in self.entries:
            sentence = _("%(file)s is in the zip more than once. Expected each file once.") % {"file": f"{known}.csv"}
            raise refused("zip_twice", self.name, sentence, value=name)
        if name != f"{known}.csv":
            self.renamed.append(name)
        self.entries[known] = entry

    @contextmanager
    def opened(self, name: str) -> Iterator[BinaryIO]:
        """Raises Unreadable where the zip turns out to be broken, while it is read as well."""
        try:
            with self.archive.open(self.entries[name]) as stream:
                yield stream  # type: ignore[misc]  # a reading stream of bytes, whatever typeshed calls it
        except READ_ERRORS as error:
            sentence = _("%(file)s cannot be unpacked. The zip may have been damaged on its way; export it again.")
            raise refused("bad_entry", f"{name}.csv", sentence % {"file": f"{name}.csv"}) from error

    def count_rows(self, name: str) -> int:
        """Lines below the head; cells with line breaks count as often as they have lines."""
        lines, last = 0, b"\n"
        with self.opened(name) as stream:
            while block := stream.read(MB):
                lines += block.count(b"\n")
                last = block[-1:]
        return max(lines + (last != b"\n") - 1, 0)


def _folder_of(infos: list[ZipInfo], name: str) -> str:
    """The one folder that the files lie in, if they do."""
    paths = [
        PurePosixPath(each.filename.replace("\\", "/")) for each in infos if each.filename.lower().endswith(".csv")
    ]
    known = [path for path in paths if BY_SMALL_NAME.get(path.stem.lower())]
    folders = {path.parent.as_posix() for path in known}
    if len(folders) > 1:
        sentence = _("The files of the bundle lie in different folders of the zip. Expected all of them in one place.")
        raise refused("zip_folders", name, sentence, value=", ".join(sorted(folders))[:80])
    folder = folders.pop() if folders else "."
    return "" if folder == "." else f"{folder}/"
