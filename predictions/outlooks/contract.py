"""What the outlooks tell, in one shape for page, file, paper and API: figures are rounded here and nowhere else."""

from dataclasses import dataclass, field
from datetime import date
from math import floor

from predictions.models import Judgement, ModelVersion, Prediction
from predictions.outlooks.chances import in_words, percent_told
from students.models import Exam, SchoolClass, Student
from students.summaries.counting import figure_told


def end_told(percent: float | None, pass_mark: float | None = None) -> str:
    """An end of a range in whole per cent. A lower end that lies just under the pass mark is not rounded up to it."""
    if percent is None:
        return "–"
    if pass_mark is not None and percent < pass_mark <= round(percent):
        percent = floor(percent)
    return figure_told(percent)


@dataclass(frozen=True, slots=True)
class Grade:
    """`least`: the lowest percentage that earns it; None for the grade below all boundaries."""

    name: str
    least: float | None
    is_pass: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """`grades` from the lowest to the highest; `boundaries` are the places of the hairlines."""

    pass_mark: float
    grades: tuple[Grade, ...] = ()

    @property
    def boundaries(self) -> tuple[float, ...]:
        return tuple(grade.least for grade in self.grades if grade.least is not None)


@dataclass(frozen=True, slots=True)
class Reason:
    """Points that a group of facts adds to the score or takes away, against the class's average (HOUSE ruling 16)."""

    label: str
    points: float
    is_changeable: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """What changed against what was shown a week before, or by the scoring before where nothing is that old.

    `points` is None where there was or is no score to compare.
    """

    points: float | None
    sentence: str
    cause: str = ""  # the largest part in one word: "new marks", "attendance", …
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Quality:
    """How much is known: `level` 0 (little), 1 (some) or 2 (much); `word` and `sentence` say it."""

    level: int
    word: str
    sentence: str


@dataclass(frozen=True, slots=True)
class OutlookRow:
    """One student and exam as one person sees them. Percentages of the exam's maximum; chances from 0 to 1.

    `chances`: of each grade of the scale, together 1; empty where the scoring did not ask for all of its boundaries.
    `reasons`, the largest first, count from `base`: the mean score of the class `versus`, or of everybody where that is
    empty; base and reasons make the score.

    `marks`: earlier marks in the subject, oldest first. `estimate`: the person's own that is in force, `estimates`:
    everybody's. `help`: help under way in a few words. Without a score `cause` says why, and `remedy` what would change it.
    """

    student: Student
    exam: Exam
    scale: Scale
    prediction: Prediction | None
    role: str = ""
    marks: tuple[float, ...] = ()
    passing: float | None = None
    chances: tuple[tuple[Grade, float], ...] = ()
    reasons: tuple[Reason, ...] = ()
    moved: Moved | None = None
    quality: Quality | None = None
    estimate: Judgement | None = None
    estimates: tuple[Judgement, ...] = ()
    help: str = ""
    sentence: str = ""
    remedy: str = ""
    base: float | None = None
    versus: str = ""

    @property
    def reaching(self) -> tuple[tuple[Grade, float], ...]:
        """The chance of each grade or a better one, for those with a boundary."""
        told, above = [], 0.0
        for grade, chance in reversed(self.chances):
            above += chance
            if grade.least is not None:
                told.append((grade, min(above, 1.0)))
        return tuple(reversed(told))

    @property
    def passing_words(self) -> str:
        return in_words(self.passing)

    @property
    def passing_told(self) -> str:
        return percent_told(self.passing)

    @property
    def width(self) -> float | None:
        """Of the range in points: how uncertain the score is."""
        low, high = (self.prediction.low_80, self.prediction.high_80) if self.prediction else (None, None)
        return None if low is None or high is None else high - low

    @property
    def score(self) -> float | None:
        return self.prediction.score if self.prediction else None

    @property
    def has_score(self) -> bool:
        return self.score is not None

    @property
    def last_mark(self) -> float | None:
        return self.marks[-1] if self.marks else None

    @property
    def score_told(self) -> str:
        return self._told(self.score)

    @property
    def low_told(self) -> str:
        return end_told(self.prediction.low_80 if self.prediction else None, self.scale.pass_mark)

    @property
    def high_told(self) -> str:
        return end_told(self.prediction.high_80 if self.prediction else None)

    def _told(self, percent: float | None) -> str:
        """Never rounded to the other side of the pass mark."""
        return "–" if percent is None else figure_told(percent, self.scale.pass_mark)

    @property
    def range_told(self) -> str:
        return f"{self.low_told}–{self.high_told}" if self.has_score else ""


@dataclass(frozen=True, slots=True)
class Trust:
    """How such predictions did in this school: `held` of `results` lay in the 80 % range. `sentence` for every page."""

    sentence: str
    results: int = 0
    held: float | None = None
    beats_simplest: bool | None = None
    is_measured: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """A class as one. `mix`: of each grade how many students are expected; `passes` with its 80 % range.

    `mix_ranges`: the 80 % range of each grade of `mix`. `condition`: under which these ranges hold. `last_mean`: of the
    class in the exam `last_exam` before.
    """

    scored: int
    unscored: int
    mean: float | None = None
    mean_low: float | None = None
    mean_high: float | None = None
    mix: tuple[tuple[Grade, float], ...] = ()
    passes: tuple[int, int, int] | None = None  # expected, low, high
    simplest: str = ""
    mix_ranges: tuple[tuple[int, int], ...] = ()
    condition: str = ""
    last_mean: float | None = None
    last_exam: str = ""

    @property
    def by_grade(self) -> tuple[tuple[Grade, float, int, int], ...]:
        """The best grade first: how many are expected, and from how many to how many."""
        pairs = zip(self.mix, self.mix_ranges, strict=True)
        return tuple((grade, count, low, high) for (grade, count), (low, high) in pairs)[::-1]


@dataclass(frozen=True, slots=True)
class ClassOutlook:
    """`exams`: the target exams of the class that lie ahead, to choose from; `exam` is the one that is told.

    `waits`: what has become known since, in sentences; `is_scoring`: a scoring of this exam is under way.
    """

    school_class: SchoolClass
    exam: Exam
    exams: tuple[Exam, ...]
    scale: Scale
    rows: tuple[OutlookRow, ...]
    summary: Summary
    trust: Trust
    as_of: date | None = None
    is_whole: bool = True
    may_judge: bool = False
    waits: tuple[str, ...] = field(default=())
    version: ModelVersion | None = None
    is_scoring: bool = False

    @property
    def newest_run(self) -> int:
        """The number of the last run of which something is shown."""
        return max((row.prediction.run_id for row in self.rows if row.prediction), default=0)
