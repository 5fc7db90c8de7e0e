"""What is printed of predictions: the figures of the screen, one page for each student, nobody else's name, and a trace."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from portal.audit.models import AccessEvent, AuditEvent
from predictions import releasing
from predictions.models import PredictionRelease
from predictions.outlooks.class_outlook import class_outlook
from predictions.outlooks.family import FamilyOutlook
from predictions.reports import letter
from predictions.reports.fitting import fitted
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.predictions.printed import is_accessible, pages_of, text_of, title_of
from tests.predictions.released import give, predict

As = Callable[[Any], Client]


def of_class(school: Cast, what: str) -> str:
    return f"/classes/{school.maths.pk}/outlook/{school.final.pk}/{what}.pdf"


def of_student(school: Cast, student: Any) -> str:
    return f"/students/{student.pk}/outlook/{school.final.pk}/letter.pdf"


def test_a_letter_says_the_range_first_and_names_nobody_else(school: Cast, client_as: As) -> None:
    give(school)
    answer = client_as(school.ada).get(of_student(school, school.sam))
    (page,) = pages_of(answer.content)
    for told in ("Lakeside School", "Sam Okafor", "Mathematics 9B", "Ada Marsh", "Final exam"):
        assert told in page
    assert "Probably between 51 and 71 per cent." in page
    assert "pass mark of 50 per cent: about 7 in 10" in page
    assert "Ten minutes of revision a day" in page
    assert "An estimate, not a verdict" in page
    for untold in ("Lindqvist", "model", "baseline", "simplest", "female", "rank", "not released"):
        assert untold not in page
    assert page.index("Probably between") < page.index("An estimate")
    assert answer["Content-Disposition"] == 'attachment; filename="sam-okafor-final-exam.pdf"'
    assert "no-store" in answer["Cache-Control"]


def test_the_letters_of_a_class_have_a_page_for_each_student(school: Cast, client_as: As) -> None:
    predict(school)
    answer = client_as(school.ada).get(of_class(school, "letters"))
    pages = pages_of(answer.content)
    assert [("Mia" in page, "Sam" in page) for page in pages] == [(True, False), (False, True)]
    assert all("not released to the family yet" in page for page in pages)
    assert is_accessible(answer.content)
    assert title_of(answer.content) == "Mathematics 9B: Final exam"


def test_who_has_no_prediction_reads_why_and_what_would_change_that(school: Cast, client_as: As) -> None:
    predict(school, students=[school.mia])
    (page,) = pages_of(client_as(school.ada).get(of_student(school, school.sam)).content)
    assert "Nothing can be said for this exam yet." in page
    assert "No prediction was made yet." in page
    assert "The next scoring" in page


def test_the_outlook_on_paper_says_the_figures_of_the_screen(school: Cast, client_as: As) -> None:
    predict(school)
    content = client_as(school.ada).get(of_class(school, "outlook")).content
    text = text_of(content)
    outlook = class_outlook(school.maths, school.final, user=school.ada, on=make.TODAY)
    for row in outlook.rows:
        for told in (row.student.name, row.score_told, row.range_told, row.passing_words):
            assert told in text
    assert outlook.trust.sentence in text
    assert is_accessible(content)


def test_a_counsellor_prints_the_students_they_look_after_and_no_others(school: Cast, client_as: As) -> None:
    predict(school)
    cora = client_as(school.cora)
    assert len(pages_of(cora.get(of_class(school, "letters")).content)) == 1
    assert "Lindqvist" not in text_of(cora.get(of_class(school, "outlook")).content)
    assert cora.get(of_student(school, school.mia)).status_code == 404


@pytest.mark.parametrize("what", ["letters", "outlook"])
def test_printing_leaves_a_trace_of_each_student_in_one_statement(school: Cast, client_as: As, what: str) -> None:
    predict(school)
    AccessEvent.objects.purge_before("9999-01-01T00:00:00Z")
    client_as(school.ada).get(of_class(school, what))
    events = AccessEvent.objects.filter(user_id=school.ada.pk, door="print")
    assert {event.student_id for event in events} == {school.sam.pk, school.mia.pk}
    assert AuditEvent.objects.get(verb="printed").facts == {"what": what, "exam": school.final.pk, "students": 2}


def test_families_get_none_of_these_even_after_release(school: Cast, client_as: As) -> None:
    give(school)
    for person in (school.gus, school.mina):
        for address in (of_class(school, "letters"), of_class(school, "outlook"), of_student(school, school.sam)):
            assert client_as(person).get(address).status_code == 404


def test_an_exam_of_another_class_or_another_student_is_not_found(school: Cast, client_as: As) -> None:
    hana = client_as(school.hana)
    assert hana.get(f"/classes/{school.art.pk}/outlook/{school.final.pk}/letters.pdf").status_code == 404
    assert hana.get(of_student(school, school.zoe)).status_code == 404
    assert hana.get(f"/classes/{school.maths.pk}/outlook/999999/outlook.pdf").status_code == 404


def test_a_class_too_large_for_one_press_is_told_in_a_sentence(
    school: Cast, client_as: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    predict(school)
    monkeypatch.setattr("predictions.web.paper.MOST_AT_ONCE", 1)
    answer = client_as(school.ada).get(of_class(school, "letters"))
    assert answer.status_code == 409
    assert "not printed at once" in answer.text


@pytest.mark.parametrize(("what", "most"), [("letters", 18), ("outlook", 15)])
def test_queries_do_not_grow_with_the_class(school: Cast, client_as: As, what: str, most: int) -> None:
    predict(school)
    ada = client_as(school.ada)
    ada.get(of_class(school, what))
    with assert_queries(most=most):
        ada.get(of_class(school, what))
    more = [make.make_student(school.lakeside) for _ in range(12)]
    for student in more:
        make.make_enrolment(student, school.maths)
    predict(school, students=[school.sam, school.mia, *more])
    ada.get(of_class(school, what))
    with assert_queries(most=most):
        assert "Student" in text_of(ada.get(of_class(school, what)).content)


def test_the_longest_letter_stays_on_one_page(school: Cast) -> None:
    give(school, comment="Word word words and more. " * 23)
    given = PredictionRelease.objects.get()
    outlook = class_outlook(school.maths, school.final, user=school.ada, on=make.TODAY)
    told = letter.letter_data(
        FamilyOutlook(outlook.rows[0], given, False, "", comment=given.comment),
        trust=outlook.trust, class_name="A class with a name as long as it may be", teachers=["Ada Marsh", "Tom Other"],
    )  # fmt: skip
    sentence = (
        "Being at school every day and on time tends to go along with better results, as far as is known here, too."
    )
    told["well"]["rows"] = [sentence] * letter.MOST_SENTENCES
    told["help"]["rows"] = [sentence] * (letter.MOST_SENTENCES + 1)
    told["points"]["rows"] = [
        {"is_up": True, "points": "+12", "label": "A fact with a long name"}
    ] * letter.MOST_REASONS
    content = letter.letters_pdf([fitted(told)], title="x", school=school.lakeside, on=make.TODAY)
    assert len(pages_of(content)) == 1


def test_once_released_a_letter_no_longer_says_that_it_is_not(school: Cast, client_as: As) -> None:
    given = give(school)
    ada = client_as(school.ada)
    assert "not released" not in text_of(ada.get(of_student(school, school.sam)).content)
    releasing.take_back(given, by=school.ada)
    assert "not released" in text_of(ada.get(of_student(school, school.sam)).content)
