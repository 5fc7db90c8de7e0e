"""Fit to serve or not: named checks, each a sentence with its figures that a head teacher can read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mlcore.report import Check, Coverage, Errors, Figure, Slice, Verdict
from mlcore.spec import Floors

LEAST_ROWS = 50
PART_ROWS = 200
PART_SLACK = 0.05
MOST_BIAS = 2.0
TOO_WIDE = 2.0  # a range that holds more often than it says is a lesser fault: twice the slack
GATED = ("subject", "history")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the checks are about, all of it measured on results that the model never saw.

    `by_exam`: the same errors with intervals over exams instead of students. One hard exam moves all its
    students together, and that is luck too.
    """

    errors: Errors
    baseline_errors: Errors
    baseline_label: str
    gain: Figure
    coverage: Coverage
    slices: tuple[Slice, ...]
    floors: Floors = field(default_factory=Floors)
    by_exam: Errors | None = None


def verdict(facts: Facts) -> Verdict:
    checks = tuple(_checks(facts))
    return Verdict(all(check.passed for check in checks), checks)


def _checks(facts: Facts) -> Iterator[Check]:
    yield _enough(facts.errors)
    yield _beats(facts)
    for promise in (0.80, 0.95):
        yield _holds(facts.coverage, promise, facts.floors.coverage_slack)
    for promise in (0.80, 0.95):
        yield _holds_in_parts(facts.slices, promise)
    yield _unbiased(facts)
    if facts.floors.r2 is not None:
        yield _explains(facts.errors, facts.floors.r2)
    if facts.floors.mae is not None:
        yield _close(facts.errors, facts.floors.mae)


def _enough(errors: Errors) -> Check:
    passed = errors.rows >= LEAST_ROWS
    judged = f"It was judged on {errors.rows} scores for {errors.students} students, whose results it had not seen"
    sentence = f"{judged}." if passed else f"{judged}; at least {LEAST_ROWS} are needed."
    return Check("enough_results", sentence, passed, float(errors.rows), float(LEAST_ROWS))


def _beats(facts: Facts) -> Check:
    saved, name = facts.gain, "beats_baseline"
    if saved.value is None or saved.low is None or saved.high is None:
        return Check(name, "Whether it beats the simplest guess cannot be said from these results.", False)
    passed = saved.low > 0
    figures = _against(facts.errors.rmse.value, facts.baseline_errors.rmse.value)
    guess = f"the best simple guess ({facts.baseline_label})"
    if passed:
        luck = f"between {_percent(saved.low)} and {_percent(saved.high)} once luck is allowed for"
        sentence = f"Its error is {_percent(saved.value)} smaller than that of {guess}{figures}; {luck}."
    elif saved.high <= 0:
        sentence = f"It is no better than {guess}{figures}."
    else:
        luck = f"from {_percent(-saved.low)} larger to {_percent(saved.high)} smaller"
        sentence = f"It is not clearly better than {guess}{figures}: its error may be anything {luck}."
    return Check(name, sentence, passed, saved.value, 0.0)


def _holds(coverage: Coverage, promise: float, slack: float) -> Check:
    hit = coverage.hit_80 if promise == 0.80 else coverage.hit_95
    name = f"ranges_hold_{round(100 * promise)}"
    if hit.value is None:
        return Check(name, f"Whether the {_percent(promise)} ranges hold cannot be said.", False, None, promise)
    passed = not _off(hit, promise, slack)
    held = f"Of 100 results {round(100 * hit.value)} lay in the range that promises {round(100 * promise)}"
    wide = hit.value > promise
    fault = "is much wider than it need be" if wide else f"falls short by more than {round(100 * slack)}"
    sentence = f"{held}." if passed else f"{held}: it {fault}, and not by luck."
    return Check(name, sentence, passed, hit.value, promise)


