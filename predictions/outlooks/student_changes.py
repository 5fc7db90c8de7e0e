"""Why a score changed: what was shown of it from scoring to scoring, with the reason for each step in words."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from predictions import changes
from predictions.changes_in_words import in_words
from predictions.models import Prediction
from students.models import Exam, Student
from students.summaries.counting import figure_told

MOST = 5


@dataclass(frozen=True, slots=True)
class Told:
    """One prediction as it was shown; `sentence` says why it differs from the one before."""

    day: date
    score: str
    range: str
    sentence: str


@dataclass(frozen=True, slots=True)
class History:
    """`told`, the newest first; `line` holds all scores for a small drawing, `count` how many there were."""

    told: tuple[Told, ...]
    line: tuple[tuple[date, float], ...]
    count: int


def history_of(student: Student, exam: Exam, *, user: Any, pass_mark: float) -> History:
    """One query; the model is opened once for each version."""
    shown = changes.history(student, exam, user=user)
    pairs = list(zip([None, *shown], shown, strict=False))[-MOST:]
    told = tuple(_told(each, pass_mark) for each in reversed(changes.changes(pairs)))
    line = tuple((each.run.as_of, each.score) for each in shown if each.score is not None)
    return History(told, line, len(shown))


def _told(change: changes.Change, pass_mark: float) -> Told:
    said = change.after
    return Told(said.run.as_of, _figure(said.score, pass_mark), _range(said, pass_mark), in_words(change))


def _range(said: Prediction, pass_mark: float) -> str:
    if said.score is None:
        return ""
    return f"{_figure(said.low_80, pass_mark)}–{_figure(said.high_80, pass_mark)}"


def _figure(percent: float | None, pass_mark: float) -> str:
    return "–" if percent is None else figure_told(percent, pass_mark)
