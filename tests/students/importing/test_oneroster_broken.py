"""Every kind of broken bundle gets its own sentence at its place; nothing else is found wrong, and nothing falls over."""

import resource
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from students.importing.findings import Finding, Severity, Unreadable
from students.importing.incoming import Table
from students.importing.limits import MB
from students.importing.mapping import Mapping
from tests.students.importing.broken import Broken
from tests.students.importing.broken_bundles import BUNDLES
from tests.students.importing.oneroster_made import errors, files_11, only, read, swapped, zipped

# The class that is refused has one line item, which then hangs on it.
WITH_A_LINE_ITEM = (
    "a class of no course",
    "a class in no session",
    "a class without a course",
    "a class at a district",
)


def found_in(content: bytes) -> list[Finding]:
    try:
        _incoming, findings = read(content)
    except Unreadable as refusal:
        return [refusal.finding]
    return errors(findings)


@pytest.mark.parametrize("broken", BUNDLES, ids=str)
def test_it_is_said_what_is_wrong_and_where(broken: Broken) -> None:
    _name, content = broken.make()
    found = found_in(content)
    hanging = ["hangs_on_refused"] if broken.kind in WITH_A_LINE_ITEM else []
    assert [each.code for each in found] == [broken.code, *hanging]
    assert broken.says in found[0].expected
    assert found[0].line == broken.line
    assert found[0].severity == Severity.ERROR


def test_every_kind_is_a_kind_of_its_own() -> None:
    kinds = [each.kind for each in BUNDLES]
    assert len(set(kinds)) == len(kinds) >= 60


def test_rows_with_errors_are_set_aside_and_named_so_that_nothing_ends_for_them() -> None:
    incoming, findings = read(swapped(files_11(), "enrollments", "2026-08-17", "17. August"))
    assert len(errors(findings)) == 1
    assert incoming.rows_set_aside == 1
    assert incoming.refused[Table.ENROLMENTS] == {"e2"}
    assert Table.ENROLMENTS in incoming.complete


def test_where_a_row_cannot_be_told_the_file_does_not_end_anything() -> None:
    incoming, findings = read(swapped(files_11(), "enrollments", "e3,,,c1", 'e3,,,"c1"x'))
    assert [each.code for each in errors(findings)] == ["quotes"]
    assert incoming.complete == set()
    assert any(code == "not_complete" for _severity, code in findings.by_code)


def test_all_that_is_wrong_with_files_as_a_whole_is_told_at_once() -> None:
    from students.importing.findings import Findings
    from students.importing.oneroster import read_bundle
    from tests.students.importing.oneroster_made import ON

    files = swapped(swapped(files_11(), "users", "givenName", "nickname"), "orgs", "name", "called")
    findings = Findings()
    with pytest.raises(Unreadable) as refusal:
        read_bundle(
            BytesIO(zipped(files)), Mapping(), findings, lambda *told, **facts: None, on=ON, with_protected=True
        )  # fmt: skip
    told = [*errors(findings), refusal.value.finding]
    assert {(each.file, each.column) for each in told} == {("users.csv", "givenName"), ("orgs.csv", "name")}


def test_a_school_that_is_not_in_the_bundle_is_told_with_those_that_are() -> None:
    with pytest.raises(Unreadable) as refusal:
        read(files_11(), Mapping(org="s9"))
    assert "Lakeside School (s1)" in refusal.value.finding.expected


def test_an_entry_that_declares_less_than_it_holds_is_not_unpacked_further() -> None:
    """Python stops at what is declared, and what was read so far does not fit its checksum."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as package:
        package.writestr("manifest.csv", only(users="")["manifest"])
        package.writestr("users.csv", b"sourcedId,vendorResourceId\n" * (MB // 4))
    content = bytearray(out.getvalue())
    place = content.rfind(b"PK\1\2")
    content[place + 24 : place + 28] = (100).to_bytes(4, "little")
    assert [each.code for each in found_in(bytes(content))] == ["bad_entry"]


def test_a_large_file_of_errors_takes_little_memory() -> None:
    row = "x y,,,true,s1,student,x,,X,Y,,,,,,,09,\n"
    files = files_11()
    files["users"] += row * 20_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    incoming, findings = read(files)
    assert incoming.rows_set_aside == 20_000
    assert findings.counts[Severity.ERROR] == 20_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000
