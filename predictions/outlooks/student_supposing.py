"""What if: what may be tried out for one student, and what the model says then. An association, not a promise; nothing is kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from mlcore.bundle import Bundle
from mlcore.features.base import Feature
from predictions import artifacts, supposing
from predictions.models import Prediction
from predictions.outlooks.chances import in_words, percent_told
from predictions.outlooks.contract import Scale, end_told
from predictions.outlooks.student_facts import is_yes_no, label_of, value_told
from predictions.packing import unpacked
from predictions.summaries.words import points
from predictions.wording import in_own_words
from students.summaries.counting import figure_told

STEPS = ((20.0, 1.0), (5.0, 0.5), (0.0, 0.1))


@dataclass(frozen=True, slots=True)
class Knob:
    """One value that can be tried out. `start` is what stands in the field at first and counts as unchanged."""

    key: str
    name: str
    label: str
    now: str
    unit: str
    start: str
    low: str = ""
    high: str = ""
    step: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    value: str = ""
    fault: str = ""

    @property
    def slider(self) -> str:
        """Where the slider stands; in the middle while nothing is known."""
        return self.value or self.start or f"{(float(self.low) + float(self.high)) / 2:g}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model says with these values; empty where something could not be tried."""

    before: str = ""
    after: str = ""
    range: str = ""
    difference: str = ""
    low: float = 0.0
    high: float = 0.0
    score: float = 0.0
    chance: str = ""
    chance_percent: str = ""
    changes: tuple[tuple[str, str, str], ...] = ()
    general_fault: str = ""

    @property
    def is_told(self) -> bool:
        return bool(self.after)


def knobs_of(prediction: Prediction) -> tuple[Knob, ...]:
    """No query; empty without a score, or where the model cannot be opened."""
    try:
        bundle = artifacts.opened(prediction.run.version)
    except artifacts.BadArtifact:
        return ()
    if prediction.score is None:
        return ()
    row = unpacked(prediction.inputs)
    return tuple(_knobs(bundle, row))


def _knobs(bundle: Bundle, row: Any) -> Iterator[Knob]:
    schema, seen = bundle.schema, {each.name: each for each in bundle.reference.columns}
    for place, feature in enumerate(schema.features):
        if not feature.changeable or feature.protected:
            continue
        told = Knob(
            key=f"f{place}",
            name=feature.name,
            label=_capital(label_of(feature)),
            now=value_told(schema, place, row[place]),
            unit=in_own_words(feature.unit),
            start="",
        )
        if place in schema.categories:
            yield replace(told, choices=tuple((word, in_own_words(word)) for word in schema.words[place]))
        elif is_yes_no(feature):
            yield replace(told, choices=(("1", _("yes")), ("0", _("no"))))
        else:
            yield _numbered(told, feature, seen.get(feature.name), float(row[place]))


def _numbered(knob: Knob, feature: Feature, column: Any, now: float) -> Knob:
    """Between the lowest and the highest value that the model learned from, and what the student has."""
    known = [float(each) for each in getattr(column, "knots", ())] + ([] if np.isnan(now) else [now])
    low, high = floor(min(known, default=feature.low or 0.0)), ceil(max(known, default=feature.high or 100.0))
    low = low if feature.low is None else max(low, ceil(feature.low))
    high = high if feature.high is None or feature.high != int(feature.high) else min(high, int(feature.high))
    high = max(high, low + 1)
    whole = all(each == int(each) for each in known)
    step = 1.0 if whole else next(size for span, size in STEPS if high - low >= span)
    start = "" if np.isnan(now) else f"{min(high, max(low, round(now / step) * step)):g}"
    return replace(knob, start=start, value=start, low=f"{low:g}", high=f"{high:g}", step=f"{step:g}")


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]


def filled(knobs: tuple[Knob, ...], typed: Mapping[str, str], faults: Mapping[str, str]) -> tuple[Knob, ...]:
    return tuple(
        replace(knob, value=typed.get(knob.key, knob.value).strip(), fault=in_own_words(faults.get(knob.name, "")))
        for knob in knobs
    )


def wanted(knobs: tuple[Knob, ...], typed: Mapping[str, str]) -> dict[str, float | str]:
    """What was changed, by the feature's name. What cannot be read is handed on, and refused with a sentence."""
    told: dict[str, float | str] = {}
    for knob in knobs:
        value = typed.get(knob.key, "").strip()
        if value and value != knob.start:
            told[knob.name] = value if knob.choices and value not in ("0", "1") else _number(value)
    return told


def _number(value: str) -> float | str:
    """Whole ones without a point, so that a refusal tells what was typed."""
    try:
        number = float(value.replace(",", "."))
    except ValueError:
        return value
    return int(number) if number.is_integer() else number


def answered(prediction: Prediction, values: Mapping[str, float | str], scale: Scale, *, user: Any) -> Answer:
    """One query. Raises BadEnquiry with a sentence for each value that cannot be tried, NotReady, BadArtifact."""
    told = supposing.what_if(prediction, values, user=user)
    said, bundle = told["answer"], artifacts.opened(prediction.run.version)
    reaching = {each["boundary"]: each["chance"] for each in said["chances"]}
    passing = reaching.get(scale.pass_mark)
    return Answer(
        before=figure_told(told["before"], scale.pass_mark),
        after=figure_told(told["after"], scale.pass_mark),
        range=f"{end_told(said['low_80'], scale.pass_mark)}–{end_told(said['high_80'])}",
        difference=signed(told["difference"]),
        low=said["low_80"],
        high=said["high_80"],
        score=told["after"],
        chance=in_words(passing),
        chance_percent=percent_told(passing),
        changes=tuple(_changed(bundle, unpacked(prediction.inputs), values)),
    )


def _changed(bundle: Bundle, row: Any, values: Mapping[str, float | str]) -> Iterator[tuple[str, str, str]]:
    schema = bundle.schema
    for name, value in values.items():
        place = schema.places[name]
        code = schema.codes[place][str(value)] if place in schema.categories else float(value)
        yield label_of(schema.features[place]), value_told(schema, place, row[place]), value_told(schema, place, code)


def signed(difference: float) -> str:
    """“+1.3”, “−0.4”, “0.0”."""
    told = points(difference)
    return f"+{told}" if round(difference, 1) > 0 else told
