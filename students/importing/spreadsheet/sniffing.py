"""In which encoding a text file is written, and what stands between its cells; found without asking anybody."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Sequence
from io import IncrementalNewlineDecoder
from typing import BinaryIO

from django.utils.translation import gettext as _

from students.importing.findings import Finding, Unreadable
from students.importing.limits import MB
from students.importing.spreadsheet.refusing import note, unreadable

UTF_8 = "utf-8-sig"  # with its mark at the beginning or without
WESTERN = "cp1252"
# What a person may name in a mapping: Python's name of it, and how it is told.
ENCODINGS = {
    "utf-8": "UTF-8", UTF_8: "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252", "iso8859-1": "Latin-1", "iso8859-15": "Latin-9", "mac-roman": "Mac Roman",
    "cp437": "DOS 437", "cp850": "DOS 850", "cp1250": "Windows-1250", "iso8859-2": "Latin-2",
    "cp1251": "Windows-1251", "cp1253": "Windows-1253", "cp1254": "Windows-1254",
}  # fmt: skip
DELIMITERS = (";", "\t", "|", ",")  # of several that fit alike, the earlier: commas also stand inside of cells
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF8, UTF_8), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
SAMPLE = 4096
# Two bytes that are one letter such as "é" in UTF-8; in Windows-1252 they would be "Ã©", which nobody writes.
LETTER = re.compile(rb"[\xc3-\xc5][\x80-\xbf]")
CONTROLS = bytes({*range(1, 9), *range(14, 27), *range(28, 32), 127})
FEW, MOST_CONTROLS = 8, 0.02
SAYS_DELIMITER = re.compile(r'"?sep=([,;\t|])"?\s*', re.IGNORECASE)  # a first line that Excel understands
AGREE = 0.8


def encoding_of(file: BinaryIO, name: str, asked: str = "") -> tuple[str, Finding | None]:
    """Python's name of it, and a note where it is not the usual one. Reads the whole file once, a block at a time."""
    if asked:
        return _as_asked(file, name, asked), None
    file.seek(0)
    start = file.read(SAMPLE)
    encoding = by_mark(start) or by_zeros(start)
    if encoding == "utf-32":
        sentence = _("The file is written in UTF-32, which is not read here. Save it as UTF-8.")
        raise unreadable("unknown_encoding", name, sentence, value="UTF-32")
    if not encoding:
        _must_be_text(file, name, start)
        place = first_fault(file, UTF_8)
        if place is None:
            return UTF_8, None
        _must_not_be_mixed(file, name, place)
        encoding = WESTERN
    _must_decode(file, name, encoding)
    told = ENCODINGS.get(encoding, encoding)
    sentence = _("Read as %(encoding)s, which it seems to be. If letters look wrong, name the encoding in the mapping.")
    return encoding, None if encoding == UTF_8 else note("encoding", name, sentence % {"encoding": told}, value=told)


def python_name(asked: str) -> str | None:
    """What Python calls an encoding that a person named; None for one that is not read here."""
    try:
        found = codecs.lookup(asked).name
    except (LookupError, ValueError):
        return None
    return found if found in ENCODINGS else None


def first_fault(file: BinaryIO, encoding: str) -> int | None:
    """The place of the first byte that is none of this encoding, counted from 0."""
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    before = 0
    while True:
        block = file.read(MB)
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            return before + len(block) - len(error.object) + error.start
        if not block:
            return None
        before += len(block)


def line_at(file: BinaryIO, place: int, encoding: str) -> int:
    """The line in which a byte stands, as an editor counts."""
    decoder = IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)("replace"), translate=True)
    file.seek(0)
    lines, left = 1, place
    while left > 0 and (block := file.read(min(left, MB))):
        lines += decoder.decode(block).count("\n")
        left -= len(block)
    return lines


