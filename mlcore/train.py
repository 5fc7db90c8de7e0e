"""The whole recipe of a training run: from a school's tables and a spec to a bundle and its report."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlcore import metrics, trial
from mlcore.arrays import Floats
from mlcore.background import Reference
from mlcore.bundle import Bundle, fingerprint
from mlcore.errors import NotEnoughData
from mlcore.explain import explainer
from mlcore.features.base import Matrix
from mlcore.features.matrix import build_matrix
from mlcore.gate import Facts, verdict
from mlcore.lesson import Lesson, lay_out
from mlcore.named import facts_of
from mlcore.report import DataFacts, TrainingReport
from mlcore.search import Choice, SearchPlan, choose
from mlcore.spec import Progress, Stop, TrainSpec, never, silent
from mlcore.sufficiency import too_little
from mlcore.tables import SchoolTables
from mlcore.trial import Trial, clipped, fitted, hold

BEFORE, AFTER = 1, 4  # steps told before and after those of the search


@dataclass(frozen=True)
class Outcome:
    """What a run leaves: what serves, and what was found out about it."""

    bundle: Bundle
    report: TrainingReport


def train(
    tables: SchoolTables,
    spec: TrainSpec,
    *,
    seed: int = 0,
    on_progress: Progress = silent,
    stop: Stop = never,
) -> Outcome:
    """Learn from everything known on `spec.as_of`. The same tables, spec and seed give the same bundle.

    Raises SchemaMismatch and NotEnoughData. `stop` is asked before each fit; stopped early, the best so far is kept.
    """
    tables.check()
    on_progress(0, 1, "Laying out what is known.")
    lesson = lay_out(tables, spec, seed)
    steps = _Steps(on_progress)
    choice = _chosen(lesson, spec, seed, steps, stop)
    steps.tell("Trying the choice on the last exams, which nothing has seen yet.")
    tried = hold(lesson, choice, spec, seed)
    if len(tried.rows) < 2:
        raise NotEnoughData(
            "No student of the last exams had enough earlier results for a score, so nothing can be judged."
        )
    report = _report(tried, spec, steps)
    steps.tell("Learning from everything, for use.")
    bundle = _for_use(tried, spec, report, seed)
    steps.tell("Done.")
    return Outcome(bundle, report)


class _Steps:
    """Progress of the search, and of what comes before and after it, as one count."""

    def __init__(self, on_progress: Progress) -> None:
        self._on_progress = on_progress
        self._done = BEFORE
        self._total = BEFORE + 1 + AFTER

    def searching(self, done: int, total: int, sentence: str) -> None:
        self._done, self._total = BEFORE + done, BEFORE + total + AFTER
        self._on_progress(self._done, self._total, sentence)

    def tell(self, sentence: str) -> None:
        self._done = min(self._done + 1, self._total)
        self._on_progress(self._done, self._total, sentence)


def _chosen(lesson: Lesson, spec: TrainSpec, seed: int, steps: _Steps, stop: Stop) -> Choice:
    learn = lesson.split.learn
    plan = SearchPlan(spec.effort, seed, spec.threads, spec.most_fits)
    whose = lesson.whose[learn]
    return choose(lesson.matrix.take(learn), lesson.y[learn], lesson.split.folds, plan, steps.searching, stop, whose)


def _report(tried: Trial, spec: TrainSpec, steps: _Steps) -> TrainingReport:
    errors = metrics.errors(tried.y, tried.predicted, tried.whose, tried.seed)
    baseline_errors = metrics.errors(tried.y, tried.baseline, tried.whose, tried.seed)
    gain = metrics.gain(tried.y, tried.predicted, tried.baseline, tried.whose, tried.seed)
    coverage = metrics.coverage(tried.y, tried.held, tried.whose, tried.seed)
    slices = trial.parts(tried)
    by_exam = metrics.errors(
        tried.y, tried.predicted, tried.lesson.samples.rows["exam"].to_numpy()[tried.rows], tried.seed
    )  # among students it had not met the same exams were learned from, so their luck is no excuse there
    label = tried.choice.baseline.label
    whole = tried.lesson.split.kind == "time"
    facts = Facts(errors, baseline_errors, label, gain, coverage, slices, spec.floors, by_exam if whole else None)
    steps.tell("Comparing groups, and learning from fewer students.")
    return TrainingReport(
        spec=spec.as_dict(),
        data=_data_facts(tried.lesson),
        champion=tried.champion.name,
        champion_label=tried.champion.label,
        candidates=tried.choice.tried,
        errors=errors,
        baseline=tried.choice.baseline.name,
        baseline_label=label,
        baseline_errors=baseline_errors,
        gain=gain,
        coverage=coverage,
        slices=trial.told_parts(tried, slices),
        chances=trial.reliability(tried, spec),
        flagging=trial.flagging(tried, spec),
        sufficiency=tried.sufficiency,
        verdict=verdict(facts),
        fairness=trial.groups(tried, spec, _other_matrix(tried.lesson, spec)),
        learning_curve=trial.learning_curve(tried),
        worst=trial.worst(tried),
        importance=trial.weights_of_reasons(tried),
        notes=_notes(tried),
    )


def _for_use(tried: Trial, spec: TrainSpec, report: TrainingReport, seed: int) -> Bundle:
    """The same recipe learned from all rows; its ranges from all that was said of rows unseen."""
    lesson = tried.lesson
    everything = np.arange(len(lesson.y))
    champion = fitted(tried.choice.champion, lesson.matrix.values, lesson.y)
    unseen = _said_unseen(tried)
    widths = tried.held.high_80 - tried.held.low_80
    scores = clipped(champion.predict(lesson.matrix.values))
    scores[too_little(lesson.context["history"].to_numpy(), tried.sufficiency)] = np.nan  # they get none, now or later
    reference = Reference.of(lesson.matrix, scores, lesson.whose)
    return Bundle.of(
        schema=lesson.matrix.schema,
        champion=champion,
        ranges=trial.ranges_of(lesson, everything, unseen, seed),
        explainer=explainer(champion, lesson.matrix.schema, lesson.matrix),
        sufficiency=tried.sufficiency,
        reference=reference.with_errors(widths, tried.predicted - tried.y),
        report=report.as_dict(),
        seed=seed,
    )


def _said_unseen(tried: Trial) -> Floats:
    """Per sample what a model that had not seen it said: in cross-validation or in the holdout; NaN for the rest."""
    lesson = tried.lesson
    said = np.full(len(lesson.y), np.nan)
    said[lesson.split.learn] = tried.choice.out_of_fold
    said[tried.rows] = tried.predicted
    return said


def _other_matrix(lesson: Lesson, spec: TrainSpec) -> Matrix | None:
    """The same samples without the protected features that the school turned on, or with all if it turned on none."""
    facts = tuple(facts_of(lesson.tables))
    if not facts:
        return None
    return build_matrix(lesson.tables, lesson.samples, protected=() if spec.protected else facts)


def _data_facts(lesson: Lesson) -> DataFacts:
    rows, days = lesson.samples.rows, lesson.context["exam_day"]
    kind = lesson.split.kind
    return DataFacts(
        students=len(np.unique(lesson.whose)),
        exams=int(rows["exam"].nunique()),
        results=len(rows[["student", "exam"]].drop_duplicates()),
        samples=len(rows),
        first_exam=f"{days.min():%Y-%m-%d}",
        last_exam=f"{days.max():%Y-%m-%d}",
        subjects=tuple(sorted(map(str, lesson.context["subject"].unique()))),
        kinds=tuple(sorted(map(str, lesson.context["kind"].unique()))),
        split=kind,
        cut=str(np.datetime64(lesson.split.cut, "D")) if kind == "time" else "",
        holdout_rows=len(lesson.split.holdout),
        fingerprint=fingerprint(lesson.tables),
    )


def _notes(tried: Trial) -> tuple[str, ...]:
    notes = []
    if tried.lesson.split.kind == "student":
        notes.append(
            "There was too little time between exams, or too few of them, to try it on later ones; "
            "it was tried on students it had not met."
        )
    if tried.refused:
        notes.append(f"{tried.refused} samples of the holdout got no score: too little was known of the students.")
    dropped = sum(bool(one.dropped) for one in tried.choice.tried)
    if dropped:
        notes.append(f"{dropped} candidates were given up early; the list says why.")
    return tuple(notes)
