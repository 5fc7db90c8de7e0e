"""A class outlook as a file: the rows and columns of the screen as a table, figures as they are told there."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from portal.kit.spreadsheets import Column, Kind, Table
from predictions.outlooks.class_view import ClassView, likeliest_place
from predictions.outlooks.contract import OutlookRow
from students.summaries.counting import figure_told

Cells = list[tuple[str, Kind, Callable[[OutlookRow], Any]]]


def outlook_table(view: ClassView) -> Table:
    """Percentages are rounded as on screen; what has several figures there has several columns here."""
    cells = [cell for key in ("name", *view.keys) for cell in _cells(key)]
    heads = [Column(label, kind) for label, kind, _cell in cells]
    rows = [[cell(row) for _label, _kind, cell in cells] for row in view.rows]
    return Table(f"{view.outlook.school_class.name} {view.outlook.exam.title}", heads, rows)


def _cells(key: str) -> Cells:
    """One column of the screen as columns of a file. “Likely range” is the picture of what stands under “Predicted”."""
    told: dict[str, Cells] = {
        "name": [(_("Student"), Kind.TEXT, lambda row: row.student.name)],
        "marks": [(_("Marks in whole percent"), Kind.TEXT, lambda row: ", ".join(f"{each:.0f}" for each in row.marks))],
        "score": [
            (_("Predicted percent"), Kind.PERCENT, lambda row: figure(row.score_told)),
            (_("Likely from percent"), Kind.PERCENT, lambda row: figure(row.low_told)),
            (_("Likely to percent"), Kind.PERCENT, lambda row: figure(row.high_told)),
            (_("Why no prediction"), Kind.TEXT, lambda row: row.sentence),
        ],
        "passing": [
            (_("Chance of passing in percent"), Kind.PERCENT, lambda row: chance_figure(row.passing)),
            (_("Chance of passing in words"), Kind.TEXT, lambda row: row.passing_words),
        ],
        "moved": [
            (_("Moved by points"), Kind.NUMBER, moved_figure),
            (_("Mostly by"), Kind.TEXT, lambda row: row.moved.cause if row.moved else ""),
            (_("Moved since"), Kind.DAY, lambda row: row.moved.since if row.moved else None),
        ],
        "why": [(_("Why, in points"), Kind.TEXT, why_told)],
        "quality": [(_("What is known"), Kind.TEXT, lambda row: row.quality.word if row.quality else "")],
        "estimate": [
            (_("Your estimate in percent"), Kind.PERCENT, estimate_figure),
            (_("Estimates of others"), Kind.TEXT, others_told),
        ],
        "help": [(_("Help under way"), Kind.TEXT, lambda row: row.help)],
        "grade": [(_("Likeliest grade"), Kind.TEXT, grade_told)],
        "simplest": [(_("Simplest guess in percent"), Kind.PERCENT, simplest_figure)],
    }
    return told.get(key, [])


def figure(told: str) -> float | int | None:
    """A figure as it is told on screen, as a number; nothing where there is none."""
    bare = told.removesuffix("–")
    return (float(bare) if "." in bare else int(bare)) if bare else None


def chance_figure(chance: float | None) -> int | None:
    """In whole per cent from 1 to 99, as it is told."""
    return None if chance is None else min(99, max(1, round(chance * 100)))


def moved_figure(row: OutlookRow) -> float | None:
    points = row.moved.points if row.moved else None
    return None if points is None else round(points)


def estimate_figure(row: OutlookRow) -> float | int | None:
    return None if row.estimate is None else figure(f"{row.estimate.percent:g}")


def simplest_figure(row: OutlookRow) -> float | int | None:
    guess = row.prediction.baseline if row.prediction and row.has_score else None
    return None if guess is None else figure(figure_told(guess, row.scale.pass_mark))


def grade_told(row: OutlookRow) -> str:
    place = likeliest_place(row)
    return "" if place is None else row.chances[place][0].name


def others_told(row: OutlookRow) -> str:
    others = [each for each in row.estimates if each != row.estimate]
    return ", ".join(f"{each.by.name}: {each.percent:g}" for each in others)


def why_told(row: OutlookRow) -> str:
    return ", ".join(f"{each.points:+.1f} {each.label}".replace("-", "\N{MINUS SIGN}") for each in row.reasons[:3])
