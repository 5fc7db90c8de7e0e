"""The shape in which a row of an outlook leaves through the API: figures as they are told on the page, as numbers."""

from typing import Any

from predictions.models import Judgement
from predictions.outlooks.contract import ClassOutlook, OutlookRow
from predictions.outlooks.tables import chance_figure, figure, moved_figure, simplest_figure


def row_shape(row: OutlookRow) -> dict[str, Any]:
    """Percentages of the exam's maximum, chances in whole per cent. Without a score `cause` says why."""
    said = row.prediction
    return {
        "student": {"id": row.student.pk, "name": row.student.name},
        "exam": {"id": row.exam.pk, "title": row.exam.title, "day": row.exam.day, "subject": row.exam.subject.name},
        "as_of": said.run.as_of if said else None,
        "version": said.run.version.number if said else None,
        "score": figure(row.score_told),
        "low": figure(row.low_told),
        "high": figure(row.high_told),
        "simplest": simplest_figure(row),
        "passing": chance_figure(row.passing),
        "passing_words": row.passing_words,
        "chances": [{"grade": grade.name, "percent": round(100 * chance, 1)} for grade, chance in row.chances],
        "base": None if row.base is None else round(row.base, 1),
        "base_of": row.versus,
        "reasons": [
            {"label": each.label, "points": round(each.points, 1), "can_change": each.is_changeable}
            for each in row.reasons
        ],
        "moved": _moved(row),
        "known": {"level": row.quality.level, "word": row.quality.word} if row.quality else None,
        "estimate": _estimate(row.estimate) if row.estimate else None,
        "estimates": [_estimate(each) for each in row.estimates],
        "help": row.help,
        "cause": None if row.has_score else {"code": said.cause if said else "", "sentence": row.sentence, "remedy": row.remedy},
    }  # fmt: skip


def class_shape(outlook: ClassOutlook) -> dict[str, Any]:
    """`summary` is null for who does not see the whole class."""
    summary = outlook.summary
    told = None
    if outlook.is_whole and summary.mean is not None:
        told = {
            "mean": round(summary.mean),
            "mean_low": round(summary.mean_low or 0),
            "mean_high": round(summary.mean_high or 0),
            "passes": summary.passes and dict(zip(("expected", "low", "high"), summary.passes, strict=True)),
            "grades": [
                {"grade": grade.name, "expected": round(count, 1), "low": low, "high": high}
                for grade, count, low, high in summary.by_grade
            ],
        }
    return {
        "class": {"id": outlook.school_class.pk, "name": outlook.school_class.name},
        "exam": {"id": outlook.exam.pk, "title": outlook.exam.title, "day": outlook.exam.day},
        "pass_mark": outlook.scale.pass_mark,
        "trust": outlook.trust.sentence,
        "summary": told,
        "rows": [row_shape(row) for row in outlook.rows],
    }


def _moved(row: OutlookRow) -> dict[str, Any] | None:
    if row.moved is None:
        return None
    return {
        "points": moved_figure(row),
        "cause": row.moved.cause,
        "since": row.moved.since,
        "sentence": row.moved.sentence,
    }


def _estimate(each: Judgement) -> dict[str, Any]:
    return {"by": each.by.name, "percent": float(each.percent), "reason": each.reason, "expires": each.expires}
