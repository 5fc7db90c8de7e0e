"""What the sources of reports need to draw: a range on its axis, and what stands in the head and foot of every page."""

from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from predictions.outlooks.contract import OutlookRow, Scale


def day_told(day: date) -> str:
    return date_format(day, "j F Y")


def frame(title: str, school: Any, on: date) -> dict[str, Any]:
    """The foot says whose it is and of which day, so that a page that lies about alone can be put back."""
    day = day_told(on)
    return {"title": title, "school": school.name, "date": day, "foot": f"{school.name} · {title} · {day}"}


def grades_of(scale: Scale) -> list[dict[str, Any]]:
    """From the lowest to the highest, each from where it begins to where the next one does."""
    starts = [grade.least or 0.0 for grade in scale.grades]
    ends = [*starts[1:], 100.0]
    return [
        {"name": grade.name, "from": start, "to": end}
        for grade, start, end in zip(scale.grades, starts, ends, strict=True)
    ]


def range_of(row: OutlookRow) -> dict[str, Any] | None:
    """None where there is no score. The text alternative says what the drawing shows."""
    said = row.prediction
    if said is None or said.score is None or said.low_80 is None or said.high_80 is None:
        return None
    mark = number_format(f"{row.scale.pass_mark:g}")
    told = {"low": row.low_told, "high": row.high_told, "score": row.score_told, "mark": mark}
    return {
        "low": _inside(said.low_80),
        "high": _inside(said.high_80),
        "score": _inside(said.score),
        "pass": _inside(row.scale.pass_mark),
        "pass_label": _("pass mark %s") % mark,
        "is_below": said.score < row.scale.pass_mark,
        "grades": grades_of(row.scale),
        "alt": _(
            "On an axis from 0 to 100 per cent the range goes from %(low)s to %(high)s, with %(score)s in its middle and "
            "the pass mark at %(mark)s."
        )
        % told,
    }


def _inside(percent: float) -> float:
    return round(min(100.0, max(0.0, float(percent))), 2)
