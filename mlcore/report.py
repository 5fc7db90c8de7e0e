"""What a training run found out, as plain facts: the card, the pages and the gate all read these and nothing else."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and the interval in which it would lie in 95 of 100 such schools; NaN-free: None is 'cannot be said'."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Errors:
    """How far scores lay from results, in points of 100, over `rows` samples of `students` students."""

    rows: int
    students: int
    mae: Figure
    rmse: Figure
    r2: Figure
    within_5: Figure
    bias: Figure


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often results fell into the ranges, and how wide those were in points."""

    rows: int
    hit_80: Figure
    hit_95: Figure
    width_80: float | None
    width_95: float | None


@dataclass(frozen=True, slots=True)
class Slice:
    """The same figures for one part: by 'subject', 'grade_level', 'lead', 'history', 'kind' or a protected column."""

    by: str
    name: str
    errors: Errors
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class Tried:
    """One candidate: its error by cross-validation on the past only. `dropped`: why it was not tried further.

    `spread`: the same error with its interval over students, of those that were tried on every part.
    """

    name: str
    label: str
    params: dict[str, Any]
    rmse: float | None
    mae: float | None
    fits: int
    is_baseline: bool
    can_serve: bool
    weight: float = 0.0
    dropped: str = ""
    spread: Figure | None = None


@dataclass(frozen=True, slots=True)
class ChanceBin:
    """Among `rows` chances from `low` to `high`: what was said on average, and how often it happened."""

    low: float
    high: float
    rows: int
    said: float
    happened: float


@dataclass(frozen=True, slots=True)
class Chances:
    """How good the chances of reaching one boundary were."""

    boundary: float
    brier: Figure
    brier_of_base_rate: float | None
    bins: tuple[ChanceBin, ...]


@dataclass(frozen=True, slots=True)
class Flagging:
    """'May miss the pass mark': of the `share` of students flagged first, how many missed it, and how many misses that found."""

    share: float
    flagged: int
    precision: Figure
    recall: Figure


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the gate, readable by a person."""

    name: str
    sentence: str
    passed: bool
    figure: float | None = None
    wanted: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    fit_to_serve: bool
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """Students with this amount of earlier results: how many samples, and how wide their range is against knowing nothing."""

    label: str
    least: int
    rows: int
    width_80: float | None
    share_of_blind_width: float | None


@dataclass(frozen=True, slots=True)
class Sufficiency:
    """How many earlier results a student needs before a score is given, how that was chosen, and the figures behind it."""

    least_history: int
    chosen_from_data: bool
    sentence: str
    steps: tuple[HistoryStep, ...]


@dataclass(frozen=True, slots=True)
class DataFacts:
    """What the run learned from; `split` is 'time' or 'student', `cut` the first day of the holdout."""

    students: int
    exams: int
    results: int
    samples: int
    first_exam: str
    last_exam: str
    subjects: tuple[str, ...]
    split: str
    cut: str
    holdout_rows: int
    fingerprint: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorstCase:
    """A sample of the holdout with one of the largest errors; keys as in the tables, never a name."""

    student: str
    exam: str
    lead: int
    predicted: float
    actual: float
    low_80: float
    high_80: float


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The error on the holdout when the same champion learned from fewer rows."""

    rows: int
    rmse: float
    mae: float


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group of a protected column. `suppressed`: fewer than 10 students, so no figures.

    `flag_rate`: how many are flagged as likely to miss the pass mark; `miss_rate`: how many who missed it were not flagged.
    """

    column: str
    name: str
    students: int
    rows: int
    suppressed: bool
    mae: Figure
    rmse: Figure
    r2: Figure
    within_5: Figure
    bias: Figure
    hit_80: Figure
    hit_95: Figure
    flag_rate: Figure
    miss_rate: Figure


@dataclass(frozen=True, slots=True)
class Fairness:
    """Figures by group, the largest gaps, and what using or leaving out the protected features does to the error."""

    rows: tuple[GroupRow, ...]
    gaps: tuple[tuple[str, str, float], ...]  # column, figure, largest difference between two groups
    rmse_with_protected: Figure | None = None
    rmse_without_protected: Figure | None = None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class TrainingReport:
    spec: dict[str, Any]
    data: DataFacts
    champion: str
    champion_label: str
    candidates: tuple[Tried, ...]
    errors: Errors
    baseline: str
    baseline_label: str
    baseline_errors: Errors
    gain: Figure  # share of the best baseline's RMSE that the champion saves
    coverage: Coverage
    slices: tuple[Slice, ...]
    chances: tuple[Chances, ...]
    flagging: tuple[Flagging, ...]
    sufficiency: Sufficiency
    verdict: Verdict
    fairness: Fairness
    learning_curve: tuple[CurvePoint, ...]
    worst: tuple[WorstCase, ...]
    importance: tuple[tuple[str, float], ...]  # group of features, mean absolute points
    notes: tuple[str, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
