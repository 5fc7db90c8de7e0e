"""Charts: places within the drawing, ticks that people count in, and words that say what is drawn."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.template import Context, Template
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.kit.charts.calendar import CELL, month_calendar
from portal.kit.charts.lines import SMALL, WIDE, Point, time_chart, trend_line
from portal.kit.charts.scales import Days, Linear, month_ticks, nice_ticks

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
GRADES = (("E", 0.0), ("D", 40.0), ("C", 50.0), ("B", 65.0), ("A", 80.0))
YEAR = (date(2025, 9, 1), date(2026, 8, 31))


@given(NUMBERS, NUMBERS, NUMBERS, st.floats(0, 500), st.floats(0, 500))
def test_every_number_has_a_place_within_the_drawing(least, most, value, first, last) -> None:
    place = Linear(least, most, first, last).place(value)
    assert min(first, last) - 0.05 <= place <= max(first, last) + 0.05


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_a_larger_number_never_stands_lower(least, most, one, other) -> None:
    assume(least < most)
    scale = Linear(least, most, 200, 0)
    low, high = sorted((one, other))
    assert scale.place(high) <= scale.place(low)


@given(DAYS, st.integers(1, 4000))
def test_the_first_and_the_last_day_stand_at_the_ends(starts, length) -> None:
    scale = Days(starts, starts + timedelta(days=length), 30, 330)
    assert (scale.place(starts), scale.place(starts + timedelta(days=length))) == (30, 330)


def test_a_span_of_one_value_stands_in_the_middle() -> None:
    assert Linear(5, 5, 0, 100).place(5) == 50
    assert Days(YEAR[0], YEAR[0], 0, 100).place(YEAR[0]) == 50


@given(NUMBERS, st.floats(0.001, 1e6), st.integers(2, 10))
def test_ticks_are_few_rise_evenly_and_lie_within(least, width, wanted) -> None:
    most = least + width
    assume(most > least and width > abs(least) * 1e-6)
    ticks = nice_ticks(least, most, wanted)
    assert len(ticks) <= wanted + 1
    steps = {round(after - before, 6) for before, after in pairwise(ticks)}
    assert all(step > 0 for step in steps)
    assert not steps or max(steps) - min(steps) <= 1e-5 * max(steps)
    assert all(least - width * 1e-6 <= tick <= most + width * 1e-6 for tick in ticks)


@pytest.mark.parametrize(
    ("span", "told"), [((0, 100), [0, 20, 40, 60, 80, 100]), ((3, 9), [4, 6, 8]), ((0, 0.7), [0, 0.2, 0.4, 0.6])]
)
def test_ticks_are_numbers_that_people_count_in(span, told) -> None:
    assert nice_ticks(*span) == told
    assert nice_ticks(5, 5) == [5]


@given(DAYS, st.integers(0, 9000), st.integers(2, 12))
def test_months_are_first_days_within_the_span_and_never_too_many(starts, length, most) -> None:
    ends = starts + timedelta(days=length)
    months = month_ticks(starts, ends, most)
    assert len(months) <= most
    assert all(month.day == 1 and starts <= month <= ends for month in months)
    assert months == sorted(set(months))


def test_a_year_is_counted_in_every_second_month_with_january_among_them() -> None:
    assert [month.month for month in month_ticks(*YEAR)] == [9, 11, 1, 3, 5, 7]


def _points(*percents: float) -> list[Point]:
    return [
        Point(YEAR[0] + timedelta(days=20 * index), value, f"Test {index}, {value:g} %")
        for index, value in enumerate(percents)
    ]


@given(st.lists(st.floats(-20, 140), max_size=60))
def test_marks_stay_inside_the_frame_whatever_they_are(percents) -> None:
    chart = time_chart(_points(*percents)[:18], YEAR, grades=GRADES, pass_mark=50)
    assert all(SMALL.left <= dot.x <= chart.inner_right for dot in chart.dots)
    assert all(SMALL.top <= dot.y <= SMALL.height - SMALL.bottom for dot in chart.dots)


@pytest.mark.parametrize("size", [SMALL, WIDE])
@pytest.mark.parametrize("pass_mark", [0, 3, 40, 50, 54, 60, 97, 100, None])
def test_words_at_the_side_never_stand_on_one_another(size, pass_mark) -> None:
    chart = time_chart(_points(40, 60), YEAR, grades=GRADES, pass_mark=pass_mark, size=size)
    left = [line.at for line in (*chart.axis, chart.pass_line) if line and line.word]
    right = [line.middle for line in chart.grades if line.word]
    for places in (sorted(left), sorted(right)):
        assert all(below - above >= 11 for above, below in pairwise(places))


def test_a_band_too_thin_for_its_letter_goes_without() -> None:
    thin = (("C", 50.0), ("C+", 52.0), ("B", 54.0))
    words = [line.word for line in time_chart(_points(50), YEAR, grades=thin).grades]
    assert words == ["", "", "B"]


def test_the_text_alternative_says_every_mark_that_is_drawn() -> None:
    points = _points(31.4, 62, 80)
    source = '{% load charts %}{% marks_over_time "m" "Art" points span %}'
    drawn = Template(source).render(Context({"points": points, "span": YEAR}))
    assert drawn.count("<circle") == len(points)
    told = re.search(r"<desc[^>]*>(.*?)</desc>", drawn).group(1)
    assert told == "Test 0, 31.4 %. Test 1, 62 %. Test 2, 80 %. "
    assert 'role="img"' in drawn
    assert "style=" not in drawn


def test_a_trend_needs_two_values_and_keeps_to_its_bounds() -> None:
    assert trend_line([(YEAR[0], 3)]) is None
    assert trend_line([]) is None
    line = trend_line([(YEAR[0], 0), (YEAR[1], 10)], 0, 10)
    assert line.points == "4.0,27.0 115.0,5.0"
    assert trend_line([(YEAR[0], 2), (YEAR[1], 2)]).dot == (115.0, 16.0)


@given(DAYS, st.integers(0, 400))
def test_a_calendar_holds_every_weekday_of_its_span_once_and_none_on_another(starts, length) -> None:
    ends = starts + timedelta(days=length)
    months = month_calendar({}, (starts, ends))
    shown = [cell.day for month in months for cell in month.cells]
    every = [starts + timedelta(days=number) for number in range(length + 1)]
    assert shown == [day for day in every if day.weekday() < 5]
    for month in months:
        assert len({(cell.x, cell.y) for cell in month.cells}) == len(month.cells)
        assert all(cell.x + CELL <= month.width and cell.y + CELL <= month.height for cell in month.cells)


def test_a_roll_on_a_saturday_gives_the_weekend_its_columns() -> None:
    saturday = date(2026, 10, 3)
    (month,) = month_calendar({saturday: "present"}, (date(2026, 10, 1), date(2026, 10, 31)))
    assert len(month.columns) == 7
    assert month.count("present") == 1


def test_the_calendar_says_in_words_what_each_month_held() -> None:
    days = {date(2026, 10, 1): "present", date(2026, 10, 2): "absent", date(2026, 10, 5): "late"}
    source = "{% load charts %}{% day_calendar days span %}"
    drawn = Template(source).render(Context({"days": days, "span": (date(2026, 10, 1), date(2026, 10, 9))}))
    assert "October 2026: present 1, late 1, excused 0, absent 1" in drawn
    assert "2 October, absent" in drawn
    assert "7 October</title>" in drawn
