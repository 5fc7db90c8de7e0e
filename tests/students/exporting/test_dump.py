"""All records of a school as tables: whole, described, and without anybody's name unless the shell asked for names."""

import csv
import io
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from portal.audit.models import AccessEvent, AuditEvent
from portal.kit.errors import NotAllowed
from students.exporting import dump
from students.exporting.dictionary import described, kind_of
from students.exporting.dump_tables import TABLES
from students.exporting.wishes import DumpWish
from students.models import Membership, Student
from tests import make
from tests.cast import Cast

NAMES = ("Okafor", "Lindqvist", "Hansen", "Abara", "Marsh", "Guardian", "Counsel", "lakeside.example", "Verlaine")
SECRETS = ("Fractions without help", "Asked good questions", "2011-03-04", "S-17")


def fill(cast: Cast) -> None:
    make.make_help(cast.sam, cast.ada)
    make.make_note(cast.sam, cast.ada)
    make.make_participation(cast.sam)
    make.make_release(cast.test, cast.maths, by=cast.ada)
    make.make_observation(cast.sam, make.make_indicator(cast.lakeside))
    hidden = make.make_indicator(cast.lakeside, "Free meals", is_protected=True, kind="yes_no")
    make.make_observation(cast.mia, hidden, 1)
    Student.objects.filter(pk=cast.mia.pk).update(birth_date="2011-03-04", external_id="S-17", source="sis")


def dumped(cast: Cast, folder: Path, **facts: Any) -> dict[str, list[dict[str, str]]]:
    folder.mkdir()
    wish = DumpWish(cast.lakeside, **facts)
    dump.write_folder(wish, folder, by=None, on=make.TODAY, progress=lambda *told: None)
    return {
        path.stem: list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))
        for path in folder.glob("*.csv")
    }


def test_every_record_of_the_school_is_in_it_and_none_of_next_door(school: Cast, tmp_path: Path) -> None:
    fill(school)
    tables = dumped(school, tmp_path / "d", protected=True)
    counts = {name: len(rows) for name, rows in tables.items() if name != "data_dictionary"}
    assert counts == {
        "attendance": 2, "caseloads": 1, "classes": 2, "demographics": 1, "enrolments": 4, "exams": 2, "grade_boundaries": 5,
        "guardianships": 1, "help": 1, "indicators": 2, "observations": 2, "participations": 1, "predictions": 0, "releases": 1,
        "results": 2, "sittings": 2, "staff": 6, "students": 4, "subjects": 2, "teachings": 2, "terms": 1,
    }  # fmt: skip


def test_no_name_nor_anything_written_about_somebody_is_in_it(school: Cast, tmp_path: Path) -> None:
    fill(school)
    dumped(school, tmp_path / "d", protected=True)
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "d").iterdir())
    assert [word for word in (*NAMES, *SECRETS) if word in text] == []


def test_protected_facts_are_in_it_only_where_asked_for(school: Cast, tmp_path: Path) -> None:
    fill(school)
    tables = dumped(school, tmp_path / "d")
    assert "demographics" not in tables
    assert [row["name"] for row in tables["indicators"]] == ["Study hours"]
    assert len(tables["observations"]) == 1
    readme = (tmp_path / "d" / "README.txt").read_text(encoding="utf-8")
    assert "are not in it" in readme


def test_numbers_hold_within_a_dump_and_no_further(school: Cast, tmp_path: Path) -> None:
    first, second = (dumped(school, tmp_path / name) for name in ("a", "b"))
    students = {row["student"] for row in first["students"]}
    assert {row["student"] for name in ("results", "enrolments", "attendance") for row in first[name]} <= students
    assert students.isdisjoint({row["student"] for row in second["students"]})
    assert students.isdisjoint({str(key) for key in Student.objects.values_list("pk", flat=True)})
    assert {row["person"] for row in first["teachings"]} <= {row["person"] for row in first["staff"]}


def test_rows_stand_in_an_order_that_tells_nothing(school: Cast, tmp_path: Path) -> None:
    for name in ("students", "enrolments", "results"):
        numbers = [int(row["student"]) for row in dumped(school, tmp_path / name)[name]]
        assert numbers == sorted(numbers)


def test_of_a_birthday_only_the_year_is_told(school: Cast, tmp_path: Path) -> None:
    fill(school)
    years = {row["birth_year"] for row in dumped(school, tmp_path / "d")["students"]}
    assert years == {"", "2011"}


