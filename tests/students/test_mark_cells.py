"""What the script of the mark grid asks over JSON: saving cells, and hearing what others changed."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portal.audit import history
from portal.audit.models import Change
from students import enrolment
from students.gradebook import changes, releasing
from students.models import Result
from tests import make
from tests.asserts import assert_problem, assert_queries
from tests.cast import Cast


def send(client: Client, school: Cast, *cells: dict[str, Any]) -> Any:
    return client.post(
        f"/classes/{school.maths.pk}/marks/cells/", {"cells": list(cells)}, content_type="application/json"
    )


def cell(exam: Any, student: Any, text: str, seen: str = "") -> dict[str, Any]:
    return {"exam": exam.pk, "student": student.pk, "text": text, "seen": seen}


def news(client: Client, school: Cast, stamp: str, *exams: Any) -> dict[str, Any]:
    asked = ",".join(str(exam.pk) for exam in exams or (school.test,))
    answer = client.get(f"/classes/{school.maths.pk}/marks/changes/?since={stamp}&exams={asked}")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def stamp(school: Cast) -> str:
    return str(changes.stamp_of(school.maths, at=timezone.now()))


def test_each_cell_is_answered_for_itself_with_the_figures_of_its_exam(school: Cast, client_as) -> None:
    quiz = make.make_exam(school.maths, maximum=20)
    answer = send(
        client_as(school.ada), school, cell(quiz, school.sam, "17,50"), cell(quiz, school.mia, "21"),
        cell(school.test, school.sam, "1"), cell(school.final, school.sam, "1"), cell(school.test, school.zoe, "1"),
    )  # fmt: skip
    assert answer.status_code == 200
    made = Result.objects.get(exam=quiz)
    mark, invalid, conflict, ahead, stranger = answer.json()["cells"]
    assert mark == {
        "exam": quiz.pk, "student": school.sam.pk, "state": "saved", "text": "17.5", "seen": f"{made.pk}.1",
        "sentence": "", "by": "", "at": "",
    }  # fmt: skip
    assert (invalid["state"], invalid["sentence"]) == ("invalid", "21 is more than the 20 points of this exam.")
    assert (conflict["state"], conflict["text"], conflict["by"]) == ("conflict", "31", "Somebody")
    assert [each["state"] for each in (ahead, stranger)] == ["refused", "refused"]
    assert answer.json()["stats"][str(quiz.pk)] == {"mean": 87.5, "entered": 1, "of": 2}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "unreadable"), (b"{", "unreadable"), (b"\xff", "unreadable"), (b"[" * 100_000, "unreadable"),
        (b"null", "no_cells"), (b"[]", "no_cells"), (b"{}", "no_cells"), (b'{"cells": []}', "no_cells"),
        (b'{"cells": {"a": 1}}', "no_cells"), (b'{"cells": [1]}', "incomplete"), (b'{"cells": [null]}', "incomplete"),
        (b'{"cells": [{"exam": 1}]}', "incomplete"),
        (b'{"cells": [{"exam": "1", "student": 1, "text": "", "seen": ""}]}', "mistyped"),
        (b'{"cells": [{"exam": true, "student": 1, "text": "", "seen": ""}]}', "mistyped"),
        (b'{"cells": [{"exam": 1.0, "student": 1, "text": "", "seen": ""}]}', "mistyped"),
        (b'{"cells": [{"exam": -1, "student": 1, "text": "", "seen": ""}]}', "mistyped"),
        (b'{"cells": [{"exam": 99999999999999999999, "student": 1, "text": "", "seen": ""}]}', "mistyped"),
        (b'{"cells": [{"exam": 1, "student": 1, "text": 5, "seen": ""}]}', "mistyped"),
        (b'{"cells": [{"exam": 1, "student": 1, "text": "", "seen": null}]}', "mistyped"),
    ],
)  # fmt: skip
def test_what_is_not_a_list_of_cells_is_refused_whole(school: Cast, client_as, body: bytes, code: str) -> None:
    where = f"/classes/{school.maths.pk}/marks/cells/"
    assert_problem(client_as(school.ada).post(where, body, content_type="application/json"), 400, code)


def test_a_cell_named_twice_too_many_cells_and_too_much_text_save_nothing(school: Cast, client_as) -> None:
    ada, quiz = client_as(school.ada), make.make_exam(school.maths)
    good = cell(quiz, school.sam, "5")
    assert_problem(send(ada, school, good, cell(quiz, school.sam, "6")), 400, "twice")
    assert_problem(send(ada, school, *[cell(quiz, school.sam, "5")] * 2001), 400, "no_cells")
    for length in (600_000, 3_000_000):
        assert_problem(send(ada, school, good, cell(quiz, school.mia, "5" * length)), 413, "too_large")
    assert not Result.objects.filter(exam=quiz).exists()


def test_odd_texts_are_answered_and_not_stored(school: Cast, client_as) -> None:
    quiz = make.make_exam(school.maths)
    for text in ("\x00", "\ud800", "x" * 100_000, "💯", "<script>"):
        answer = send(client_as(school.ada), school, cell(quiz, school.sam, text))
        assert answer.json()["cells"][0]["state"] == "invalid"


def test_refusals_are_problem_documents_and_the_token_of_the_form_is_needed(school: Cast, client_as) -> None:
    good = cell(school.test, school.sam, "5")
    assert_problem(send(client_as(school.cora), school, good), 403, "not_allowed")
    assert_problem(send(client_as(school.wanda), school, good), 404, "not_found")
    where = f"/classes/{school.maths.pk}/marks/changes/?since=0.0&exams=1"
    assert_problem(client_as(school.cora).get(where), 403, "not_allowed")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(school.ada, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert send(strict, school, good).status_code == 403
    assert not Change.objects.filter(model="students.Result").exists()


def test_what_others_entered_arrives_with_who_and_with_the_figures(school: Cast, client_as) -> None:
    since, quiz = stamp(school), make.make_exam(school.maths)
    ada, otto = client_as(school.ada), client_as(school.otto)
    assert news(ada, school, since) == {"cells": [], "stats": {}, "stamp": since, "reload": False}
    saved = send(otto, school, cell(school.test, school.sam, "12", f"{_of(school.sam)}.1"), cell(quiz, school.mia, "9"))
    found = news(ada, school, since)
    (changed,) = found["cells"]
    assert changed.pop("at")
    assert changed == {
        "exam": school.test.pk, "student": school.sam.pk, "text": "12", "seen": saved.json()["cells"][0]["seen"],
        "by": "Otto Office", "mine": False,
    }  # fmt: skip
    assert found["stats"] == {str(school.test.pk): {"mean": 56.0, "entered": 2, "of": 2}}
    assert len(news(otto, school, since, school.test, quiz)["cells"]) == 2
    assert all(each["mine"] for each in news(otto, school, since)["cells"])


def _of(student: Any) -> int:
    return Result.objects.get(student=student).pk


def test_a_removed_mark_and_one_from_the_back_office_arrive_too(school: Cast, client_as) -> None:
    since, ada = stamp(school), client_as(school.ada)
    send(client_as(school.otto), school, cell(school.test, school.sam, "", f"{_of(school.sam)}.1"))
    mark = Result.objects.get(student=school.mia)
    mark.score = 7
    history.save(mark, by=school.hana, school_id=school.lakeside.pk)
    cells = {each["student"]: (each["text"], each["by"]) for each in news(ada, school, since)["cells"]}
    assert cells == {school.sam.pk: ("", "Otto Office"), school.mia.pk: ("7", "Hana Leitner")}


def test_changes_of_other_classes_and_other_records_do_not_arrive(school: Cast, client_as) -> None:
    since, ada = stamp(school), client_as(school.ada)
    other = make.make_exam(school.art)
    client_as(school.otto).post(
        f"/classes/{school.art.pk}/marks/cells/",
        {"cells": [cell(other, school.zoe, "5")]},
        content_type="application/json",
    )
    make.make_audit_trail(school.otto, school.sam)
    enrolment.enrol(school.sam, school.art, by=school.otto, on=make.TODAY)
    releasing.lock(other, school.art, by=school.otto, on=make.TODAY, at=timezone.now())
    found = news(ada, school, since, school.test, other)
    assert (found["cells"], found["reload"]) == ([], False)


@pytest.mark.parametrize("what", ["exam", "lock", "enrolled", "withdrawn"])
def test_when_the_grid_itself_changes_the_page_is_to_be_loaded_again_and_once_only(
    school: Cast, client_as, what: str
) -> None:
    since, ada = stamp(school), client_as(school.ada)
    if what == "exam":
        school.test.maximum = 60
        history.save(school.test, by=school.otto)
    if what == "lock":
        releasing.lock(school.test, school.maths, by=school.otto, on=make.TODAY, at=timezone.now())
    if what == "enrolled":
        enrolment.enrol(school.zoe, school.maths, by=school.otto, on=make.TODAY)
    if what == "withdrawn":
        enrolment.withdraw(school.sam.enrolments.get(school_class=school.maths), by=school.otto, on=make.YESTERDAY)
    assert news(ada, school, since)["reload"]
    assert not news(ada, school, stamp(school))["reload"]


def test_the_stamp_moves_on_only_past_what_has_settled(school: Cast, client_as) -> None:
    make.make_audit_trail(school.otto, school.mia)
    last = Change.objects.latest("pk")
    assert changes.stamp_of(school.maths, at=last.at).settled < last.pk
    later = last.at + changes.SETTLED + timedelta(seconds=1)
    assert changes.stamp_of(school.maths, at=later).settled == last.pk


@pytest.mark.parametrize("since", ["", "x", "1", "1.2.3", "-1.0", "²." + "0", "9" * 30 + ".0", "1.x"])
def test_without_a_stamp_of_the_page_there_is_no_answer(school: Cast, client_as, since: str) -> None:
    answer = client_as(school.ada).get(f"/classes/{school.maths.pk}/marks/changes/", {"since": since, "exams": "1"})
    assert_problem(answer, 400, "no_stamp")


def test_exams_that_are_none_are_passed_over(school: Cast, client_as) -> None:
    where = f"/classes/{school.maths.pk}/marks/changes/?since={stamp(school)}&exams=x,,-1,²,{'9' * 25},999999"
    assert client_as(school.ada).get(where).json()["cells"] == []


@pytest.mark.parametrize("size", [1, 30])
def test_saving_and_hearing_need_few_queries_whatever_the_size(school: Cast, client_as, size: int) -> None:
    students = [make.make_student(school.lakeside) for _ in range(size)]
    for student in students:
        make.make_enrolment(student, school.maths)
    ada, otto, since = client_as(school.ada), client_as(school.otto), stamp(school)
    ada.get("/")
    with assert_queries(14):
        assert send(ada, school, *[cell(school.test, each, "5") for each in students]).status_code == 200
    otto.get("/")
    with assert_queries(10):
        assert len(news(otto, school, since)["cells"]) == size
    quiet = make.make_exam(school.maths)
    with assert_queries(8):
        assert news(otto, school, str(changes.Stamp(Change.objects.latest("pk").pk, 10**9)), quiet)["cells"] == []


def test_an_answer_says_the_time_and_for_older_ones_the_day(school: Cast, client_as) -> None:
    Result.objects.filter(student=school.sam).update(
        recorded_by=school.otto, recorded_at=timezone.now() - timedelta(days=3)
    )
    answer = json.loads(send(client_as(school.ada), school, cell(school.test, school.sam, "1")).content)
    day = (timezone.now() - timedelta(days=3)).strftime("%d %b %Y")
    assert answer["cells"][0]["at"].startswith(day)
    assert answer["cells"][0]["by"] == "Otto Office"
