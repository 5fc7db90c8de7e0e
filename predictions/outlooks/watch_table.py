"""The watchlist as a file: the rows of the screen, numbers as numbers."""

from typing import Any

from django.utils.translation import gettext as _

from portal.kit.figures import number_of
from portal.kit.spreadsheets import Column, Kind, Table
from predictions.outlooks.watchlist import Listed, Watchlist


def watch_table(told: Watchlist) -> Table:
    columns = (
        Column(_("Place"), Kind.NUMBER),
        Column(_("Name")),
        Column(_("Grade level"), Kind.NUMBER),
        Column(_("Exam")),
        Column(_("Subject")),
        Column(_("Day"), Kind.DAY),
        Column(_("Score"), Kind.PERCENT),
        Column(_("Range from"), Kind.PERCENT),
        Column(_("Range to"), Kind.PERCENT),
        Column(_("Chance of reaching %s") % told.boundary, Kind.PERCENT),
        Column(_("What could be changed")),
        Column(_("Points that go with it"), Kind.NUMBER),
        Column(_("Help under way")),
    )
    return Table(_("Watchlist"), columns, [_row(each) for each in told.listed])


def _row(each: Listed) -> list[Any]:
    row = each.row
    return [
        each.place,
        row.student.name,
        row.student.grade_level,
        row.exam.title,
        row.exam.subject.name,
        row.exam.day,
        _number(row.score_told),
        _number(row.low_told),
        _number(row.high_told),
        round(100 * each.chance),
        ", ".join(reason.label for reason in each.could),
        round(each.points, 1),
        row.help,
    ]


def _number(told: str) -> float:
    """As it is read on the screen, and still a number."""
    value = number_of(told)
    return int(value) if value.is_integer() else value
