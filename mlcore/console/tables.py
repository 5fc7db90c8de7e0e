"""What the terminal and its CSV files are told: predictions as rows, a training and an evaluation in a few lines."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from mlcore import metrics
from mlcore.bundle import Bundle
from mlcore.errors import NotEnoughData
from mlcore.predict import Predictions, predict
from mlcore.report import Figure, TrainingReport
from mlcore.samples import past_samples
from mlcore.spec import TrainSpec
from mlcore.tables import SchoolTables


def as_csv(told: Predictions, rows: pd.DataFrame | None) -> pd.DataFrame:
    """One line per sample: score, ranges, chances, reasons, or why there is none."""
    frame = pd.DataFrame(index=range(len(told))) if rows is None else rows.reset_index(drop=True)
    figures = {"score": told.scores, "low_80": told.ranges.low_80, "high_80": told.ranges.high_80}
    figures |= {"low_95": told.ranges.low_95, "high_95": told.ranges.high_95}
    figures |= {f"chance_of_{bound:g}": told.chances[:, place] for place, bound in enumerate(told.boundaries)}
    if told.reasons is not None:
        kept = np.isfinite(told.scores)
        figures |= {"base": np.where(kept, told.base, np.nan)}
        figures |= {f"points: {group}": told.reasons[:, place] for place, group in enumerate(told.groups)}
    frame = frame.assign(**{name: np.round(values, 2) for name, values in figures.items()})
    return frame.assign(
        no_score_because=[cause.sentence if cause else "" for cause in told.causes],
        what_would_change_it=[cause.change if cause else "" for cause in told.causes],
        never_met_in_training=[", ".join(told.unknown_words(row)) for row in range(len(told))],
    )


def summary(report: TrainingReport) -> str:
    """A training in a few lines."""
    checks = [f"  {'yes' if check.passed else 'NO '}  {check.sentence}" for check in report.verdict.checks]
    fit = "Fit to serve." if report.verdict.fit_to_serve else "Not fit to serve."
    return "\n".join(
        [
            f"Chosen: {report.champion_label}; beside it the best simple guess: {report.baseline_label}.",
            f"Mean error {_points(report.errors.mae)} points (simple guess {_points(report.baseline_errors.mae)}), "
            f"RMSE {_points(report.errors.rmse)}, R² {_points(report.errors.r2, 2)}, "
            f"on {report.errors.rows:,} scores for {report.errors.students:,} students, whose results it had not seen.",
            f"The 80 % range held for {_percent(report.coverage.hit_80)}, the 95 % range for {_percent(report.coverage.hit_95)}.",
            report.sufficiency.sentence,
            *checks,
            fit,
        ]
    )


def judged(bundle: Bundle, tables: SchoolTables, as_of: date) -> str:
    """How right the bundle's model was about results that became known after its day."""
    spec = TrainSpec(
        as_of=as_of,
        subjects=tuple(bundle.spec["subjects"]),
        kinds=tuple(bundle.spec["kinds"]),
        leads=tuple(bundle.spec["leads"]),
    )
    samples = past_samples(tables, spec, bundle.seed)
    later = (samples.rows["as_of"] >= pd.Timestamp(bundle.spec["as_of"])).to_numpy()
    samples = samples.take(later)
    told = predict(bundle, tables, samples, with_reasons=False)
    known = np.isfinite(told.scores)
    if not known.any():
        raise NotEnoughData(f"No result was asked for after {bundle.spec['as_of']} and known by {as_of:%Y-%m-%d}.")
    students = samples.rows["student"].to_numpy()
    errors = metrics.errors(samples.target, told.scores, students)
    coverage = metrics.coverage(samples.target, told.ranges, students)
    return (
        f"{errors.rows:,} scores for {errors.students:,} students; {int((~known).sum()):,} times no score was given.\n"
        f"Mean error {_points(errors.mae)} points, RMSE {_points(errors.rmse)}, R² {_points(errors.r2, 2)}, "
        f"bias {_points(errors.bias)}.\n"
        f"The 80 % range held for {_percent(coverage.hit_80)}, the 95 % range for {_percent(coverage.hit_95)}."
    )


def _points(figure: Figure, digits: int = 1) -> str:
    if figure.value is None:
        return "cannot be said"
    span = (
        "" if figure.low is None or figure.high is None else f" ({figure.low:.{digits}f} to {figure.high:.{digits}f})"
    )
    return f"{figure.value:.{digits}f}{span}"


def _percent(figure: Figure) -> str:
    return "cannot be said" if figure.value is None else f"{100 * figure.value:.0f} %"