def _holds_in_parts(slices: tuple[Slice, ...], promise: float) -> Check:
    judged = [part for part in slices if part.by in GATED and part.coverage.rows >= PART_ROWS]
    hits = [(part, part.coverage.hit_80 if promise == 0.80 else part.coverage.hit_95) for part in judged]
    off = [(part, hit) for part, hit in hits if hit.value is not None and _off(hit, promise, PART_SLACK)]
    name, wanted = f"ranges_hold_{round(100 * promise)}_everywhere", round(100 * promise)
    worst = max(
        (hit.value for _, hit in hits if hit.value is not None), key=lambda value: abs(value - promise), default=None
    )
    if not judged:
        sentence = f"No part has {PART_ROWS} results yet, so ranges were judged as a whole only."
    elif not off:
        each = "the one part" if len(judged) == 1 else f"each of the {len(judged)} parts"
        where = f"{each} (by subject and by earlier results) that could be judged"
        sentence = f"The range that promises {wanted} of 100 holds in {where}."
    else:
        told = "; ".join(f"{round(100 * (hit.value or 0))} {_where(part)}" for part, hit in off)
        sentence = f"The range that promises {wanted} of 100 does not hold everywhere: {told}."
    return Check(name, sentence, not off, worst, promise)


def _unbiased(facts: Facts) -> Check:
    bias = facts.errors.bias
    if bias.value is None:
        return Check(
            "no_bias", "Whether scores are too high or too low on the whole cannot be said.", False, None, MOST_BIAS
        )
    by_exam = facts.by_exam.bias if facts.by_exam else bias
    passed = not (_beyond(bias) and _beyond(by_exam))
    side = "too high" if bias.value > 0 else "too low"
    told = f"On the whole scores were {abs(bias.value):.1f} points {side}"
    sentence = f"{told}." if passed else f"{told}, more than {MOST_BIAS:g}, and not by luck."
    return Check("no_bias", sentence, passed, bias.value, MOST_BIAS)


def _explains(errors: Errors, floor: float) -> Check:
    value = errors.r2.value
    if value is None:
        return Check("r2_floor", "How much of the differences it explains cannot be said.", False, None, floor)
    told = (
        f"It explains {100 * value:.1f} % of the differences between results (R²); "
        f"the school asks for {100 * floor:.1f} %."
    )
    return Check("r2_floor", told, value >= floor, value, floor)


def _close(errors: Errors, floor: float) -> Check:
    value = errors.mae.value
    if value is None:
        return Check("mae_floor", "How far scores lie from results cannot be said.", False, None, floor)
    told = f"Scores lay {value:.2f} points from results on average; the school asks for at most {floor:.2f}."
    return Check("mae_floor", told, value <= floor, value, floor)


def _off(hit: Figure, promise: float, slack: float) -> bool:
    """Clearly beyond the slack: the whole interval is, so that luck is not taken for a fault."""
    low, high = _span(hit)
    return low > promise + TOO_WIDE * slack or high < promise - slack


def _beyond(bias: Figure) -> bool:
    """Without an interval (one exam only) nothing is clear."""
    if bias.low is None or bias.high is None:
        return False
    return bias.low > MOST_BIAS or bias.high < -MOST_BIAS


def _span(figure: Figure) -> tuple[float, float]:
    value = figure.value or 0.0
    return (value if figure.low is None else figure.low, value if figure.high is None else figure.high)


def _against(champion: float | None, baseline: float | None) -> str:
    return "" if champion is None or baseline is None else f", {champion:.1f} points against {baseline:.1f}"


def _where(part: Slice) -> str:
    if part.by != "history":
        return f"in {part.name}"
    return f"with {part.name} earlier {'result' if part.name == '1' else 'results'}"


def _percent(share: float) -> str:
    """Small ones with a decimal: "between 0 % and 1 %" would say nothing."""
    digits = 1 if 0 < abs(share) < 0.015 else 0
    return f"{100 * share:.{digits}f} %".replace("-0 %", "0 %").replace("-0.0 %", "0 %")
