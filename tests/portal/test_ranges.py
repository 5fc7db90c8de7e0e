"""A score with its range on the axis from 0 to 100."""

from types import SimpleNamespace
from typing import Any

from django.template import Context, Template

from portal.kit.charts.ranges import range_axis, range_bar, shares_bar

GRADES = [("E", 0.0), ("D", 40.0), ("C", 50.0), ("B", 65.0), ("A", 80.0)]


def row(score: float | None = 46.0, own: float | None = None, others: tuple[float, ...] = ()) -> Any:
    estimates = [SimpleNamespace(pk=pk, percent=each) for pk, each in enumerate((*others, *((own,) if own else ())))]
    grades = [SimpleNamespace(name=name, least=least or None) for name, least in GRADES]
    return SimpleNamespace(
        score=score, score_told="46", low_told="38", high_told="55",
        prediction=SimpleNamespace(low_80=38.0, high_80=55.0, low_95=30.0, high_95=62.0),
        scale=SimpleNamespace(pass_mark=50.0, boundaries=(40.0, 50.0, 65.0, 80.0), grades=grades),
        estimate=estimates[-1] if own else None, estimates=estimates,
    )  # fmt: skip


def drawn(each: Any, tag: str = "score_range row") -> str:
    return Template(f"{{% load ranges %}}{{% {tag} %}}").render(Context({"row": each, "scale": each.scale}))


def test_places_are_percentages_so_that_every_row_has_the_same_axis() -> None:
    bar = range_bar(46.0, (38.0, 55.0), pass_mark=50.0, boundaries=(40.0, 50.0, 65.0))
    assert (bar.left, bar.width, bar.dot, bar.pass_at) == (38.0, 17.0, 46.0, 50.0)
    assert bar.is_below
    assert bar.lines == (40.0, 65.0)  # the pass mark has a line of its own


def test_what_lies_outside_of_the_scale_is_drawn_at_its_edge() -> None:
    bar = range_bar(99.0, (91.0, 104.0), pass_mark=50.0, own=120.0, others=(-3.0,), wide=(80.0, 130.0))
    assert (bar.left, bar.width) == (91.0, 9.0)
    assert (bar.own, bar.others, bar.wide) == ((100.0,), (0.0,), (80.0, 20.0))


def test_the_names_of_grades_stand_in_their_bands_where_there_is_room() -> None:
    axis = range_axis(GRADES, pass_mark=50.0)
    assert [(word.at, word.text) for word in axis.words] == [
        (20.0, "E"), (45.0, "D"), (57.5, "C"), (72.5, "B"), (90.0, "A"),
    ]  # fmt: skip
    narrow = range_axis([("ungenügend", 0.0), ("gut", 96.0), ("sehr gut", 98.0)], pass_mark=96.0)
    assert [word.text for word in narrow.words] == ["ungenügend"]


def test_the_drawing_is_told_in_words_with_whose_estimate_is_whose() -> None:
    html = drawn(row(own=53.0, others=(61.0,)))
    assert (
        'aria-label="Predicted 46, likely between 38 and 55; pass mark 50; your estimate 53; estimates of others: 61"'
        in html
    )
    assert html.count('class="own"') == html.count('class="other"') == 1
    assert 'cx="46.0%"' in html
    assert "wide" not in html
    assert 'class="wide"' in drawn(row(), "score_range row has_wide=True")


def test_without_a_score_nothing_is_drawn() -> None:
    assert "<svg" not in drawn(row(score=None))


def test_above_the_column_stand_the_grades_and_the_pass_mark() -> None:
    html = drawn(row(), "score_axis scale")
    assert "pass 50" in html
    assert html.count("<text") == 6


def test_the_words_in_a_bar_of_shares_make_the_whole_together() -> None:
    shares = shares_bar([("E", 3.4), ("D", 3.3), ("C", 5.9), ("B", 4.3), ("A", 2.1)])
    assert [each.word for each in shares] == ["E 4", "D 3", "C 6", "B 4", "A 2"]
