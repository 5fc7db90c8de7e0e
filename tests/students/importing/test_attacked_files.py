"""Files made to keep a worker busy for hours, or to stop everybody else's: each is refused at once, or stands in nobody's way."""

import os
import time
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.utils import timezone

from students.importing import nightly
from students.importing.batches import save_profile
from students.importing.findings import Unreadable
from students.importing.spreadsheet.excel import open_excel
from students.importing.spreadsheet.indicators import codes_for
from students.importing.spreadsheet.mapping_faults import faults_of
from students.importing.spreadsheet.mapping_file import MappingFaults, from_toml
from students.importing.spreadsheet.mapping_parts import nearest
from students.importing.spreadsheet.synonyms import STUDENT_NAMES, likeness
from students.models import ImportBatch
from tests.cast import Cast
from tests.students.importing.uploads import xlsx_of

SHEET = "xl/worksheets/sheet1.xml"
SECONDS = 5  # of a busy machine; what is refused here took minutes to hours


def with_sheet(before: bytes) -> bytes:
    """A sheet with something before its rows; the zip is stored, as tight packing is refused anyway."""
    out = BytesIO()
    with ZipFile(BytesIO(xlsx_of(["id", "name"], ["1", "a"]))) as given, ZipFile(out, "w", ZIP_DEFLATED) as made:
        for name in given.namelist():
            content = given.read(name)
            made.writestr(name, content.replace(b"<sheetData>", before + b"<sheetData>") if name == SHEET else content)
    return out.getvalue()


@pytest.mark.parametrize("long", [b"<!--" + b"y" * (2 << 20) + b"-->", b'<a b="' + b"y" * (2 << 20) + b'"/>'])
def test_a_remark_or_tag_without_end_is_not_read_again_with_every_block(long: bytes) -> None:
    book = open_excel(BytesIO(with_sheet(long)), "a.xlsx")
    with pytest.raises(Unreadable, match="The Excel file is broken"):
        list(book.rows("Sheet"))
    assert len(list(open_excel(BytesIO(with_sheet(long[:9] + long[-9:])), "a.xlsx").rows("Sheet"))) == 2


def test_a_key_of_thousands_of_parts_is_not_parsed() -> None:
    began = time.monotonic()
    with pytest.raises(MappingFaults, match="more than 100 points"):
        from_toml(".".join(["a"] * 20_000) + " = 1")
    assert time.monotonic() - began < SECONDS


def test_thousands_of_faults_are_told_as_far_as_anybody_reads() -> None:
    with pytest.raises(MappingFaults) as told:
        from_toml("\n".join(f"studen{number} = 1" for number in range(3000)))
    assert len(told.value.sentences) == 200
    columns = "\n".join(f'"Algebr{number}" = "number"' for number in range(300))
    assert len(faults_of(from_toml(f"[indicators]\n{columns}"), [f"Algebra{number}" for number in range(300)])) == 51


def test_names_of_many_thousand_letters_are_not_compared_letter_by_letter() -> None:
    signs = [chr(0x4E00 + number % 3000) for number in range(130_000)]
    began = time.monotonic()
    assert nearest("".join(signs), ["".join(reversed(signs))]) == ""
    assert time.monotonic() - began < SECONDS
    assert nearest("Algebr", ["Algebra", "Art"]) == "Algebra"


def test_two_thousand_heads_of_one_code_are_numbered_quickly() -> None:
    began = time.monotonic()
    codes = codes_for([f"!{'?' * number}x" for number in range(2000)])
    assert time.monotonic() - began < SECONDS
    assert len(set(codes.values())) == 2000
    assert max(map(len, codes.values())) <= 40


def test_likeness_is_the_same_with_the_short_cut() -> None:
    assert likeness("Famly name", STUDENT_NAMES["family_name"])[1] == "family name"
    assert likeness("Prufung 17 mark", STUDENT_NAMES["family_name"]) == (0.0, "")


@pytest.mark.django_db
def test_a_file_whose_name_no_database_takes_holds_up_no_other(school: Cast, tmp_path: Path) -> None:
    save_profile(school.lakeside, "P", kind="spreadsheet", source="sis", mapping={}, by=school.otto)
    own = tmp_path / "lakeside-school" / "P"
    own.mkdir(parents=True)
    (tmp_path / os.fsdecode(b"q\xff")).mkdir()
    for name in (b"b\xff.csv", b"c\n\x01.csv", b"z" * 250 + b".csv", b"good.csv"):
        (own / os.fsdecode(name)).write_text("id;first;last\n1;a;b\n")
    assert nightly.collect(tmp_path, now=timezone.now() + timedelta(seconds=99)) == 2
    assert sorted(batch.file_name[-8:] for batch in ImportBatch.objects.all()) == ["good.csv", "zzzz.csv"]
    assert sorted(each.name for each in own.iterdir()) == ["done", "refused"]
    assert sorted(each.name[:9] for each in (own / "refused").iterdir()) == ["no-file-b", "no-file-c"]
