"""What the school notes of a student: of each indicator the latest value, the change since the one before, its age."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from mlcore.arrays import Flags, Floats, Ints
from mlcore.features.base import Feature, FeatureKind, RawColumn
from mlcore.features.making import category, days
from mlcore.features.view import View
from mlcore.layout.keys import DAY_BITS, NO_DAY, SHIFT, at, codes_of, days_of, distinct, text_at
from mlcore.layout.timeline import Pairs, Timeline, latest, ranks
from mlcore.schema import INDICATOR_KINDS

NUMBER, CATEGORY, YES_NO = (INDICATOR_KINDS.index(kind) for kind in ("number", "category", "yes_no"))


@dataclass(frozen=True)
class Notes:
    """The observations by indicator and student, in the order in which they became known."""

    view: View
    keys: pd.Index[Any]
    timeline: Timeline

    @classmethod
    def of(cls, view: View) -> Notes:
        table = view.tables.observations
        keys = distinct(table["indicator"])
        student, indicator = codes_of(table["student"], view.students), codes_of(table["indicator"], keys)
        who = np.where(student < 0, -1, indicator * len(view.students) + student)
        day = days_of(table["day"])
        return cls(view, keys, Timeline.of(who, np.maximum(day, days_of(table["known_on"])), day + SHIFT))

    @cached_property
    def indicator(self) -> Ints:
        return codes_of(self._column("indicator"), self.keys)

    @cached_property
    def day(self) -> Ints:
        return days_of(self._column("day"))

    @cached_property
    def known(self) -> Ints:
        return np.maximum(self.day, days_of(self._column("known_on")))

    @cached_property
    def kind(self) -> Ints:
        return codes_of(self._column("kind"), pd.Index(INDICATOR_KINDS))

    @cached_property
    def value(self) -> Floats:
        return self._column("value").to_numpy(np.float64)

    @cached_property
    def words(self) -> pd.Index[Any]:
        return distinct(self._column("category"))

    @cached_property
    def category(self) -> Ints:
        return codes_of(self._column("category"), self.words)

    @cached_property
    def protected(self) -> Flags:
        return self._column("protected").to_numpy(np.bool_)

    @cached_property
    def by_rank(self) -> Ints:
        """The rows by student and indicator, then by the day of the observation."""
        return Timeline.of(self.timeline.key >> DAY_BITS, self.day).rows

    @cached_property
    def rank(self) -> Ints:
        return ranks(self.by_rank)

    def _column(self, name: str) -> pd.Series[Any]:
        return self.view.tables.observations[name].iloc[self.timeline.rows]


@dataclass(frozen=True, slots=True)
class Latest:
    """For each sample the row of its latest observation and of the one before; -1 if there is none."""

    last: Ints
    before: Ints

    @classmethod
    def of(cls, notes: Notes, indicator: int) -> Latest:
        view = notes.view
        stretches = notes.timeline.known(indicator * len(view.students) + view.student, view.cut)

        def told(_: slice, pairs: Pairs) -> dict[str, Ints]:
            rank = notes.rank[pairs.row]
            last = latest(pairs.sample, rank, pairs.size)
            older = rank != last[pairs.sample]
            return {"last": last, "before": latest(pairs.sample[older], rank[older], pairs.size)}

        found = stretches.told(told)
        return cls(at(notes.by_rank, found["last"], -1), at(notes.by_rank, found["before"], -1))


def names_of(indicator: str) -> tuple[str, str, str]:
    """The names of an indicator's features: its latest value, the change since the one before, its age."""
    return f"latest_{indicator}", f"change_{indicator}", f"since_{indicator}"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: its place among the keys, its name, what kind it mostly is, and whether it is protected."""

    place: int
    name: str
    kind: int
    protected: bool

    @property
    def names(self) -> tuple[str, str, str]:
        return names_of(self.name)

    @property
    def title(self) -> str:
        """'study_hours' is told as 'Study hours'."""
        words = self.name.replace("_", " ").strip()
        return words[:1].upper() + words[1:]


def indicators(view: View) -> list[RawColumn]:
    notes = Notes.of(view)
    return [column for indicator in _chosen(notes) for column in _columns(notes, indicator)]


def _chosen(notes: Notes) -> Iterator[Indicator]:
    """Those that any sample may see; protected ones only if they were turned on."""
    seen = notes.known <= notes.view.last_cut
    kinds, indicators = len(INDICATOR_KINDS), len(notes.keys)
    counts = np.bincount(notes.indicator[seen] * kinds + notes.kind[seen], minlength=indicators * kinds)
    protected = np.bincount(notes.indicator[seen & notes.protected], minlength=indicators) > 0
    for place, key in enumerate(notes.keys):
        of_kind = counts[place * kinds : (place + 1) * kinds]
        indicator = Indicator(place, str(key), int(of_kind.argmax()), bool(protected[place]))
        if notes.view.wanted is not None:
            if notes.view.wants(*indicator.names):
                yield _as_learned(indicator, notes.view.wanted)
        elif of_kind.any() and (not indicator.protected or _turned_on(indicator, notes.view)):
            yield indicator


def _turned_on(indicator: Indicator, view: View) -> bool:
    return not view.protected.isdisjoint((indicator.name, *indicator.names))


def _as_learned(indicator: Indicator, wanted: Mapping[str, Feature]) -> Indicator:
    """The kind is what it was when the model learned, whatever the rows at hand say."""
    learned = wanted.get(indicator.names[0])
    if learned is None:
        return indicator
    is_category = learned.kind is FeatureKind.CATEGORY
    return replace(indicator, kind=CATEGORY if is_category else NUMBER)


def _columns(notes: Notes, indicator: Indicator) -> Iterator[RawColumn]:
    rows = Latest.of(notes, indicator.place)
    latest_name, change_name, since_name = indicator.names
    traits: dict[str, Any] = {"group": indicator.title, "protected": indicator.protected}
    if indicator.kind == CATEGORY:
        words = text_at(notes.words, at(notes.category, rows.last, -1))
        yield RawColumn(category(latest_name, indicator.title, **traits), words)
    else:
        values = at(notes.value, rows.last, np.nan)
        change = values - at(notes.value, rows.before, np.nan)
        low, high = (0.0, 1.0) if indicator.kind == YES_NO else _bounds(values)
        yield RawColumn(Feature(latest_name, indicator.title, changeable=True, low=low, high=high, **traits), values)
        yield RawColumn(Feature(change_name, f"{indicator.title}: change since the time before", **traits), change)
    day = at(notes.day, rows.last, NO_DAY)
    age = np.where(rows.last < 0, np.nan, notes.view.cut - np.where(rows.last < 0, 0, day))
    yield RawColumn(days(since_name, f"{indicator.title}: days since it was noted", **traits), age)


def _bounds(values: Floats) -> tuple[float | None, float | None]:
    """What can be meant by a typed value: half as far again as what was seen, and not below 0 if nothing was."""
    known = values[np.isfinite(values)]
    if len(known) == 0:
        return None, None
    low, high = float(known.min()), float(known.max())
    room = (high - low) / 2 if high > low else abs(high) + 1.0
    return (0.0 if low >= 0 else _plain(low - room)), _plain(high + room)


def _plain(value: float) -> float:
    return float(f"{value:.4g}")
