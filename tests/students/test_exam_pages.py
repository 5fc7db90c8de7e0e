"""The pages about exams: the list by time, one exam with its figures, planning, releasing and locking."""

import pytest

from students.models import Exam, Release, Sitting
from students.summaries.exams import TIMES
from tests import make
from tests.cast import Cast

SOON = make.TODAY + make.timedelta(days=14)


def titles(page) -> list[str]:
    return [row.exam.title for row in page.context["listing"].rows]


def typed(school: Cast, **facts) -> dict[str, object]:
    return {
        "title": "Vectors", "kind": "test", "day": SOON.isoformat(), "maximum": "40", "weight": "1",
        "classes": [school.maths.pk], **facts,
    }  # fmt: skip


@pytest.fixture
def marked(school: Cast) -> Exam:
    """Six of 9B sat it; the marks are 20, 40, 60, 60, 80 and 100 percent. Sam was absent."""
    exam = make.make_exam(school.maths, title="Fractions", maximum=50, day=make.TODAY - make.timedelta(days=5))
    for score in (10, 20, 30, 30, 40, 50):
        student = make.make_student(school.lakeside)
        make.make_enrolment(student, school.maths)
        make.make_result(exam, student, score)
    make.make_result(exam, school.sam, None, status="absent")
    return exam


def test_the_list_is_sorted_by_what_comes_what_is_to_mark_and_what_is_marked(school: Cast, client_as) -> None:
    make.make_exam(school.maths, title="Forgotten quiz", day=make.YESTERDAY)
    make.make_exam(school.maths, title="Today", day=make.TODAY)
    ada = client_as(school.ada)
    found = {when: titles(ada.get(f"/exams/?when={when}")) for when in TIMES}
    assert found["coming"] == ["Today", "Final exam"]
    assert found["to-mark"] == ["Forgotten quiz"]
    assert found["marked"] == ["Algebra test"]
    assert found["all"] == ["Final exam", "Today", "Forgotten quiz", "Algebra test"]
    counts = [pill["count"] for pill in ada.get("/exams/").context["pills"]]
    assert counts == ["2", "1", "1", "4"]


def test_each_row_tells_what_is_entered_released_and_locked(school: Cast, client_as, marked: Exam) -> None:
    make.make_release(marked, school.maths)
    Sitting.objects.filter(exam=marked).update(locked_at=make.timezone.now())
    page = client_as(school.ada).get("/exams/?when=to-mark")
    row = next(row for row in page.context["listing"].rows if row.exam == marked)
    assert (row.exam, row.entered, row.students, row.released, row.locked) == (marked, 7, 8, 1, 1)
    for words in ("7 of 8", "released", "locked", "Mathematics 9B"):
        assert words in page.text


def test_a_student_who_left_is_nobodys_gap(school: Cast, client_as) -> None:
    make.make_enrolment(school.zoe, school.maths, ends=make.YESTERDAY)
    page = client_as(school.ada).get("/exams/?when=marked")
    assert [(row.entered, row.students) for row in page.context["listing"].rows] == [(2, 2)]


def test_the_list_is_narrowed_by_class_subject_kind_term_and_title(school: Cast, client_as) -> None:
    make.make_exam(school.art, title="Portfolio", kind="coursework")
    hana = client_as(school.hana)

    def found(query: str) -> list[str]:
        return titles(hana.get(f"/exams/?when=all&{query}"))

    assert found("q=portf") == ["Portfolio"]
    assert found("kind=coursework") == ["Portfolio"]
    assert found("class_name=art") == ["Portfolio"]
    assert found(f"school_class={school.art.pk}") == ["Portfolio"]
    assert found(f"subject={school.art.subject_id}") == ["Portfolio"]
    assert found(f"term={make.make_term(school.lakeside).pk}") == []
    assert found("sort=title") == ["Algebra test", "Final exam", "Portfolio"]


@pytest.mark.parametrize(
    "query", ["when=drop", "page=²", "sort=-x", "school_class=x&subject=-1&term=1e9&kind=?", "q=%00"]
)
def test_a_bad_query_string_gives_a_sensible_list(school: Cast, client_as, query: str) -> None:
    assert client_as(school.hana).get(f"/exams/?{query}").status_code == 200


