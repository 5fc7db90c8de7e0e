"""Columns of a made-up class for the tests of statistics, and the words that no sentence may use."""

import re
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from mlcore.features.base import Feature, FeatureKind, RawColumn

CLAIMS = re.compile(
    r"\b(because|caus\w*|due to|thanks to|leads? to|led to|results? in|effects?|affect\w*|impact\w*|influenc\w*|rais\w+"
    r"|improv\w*|harm\w*|help\w*|boost\w*|reduc\w*|increas\w*|decreas\w*|makes?|made|drives?|driven|why|reasons?|explain\w*"
    r"|so that|therefore|p-value|significan\w*|hypothes\w*|coefficients?|variance)\b",
    re.IGNORECASE,
)


def number(values: Any, name: str = "attendance", **facts: Any) -> RawColumn:
    return RawColumn(Feature(name, facts.pop("label", name), "g", **facts), np.asarray(values, dtype=np.float64))


def marks(values: Any) -> RawColumn:
    return number(values, "score", unit="%", low=0.0, high=100.0)


def category(values: Any, name: str = "house", **facts: Any) -> RawColumn:
    feature = Feature(name, facts.pop("label", name), "g", kind=FeatureKind.CATEGORY, **facts)
    return RawColumn(feature, np.array(list(values), dtype=object))


def sentences(answer: Any) -> list[str]:
    """All sentences in an answer, however deep."""
    if isinstance(answer, tuple | list):
        return [told for each in answer for told in sentences(each)]
    if not is_dataclass(answer):
        return []
    own = [answer.sentence] if hasattr(answer, "sentence") and isinstance(answer.sentence, str) else []
    return own + [told for each in fields(answer) for told in sentences(getattr(answer, each.name))]


def figures(answer: Any) -> list[float]:
    """All numbers in an answer, however deep; each must be one that can be printed."""
    if isinstance(answer, tuple | list):
        return [found for each in answer for found in figures(each)]
    if is_dataclass(answer):
        return [found for each in fields(answer) for found in figures(getattr(answer, each.name))]
    return [float(answer)] if isinstance(answer, int | float) and not isinstance(answer, bool) else []


def assert_fit_to_print(answer: Any) -> None:
    assert np.isfinite(figures(answer)).all(), answer
    for told in sentences(answer):
        assert told == "" or (told.endswith(".") and told[0] == told[0].upper()), told
        assert not re.search(r"nan|None|inf\b|\bunknown %", told), told
        assert not CLAIMS.search(told), told
