"""Charts of what lies ahead: everything stands on one line of time, and steps end where the next begin."""

from datetime import date, timedelta

from portal.kit.charts.ahead import MOST_LANES, SMALL, WIDE, Around, Event, Forecast, ahead
from portal.kit.charts.lines import Point
from portal.kit.charts.waterfall import waterfall

TODAY = date(2026, 5, 20)
POINTS = [Point(TODAY - timedelta(days=60), 40, "a"), Point(TODAY - timedelta(days=10), 61, "b")]
FORECAST = Forecast(TODAY + timedelta(days=40), 59, 46, 71, 38, 80, "told")


def test_the_range_stands_at_the_day_of_the_exam_and_inside_the_drawing() -> None:
    for size in (WIDE, SMALL):
        drawn = ahead(POINTS, Around(TODAY, FORECAST), grades=[("A", 80)], pass_mark=50, size=size)
        assert drawn.whisker is not None
        assert drawn.today is not None
        assert drawn.marks.dots[-1].x < drawn.today < drawn.whisker.x < size.width - size.right
        w = drawn.whisker
        assert w.high_95 < w.high_80 < w.y < w.low_80 < w.low_95
        assert drawn.link.startswith(f"{drawn.marks.dots[-1].x},")


def test_without_marks_or_prediction_something_is_drawn_all_the_same() -> None:
    empty = ahead([], Around(TODAY))
    assert empty.whisker is None
    assert empty.link == ""
    assert empty.marks.dots == ()
    alone = ahead([], Around(TODAY, FORECAST))
    assert alone.whisker is not None
    assert alone.link == ""


def test_help_at_the_same_time_lies_on_lanes_of_its_own_and_makes_the_drawing_higher() -> None:
    spans = [Event(TODAY - timedelta(days=30 - each), "help", TODAY + timedelta(days=9)) for each in range(5)]
    later = Event(TODAY + timedelta(days=10), "more", TODAY + timedelta(days=12))
    drawn = ahead(POINTS, Around(TODAY, FORECAST, [*spans, later], [Event(TODAY, "note")]))
    assert len({bar.y for bar in drawn.help}) == MOST_LANES
    assert drawn.help[-1].y == drawn.help[0].y
    assert drawn.notes[0].y > max(bar.y for bar in drawn.help) > drawn.foot
    assert drawn.marks.size.height > WIDE.height
    assert all(bar.ends > bar.x for bar in drawn.help)


def test_help_without_an_end_lasts_until_today() -> None:
    drawn = ahead(POINTS, Around(TODAY, FORECAST, [Event(TODAY - timedelta(days=20), "help")]))
    assert drawn.help[0].ends == drawn.today


def test_steps_of_a_waterfall_lead_from_the_first_figure_to_the_last() -> None:
    drawn = waterfall(50, [10, -4, 3])
    assert (drawn.low, drawn.high) == (50, 60)
    assert drawn.falls[-1].ends == drawn.end
    first, second, third = drawn.falls
    assert first.x == drawn.start
    assert round(first.x + first.width, 1) == first.ends
    assert round(second.x + second.width, 1) == first.ends
    assert second.ends == second.x
    assert [fall.is_up for fall in drawn.falls] == [True, False, True]
    assert third.x == second.x


def test_small_steps_look_small() -> None:
    drawn = waterfall(58.7, [0.3, -0.1])
    assert drawn.high - drawn.low >= 10
    assert all(fall.width < 10 for fall in drawn.falls)
    assert waterfall(58.7, []).start == waterfall(58.7, []).end
