"""The school's overview: figures class by class for who keeps it, by grade level and of ten or more for who may only count."""

from types import SimpleNamespace

import numpy as np
import pytest
from django.core.cache import cache
from django.utils import timezone

from portal.audit.models import AccessEvent
from portal.kit.charts.mix import mix_parts
from predictions.models import CurrentPrediction
from predictions.outlooks.overview import Cell, Overview, comparable, hide, merged, overview, read, step_names
from predictions.outlooks.overview_groups import groupings
from predictions.outlooks.overview_people import gaps, movers
from predictions.outlooks.overview_reading import in_steps, step_of
from predictions.outlooks.scales import scale_for
from students.models import Enrolment, Membership
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.make import TODAY
from tests.predictions.measured import make_class_of, make_scoring, say
from tests.predictions.watched import tell
from tests.trained import make_version


@pytest.fixture
def told(school: Cast) -> SimpleNamespace:
    """Twelve students of home class 10A (grade 10) are told 70 in physics, and four of 11A (grade 11) 40."""
    physics = make.make_subject(school.lakeside, "Physics")
    version = make_version(school.lakeside)
    facts = {"is_home_class": True, "grade_level": 10, "subject": physics}
    tens, many = make_class_of(school.lakeside, 12, name="10A", **facts)
    elevens, few = make_class_of(school.lakeside, 4, name="11A", **(facts | {"grade_level": 11}))
    for student in (*many, *few):
        student.grade_level = 10 if student in many else 11
        student.save()
    exam = make.make_exam(tens, elevens, title="Optics", day=TODAY + make.timedelta(days=20), is_target=True)
    later = make.make_exam(tens, title="Waves", day=TODAY + make.timedelta(days=90), is_target=True)
    run = make_scoring(school.lakeside, version, [exam, later])
    say(run, exam, [*many, *few], [70] * 12 + [40] * 4)
    say(run, later, many, [10] * 12)
    return SimpleNamespace(
        version=version, exam=exam, run=run, tens=tens, elevens=elevens, many=many, few=few, physics=physics
    )


def seen(school: Cast, person: str, **asked: int) -> Overview:
    return overview(school.lakeside, user=getattr(school, person), on=TODAY, now=timezone.now(), **asked)


def line(found: Overview, name: str) -> SimpleNamespace:
    one = next(each for each in found.lines if each.name == name)
    cells = {subject.name: cell for subject, cell in zip(found.subjects, one.cells, strict=True)}
    return SimpleNamespace(whole=one.whole, **cells)


def test_each_class_is_told_by_the_target_exam_that_comes_next(school: Cast, told: SimpleNamespace) -> None:
    cell = line(seen(school, "hana"), "10A").Physics
    assert (cell.students, cell.predicted, cell.enrolled, cell.mean) == (12, 12, 12, 70)
    assert cell.passes == pytest.approx(0.5 + 20 / 60, abs=0.001)
    assert sum(cell.mix) == pytest.approx(12, abs=0.01)


def test_who_is_not_predicted_is_counted(school: Cast, told: SimpleNamespace) -> None:
    make.make_enrolment(make.make_student(school.lakeside), told.tens)
    cell = line(seen(school, "hana"), "10A").Physics
    assert (cell.predicted, cell.enrolled, cell.is_whole) == (12, 13, False)


def test_missing_marks_are_those_of_who_was_there_to_sit(school: Cast, told: SimpleNamespace) -> None:
    held = make.make_exam(told.tens, title="Heat", day=TODAY - make.timedelta(days=7))
    for student in told.many[:9]:
        make.make_result(held, student)
    make.make_result(held, told.many[9], None, status="absent")
    Enrolment.objects.filter(student=told.many[10]).update(starts=TODAY - make.timedelta(days=2))
    assert line(seen(school, "hana"), "10A").Physics.missing == 1
    make.make_teaching(school.ada, told.tens)
    (gap, *others), more = gaps(school.lakeside, user=school.hana, on=TODAY)
    assert (gap.exam, gap.school_class, gap.marks, gap.days, gap.teachers) == (held, told.tens, 1, 7, ("Ada Marsh",))
    assert (others, more) == ([], 0)


def test_a_grade_level_can_be_looked_at_alone(school: Cast, told: SimpleNamespace) -> None:
    assert [each.name for each in seen(school, "hana", level=11).lines] == ["11A"]
    assert len(seen(school, "hana", level=77).lines) == len(seen(school, "hana").lines)


