"""The rounds of a search: all candidates once, the hopeless dropped, the others varied widely, the best refined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mlcore.estimators import Candidate, offered
from mlcore.search_fits import Attempt, Fits
from mlcore.search_space import drawn, refined

FAR_BEHIND = 1.08  # against the best of all, after the first round
MOST_TUNED = 5
WIDE_SHARE = 0.55  # of the fits that are left after the first round
WIDTHS = (1.0, 0.5)


def searched(fits: Fits) -> list[Attempt]:
    """The best attempt of each candidate, in the order of the candidates."""
    first = first_round(fits)
    best = {attempt.candidate.name: attempt for attempt in judged(first)}
    tuned = [attempt.candidate for attempt in worth_tuning(list(best.values()))]
    _wide_round(fits, tuned, best)
    for width in WIDTHS:
        for candidate in sorted(tuned, key=lambda one: best[one.name].rmse):
            _refine(fits, candidate, best, width)
    return list(best.values())


def first_round(fits: Fits) -> list[Attempt]:
    """Every candidate at its usual setting."""
    rows = fits.rows
    attempts: list[Attempt] = []
    for candidate in offered(fits.problem.matrix.schema):
        if candidate.is_baseline:
            continue
        leader = min(
            (attempt for attempt in attempts if attempt.is_whole), key=lambda attempt: attempt.rmse, default=None
        )
        if attempt := at_usual(fits, candidate, rows, leader):
            attempts.append(attempt)
    return attempts


def at_usual(fits: Fits, candidate: Candidate, rows: int, against: Attempt | None = None) -> Attempt | None:
    """The usual setting, or one of those that cost next to nothing if it does better."""
    best = fits.run(candidate, candidate.usual(rows), against=against)
    if best is None or not best.is_whole:
        return best
    for params in candidate.cheap:
        other = fits.run(candidate, {**best.params, **params}, against=best, own=True)
        best = other if other and other.is_whole and other.rmse < best.rmse else best
    return best


def judged(attempts: Sequence[Attempt]) -> list[Attempt]:
    """The same attempts; those without hope carry the reason."""
    whole = [attempt for attempt in attempts if attempt.is_whole]
    best = min((attempt.rmse for attempt in whole), default=float("nan"))
    return [
        replace(
            attempt, dropped=f"Not tried further: its error was {attempt.rmse / best - 1:.0%} larger than the best."
        )
        if attempt.is_whole and attempt.rmse > FAR_BEHIND * best
        else attempt
        for attempt in attempts
    ]


def worth_tuning(attempts: Sequence[Attempt]) -> list[Attempt]:
    """The best few that have something to tune."""
    able = [
        attempt for attempt in attempts if attempt.is_whole and attempt.candidate.space and attempt.candidate.can_serve
    ]
    return sorted(able, key=lambda attempt: attempt.rmse)[:MOST_TUNED]


def _wide_round(fits: Fits, tuned: Sequence[Candidate], best: dict[str, Attempt]) -> None:
    """Settings from anywhere, the candidates taking turns, so that stopping early is fair to all."""
    rng = np.random.default_rng(fits.plan.seed)
    until = fits.done + WIDE_SHARE * fits.left
    while tuned and fits.done < until and not fits.is_over:
        for candidate in tuned:
            leader = best[candidate.name]
            _keep(best, fits.run(candidate, drawn(candidate.space, rng, leader.params), against=leader, own=True))


def _refine(fits: Fits, candidate: Candidate, best: dict[str, Attempt], width: float) -> None:
    """Each parameter a step to either side of the best; what helps is kept before the next is tried."""
    tried: set[tuple[tuple[str, object], ...]] = set()
    for name in sorted(candidate.space):
        one = {name: candidate.space[name]}
        for params in refined(one, best[candidate.name].params, width):
            key = tuple(sorted(params.items()))
            if key in tried or fits.is_over:
                continue
            tried.add(key)
            _keep(best, fits.run(candidate, params, against=best[candidate.name], own=True))


def _keep(best: dict[str, Attempt], attempt: Attempt | None) -> None:
    if attempt and attempt.is_whole and attempt.rmse < best[attempt.candidate.name].rmse:
        best[attempt.candidate.name] = attempt
