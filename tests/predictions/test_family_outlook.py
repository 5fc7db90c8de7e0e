"""What students and guardians see of a released prediction: their own child, in words, the range first, and nothing beside."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from mlcore.features.base import Feature, MatrixSchema
from portal.accounts.models import User
from portal.audit.models import AccessEvent
from predictions import artifacts, releasing
from predictions.groups import groups_of
from predictions.models import ModelVersion, PredictionRelease
from predictions.outlooks.contract import Reason, Trust
from predictions.outlooks.family_words import trust_told, what_goes_well, what_helps
from predictions.reports import family_letter as family_letter_module
from students.models import Exam
from students.roles import Role
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.predictions.measured import give_results
from tests.predictions.released import give, predict

LIST, BRIEF = "/my/outlook/", "/my/outlook/brief/"
NOT_FOR_FAMILIES = ("risk", "baseline", "average", "rank", "classmate", "model", "feature", "lindqvist", "quality")


def exam_page(cast: Cast, student=None, exam: Exam | None = None) -> str:
    return f"{LIST}{(student or cast.sam).pk}/{(exam or cast.final).pk}/"


def main_of(response) -> str:
    """What stands on the page itself, without its frame."""
    text = response.content.decode()
    return text[text.index("<main") : text.index("</main>")] if "<main" in text else text


def test_before_release_the_pages_say_so_and_name_nothing(school: Cast, client_as) -> None:
    predict(school)
    for person in (school.gus, school.mina):
        page = client_as(person).get(LIST)
        assert "Nothing was released yet" in page.text
        assert "Final exam" not in page.text
        assert client_as(person).get(BRIEF).text.strip() == ""
    assert client_as(school.gus).get(exam_page(school)).status_code == 404
    assert client_as(school.mina).get(exam_page(school, school.mia)).status_code == 404


def test_after_release_a_guardian_reads_the_range_first_and_the_comment(school: Cast, client_as) -> None:
    give(school, comment="Ten minutes a day.")
    page = client_as(school.gus).get(exam_page(school))
    text = main_of(page)
    assert "Probably between 51 and 71 per cent." in text
    assert "From 51 to 71 on a scale from 0 to 100, with 61 in the middle" in text
    assert "Chance of reaching the pass mark of 50 per cent: about 7 in 10." in text
    assert text.index("Probably between") < text.index("From 51 to 71") < text.index("Chance of reaching")
    assert "Ten minutes a day." in text
    assert "Ada Marsh" in text
    assert "not a verdict" in text
    assert "/tour/" in text
    told = text.lower()
    assert [word for word in NOT_FOR_FAMILIES if word in told] == []
    assert "Final exam" in client_as(school.gus).get(LIST).text
    assert "Outlook for Sam Okafor" in client_as(school.gus).get(BRIEF).text


def test_a_student_reads_the_own_and_a_guardian_no_other_child_of_the_class(school: Cast, client_as) -> None:
    give(school)
    assert "Probably between 67 and 87" in client_as(school.mina).get(exam_page(school, school.mia)).text
    assert client_as(school.mina).get(exam_page(school)).status_code == 404
    assert client_as(school.gus).get(exam_page(school, school.mia)).status_code == 404


@pytest.mark.parametrize("person", ["hana", "otto", "ada", "cora", "nils", "dora", "wanda", "root", "lena", "tom"])
def test_nobody_else_has_these_pages(school: Cast, client_as, person: str) -> None:
    give(school)
    client = client_as(getattr(school, person))
    for address in (LIST, BRIEF, exam_page(school), exam_page(school, school.liv), f"/my/looked/{school.sam.pk}/"):
        assert client.get(address).status_code == 404, address


def test_an_ended_guardianship_an_ended_class_and_taking_back_close_everything(school: Cast, client_as) -> None:
    given = give(school)
    client = client_as(school.gus)
    school.sam.guardianships.update(ends=make.YESTERDAY)
    assert client.get(exam_page(school)).status_code == 404
    assert client.get(f"/my/looked/{school.sam.pk}/").status_code == 404
    assert "Final exam" not in client.get(LIST).text
    school.sam.guardianships.update(ends=None)
    school.sam.enrolments.update(ends=make.YESTERDAY)
    assert client.get(exam_page(school)).status_code == 404
    school.sam.enrolments.update(ends=None)
    assert client.get(exam_page(school)).status_code == 200
    releasing.take_back(given, by=school.ada)
    assert client.get(exam_page(school)).status_code == 404
    assert "Final exam" not in client.get(LIST).text + client.get(BRIEF).text


def test_released_to_the_parallel_class_alone_it_is_seen_by_nobody_here(school: Cast, client_as) -> None:
    predict(school)
    parallel = make.make_class(school.lakeside, "Mathematics 9C", subject=school.maths.subject)
    school.final.sittings.create(school_class=parallel)
    PredictionRelease.objects.create(exam=school.final, school_class=parallel, by=school.hana)
    make.make_enrolment(school.sam, parallel, ends=make.YESTERDAY)  # was there, is not any more
    for person, student in ((school.gus, school.sam), (school.mina, school.mia)):
        assert client_as(person).get(exam_page(school, student)).status_code == 404
        assert "Final exam" not in client_as(person).get(LIST).text


def test_a_teacher_whose_child_is_at_the_school_sees_here_what_other_families_see(school: Cast, client_as) -> None:
    """Ada may read every prediction of her class at work, and here nothing before it is released."""
    predict(school)
    make.make_member(school.ada, school.lakeside, Role.GUARDIAN)
    make.make_guardianship(school.ada, school.mia)
    assert client_as(school.ada).get(exam_page(school, school.mia)).status_code == 404
    assert "Nothing was released yet" in client_as(school.ada).get(LIST).text
    releasing.release(school.final, school.maths, by=school.ada, on=make.TODAY, at=timezone.now())
    page = client_as(school.ada).get(exam_page(school, school.mia))
    assert "Probably between" in page.text
    assert client_as(school.ada).get(exam_page(school)).status_code == 404  # Sam is a pupil, not a child of hers


def test_after_the_exam_it_is_what_was_said_and_what_came_only_once_that_is_released(school: Cast, client_as) -> None:
    give(school)
    Exam.objects.filter(pk=school.final.pk).update(day=make.YESTERDAY)
    school.final.refresh_from_db()
    give_results(school.final, [school.sam], [64])
    page = main_of(client_as(school.gus).get(exam_page(school)))
    assert "Before the exam: probably between 51 and 71 per cent." in page
    assert "The result:" not in page
    assert "once the school has released it" in page
    make.make_release(school.final, school.maths)
    page = main_of(client_as(school.gus).get(exam_page(school)))
    assert "The result: 64 per cent, inside the range." in page
    listed = client_as(school.gus).get(LIST).text
    assert "What was said before earlier exams" in listed
    assert "The result: 64 per cent" in listed
    assert client_as(school.gus).get(BRIEF).text.strip() == ""  # nothing lies ahead


def test_who_has_no_score_reads_that_too_little_is_known(school: Cast, client_as) -> None:
    predict(school)
    said = school.sam.predictions.get()
    type(said).objects.filter(pk=said.pk).update(
        score=None, low_80=None, high_80=None, cause="too_little", sentence="Only 1 earlier result", remedy="Enter more"
    )
    releasing.release(school.final, school.maths, by=school.ada, on=make.TODAY, at=timezone.now())
    page = client_as(school.gus).get(exam_page(school))
    assert "Nothing can be said for this exam yet." in page.text
    assert "Only 1 earlier result" not in page.text


def test_the_letter_says_what_the_page_says_and_nothing_of_the_class(school: Cast, client_as, monkeypatch) -> None:
    give(school, comment="Ten minutes a day.")
    made: list[dict] = []
    monkeypatch.setattr(family_letter_module, "letters_pdf", lambda letters, **facts: made.extend(letters) or b"%PDF")
    address = f"{exam_page(school)}letter.pdf"
    answer = client_as(school.gus).get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    (letter,) = made
    assert (letter["headline"], letter["comment"]) == ("Probably between 51 and 71 per cent.", "Ten minutes a day.")
    assert (letter["points"]["rows"], letter["points"]["note"], letter["draft"]) == ([], "", "")
    assert "Lindqvist" not in str(letter)
    assert AccessEvent.objects.get(user_id=school.gus.pk).door == AccessEvent.Door.PRINT
    assert client_as(school.mina).get(address).status_code == 404


def test_hostile_words_in_the_comment_stay_words(school: Cast, client_as) -> None:
    give(school, comment="<script>alert(1)</script>\n{{ 7|add:7 }} <b>bold</b>")
    page = client_as(school.gus).get(exam_page(school)).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page
    assert "{{ 7|add:7 }}" in page


def test_looking_leaves_a_trace_of_the_child_alone(school: Cast, client_as) -> None:
    give(school)
    client_as(school.gus).get(exam_page(school))
    event = AccessEvent.objects.get(user_id=school.gus.pk)
    assert (event.student_id, event.role, event.what) == (school.sam.pk, Role.GUARDIAN, "outlook")


@pytest.mark.parametrize("address", ["/my/outlook/0/0/", f"/my/outlook/{10**30}/{10**30}/", f"/my/looked/{10**30}/"])
def test_addresses_of_nothing_are_no_pages(school: Cast, client_as, address: str) -> None:
    give(school)
    assert client_as(school.gus).get(address).status_code == 404


def test_words_for_what_can_change_promise_nothing_and_name_the_largest_first() -> None:
    reasons = [
        Reason("Activities", -1.0, True),
        Reason("Attendance", -4.0, True),
        Reason("Earlier results", -9.0),
        Reason("Study hours", -0.2, True),
        Reason("Homework", 2.0, True),
    ]
    helps = what_helps(reasons)
    assert [each[:8] for each in helps] == ["Being at", "Clubs an"]
    assert all("tend" in each for each in helps)
    assert what_goes_well(reasons) == ("“Homework”: that goes along with good results.",)


def test_no_protected_fact_is_called_changeable(monkeypatch: pytest.MonkeyPatch) -> None:
    features = (
        Feature("income", "Income", "Income", changeable=True, protected=True),
        Feature("hours", "Study hours", "Study hours", changeable=True),
    )
    stored = SimpleNamespace(schema=MatrixSchema(features, ((), ())))
    monkeypatch.setattr(artifacts, "opened", lambda version: stored)
    told = groups_of(ModelVersion(sha256="only-for-this-test"))
    assert [(each.label, each.is_changeable) for each in told] == [("Income", False), ("Study hours", True)]


def test_trust_is_told_in_tenths_or_as_not_known() -> None:
    assert "held 8 of 10 results in the last six months" in trust_told(Trust("", held=0.81, is_measured=True))
    assert "held 8 of 10" in trust_told(Trust("", held=0.79))
    assert "not known yet" in trust_told(Trust(""))


def test_families_have_a_way_there_and_staff_do_not(school: Cast, client_as) -> None:
    assert f'href="{LIST}"' in client_as(school.gus).get("/").text
    assert BRIEF in client_as(school.gus).get("/").text
    assert f'href="{LIST}"' not in client_as(school.ada).get("/").text


def family_of_many(cast: Cast, person: User, children: int) -> None:
    for number in range(children):
        student = make.make_student(cast.lakeside, f"Kid{number} Okafor")
        make.make_enrolment(student, cast.maths)
        make.make_guardianship(person, student)


@pytest.mark.parametrize("address", [LIST, BRIEF])
def test_ten_children_and_exams_cost_no_more_than_one(school: Cast, client_as, address: str) -> None:
    family_of_many(school, school.gus, 4)
    students = [each.student for each in school.maths.enrolments.filter(ends=None)]
    give(school)
    for days in (5, 6, 7):
        exam = make.make_exam(school.maths, title=f"Test {days}", day=make.TODAY + timedelta(days=days), is_target=True)
        predict(school, exam, students)
        PredictionRelease.objects.create(exam=exam, school_class=school.maths, by=school.ada)
    client: Client = client_as(school.gus)
    client.get(address)
    with assert_queries(30):
        page = client.get(address)
    assert page.text.count("Probably between") == 16