# --- who sees what ------------------------------------------------------------------------------------------------
def test_an_analyst_sees_grade_levels_of_ten_or_more_and_nothing_that_tells_of_fewer(
    school: Cast, told: SimpleNamespace
) -> None:
    found = seen(school, "nils")
    assert all(each.is_level for each in found.lines)
    assert line(found, "Grade 11").whole.is_hidden
    assert line(found, "Grade 10").whole.is_hidden, "all less the shown ones would tell of the four"
    assert found.has_hidden


def test_cells_are_hidden_by_students_and_not_by_rows() -> None:
    cells = [Cell(students=3, predicted=30, mean=50), Cell(students=40, predicted=40, mean=60), Cell()]
    assert [each.is_hidden for each in hide(cells)] == [True, True, False]
    enough = [Cell(students=12, predicted=12, mean=50), Cell(students=40, predicted=40, mean=60)]
    assert not any(each.is_hidden for each in hide(enough))


def test_several_groups_as_one_weigh_by_students() -> None:
    one, two = Cell(2, 2, 3, 1, 40, 0.5, (1, 1, 0, 0, 0)), Cell(6, 6, 6, 0, 80, 0.9, (0, 0, 0, 0, 6))
    both = merged([one, two, Cell(enrolled=4, missing=2)])
    assert (both.students, both.predicted, both.enrolled, both.missing) == (8, 8, 13, 3)
    assert (both.mean, both.passes) == (70, pytest.approx(0.8))
    assert both.mix == (1, 1, 0, 0, 6)


def test_others_find_no_overview(school: Cast, told: SimpleNamespace, client_as) -> None:
    for person in (school.ada, school.cora, school.gus, school.mina):
        assert client_as(person).get("/overview/").status_code == 403
    page = client_as(school.wanda).get("/overview/")
    assert page.status_code == 200
    assert "10A" not in page.content.decode()
    assert "Nothing to look at yet" in page.content.decode()


# --- groups -------------------------------------------------------------------------------------------------------
def test_protected_groups_are_for_who_has_that_right_and_small_ones_are_not_even_named(
    school: Cast, told: SimpleNamespace
) -> None:
    for student in told.many:
        make.make_demographics(student, home_language="english")
    for student in told.few:
        make.make_demographics(student, home_language="tagalog")
    material, _at = read(school.lakeside, on=TODAY, now=timezone.now())
    assert [each.key for each in groupings(material.said, school.lakeside, user=school.hana)] == ["level"]
    membership = Membership.objects.get(user=school.hana, school=school.lakeside)
    membership.sees_demographics = True
    membership.save()
    for each in groupings(material.said, school.lakeside, user=school.hana):
        if each.is_protected:
            assert "tagalog" not in str(each.groups)
            assert all(group.students >= 10 for group in each.groups)
    assert not any(each.is_protected for each in groupings(material.said, school.lakeside, user=school.otto))


def test_groups_tell_an_analyst_no_more_than_the_cells_that_are_shown(school: Cast, told: SimpleNamespace) -> None:
    """Three of 10A learn Greek. Grade 10 as one less its physics would be the mean of these three."""
    told.exam.classes.remove(told.elevens)
    CurrentPrediction.objects.filter(exam=told.exam, student__in=told.few).delete()
    greek = make.make_class(school.lakeside, "Greek", subject=make.make_subject(school.lakeside, "Greek"))
    homer = make.make_exam(greek, title="Homer", day=TODAY + make.timedelta(days=20), is_target=True)
    say(make_scoring(school.lakeside, told.version, [homer]), homer, told.many[:3], [12, 13, 14])
    for place, student in enumerate(told.many):
        make.make_demographics(student, home_language="english" if place % 2 else "tagalog")
    Membership.objects.filter(user=school.nils).update(sees_demographics=True)

    def rows_for(person: str) -> list[float]:
        user = getattr(school, person)
        return comparable(school.lakeside, user=user, on=TODAY, now=timezone.now()).score.tolist()

    assert line(seen(school, "nils"), "Grade 10").Greek.is_hidden
    assert rows_for("nils") == [70] * 12
    assert sorted(rows_for("hana"))[:3] == [12, 13, 14]
    said = comparable(school.lakeside, user=school.nils, on=TODAY, now=timezone.now())
    assert [each.key for each in groupings(said, school.lakeside, user=school.nils) if not each.is_protected] == []


