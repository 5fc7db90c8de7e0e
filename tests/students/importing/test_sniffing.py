"""A text file is read whatever program wrote it: encodings, delimiters, line ends, titles above the head; or refused in a sentence."""

import random
import time
import tracemalloc
from io import BytesIO
from typing import Any

import pytest

from students.importing.findings import Unreadable
from students.importing.mapping import Mapping
from students.importing.spreadsheet.cells import Cells, open_cells
from tests.students.importing.uploads import csv_of

ROWS = [["1", "Müller", "7,5"], ["2", "Östlund", "8"]]


def cells_of(content: bytes, **mapping: Any) -> Cells:
    return open_cells(BytesIO(content), "marks.csv", Mapping(**mapping))


def numbered(cells: Cells) -> list[tuple[int, list[str]]]:
    return [pair for lines, rows in cells.blocks() for pair in zip(lines, rows, strict=True)]


def rows_of(cells: Cells) -> list[list[str]]:
    return [row for _line, row in numbered(cells)]


def refused(content: bytes, **mapping: Any) -> tuple[str, int, str]:
    with pytest.raises(Unreadable) as refusal:
        numbered(cells_of(content, **mapping))
    finding = refusal.value.finding
    return finding.code, finding.line, finding.expected


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", ""), ("utf-8-sig", ""), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16"),
        ("cp1252", "Windows-1252"), ("latin-1", "Windows-1252"),
    ],
)  # fmt: skip
def test_encoding_delimiter_and_line_ends_are_found(encoding: str, told: str, delimiter: str, end: str) -> None:
    lines = [delimiter.join(row) for row in (["No", "Name", "Märk"], *ROWS)]
    cells = cells_of(csv_of(*lines, encoding=encoding, end=end))
    assert cells.heads == ["No", "Name", "Märk"]
    assert numbered(cells) == list(zip([2, 3], ROWS, strict=True))
    assert cells.delimiter == delimiter
    assert [note.value for note in cells.notes] == ([told] if told else [])


def test_a_comma_may_stand_between_cells_and_inside_them() -> None:
    assert rows_of(cells_of(csv_of("No,Name", '1,"Lee, Ann"', '2,"Bo, Ed"'))) == [["1", "Lee, Ann"], ["2", "Bo, Ed"]]
    assert cells_of(csv_of("Name;Mark", "Lee, Ann;5,5", "Bo, Ed;6,5")).delimiter == ";"
    assert cells_of(csv_of("Mean;First;Second", *(f"{n},5;{n},5;{n},5" for n in range(50)))).delimiter == ";"
    assert cells_of(csv_of("id,clubs,mark", *(f"{n},a|b,{n}" for n in range(50)))).delimiter == ","
    assert cells_of(csv_of("Name", "Ann", "Bo")).heads == ["Name"]
    assert cells_of(csv_of("sep=;", "a;b", "1;2")).head_line == 2
    assert cells_of(csv_of("a;b,c;d", "1;2,3;4"), delimiter=",").heads == ["a;b", "c;d"]


def test_a_letter_after_a_megabyte_still_tells_the_encoding() -> None:
    plain = csv_of("No,Name", *(f"{n},Ann" for n in range(150_000)))
    assert cells_of(plain + "9,Zoë\n".encode()).encoding == "UTF-8"
    cells = cells_of(plain + "9,Zoë\n".encode("cp1252"))
    assert cells.encoding == "Windows-1252"
    assert rows_of(cells)[-1] == ["9", "Zoë"]


def test_lines_are_counted_as_an_editor_counts() -> None:
    cells = cells_of(csv_of("No;Note", '1;"two\nlines"', "", " ; ", "2;one", ";;", '3;"a ""b"""'))
    assert numbered(cells) == [(2, ["1", "two\nlines"]), (6, ["2", "one"]), (8, ["3", 'a "b"'])]


def test_rows_with_too_many_or_too_few_cells_are_handed_on_as_they_are() -> None:
    cells = cells_of(csv_of("a,b,c,", "1,2,3,", "1,2", "1,2,3,4,5", "1,2,3,,,"))
    assert cells.heads == ["a", "b", "c"]
    assert rows_of(cells) == [["1", "2", "3"], ["1", "2"], ["1", "2", "3", "4", "5"], ["1", "2", "3"]]


def test_titles_above_the_head_are_passed_over() -> None:
    titles = ("Lakeside School,,,", "", "Report of 3 March 2026,,,", ",,,")
    cells = cells_of(csv_of(*titles, "Name,Class,Born,Mark", "Ann,7a,2012-03-04,5", "Bo,7b,2012-04-05,6"))
    assert (cells.heads, cells.head_line) == (["Name", "Class", "Born", "Mark"], 5)
    chosen = cells_of(csv_of("x,y", "1,2", "Name,Mark", "Ann,5"), head=3)
    assert (chosen.heads, numbered(chosen)) == (["Name", "Mark"], [(4, ["Ann", "5"])])


