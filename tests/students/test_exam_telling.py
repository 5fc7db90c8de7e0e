"""What the pages about exams say: what was scheduled, what is released, which classes, and what is wrong in a form."""

import pytest

from students.models import Exam
from tests import make
from tests.cast import Cast
from tests.students.test_exam_pages import typed


def test_an_exam_of_a_past_day_is_recorded_as_held(school: Cast, client_as) -> None:
    ada = client_as(school.ada)
    past = ada.post("/exams/new/", typed(school, day=make.YESTERDAY.isoformat()), follow=True)
    assert "“Vectors” is recorded as held on" in past.text
    assert "is scheduled for" in ada.post("/exams/new/", typed(school), follow=True).text


def test_the_only_class_to_release_is_ticked_even_if_a_mark_is_missing(school: Cast, client_as) -> None:
    make.make_enrolment(make.make_student(school.lakeside), school.maths, starts=make.TODAY - make.timedelta(days=40))
    page = client_as(school.ada).get(f"/exams/{school.test.pk}/release/")
    assert (page.context["ready"][0].missing > 0, page.context["picked"]) == (True, {str(school.maths.pk)})


def test_of_several_classes_only_complete_ones_are_ticked(school: Cast, client_as) -> None:
    other = make.make_class(school.lakeside, "Mathematics 9C", subject=school.maths.subject)
    shared = make.make_exam(school.maths, other)
    make.make_result(shared, school.sam, 30)
    student = make.make_student(school.lakeside)
    make.make_enrolment(student, other)
    make.make_result(shared, student, 40)
    assert client_as(school.hana).get(f"/exams/{shared.pk}/release/").context["picked"] == {str(other.pk)}


def test_a_released_exam_says_so_and_how_to_take_it_back(school: Cast, client_as) -> None:
    exam = make.make_exam(school.maths)
    make.make_result(exam, school.sam, 30)
    ada = client_as(school.ada)
    assert "take back" not in ada.get(f"/exams/{exam.pk}/").text
    make.make_release(exam, school.maths, by=school.ada)
    assert "Released · take back" in ada.get(f"/exams/{exam.pk}/").text
    page = ada.get(f"/exams/{exam.pk}/release/").text
    assert "Released to families" in page
    assert f"/exams/{exam.pk}/release/{school.maths.pk}/take-back/" in page


def test_what_is_wrong_stands_above_the_form_with_the_way_to_each_field(school: Cast, client_as) -> None:
    page = client_as(school.ada).post("/exams/new/", typed(school, title="", classes=[])).text
    above = page[page.index("form-errors") : page.index('<form class="form"')]
    for way in ('role="alert"', "data-focus", 'href="#id_title">Title</a>', 'href="#id_classes">Classes</a>'):
        assert way in above
    assert 'id="id_title"' in page
    assert 'id="id_classes"' in page


@pytest.mark.parametrize(("number", "told"), [(97, "99"), (98, "100"), (99, "100+")])
def test_exams_are_counted_to_a_hundred(school: Cast, client_as, number: int, told: str) -> None:
    facts = {"school": school.lakeside, "subject": school.maths.subject, "term": school.maths.term, "maximum": 50}
    Exam.objects.bulk_create(Exam(title=f"Quiz {n}", kind="quiz", day=make.TODAY, **facts) for n in range(number))
    pills = client_as(school.hana).get("/exams/?when=all").context["pills"]
    assert pills[-1]["count"] == told


def test_the_filters_stay_where_nothing_is_found(school: Cast, client_as) -> None:
    for address in ("/exams/?q=zzzz", "/exams/new/?q=zzzz"):
        page = client_as(school.hana).get(address).text
        assert 'name="q" value="zzzz"' in page, address


def test_who_may_see_an_exam_and_not_work_on_it_reads_one_coherent_sentence(school: Cast, client_as) -> None:
    cora = client_as(school.cora)
    page = cora.get(f"/exams/{school.test.pk}/")
    assert (page.status_code, "opening or changing it here is for those who keep it" in page.text) == (403, True)
    assert "This is not yours to do" in cora.post(f"/exams/{school.test.pk}/call-off/").text