def _as_asked(file: BinaryIO, name: str, asked: str) -> str:
    encoding = python_name(asked)
    if encoding is None:
        sentence = _(
            "The encoding “%(asked)s” is not known here; expected one such as utf-8, utf-16, cp1252 or latin-1."
        )
        raise unreadable("unknown_encoding", name, sentence % {"asked": asked}, value=asked)
    encoding = UTF_8 if encoding == "utf-8" else encoding
    _must_decode(file, name, encoding)
    return encoding


def by_mark(start: bytes) -> str:
    return next((encoding for mark, encoding in MARKS if start.startswith(mark)), "")


def by_zeros(start: bytes) -> str:
    """UTF-16 without a mark: every other byte of Latin letters is zero."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = max(len(start) // 2, 1)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 * half and odd < 0.05 * half else ""


def _must_be_text(file: BinaryIO, name: str, start: bytes) -> None:
    if sum(start.count(each) for each in CONTROLS) + start.count(0) > max(FEW, MOST_CONTROLS * len(start)):
        raise unreadable("binary", name, _("This is no text file. Expected a CSV file or an Excel file (.xlsx)."))
    file.seek(0)
    before = 0
    while block := file.read(MB):
        if (place := block.find(0)) >= 0:
            line = line_at(file, before + place, "latin-1")
            sentence = _(
                "Line %(line)d holds a byte of value zero (byte %(place)d of the file), as no text does. Export it again."
            )
            raise unreadable("nul", name, sentence % {"line": line, "place": before + place + 1}, line=line)
        before += len(block)


def _must_not_be_mixed(file: BinaryIO, name: str, place: int) -> None:
    """Letters of UTF-8 in a file that is not UTF-8: two exports were joined, and one half would be read wrongly."""
    file.seek(0)
    tail = b""
    while block := file.read(MB):
        if LETTER.search(tail + block):
            sentence = _(
                "Most of the file is UTF-8, but byte %(place)d of the file, in line %(line)d, is not: 0x%(byte)02X."
            )
            raise _at(file, name, place, UTF_8, "mixed_encodings", sentence)
        tail = block[-1:]


def _must_decode(file: BinaryIO, name: str, encoding: str) -> None:
    if (place := first_fault(file, encoding)) is not None:
        sentence = _(
            "Byte %(place)d of the file, in line %(line)d, is not %(encoding)s: 0x%(byte)02X. Save the file as UTF-8."
        )
        raise _at(file, name, place, encoding, "undecodable", sentence)


def _at(file: BinaryIO, name: str, place: int, encoding: str, code: str, sentence: str) -> Unreadable:
    line = line_at(file, place, encoding)
    file.seek(place)
    byte = (file.read(1) or b"\0")[0]
    told = {"place": place + 1, "line": line, "byte": byte, "encoding": ENCODINGS.get(encoding, encoding)}
    return unreadable(code, name, sentence % told, line=line, value=f"0x{byte:02X}")


def said_delimiter(first_line: str) -> str:
    """What the first line itself says, where it is only that: `sep=;`."""
    found = SAYS_DELIMITER.fullmatch(first_line)
    return found[1] if found else ""


def delimiter_of(lines: Sequence[str]) -> str:
    """By how evenly the first lines fall into cells, beginning with the head: decimal commas are missing there."""
    if lines and (said := said_delimiter(lines[0])):
        return said
    judged = [(_judge(lines, each), each) for each in DELIMITERS]
    best, delimiter = max(judged, key=lambda pair: pair[0])
    return delimiter if best[-1] else ","


def _judge(lines: Sequence[str], delimiter: str) -> tuple[bool, int, float, int]:
    try:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if any(map(str.strip, row))]
    except csv.Error:
        return (False, 0, 0.0, 0)
    widths = [len(row) for row in rows]
    usual = Counter(width for width in widths if width > 1).most_common(1)
    if not usual:
        return (False, 0, 0.0, 0)
    width = usual[0][0]
    head = widths.index(width)
    share = widths[head:].count(width) / len(widths[head:])
    return (share >= AGREE, -head, share, width)