def test_days_may_be_heads_and_columns_without_a_name_are_called_by_their_place() -> None:
    cells = cells_of(csv_of("Name,2026-01-05,,2026-01-06", "Ann,5,x,6", "Bo,5,y,7"))
    assert cells.heads == ["Name", "2026-01-05", "#3", "2026-01-06"]
    assert [(note.code, note.column) for note in cells.notes] == [("nameless", "#3")]


def test_a_file_is_read_as_often_as_it_is_asked() -> None:
    cells = cells_of(csv_of("a,b", "1,2"))
    assert rows_of(cells) == rows_of(cells) == [["1", "2"]]


WIDE = ",".join(f"c{n}" for n in range(1_000_000))
REFUSED: list[tuple[str, bytes, dict[str, Any], str, int, str]] = [
    ("nothing", b"", {}, "empty", 0, "The file is empty."),
    ("blank lines", b"\n\n  \n", {}, "empty", 0, "The file is empty."),
    ("only a head", csv_of("a,b"), {}, "head_only", 1, "the names of the columns in line 1 and nothing below"),
    ("no head", csv_of("1,Ann,5", "2,Bo,6"), {}, "no_head", 1, "No row with the names of the columns"),
    ("two heads alike", csv_of("a,b,a", "1,2,3"), {}, "head_twice", 1, "Columns 1 and 3 are both named “a”."),
    ("a picture", random.Random(1).randbytes(5000), {}, "binary", 0, "This is no text file."),
    ("a zero", b"a,b\n1,2\n3,\x004\n", {}, "nul", 3, "Line 3 holds a byte of value zero (byte 11 of the file)"),
    ("two encodings", csv_of("ä,b") + b"\xf6,1\n", {}, "mixed_encodings", 2, "byte 6 of the file, in line 2, is not: 0xF6."),
    ("no encoding", b"a,b\nx\x81,1\n", {}, "undecodable", 2, "Byte 6 of the file, in line 2, is not Windows-1252: 0x81."),
    ("not what was named", b"a,b\n\xe4,1\n", {"encoding": "utf-8"}, "undecodable", 2, "is not UTF-8: 0xE4"),
    ("half a letter", csv_of("a,b", "1,2", encoding="utf-16")[:-1], {}, "undecodable", 2, "is not UTF-16"),
    ("an unknown encoding", csv_of("a,b", "1,2"), {"encoding": "klingon"}, "unknown_encoding", 0, "“klingon” is not known"),
    ("no encoding at all", csv_of("a,b", "1,2"), {"encoding": "hex"}, "unknown_encoding", 0, "“hex” is not known"),
    ("UTF-32", csv_of("a,b", "1,2", encoding="utf-32"), {}, "unknown_encoding", 0, "UTF-32"),
    ("a million columns", csv_of(WIDE, "1"), {}, "line_too_long", 1, "longer than 1048576 characters"),
    ("2,001 columns", csv_of(WIDE[:11000], "1"), {}, "too_many_columns", 1, "at most 2000 are read"),
    ("a row of 5,000 cells", csv_of("a,b", "1,2", "1" + ",1" * 5000), {}, "too_many_columns", 3, "Line 3 has 5001 cells"),
    ("an open quotation mark", csv_of("a,b", "1,2", '3,"4', "5,6"), {}, "quotes", 3, "opens in the row of line 3"),
    ("a cell without end", csv_of("a,b", '1,"' + "x\n" * 100_000), {}, "quotes", 2, "opens in the row of line 2"),
    ("no such line", csv_of("a,b", "1,2"), {"head": 9}, "no_head", 9, "in line 9. No row begins there."),
    ("head at the end", csv_of("a,b", "c,d"), {"head": 2}, "head_only", 2, "nothing below them"),
    ("another delimiter", csv_of("a,b", "1,2"), {"delimiter": "^"}, "delimiter", 0, "not told apart by “^”"),
    ("a web page", b"\xef\xbb\xbf <!DOCTYPE html><table>", {}, "web_page", 0, "This is a web page"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "mapping", "code", "line", "says"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED]
)
def test_what_cannot_be_read_is_refused_in_a_sentence(
    content: bytes, mapping: dict[str, Any], code: str, line: int, says: str
) -> None:
    found, where, sentence = refused(content, **mapping)
    assert (found, where) == (code, line)
    assert says in sentence


def test_a_line_without_end_is_refused_fast_and_in_little_memory() -> None:
    content = csv_of(WIDE * 8, "1")
    tracemalloc.start()
    began = time.perf_counter()
    assert refused(content)[0] == "line_too_long"
    assert time.perf_counter() - began < 5
    assert tracemalloc.get_traced_memory()[1] < 30 << 20
    tracemalloc.stop()


def test_blocks_stay_small_however_many_rows_there_are() -> None:
    cells = cells_of(csv_of("a,b", *(f"{n},x" for n in range(45_000))))
    assert [len(lines) for lines, _rows in cells.blocks()] == [20_000, 20_000, 5_000]
    long = cells_of(csv_of("a,b", *(f"{n},{'x' * 100_000}" for n in range(400))))
    assert max(sum(map(len, (cell for row in rows for cell in row))) for _lines, rows in long.blocks()) < 20 << 20
