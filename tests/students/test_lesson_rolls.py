"""Rolls beside the daily one: of classes that are no home classes, and of days on which no roll is expected."""

import re

import pytest

from students.models import AttendanceMark
from tests import make
from tests.cast import Cast
from tests.students.test_roll_pages import BEFORE, address


@pytest.fixture
def blank(school: Cast) -> Cast:
    AttendanceMark.objects.all().delete()
    return school


def test_a_teacher_without_a_home_class_is_told_where_to_go(blank: Cast, client_as) -> None:
    blank.maths.is_home_class = False
    blank.maths.save()
    page = client_as(blank.ada).get("/roll/")
    assert "No daily roll is yours" in page.text
    assert page.context["lessons"] == [blank.maths]
    assert f'href="/classes/{blank.maths.pk}/roll/">Lesson roll' in page.text


def test_the_roll_of_a_lesson_says_what_it_is_nags_about_no_gaps_and_leads_back_to_the_class(
    blank: Cast, client_as
) -> None:
    home = make.make_class(blank.lakeside, "Home 9C", is_home_class=True)
    for day in BEFORE[:3]:
        make.make_mark(blank.sam, home, day=day)
    ada = client_as(blank.ada)
    assert len(ada.get(address(blank, anyway="1")).context["roll"].gaps) == 3
    blank.maths.is_home_class = False
    blank.maths.save()
    page = ada.get(address(blank, anyway="1"))
    assert page.context["roll"].gaps == ()
    assert "A lesson roll: kept for this class, not counted in daily attendance." in page.text
    assert re.search(rf'id="roll-done" href="/classes/{blank.maths.pk}/"', page.text)


def test_nobody_misses_a_roll_on_a_weekend(blank: Cast, client_as) -> None:
    page = client_as(blank.hana).get("/roll/")
    is_expected = make.TODAY.weekday() < 5
    assert page.context["is_expected"] == is_expected
    assert ("Not yet" in page.text) == ("0 of 1 home classes" in page.text) == is_expected