def test_families_and_neighbours_find_no_exam_of_the_school(school: Cast, client_as) -> None:
    for person in ("gus", "mina", "cora", "nils", "wanda", "tom", "root"):
        page = client_as(getattr(school, person)).get("/exams/?when=all")
        assert page.status_code == 200
        assert not {"Algebra test", "Final exam"} & set(titles(page)), person


def test_an_exam_tells_its_figures_against_the_schools_scale(school: Cast, client_as, marked: Exam) -> None:
    page = client_as(school.ada).get(f"/exams/{marked.pk}/")
    figures = page.context["summary"].figures
    assert (figures.marks, figures.mean, figures.median) == (6, 60.0, 60.0)
    assert (round(figures.spread, 2), round(figures.passed, 1)) == (25.82, 66.7)
    assert [(each.grade, each.count) for each in figures.grades] == [("A", 2), ("B", 2), ("C", 0), ("D", 1), ("E", 1)]
    (one,) = page.context["summary"].classes
    assert (one.students, one.scored, one.absent, one.missing) == (8, 6, 1, 1)
    assert "1 of 8 students has no entry yet" in page.text
    assert "6 marks in percent: 20–29: 1; 40–49: 1; 60–69: 2; 80–89: 1; 90–100: 1" in page.text


def test_a_class_is_compared_with_its_earlier_exams(school: Cast, client_as, marked: Exam) -> None:
    earlier = make.make_exam(school.maths, day=make.TODAY - make.timedelta(days=20))
    for result in marked.results.filter(score__isnull=False):
        make.make_result(earlier, result.student, 50)
    (one,) = client_as(school.ada).get(f"/exams/{marked.pk}/").context["summary"].classes
    assert (one.before, one.change) == ((50.0,), 10.0)


def test_fewer_than_five_marks_are_no_statistics(school: Cast, client_as) -> None:
    page = client_as(school.ada).get(f"/exams/{school.test.pk}/")
    assert page.context["summary"].figures is None
    assert "Statistics appear after five marks" in page.text
    assert "88" not in page.text.split("<main")[1]


def test_a_teacher_sees_the_figures_of_their_own_class_alone(school: Cast, client_as) -> None:
    other = make.make_class(school.lakeside, "Mathematics 9C", subject=school.maths.subject)
    shared = make.make_exam(school.maths, other)
    for _ in range(6):
        student = make.make_student(school.lakeside)
        make.make_enrolment(student, other)
        make.make_result(shared, student, 90)
    page = client_as(school.ada).get(f"/exams/{shared.pk}/")
    assert [each.school_class for each in page.context["summary"].classes] == [school.maths]
    assert page.context["summary"].figures is None
    assert "Mathematics 9C" not in page.text
    assert len(client_as(school.hana).get(f"/exams/{shared.pk}/").context["summary"].classes) == 2


def test_a_teacher_plans_an_exam(school: Cast, client_as) -> None:
    ada = client_as(school.ada)
    assert "Foremark will predict" in ada.get(f"/exams/new/?class={school.maths.pk}").text
    response = ada.post("/exams/new/", typed(school, weight="2", is_target="on"), follow=True)
    made = Exam.objects.get(title="Vectors")
    assert response.redirect_chain[-1][0] == f"/exams/{made.pk}/"
    assert (made.maximum, made.weight, made.is_target) == (40, 2, True)


def test_two_exams_of_a_class_on_one_day_are_pointed_out_and_planned(school: Cast, client_as) -> None:
    page = client_as(school.ada).post("/exams/new/", typed(school, day=school.final.day.isoformat()), follow=True)
    assert "also has “Final exam” on that day" in page.text
    assert Exam.objects.filter(title="Vectors").exists()


def test_the_share_in_the_average_is_told_while_one_types(school: Cast, client_as) -> None:
    page = client_as(school.ada).get(
        f"/exams/new/?class={school.maths.pk}&classes={school.maths.pk}&weight=2&day={school.final.day}",
        headers={"HX-Request": "true"},
    )
    assert "<html" not in page.text
    assert "counts 2 of 4, 50\N{NO-BREAK SPACE}%" in page.text
    assert "also has" in page.text


