"""The roll's pages: today's rolls, the sheet of one class, what the script sends, and a mark's past."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from portal.audit.models import AccessEvent
from students.models import AttendanceMark, Enrolment, Term
from students.roll_days import school_days_before
from students.rollcall import take
from students.summaries.rolls_due import days_with_rolls
from tests import make
from tests.asserts import assert_problem, assert_queries
from tests.cast import Cast

DAY = school_days_before(make.TODAY + timedelta(days=1), 1, since=date.min)[0]
BEFORE = school_days_before(make.TODAY, 5, since=date.min)


def address(school: Cast, day: date = DAY, **more: str) -> str:
    asked = "&".join([f"day={day.isoformat()}", *(f"{name}={value}" for name, value in more.items())])
    return f"/classes/{school.maths.pk}/roll/?{asked}"


def sent(client: Any, school: Cast, *marks: tuple[int, str, str], day: Any = DAY) -> Any:
    rows = [{"student": student, "status": status, "seen": seen} for student, status, seen in marks]
    body = json.dumps({"day": day if isinstance(day, str) else day.isoformat(), "marks": rows})
    return client.post(f"/classes/{school.maths.pk}/roll/marks/", body, content_type="application/json")


def stored() -> dict[str, str]:
    return {m.student.given_name: m.status for m in AttendanceMark.objects.filter(day=DAY).select_related("student")}


@pytest.fixture
def blank(school: Cast) -> Cast:
    AttendanceMark.objects.all().delete()
    return school


def test_the_sheet_shows_who_is_in_the_class_that_day_and_how_they_stand(blank: Cast, client_as) -> None:
    make.make_mark(blank.mia, blank.maths, "L", day=DAY)
    page = client_as(blank.ada).get(address(blank))
    rows = [(row.student.given_name, row.status) for row in page.context["roll"].rows]
    assert rows == [("Mia", "L"), ("Sam", "")]
    assert "Liv Hansen" not in page.text
    looked = AccessEvent.objects.filter(user_id=blank.ada.pk, what="roll").values_list("student_id", flat=True)
    assert set(looked) == {blank.sam.pk, blank.mia.pk}


def test_the_form_saves_what_was_chosen_and_says_so(blank: Cast, client_as) -> None:
    ada = client_as(blank.ada)
    posted = {"day": DAY.isoformat(), f"m-{blank.sam.pk}": "A", f"m-{blank.mia.pk}": "P"}
    page = ada.post(f"/classes/{blank.maths.pk}/roll/", posted, follow=True)
    assert stored() == {"Sam": "A", "Mia": "P"}
    assert "The roll is saved: 2 marks." in page.text
    assert "Taken by Ada Marsh" in page.text


def test_everybody_present_fills_only_who_has_no_mark_and_no_choice(blank: Cast, client_as) -> None:
    make.make_enrolment(blank.zoe, blank.maths)
    make.make_mark(blank.mia, blank.maths, "E", day=DAY)
    posted = {"day": DAY.isoformat(), "all": "1", f"m-{blank.zoe.pk}": "L"}
    posted |= {f"m-{blank.mia.pk}": "E", f"s-{blank.mia.pk}": "E"}
    client_as(blank.ada).post(f"/classes/{blank.maths.pk}/roll/", posted)
    assert stored() == {"Mia": "E", "Sam": "P", "Zoe": "L"}


def test_the_form_does_not_overwrite_what_somebody_else_said_meanwhile(blank: Cast, client_as) -> None:
    take(blank.maths, DAY, {blank.sam.pk: "L"}, {}, by=blank.otto, on=make.TODAY)
    posted = {"day": DAY.isoformat(), f"m-{blank.sam.pk}": "A", f"s-{blank.sam.pk}": "", f"m-{blank.mia.pk}": "P"}
    page = client_as(blank.ada).post(f"/classes/{blank.maths.pk}/roll/", posted)
    assert page.status_code == 409
    assert "Otto Office marked late at" in page.text
    assert "Yours: absent." in page.text
    assert stored() == {"Sam": "L", "Mia": "P"}


def test_the_script_saves_one_tap_and_hears_how_it_went(blank: Cast, client_as) -> None:
    answer = sent(client_as(blank.ada), blank, (blank.sam.pk, "A", ""), (blank.zoe.pk, "P", ""))
    saved, refused = answer.json()["marks"]
    assert saved == {"student": blank.sam.pk, "state": "saved", "status": "A", "sentence": ""}
    assert (refused["state"], "Not in this class" in refused["sentence"]) == ("refused", True)
    assert stored() == {"Sam": "A"}


def test_the_script_hears_of_a_clash_in_words(blank: Cast, client_as) -> None:
    take(blank.maths, DAY, {blank.sam.pk: "L", blank.mia.pk: "P"}, {}, by=blank.otto, on=make.TODAY)
    take(blank.maths, DAY, {blank.mia.pk: ""}, {blank.mia.pk: "P"}, by=blank.hana, on=make.TODAY)
    sam, mia = sent(client_as(blank.ada), blank, (blank.sam.pk, "A", ""), (blank.mia.pk, "L", "P")).json()["marks"]
    assert (sam["state"], sam["status"], mia["status"]) == ("conflict", "L", "")
    assert sam["sentence"].startswith("Otto Office marked late at ")
    assert mia["sentence"].startswith("Hana Leitner took the mark away at ")


DEEP = "[" * 100_000
BAD = [
    "", "nonsense", "null", "[]", "{}", "1", '"day"', "\ufeff{}", DEEP, '{"day": "2026-01-01"}',
    '{"day": "2026-01-01", "marks": []}', '{"day": "2026-01-01", "marks": {}}', '{"day": "DAY", "marks": "x"}',
    '{"day": 5, "marks": [{"student": SAM, "status": "P", "seen": ""}]}',
    '{"day": "2026-02-30", "marks": [{"student": SAM, "status": "P", "seen": ""}]}',
    '{"day": "２０２６-01-01", "marks": [{"student": SAM, "status": "P", "seen": ""}]}',
    '{"day": "9999-12-31", "marks": [{"student": SAM, "status": "P", "seen": ""}]}',
    '{"day": "0001-01-01", "marks": [{"student": SAM, "status": "P", "seen": ""}]}',
    '{"day": "DAY", "marks": [5]}', '{"day": "DAY", "marks": [null]}', '{"day": "DAY", "marks": [[]]}',
    '{"day": "DAY", "marks": [{"student": "7", "status": "P", "seen": ""}]}',
    '{"day": "DAY", "marks": [{"student": true, "status": "P", "seen": ""}]}',
    '{"day": "DAY", "marks": [{"student": 1.5, "status": "P", "seen": ""}]}',
    '{"day": "DAY", "marks": [{"student": NaN, "status": "P", "seen": ""}]}',
    '{"day": "DAY", "marks": [{"student": SAM, "status": null, "seen": ""}]}',
    '{"day": "DAY", "marks": [{"student": SAM, "status": "P"}]}',
    '{"day": "DAY", "marks": [{"student": SAM, "status": "p", "seen": ""}]}',
    '{"day": "DAY", "marks": [{"student": SAM, "status": "PRESENT\\u0000", "seen": ""}]}',
    '{"day": "DAY", "marks": [{"student": SAM, "status": "P", "seen": ""}, {"student": SAM, "status": "A", "seen": ""}]}',
]  # fmt: skip


@pytest.mark.parametrize("body", BAD, ids=lambda body: body[:60])
def test_what_cannot_be_read_is_refused_in_a_sentence_and_changes_nothing(blank: Cast, client_as, body: str) -> None:
    told = body.replace("DAY", DAY.isoformat()).replace("SAM", str(blank.sam.pk))
    client = client_as(blank.ada)
    answer = client.post(f"/classes/{blank.maths.pk}/roll/marks/", told, content_type="application/json")
    assert answer.status_code in (400, 409)
    assert_problem(answer, answer.status_code, answer.json()["code"])
    assert answer.json()["detail"].endswith(".")
    assert stored() == {}


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"\x00", b'{"day": "\xff"}', b"9" * 5000])
def test_bytes_that_are_no_text_are_refused_too(blank: Cast, client_as, raw: bytes) -> None:
    client = client_as(blank.ada)
    answer = client.post(f"/classes/{blank.maths.pk}/roll/marks/", raw, content_type="application/json")
    assert answer.status_code == 400


def test_a_number_that_no_student_has_is_a_stranger(blank: Cast, client_as) -> None:
    marks = sent(client_as(blank.ada), blank, (10**40, "P", ""), (-1, "P", "")).json()["marks"]
    assert {mark["state"] for mark in marks} == {"refused"}
    body = json.dumps(
        {"day": DAY.isoformat(), "marks": [{"student": n, "status": "P", "seen": ""} for n in range(501)]}
    )
    url = f"/classes/{blank.maths.pk}/roll/marks/"
    assert client_as(blank.ada).post(url, body, content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    "posted",
    [{}, {"day": ""}, {"day": "yesterday"}, {"day": "2026-13-01"}, {"day": "DAY", "m-SAM": "X"}, {"day": "9999-12-31"}],
)
def test_a_form_that_makes_no_sense_is_refused_and_changes_nothing(blank: Cast, client_as, posted: Any) -> None:
    told = {k.replace("SAM", str(blank.sam.pk)): v.replace("DAY", DAY.isoformat()) for k, v in posted.items()}
    answer = client_as(blank.ada).post(f"/classes/{blank.maths.pk}/roll/", told)
    assert answer.status_code in (400, 409)
    assert stored() == {}


def test_the_script_must_bring_its_token(blank: Cast, client_as) -> None:
    ada = client_as(blank.ada)
    ada.handler.enforce_csrf_checks = True
    assert sent(ada, blank, (blank.sam.pk, "P", "")).status_code == 403
    assert stored() == {}


@pytest.mark.parametrize(
    ("person", "status"), [("cora", 403), ("gus", 403), ("mina", 403), ("nils", 404), ("tom", 404)]
)
def test_others_neither_see_nor_send_a_roll(blank: Cast, client_as, person: str, status: int) -> None:
    client = client_as(getattr(blank, person))
    assert client.get(address(blank)).status_code == status
    assert sent(client, blank, (blank.sam.pk, "P", "")).status_code == status
    assert client.get(f"/classes/{blank.maths.pk}/roll/history/{blank.sam.pk}/").status_code == status
    assert stored() == {}


def test_a_weekend_is_asked_about_first(blank: Cast, client_as) -> None:
    sunday = make.TODAY - timedelta(days=make.TODAY.weekday() + 1)
    ada = client_as(blank.ada)
    page = ada.get(address(blank, sunday))
    assert "This is a Sunday." in page.text
    assert "Sam Okafor" not in page.text
    assert "Sam Okafor" in ada.get(address(blank, sunday, anyway="1")).text
    sent(ada, blank, (blank.sam.pk, "P", ""), day=sunday)
    assert "Sam Okafor" in ada.get(address(blank, sunday)).text


def test_a_day_between_two_terms_is_asked_about_too(blank: Cast, client_as) -> None:
    year = blank.maths.term
    parts = {"parent": year, "kind": Term.Kind.TERM}
    make.make_term(blank.lakeside, starts=year.starts, ends=DAY - timedelta(days=1), **parts)
    make.make_term(blank.lakeside, starts=DAY + timedelta(days=1), ends=year.ends, **parts)
    assert "This day lies between two terms." in client_as(blank.ada).get(address(blank)).text


def test_the_future_and_days_outside_the_term_are_refused_with_a_way_back(blank: Cast, client_as) -> None:
    ada = client_as(blank.ada)
    ahead = ada.get(address(blank, make.TODAY + timedelta(days=1)))
    assert ahead.status_code == 409
    assert "has not come yet" in ahead.text
    outside = ada.get(address(blank, make.LONG_AGO))
    assert outside.status_code == 400
    assert "lies outside" in outside.text
    assert f"?day={make.TODAY.isoformat()}" in outside.text
    for text in ("", "abc", "2026-02-31", "%00", "１"):
        assert ada.get(f"/classes/{blank.maths.pk}/roll/?anyway=1&day={text}").status_code == 200


def test_the_history_tells_who_when_and_what_before(blank: Cast, client_as) -> None:
    take(blank.maths, DAY, {blank.sam.pk: "A"}, {}, by=blank.ada, on=make.TODAY)
    take(blank.maths, DAY, {blank.sam.pk: "E"}, {blank.sam.pk: "A"}, by=blank.otto, on=make.TODAY)
    url = f"/classes/{blank.maths.pk}/roll/history/{blank.sam.pk}/?day={DAY.isoformat()}"
    page = client_as(blank.ada).get(url)
    told = [(step.by, step.before_label, step.after_label) for step in page.context["steps"]]
    assert told == [("Otto Office", "absent", "excused"), ("Ada Marsh", "", "absent")]
    assert all(step.when.startswith("at ") for step in page.context["steps"])
    assert "Nothing was marked" in client_as(blank.ada).get(url.replace(str(DAY), str(BEFORE[0]))).text


def test_todays_rolls_of_a_teacher_with_counts_and_gaps(blank: Cast, client_as) -> None:
    other = make.make_class(blank.lakeside, "Home 9C", is_home_class=True)
    make.make_enrolment(blank.zoe, other)
    for day in BEFORE[1:]:
        make.make_mark(blank.zoe, other, day=day)
    for day in BEFORE[2:]:
        make.make_mark(blank.sam, blank.maths, day=day)
    take(blank.maths, make.TODAY, {blank.sam.pk: "P", blank.mia.pk: "A"}, {}, by=blank.ada, on=make.TODAY)
    page = client_as(blank.ada).get("/roll/")
    (due,) = page.context["own"]
    assert (due.school_class, due.students, due.is_whole, due.taking.by) == (blank.maths, 2, True, "Ada Marsh")
    assert due.gaps == (BEFORE[1],)  # on the day before that nobody took a roll, so it was none
    assert days_with_rolls({blank.lakeside.pk}, make.TODAY)[blank.lakeside.pk] == BEFORE[1:]
    assert f"{BEFORE[1]:%A} {BEFORE[1].day} {BEFORE[1]:%B}: no roll" in page.text
    assert "Okafor" not in page.text
    assert "Home 9C" not in page.text


def test_a_leader_sees_what_is_missing_what_is_taken_and_the_gaps(blank: Cast, client_as) -> None:
    other = make.make_class(blank.lakeside, "Home 9C", is_home_class=True)
    make.make_class(blank.lakeside, "Empty 9D", is_home_class=True)
    make.make_enrolment(blank.zoe, other)
    make.make_mark(blank.zoe, other, day=BEFORE[-1])
    take(blank.maths, make.TODAY, {blank.sam.pk: "P"}, {}, by=blank.otto, on=make.TODAY)
    hana = client_as(blank.hana)

    def listed(show: str) -> set[str]:
        return {due.school_class.name for due in hana.get(f"/roll/?show={show}").context["rows"]}

    assert listed("missing") == {"Home 9C"}
    assert listed("taken") == listed("gaps") == {"Mathematics 9B"}
    counts = hana.get("/roll/?show=nonsense&page=x").context["counts"]
    assert (counts.classes, counts.taken, counts.missing, counts.with_gaps) == (2, 1, 1, 1)


@pytest.mark.parametrize("people", [2, 40])
def test_the_pages_need_as_many_queries_for_many_as_for_few(blank: Cast, client_as, people: int) -> None:
    for number in range(people):
        group = make.make_class(blank.lakeside, f"Home {number}", is_home_class=True)
        student = make.make_student(blank.lakeside)
        make.make_enrolment(student, group)
        make.make_enrolment(make.make_student(blank.lakeside), blank.maths)
        make.make_mark(student, group, day=BEFORE[0])
    for person, most in (("ada", 15), ("hana", 14)):
        client = client_as(getattr(blank, person))
        client.get("/")
        with assert_queries(most):
            client.get(address(blank, anyway="1"))
        with assert_queries(16):
            client.get("/roll/?show=missing")


def test_who_joined_later_is_not_on_an_earlier_roll(blank: Cast, client_as) -> None:
    Enrolment.objects.filter(student=blank.sam).update(starts=DAY)
    assert "Sam Okafor" not in client_as(blank.ada).get(address(blank, BEFORE[0])).text