# --- movers -------------------------------------------------------------------------------------------------------
def test_who_moved_most_since_a_week_ago_stands_with_the_cause(school: Cast, told: SimpleNamespace) -> None:
    assert not movers(school.lakeside, [told.exam.pk], user=school.hana, on=TODAY).is_known
    earlier = make_scoring(school.lakeside, told.version, [told.exam], as_of=TODAY - make.timedelta(days=8))
    newer = make_scoring(school.lakeside, told.version, [told.exam])
    for student, was, now in zip(told.many, (0.4, 0.5, 0.8, 0.6), (0.8, 0.51, 0.2, 0.5), strict=False):
        tell(earlier, told.exam, student, was)
        tell(newer, told.exam, student, now)
    found = movers(school.lakeside, [told.exam.pk], user=school.hana, on=TODAY)
    assert [(each.student, round(each.points)) for each in found.up] == [(told.many[0], 12)]
    assert [(each.student, round(each.points)) for each in found.down] == [(told.many[2], -18), (told.many[3], -3)]
    assert "12.0 points higher since" in found.up[0].sentence
    assert movers(school.lakeside, [told.exam.pk], user=school.wanda, on=TODAY).students == []


# --- drawings and pages -------------------------------------------------------------------------------------------
def test_chances_become_steps_of_grades(school: Cast, told: SimpleNamespace) -> None:
    scale = scale_for(told.exam)
    passing, shares = in_steps(np.array([[0.9, 0.8, 0.5, 0.1]]), (40.0, 50.0, 60.0, 75.0), scale)
    assert passing.tolist() == [0.8]
    assert shares[0] == pytest.approx([0.1, 0.1, 0.3, 0.4, 0.1])
    assert np.isnan(in_steps(np.array([[0.9]]), (50.0,), scale)[1])
    material, _at = read(school.lakeside, on=TODAY, now=timezone.now())
    assert step_names(material) == ("E", "D", "C", "B", "A")


def test_any_number_of_grades_falls_into_five_steps() -> None:
    assert [step_of(place, 2) for place in range(2)] == [0, 4]
    assert [step_of(place, 9) for place in range(9)] == sorted(step_of(place, 9) for place in range(9))
    assert (step_of(0, 9), step_of(8, 9), step_of(0, 1)) == (0, 4, 4)


def test_a_bar_of_grades_is_as_long_as_its_place() -> None:
    parts = mix_parts((1, 0, 2, 1, 0))
    assert [(part.step, part.left, part.width) for part in parts] == [(1, 0, 25), (3, 25, 50), (4, 75, 25)]
    assert mix_parts((0, 0, 0, 0, 0)) == ()
    assert [part.step for part in mix_parts((0.001, 0, 10, 0, 0))] == [3]


def test_the_page_tells_all_of_it_and_notes_whose_names_it_showed(
    school: Cast, told: SimpleNamespace, client_as
) -> None:
    held = make.make_exam(told.tens, title="Heat", day=TODAY - make.timedelta(days=7))
    text = client_as(school.hana).get("/overview/").content.decode()
    assert "10A" in text
    assert held.title in text
    assert "12 marks missing" in text
    assert "expected: " in text, "each bar has its words"
    assert not AccessEvent.objects.filter(what="movers").exists()
    for asked in ("level=x", "level=-1", "level=%00", "level=" + "9" * 300, "part=none"):
        assert client_as(school.hana).get(f"/overview/?{asked}").status_code == 200


def test_the_figures_of_a_large_school_come_a_moment_after_the_page(
    school: Cast, told: SimpleNamespace, client_as, monkeypatch
) -> None:
    monkeypatch.setattr("predictions.web.overview.LARGE", 3)
    browser = client_as(school.hana)
    first = browser.get("/overview/?level=10").content.decode()
    assert "Counting the school’s figures" in first
    assert "part=all&amp;level=10" in first
    part = browser.get("/overview/?part=all", headers={"HX-Request": "true"}).content.decode()
    assert "10A" in part
    assert "<html" not in part
    assert "<html" in browser.get("/overview/?part=all").content.decode()


def test_it_needs_as_many_queries_for_many_students_as_for_few(school: Cast, told: SimpleNamespace) -> None:
    def ask() -> None:
        cache.clear()
        seen(school, "hana")
        gaps(school.lakeside, user=school.hana, on=TODAY)
        movers(school.lakeside, [told.exam.pk], user=school.hana, on=TODAY)

    with assert_queries(24) as few:
        ask()
    _class, more = make_class_of(school.lakeside, 30, name="10B", is_home_class=True, subject=told.physics)
    told.exam.classes.add(_class)
    say(told.run, told.exam, more, [60] * 30)
    with assert_queries(len(few)):
        ask()
