"""The page of the columns: prefilled, put right with a sentence at each fault, previewed, kept as a profile, and checked."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from students.importing import intake
from students.importing.mapping import ExamColumn, ExamRule, Layout, Mapping
from students.importing.spreadsheet import look_at, mapping_file
from students.models import ImportBatch, ImportProfile
from students.web.import_columns import Seen, lines_of, mapping_of, wants
from students.web.import_items import lines_of as rule_lines
from students.web.import_items import rules_of
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.students.importing.batches_made import State, make_applied, make_profile, make_received

MAPPED = Mapping(
    source="sims", student={"external_id": "id", "given_name": "first", "family_name": "last"},
    exams={"Algebra": ExamColumn("Mathematics", "Algebra", date(2026, 3, 2), Decimal(50), target=True, kind="final")},
)  # fmt: skip
RULES = {
    "layout": "students",
    "source": "sims",
    "days": "ymd",
    "doubles": "refuse",
    "absent": "abs",
    "on": "2026-03-02",
}
COLUMNS = {"c0-use": "student.external_id", "c1-use": "student.given_name", "c2-use": "student.family_name"}
EXAM = {
    "c3-use": "exam", "c3-subject": "Mathematics", "c3-title": "Algebra", "c3-on": "2026-03-02", "c3-maximum": "50",
    "c3-kind": "test",
}  # fmt: skip


@pytest.fixture
def batch(school: Cast) -> ImportBatch:
    return make_received(school, mapping=mapping_file.as_json(MAPPED))


def at(batch: ImportBatch) -> str:
    return f"/data/imports/{batch.pk}/columns/"


def test_a_mapping_goes_onto_the_page_and_back_unchanged() -> None:
    mapping = Mapping(
        student={"external_id": "id"}, exams=MAPPED.exams, indicators={"study": "number", "extra": "yes/no"}
    )
    seen = [Seen(head, ()) for head in ("id", "Algebra", "study", "extra", "left")]
    lines = lines_of(seen, mapping)
    assert [line.use for line in lines] == ["student.external_id", "exam", "indicator.number", "indicator.yes/no", ""]
    back = mapping_of(lines, mapping)
    assert back.exams["Algebra"].target
    assert (back.student, back.indicators) == (mapping.student, mapping.indicators)


def test_a_column_that_is_used_twice_keeps_both_uses() -> None:
    mapping = Mapping(
        layout=Layout.RESULTS, student={"external_id": "id", "school_class": "class"}, row={"school_class": "class"}
    )
    lines = lines_of([Seen("id", ()), Seen("class", ())], mapping)
    assert [line.use for line in lines[1:]] == ["student.school_class", "row.school_class"]
    assert mapping_of(lines, mapping) == mapping


def test_what_is_missing_is_said_in_sentences() -> None:
    missing = " ".join(wants(Mapping(layout=Layout.RESULTS)))
    for words in (
        "tells the students apart",
        "names the exam",
        "holds the points",
        "holds the day",
        "names the subject",
    ):
        assert words in missing
    assert not list(wants(MAPPED))


def test_the_page_shows_real_cells_and_what_each_column_was_taken_for(school: Cast, client_as, batch) -> None:
    page = client_as(school.otto).get(at(batch)).text
    for words in ("<code>Okafor</code>", 'value="student.family_name" selected', 'value="exam" selected', 'value="50"'):
        assert words in page
    assert "as they will be understood" in page
    assert "absent" in page  # Mia's code, read


def test_faults_are_told_at_their_fields_and_nothing_typed_is_lost(school: Cast, client_as, batch) -> None:
    sent = {
        **RULES,
        **COLUMNS,
        **EXAM,
        "c1-use": "student.family_name",
        "c3-on": "",
        "c3-maximum": "many",
        "source": "",
    }
    page = client_as(school.otto).post(at(batch), sent)
    assert page.status_code == 422
    again = client_as(school.otto).post(at(batch), {**sent, "source": "sims"})
    for words in ("was chosen for this already", "on which day the exam was", "as a number", 'value="many"', "Algebra"):
        assert words in again.text
    batch.refresh_from_db()
    assert batch.state == State.RECEIVED


def test_a_file_whose_students_cannot_be_told_apart_is_not_checked(school: Cast, client_as, batch) -> None:
    page = client_as(school.otto).post(at(batch), {**RULES, **EXAM})
    assert page.status_code == 422
    assert "tells the students apart" in page.text


def test_columns_that_are_right_are_checked_at_once_and_kept_as_a_profile(school: Cast, client_as, batch) -> None:
    sent = {**RULES, **COLUMNS, **EXAM, "save_as": "Marks of SIMS"}
    assert client_as(school.otto).post(at(batch), sent).status_code == 302
    batch.refresh_from_db()
    assert batch.state == State.READING
    mapping = mapping_file.from_json(batch.mapping)
    assert mapping.exams["Algebra"].maximum == 50
    assert mapping.absent == ("abs",)
    assert ImportProfile.objects.get(name="Marks of SIMS").source == "sims"


def test_a_preview_checks_nothing(school: Cast, client_as, batch) -> None:
    page = client_as(school.otto).post(at(batch), {**RULES, **COLUMNS, **EXAM, "do": "preview"})
    assert page.status_code == 200
    assert "2 March 2026" in page.text
    batch.refresh_from_db()
    assert batch.state == State.RECEIVED


def test_another_kind_of_rows_brings_other_choices(school: Cast, client_as, batch) -> None:
    page = client_as(school.otto).post(at(batch), {**RULES, **COLUMNS, "layout": "attendance", "do": "look"})
    assert page.status_code == 200
    assert 'value="row.status"' in page.text
    assert "Attendance codes" in page.text


def test_why_a_column_was_taken_for_something_goes_where_something_else_is_chosen(school: Cast, client_as) -> None:
    clubs = "".join(f"{number};Sam;Okafor;{('art', 'chess')[number % 2]}\n" for number in range(8))
    mapped = Mapping(student=MAPPED.student, indicators={"club": "category"})
    batch = make_received(school, b"id;first;last;club\n" + clubs.encode(), mapping=mapping_file.as_json(mapped))
    client, why = client_as(school.otto), "By its cells: 2 different texts."
    assert why in client.get(at(batch)).text
    assert why not in client.post(at(batch), {**RULES, **COLUMNS, "c3-use": "", "do": "preview"}).text


def test_a_file_is_opened_another_way(school: Cast, client_as) -> None:
    titled = make_received(school, b"Marks of spring;;\nid;name;points\n17;Sam Okafor;31\n18;Mia Lindqvist;44\n")
    page = client_as(school.otto).post(at(titled), {**RULES, "head": "2", "delimiter": ";", "do": "open"})
    assert page.status_code == 200
    assert ">points</b>" in page.text


def test_hundreds_of_columns_fit_into_one_form(school: Cast, client_as) -> None:
    heads = ["id", "name", *(f"Question {number}" for number in range(600))]
    rows = [";".join(heads), *(";".join([str(row), f"Sam Number{row}", *["1"] * 600]) for row in range(3))]
    wide = make_received(school, "\n".join(rows).encode())
    client = client_as(school.otto)
    page = client.get(at(wide)).text
    assert page.count("<select") > 600
    sent = {f"c{number}-use": "" for number in range(602)}
    sent |= {**RULES, "c0-use": "student.external_id", "c1-use": "student.name", "c9-use": "exam"}
    answer = client.post(at(wide), sent)
    assert answer.status_code == 422  # the fields of the exam are on the page now
    assert 'name="c9-title"' in answer.text


def test_two_thousand_exams_are_shown_and_what_does_not_fit_into_the_form_stays(school: Cast, client_as) -> None:
    heads = ["id", "name", *(f"Maths test {number}" for number in range(1998))]
    rows = [";".join(heads), *(";".join([str(row), f"Sam Number{row}", *[f"{row + 7}"] * 1998]) for row in range(3))]
    wide = make_received(school, "\n".join(rows).encode())
    with intake.opened(wide.path) as file:
        guess = look_at(file, wide.file_name, school.lakeside.today()).guess
    ImportBatch.objects.filter(pk=wide.pk).update(mapping=mapping_file.as_json(guess))
    client = client_as(school.otto)
    page = client.get(at(wide)).text
    fields = re.findall(r'name="(c\d+-[a-z]+)"', page)
    assert 2000 < len(fields) < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    assert "more exams than fit" in page
    sent = {name: "exam" for name in fields if name.endswith("-use")}
    sent |= {**RULES, "c0-use": "student.external_id", "c1-use": "student.name", "days": "ymd"}
    assert client.post(at(wide), sent).status_code == 302
    wide.refresh_from_db()
    assert mapping_file.from_json(wide.mapping).exams == guess.exams


def test_the_page_needs_as_many_queries_for_many_columns_as_for_few(school: Cast, client_as, batch) -> None:
    client = client_as(school.otto)
    many = ";".join(["id", "name", *(f"Q{number}" for number in range(200))])
    wide = make_received(school, f"{many}\n1;Sam{';1' * 200}\n2;Mia{';2' * 200}\n".encode())
    for each in (batch, wide):
        client.get(at(each))
        with assert_queries(10):
            assert client.get(at(each)).status_code == 200


def test_a_mapping_file_goes_out_and_comes_back(school: Cast, client_as, batch) -> None:
    client = client_as(school.otto)
    toml = client.get(f"/data/imports/{batch.pk}/mapping.toml")
    assert "no-store" in toml["Cache-Control"]
    assert mapping_file.from_toml(toml.content).exams == MAPPED.exams
    told = toml.content.replace(b"Mathematics", b"Maths")
    page = client.post(
        f"/data/imports/{batch.pk}/mapping/", {"mapping_file": SimpleUploadedFile("sims.toml", told)}, follow=True
    )
    assert 'value="Maths"' in page.text


@pytest.mark.parametrize("told", [b"layout = 7", b"\xff\xfe\x00", b"[student", b""])
def test_a_mapping_file_that_is_none_says_why(school: Cast, client_as, batch, told: bytes) -> None:
    answer = client_as(school.otto).post(
        f"/data/imports/{batch.pk}/mapping/", {"mapping_file": SimpleUploadedFile("sims.toml", told)}
    )
    assert answer.status_code == 422
    assert 'class="errors"' in answer.text
    batch.refresh_from_db()
    assert mapping_file.from_json(batch.mapping).exams == MAPPED.exams


def test_columns_of_what_was_applied_are_closed(school: Cast, client_as) -> None:
    assert client_as(school.otto).get(at(make_applied(school))).status_code == 302


def test_rules_for_line_items_go_onto_the_page_and_back() -> None:
    class Look:
        categories, titles = ("Quizzes", "Homework"), ()

    rules = (
        ExamRule(title="final", kind="final", target=True), ExamRule(category="Homework", leave_out=True),
        ExamRule(category="Quizzes", kind="quiz"), ExamRule(kind="coursework"),
    )  # fmt: skip
    assert set(rules_of(rule_lines(Look, rules))) == set(rules)
    assert rules_of(rule_lines(Look, rules))[0].title == "final"
    assert rules_of(rule_lines(Look, rules))[-1].kind == "coursework"


def test_a_profile_is_renamed_switched_on_for_the_night_and_forgotten(school: Cast, client_as) -> None:
    profile, client = make_profile(school), client_as(school.hana)
    make_profile(school, "Taken")
    address = f"/data/profiles/{profile.pk}/"
    assert "already" in client.post(address, {"name": "taken"}).text
    client.post(address, {"name": "Spring", "is_nightly": "on"})
    profile.refresh_from_db()
    assert (profile.name, profile.is_nightly, profile.keeper) == ("Spring", True, school.hana)
    assert client_as(school.wanda).get(address).status_code == 404
    client.post(address, {"do": "forget"})
    assert not ImportProfile.objects.filter(name="Spring").exists()
