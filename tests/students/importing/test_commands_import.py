"""Imports from the shell: what the commands say, how they end, and that a dry run leaves nothing."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.core.management.base import CommandError

from students.importing.batches import save_profile
from students.models import Exam, ImportBatch, ImportState, Result, SchoolPolicy, Student
from tests.cast import Cast
from tests.students.importing.files import HEAD, MARKS, TWO, WRONG, known, mapping, written

pytestmark = pytest.mark.django_db(transaction=True)
AT = ("--school", "lakeside-school")
Shell = Callable[..., tuple[int, str]]


@pytest.fixture(autouse=True)
def ids(school: Cast) -> None:
    known(school)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """How it ended, and what it said."""
    how = written(tmp_path, MARKS, "mapping.toml")

    def run(text: str, *arguments: str, name: str = "marks.csv") -> tuple[int, str]:
        return call("import_csv", written(tmp_path, text, name), *AT, "--mapping", how, *arguments)

    return run


def call(name: str, *arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command(name, *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue() if "--json" in arguments else str(error)
    return 0, out.getvalue()


def test_a_file_is_imported_and_its_number_said(shell: Shell, school: Cast) -> None:
    ending, said = shell(TWO, "--by", "otto@lakeside.example")
    batch = ImportBatch.objects.get()
    assert (ending, batch.state, batch.applied_by) == (0, ImportState.APPLIED, school.otto), said
    assert f"undo_import {batch.pk}" in said
    assert Result.objects.filter(exam__title="Quiz 1").count() == 2


def test_the_same_file_again_ends_well_and_says_that_there_is_nothing_to_do(shell: Shell) -> None:
    shell(TWO)
    ending, said = shell(TWO)
    assert ending == 0
    assert "Nothing to do" in said


def test_a_dry_run_tells_the_plan_and_leaves_nothing(shell: Shell) -> None:
    ending, said = shell(TWO, "--dry-run")
    assert ending == 0
    assert "dry run" in said
    assert not ImportBatch.objects.exists()
    assert not Exam.objects.filter(title="Quiz 1").exists()


def test_a_dry_run_keeps_no_copy_of_the_file(shell: Shell) -> None:
    before = set(storages["files"].listdir("imports")[1]) if storages["files"].exists("imports") else set()
    shell(WRONG, "--dry-run")
    assert set(storages["files"].listdir("imports")[1]) == before


def test_rows_are_read_as_many_at_once_as_one_says(shell: Shell) -> None:
    ending, said = shell(TWO, "--batch-size", "1", "--verbosity", "1")
    assert ending == 0, said
    assert ImportBatch.objects.get().options["block"] == 1
    assert Result.objects.filter(exam__title="Quiz 1").count() == 2
    assert shell(TWO, "--batch-size", "none")[0] != 0


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_findings_end_with_one_and_name_their_line(shell: Shell, dry: tuple[str, ...]) -> None:
    ending, said = shell(WRONG, *dry)
    assert ending == 1
    assert "line 3" in said
    assert "“many”" in said
    assert not Result.objects.filter(exam__title="Quiz 1").exists()


def test_rows_with_errors_are_left_out_only_if_one_says_so(shell: Shell) -> None:
    ending, _ = shell(WRONG, "--set-aside")
    assert ending == 0
    assert Result.objects.filter(exam__title="Quiz 1").count() == 1


def test_a_guard_ends_with_two_until_one_says_yes(shell: Shell, school: Cast) -> None:
    shell(TWO)
    only_one = HEAD + "s1;Sam Okafor;Quiz 1;Mathematics;2026-03-02;20;14\n"
    many = HEAD + "".join(f"s1;Sam Okafor;Quiz {n};Mathematics;2026-03-02;20;14\n" for n in range(2, 40))
    assert shell(many)[0] == 0
    ending, said = shell(only_one, "--truncate")
    assert ending == 2, said
    assert "--yes" in said
    assert Result.objects.filter(exam__title="Quiz 5").exists()
    assert shell(only_one, "--truncate", "--yes")[0] == 0
    assert not Result.objects.filter(exam__title="Quiz 5").exists()


def test_a_mark_on_a_row_with_an_error_is_not_removed_for_being_left_out(shell: Shell) -> None:
    shell(TWO)
    ending, said = shell(WRONG, "--truncate", "--set-aside", "--yes")
    assert ending == 0, said
    assert Result.objects.filter(exam__title="Quiz 1").count() == 2
    assert "no results are removed" in said


def test_a_program_is_told_all_of_it_as_one_object(shell: Shell) -> None:
    ending, said = shell(WRONG, "--json")
    facts = json.loads(said)
    assert ending == 1
    assert (facts["errors"], facts["state"], facts["source"]) == (1, "planned", "sis")
    assert facts["findings"][0]["line"] == 3
    ending, said = shell(TWO, "--json")
    facts = json.loads(said)
    assert (ending, facts["state"]) == (0, "applied")
    assert facts["tables"]["results"]["added"] == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nowhere.csv", *AT), "no file"),
        (("{file}", "--school", "nowhere"), "No school has the slug"),
        (("{file}", *AT, "--profile", "Nothing"), "no import profile “Nothing”"),
        (("{file}", *AT, "--mapping", "nowhere.toml"), "no mapping file"),
        (("{file}", *AT, "--mapping", "{file}"), "no TOML"),
        (("{file}", *AT, "--by", "nobody@lakeside.example"), "No active account"),
        (("{file}", *AT, "--by", "ada@lakeside.example"), "Only the office and the leaders"),
        (("{file}", *AT, "--by", "wanda@hillside-school.example"), "Only the office and the leaders"),
        (("{file}", "--school", "north-district"), "import into the school itself"),
        (("{empty}", *AT), "empty"),
    ],
)
def test_what_cannot_be_begun_ends_with_three(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    places = {"file": written(tmp_path, TWO), "empty": written(tmp_path, "", "empty.csv")}
    ending, said = call("import_csv", *(each.format(**places) for each in arguments))
    assert ending == 3
    assert sentence in said
    assert not ImportBatch.objects.exists()


def test_a_profile_of_the_school_says_how_it_is_read(tmp_path: Path, school: Cast) -> None:
    facts: dict[str, Any] = {"kind": "spreadsheet", "source": "sis", "mapping": mapping()}
    save_profile(school.lakeside, "Marks", by=school.hana, **facts)
    ending, said = call("import_csv", written(tmp_path, TWO), *AT, "--profile", "Marks")
    assert ending == 0, said
    assert ImportBatch.objects.get().source == "sis"


def test_a_spreadsheet_is_no_bundle(tmp_path: Path) -> None:
    ending, said = call("import_oneroster", written(tmp_path, TWO), *AT)
    assert ending == 3
    assert "spreadsheet" in said


def test_an_import_is_undone_by_its_number(shell: Shell) -> None:
    shell(TWO)
    batch = ImportBatch.objects.get()
    ending, said = call("undo_import", str(batch.pk))
    assert ending == 0, said
    batch.refresh_from_db()
    assert batch.state == ImportState.UNDONE
    assert not Result.objects.filter(exam__title="Quiz 1").exists()
    ending, said = call("undo_import", str(batch.pk))
    assert (ending, "undone" in said) == (3, True)
    assert call("undo_import", "999999")[0] == 3


def test_what_was_changed_since_is_left_and_said(shell: Shell) -> None:
    shell(TWO)
    row = Result.objects.get(exam__title="Quiz 1", student__external_id="s1")
    Result.objects.filter(pk=row.pk).update(score=3, version=row.version + 1)
    ending, said = call("undo_import", str(ImportBatch.objects.get().pk), "--json")
    facts = json.loads(said)
    assert (ending, facts["state"]) == (1, "undone")
    assert facts["left"]


def test_protected_facts_are_left_out_for_who_has_no_right_to_them(tmp_path: Path, school: Cast) -> None:
    SchoolPolicy.objects.create(school=school.lakeside, imports_protected=True)
    how = written(tmp_path, 'source = "sis"\n[student]\nexternal_id = "Id"\nname = "Name"\ngender = "Sex"\n', "m.toml")
    text = "Id;Name;Sex\nn1;Nora Neu;f\n"
    call("import_csv", written(tmp_path, text), *AT, "--mapping", how, "--by", "otto@lakeside.example")
    assert not hasattr(Student.objects.get(external_id="n1"), "demographics")