BAD = [
    ({"weight": "0"}, "weight"), ({"weight": "-1"}, "weight"), ({"weight": "NaN"}, "weight"), ({"weight": "1e9"}, "weight"),
    ({"maximum": "0"}, "maximum"), ({"maximum": "99999999"}, "maximum"), ({"maximum": "Infinity"}, "maximum"),
    ({"maximum": "x"}, "maximum"), ({"day": "9999-12-31"}, "day"), ({"day": "0001-01-01"}, "day"), ({"day": "31/31/31"}, "day"),
    ({"classes": []}, "classes"), ({"classes": ["x"]}, "classes"), ({"classes": ["9" * 30]}, "classes"),
    ({"title": ""}, "title"), ({"title": "x" * 200}, "title"), ({"title": "a\x00b"}, "title"), ({"kind": "duel"}, "kind"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "field"), BAD)
def test_what_cannot_be_read_is_said_at_its_field_and_nothing_is_planned(school: Cast, client_as, facts, field) -> None:
    before = Exam.objects.count()
    ada = client_as(school.ada)
    for address in ("/exams/new/", f"/exams/{school.final.pk}/edit/"):
        page = ada.post(address, typed(school, **facts, version_seen="1"))
        assert page.status_code == 422, address
        assert field in page.context["form"].errors, address
    assert Exam.objects.count() == before
    assert Exam.objects.get(pk=school.final.pk).title == "Final exam"


def test_classes_of_others_are_not_planned_for(school: Cast, client_as) -> None:
    ada = client_as(school.ada)
    for other in (school.art, school.next_door):
        page = ada.post("/exams/new/", typed(school, classes=[other.pk]))
        assert (page.status_code, "classes" in page.context["form"].errors) == (422, True)
        assert ada.get(f"/exams/new/?class={other.pk}").status_code == 404
    mixed = client_as(school.hana).post("/exams/new/", typed(school, classes=[school.maths.pk, school.art.pk]))
    assert "share school, subject and term" in mixed.text
    assert not Exam.objects.filter(title="Vectors").exists()


def test_a_leader_chooses_a_class_first_and_is_offered_those_of_its_subject(school: Cast, client_as) -> None:
    other = make.make_class(school.lakeside, "Mathematics 9C", subject=school.maths.subject)
    hana = client_as(school.hana)
    assert "Which class sits the exam?" in hana.get("/exams/new/").text
    assert list(hana.get("/exams/new/?q=9c").context["listing"].rows) == [other]
    assert set(hana.get(f"/exams/new/?class={school.maths.pk}").context["choices"]) == {school.maths, other}


def test_in_a_large_school_the_choice_is_of_one_grade(school: Cast, client_as) -> None:
    for number in range(70):
        make.make_class(school.lakeside, f"Set {number:02}", subject=school.maths.subject, grade_level=7 + number % 2)
    hana = client_as(school.hana)
    page = hana.get(f"/exams/new/?class={school.maths.pk}")
    assert page.context["choices"] == [school.maths]
    assert len(hana.get(f"/exams/new/?class={school.maths.pk}&grades=all").context["choices"]) == 71
    seventh = [each.pk for each in school.lakeside.classes.filter(grade_level=7)]
    assert hana.post("/exams/new/", typed(school, classes=seventh)).status_code == 302
    assert len(seventh) == Exam.objects.get(title="Vectors").classes.count()


def test_an_exam_is_changed_and_the_maximum_stays_once_marks_are_in(school: Cast, client_as) -> None:
    ada = client_as(school.ada)
    address = f"/exams/{school.test.pk}/edit/"
    assert "Marks are entered already" in ada.get(address).text
    day = school.test.day.isoformat()
    refused = ada.post(address, typed(school, title="Algebra", maximum="60", day=day, version_seen="1"))
    assert (refused.status_code, "maximum" in refused.context["form"].errors) == (422, True)
    assert ada.post(address, typed(school, title="Algebra", maximum="50", day=day, version_seen="1")).status_code == 302
    assert Exam.objects.get(pk=school.test.pk).title == "Algebra"