def test_every_column_of_every_file_is_in_the_dictionary(school: Cast, tmp_path: Path) -> None:
    tables = dumped(school, tmp_path / "d", protected=True, with_names=True)
    told = {(row["file"].removesuffix(".csv"), row["column"]): row for row in tables.pop("data_dictionary")}
    heads = {path.stem: path.read_text("utf-8").splitlines()[0].split(",") for path in (tmp_path / "d").glob("*.csv")}
    heads.pop("data_dictionary")
    assert set(told) == {(name, column) for name, columns in heads.items() for column in columns}
    assert [key for key, row in told.items() if not row["meaning"] or not row["type"]] == []
    assert told["attendance", "status"]["allowed values"] == "P: present; L: late; A: absent; E: excused"
    assert told["students", "grade_level"]["allowed values"] == "from 0 up to 14"
    assert "Leave empty" not in told["subjects", "scale"]["meaning"]


def test_every_field_of_a_table_is_one_of_its_model() -> None:
    """A field that is renamed must not be found out by whoever orders the next dump."""
    for records in TABLES:
        for field in records.fields:
            assert kind_of(records, field)
            assert str(described(records, field).meaning)


def test_only_leaders_are_given_it(school: Cast, tmp_path: Path) -> None:
    for person in (school.otto, school.nils, school.ada, school.wanda, school.gus):
        with pytest.raises(NotAllowed):
            dump.write_folder(DumpWish(school.lakeside), tmp_path, by=person, on=make.TODAY, progress=print)
    wish = DumpWish(school.lakeside, protected=True)
    with pytest.raises(NotAllowed):
        dump.write_folder(wish, tmp_path, by=school.hana, on=make.TODAY, progress=print)
    Membership.objects.filter(user=school.hana).update(sees_demographics=True)
    dump.write_folder(wish, tmp_path, by=school.hana, on=make.TODAY, progress=lambda *told: None)


def test_parquet_holds_types(school: Cast, tmp_path: Path) -> None:
    fastparquet = pytest.importorskip("fastparquet")
    fill(school)
    (tmp_path / "d").mkdir()
    wish = DumpWish(school.lakeside, "parquet")
    dump.write_folder(wish, tmp_path / "d", by=None, on=make.TODAY, progress=lambda *told: None)
    with (tmp_path / "d" / "results.parquet").open("rb") as file:
        results = fastparquet.ParquetFile(file).to_pandas()
    assert sorted(results["score"]) == [31.0, 44.0]
    assert results["known_on"].dtype.kind == "M"
    assert {"README.txt", "data_dictionary.csv", "students.parquet"} <= {
        path.name for path in (tmp_path / "d").iterdir()
    }


def test_the_shell_writes_a_zip_for_its_owner_alone(school: Cast, tmp_path: Path) -> None:
    place, out = tmp_path / "d.zip", io.StringIO()
    call_command(
        "dump_school", "--school", "lakeside-school", "--to", str(place), "--by", "hana@lakeside.example", stdout=out
    )
    assert "rows in" in out.getvalue()
    assert place.stat().st_mode & 0o777 == 0o600
    with ZipFile(place) as bundle:
        assert bundle.namelist() == sorted(bundle.namelist())
        assert "Hana Leitner" in bundle.read("README.txt").decode()
    line = AuditEvent.objects.get(verb="school dumped")
    assert (line.actor_id, line.facts["with_names"], line.school_id) == (school.hana.pk, False, school.lakeside.pk)
    looks = AccessEvent.objects.filter(what="dump", door="export", user_id=school.hana.pk, role="leader")
    assert looks.count() == 4


def test_the_shell_may_have_names(school: Cast, tmp_path: Path) -> None:
    place = tmp_path / "d"
    call_command("dump_school", "--school", "lakeside-school", "--to", str(place), "--with-names", stdout=io.StringIO())
    assert "Okafor" in (place / "students.csv").read_text(encoding="utf-8")
    assert str(school.sam.pk) in (place / "students.csv").read_text(encoding="utf-8")
    assert "has names" in (place / "README.txt").read_text(encoding="utf-8")
    assert place.stat().st_mode & 0o777 == 0o700


def test_what_is_there_already_stays(school: Cast, tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "none" / "d.zip"):
        out = io.StringIO()
        with pytest.raises(CommandError) as refusal:
            call_command("dump_school", "--school", "lakeside-school", "--to", str(place), "--json", stdout=out)
        assert refusal.value.returncode == 2
        assert json.loads(out.getvalue())["error"] in ("conflict", "not_written")
    assert list(tmp_path.iterdir()) == []
    assert not AuditEvent.objects.filter(verb="school dumped").exists()
