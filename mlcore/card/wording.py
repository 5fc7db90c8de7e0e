"""Figures in words: one decimal for points, per cent for shares, and 'cannot be said' where there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

Told: TypeAlias = Mapping[str, Any]  # a part of a report, as plain data
Form: TypeAlias = Callable[[float | None], str]

UNSAID = "cannot be said"


def points(value: float | None) -> str:
    return _rounded(value, 1)


def hundredths(value: float | None) -> str:
    return _rounded(value, 2)


def thousandths(value: float | None) -> str:
    return _rounded(value, 3)


def percent(value: float | None) -> str:
    return UNSAID if value is None else f"{points(100 * value)} %"


def whole(value: float | None) -> str:
    return UNSAID if value is None else f"{value:,.0f}"


def _rounded(value: float | None, digits: int) -> str:
    """Never '-0.0'."""
    return UNSAID if value is None else f"{round(value, digits) + 0.0:.{digits}f}"


def figure(told: Told | None, form: Form) -> str:
    """A figure and its interval: '6.3 (6.0 to 6.6)'."""
    if told is None or told["value"] is None:
        return UNSAID
    if told["low"] is None or told["high"] is None:
        return form(told["value"])
    return f"{form(told['value'])} ({form(told['low'])} to {form(told['high'])})"


def listed(names: Sequence[Any], nothing: str) -> str:
    """'A', 'A and B', 'A, B and C'."""
    words = [str(name) for name in names]
    if not words:
        return nothing
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def value(told: Any) -> str:
    """A value of the spec, as a person would write it."""
    if told is None or told == [] or told == "":
        return "not set"
    if isinstance(told, bool):
        return "yes" if told else "no"
    if isinstance(told, list):
        return ", ".join(value(each) for each in told)
    return f"{told:g}" if isinstance(told, float) else str(told)


def spoken(name: str) -> str:
    """'least_history' as 'Least history'."""
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]