def test_what_was_typed_over_a_newer_version_is_kept_and_saved_knowingly(school: Cast, client_as) -> None:
    Exam.objects.filter(pk=school.final.pk).update(title="Summer exam", version=2)
    ada, address = client_as(school.ada), f"/exams/{school.final.pk}/edit/"
    page = ada.post(address, typed(school, version_seen="1"))
    assert page.status_code == 409
    for words in ("Somebody else changed this exam", "Summer exam", 'value="Vectors"', 'name="version_seen" value="2"'):
        assert words in page.text
    assert Exam.objects.get(pk=school.final.pk).title == "Summer exam"
    assert ada.post(address, typed(school, version_seen="2")).status_code == 302
    assert Exam.objects.get(pk=school.final.pk).title == "Vectors"


def test_a_colleagues_class_stays_in_an_exam_that_a_teacher_changes(school: Cast, client_as) -> None:
    other = make.make_class(school.lakeside, "Mathematics 9C", subject=school.maths.subject)
    shared = make.make_exam(school.maths, other, day=SOON)
    ada = client_as(school.ada)
    assert ada.post(f"/exams/{shared.pk}/edit/", typed(school, version_seen="1")).status_code == 302
    assert ada.post(f"/exams/{shared.pk}/edit/", typed(school, classes=[], version_seen="2")).status_code == 302
    assert list(shared.classes.all()) == [other]


def test_an_exam_is_called_off_after_a_question(school: Cast, client_as) -> None:
    ada = client_as(school.ada)
    assert "Mathematics 9B" in ada.get(f"/exams/{school.final.pk}/call-off/").text
    assert ada.post(f"/exams/{school.final.pk}/call-off/").status_code == 302
    assert "has results already" in ada.get(f"/exams/{school.test.pk}/call-off/").text
    assert ada.post(f"/exams/{school.test.pk}/call-off/").status_code == 409
    assert list(Exam.objects.filter(school=school.lakeside)) == [school.test]


def test_a_release_says_what_families_will_see(school: Cast, client_as, marked: Exam) -> None:
    ada, address = client_as(school.ada), f"/exams/{marked.pk}/release/"
    page = ada.get(address)
    assert "Families of Mathematics 9B will see 6 marks (1 missing, 1 absent)" in " ".join(page.text.split())
    assert ada.post(address, {"classes": [school.maths.pk], "comment": "Well done."}).status_code == 302
    assert Release.objects.get(exam=marked).comment == "Well done."
    assert "Well done." in ada.get(address).text
    assert ada.post(address, {"classes": [school.maths.pk]}).status_code == 422
    for classes in ([], ["x"], [school.art.pk], [school.next_door.pk]):
        assert ada.post(address, {"classes": classes}).status_code == 422
    assert ada.post(address, {"classes": [school.maths.pk], "comment": "x" * 500}).status_code == 422
    back = f"{address}{school.maths.pk}/take-back/"
    assert "no longer see them" in ada.get(back).text
    assert ada.post(back).status_code == 302
    assert ada.post(back).status_code == 409
    assert not Release.objects.exists()


def test_a_teacher_locks_and_a_leader_unlocks(school: Cast, client_as) -> None:
    address, sent = f"/exams/{school.test.pk}/lock/", {"class": school.maths.pk}
    ada = client_as(school.ada)
    assert ada.post(address, {**sent, "do": "lock"}).status_code == 302
    assert "Unlock" not in ada.get(address).text
    assert ada.post(address, {**sent, "do": "unlock"}).status_code == 403
    for wrong in ("", "x", "²", "9" * 30, school.art.pk, school.next_door.pk):
        assert ada.post(address, {"class": wrong, "do": "lock"}).status_code == 404
    assert client_as(school.hana).post(address, {**sent, "do": "unlock"}).status_code == 302
    assert not Sitting.objects.filter(locked_at__isnull=False).exists()
