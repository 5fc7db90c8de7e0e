"""A class outlook as a table for CSV and Excel: the columns and rows of the screen, figures rounded as they are there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import sanitize_separators
from django.utils.translation import gettext_lazy as _

from portal.kit.spreadsheets import Column, Kind, Table, as_csv, as_xlsx
from predictions.outlooks.contract import OutlookRow
from predictions.reports.class_pdf import reasons_told
from students.summaries.counting import figure_told


@dataclass(frozen=True, slots=True)
class Facet:
    """One fact about a row: where the screen tells several in one column, a file has one for each."""

    label: Any
    cell: Callable[[OutlookRow], Any]
    kind: Kind = Kind.TEXT


def _number(told: str) -> Any:
    """What is read on screen, as a number; "under 1 %" and the like stay words."""
    bare = sanitize_separators(told.removesuffix("%").strip("\N{NO-BREAK SPACE} "))
    try:
        return float(bare) if "." in bare else int(bare)
    except ValueError:
        return told if bare not in {"", "–"} else None


def _marks(row: OutlookRow) -> str:
    return ", ".join(f"{mark:.0f}" for mark in row.marks)


def _last(row: OutlookRow) -> Any:
    return None if row.last_mark is None else _number(figure_told(row.last_mark, row.scale.pass_mark))


def _estimate(row: OutlookRow) -> Any:
    return None if row.estimate is None else _number(figure_told(float(row.estimate.percent), row.scale.pass_mark))


def _moved(row: OutlookRow) -> Any:
    return None if row.moved is None or row.moved.points is None else round(row.moved.points)


# By the keys of the screen's columns.
FACETS: dict[str, tuple[Facet, ...]] = {
    "name": (Facet(_("Student"), lambda row: row.student.name),),
    "marks": (
        Facet(_("Marks in whole percent"), _marks),
        Facet(_("Last mark in percent"), _last, Kind.PERCENT),
    ),
    "score": (
        Facet(_("Predicted in percent"), lambda row: _number(row.score_told), Kind.PERCENT),
        Facet(_("Range from"), lambda row: _number(row.low_told), Kind.PERCENT),
        Facet(_("Range to"), lambda row: _number(row.high_told), Kind.PERCENT),
    ),
    "passing": (
        Facet(_("Chance of passing in percent"), lambda row: _number(row.passing_told), Kind.PERCENT),
        Facet(_("Chance of passing"), lambda row: row.passing_words),
    ),
    "moved": (
        Facet(_("Change in whole points"), _moved, Kind.NUMBER),
        Facet(_("Why it changed"), lambda row: row.moved.sentence if row.moved else ""),
    ),
    "why": (Facet(_("Why"), lambda row: reasons_told(row.reasons, most=9)),),
    "quality": (Facet(_("How much is known"), lambda row: row.quality.word if row.quality else ""),),
    "estimate": (
        Facet(_("Own estimate in percent"), _estimate, Kind.PERCENT),
        Facet(_("Reason for it"), lambda row: row.estimate.reason if row.estimate else ""),
    ),
    "help": (Facet(_("Help under way"), lambda row: row.help),),
}
LAST = (Facet(_("Why there is no prediction"), lambda row: " ".join(filter(None, (row.sentence, row.remedy)))),)


def outlook_table(title: str, rows: Sequence[OutlookRow], keys: Sequence[str] = ()) -> Table:
    """`keys`: the columns that are shown, in their order; all of them where none is named. Rows in the order given."""
    chosen = ["name", *(key for key in keys or FACETS if key in FACETS and key != "name")]
    facets = [facet for key in chosen for facet in FACETS[key]]
    if not all(row.has_score for row in rows):
        facets += LAST
    heads = [Column(str(facet.label), facet.kind) for facet in facets]
    return Table(title, heads, [[facet.cell(row) for facet in facets] for row in rows])


def outlook_csv(title: str, rows: Sequence[OutlookRow], keys: Sequence[str] = ()) -> str:
    return as_csv(outlook_table(title, rows, keys))


def outlook_xlsx(title: str, rows: Sequence[OutlookRow], keys: Sequence[str] = ()) -> bytes:
    return as_xlsx(outlook_table(title, rows, keys))
