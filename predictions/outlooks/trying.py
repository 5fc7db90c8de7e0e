"""The form of "try a prediction": what the serving version wants to know, the most telling first, and what is usual for each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from mlcore.background import Column
from predictions import artifacts
from predictions.enquiring import Field, fields
from predictions.models import ModelVersion
from predictions.summaries.words import points
from predictions.wording import cell_in_words, in_own_words

OF_EXAM = ("subject", "kind", "lead", "weight")
# What no answer does without, or what tells most of its group; of other groups the first few stand in front.
IN_FRONT = ("all_count", "shrunken_mean", "last_comparable", "subject_last", "attendance_rate")
MOST_GROUPS, MOST_IN_FRONT = 5, 3
SEEN_BY = 0.5  # what is usual is filled in where at least this share of students had it


@dataclass(frozen=True, slots=True)
class TryField:
    """`words`: value and label of each; `lowest` and `highest`: between them lies all that the version learned from."""

    key: str
    name: str
    label: str
    unit: str
    hint: str
    words: tuple[tuple[str, str], ...]
    ordinary: str
    lowest: float | None
    highest: float | None
    is_telling: bool
    value: str = ""
    fault: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class TryGroup:
    """`front` stands open, `more` behind a fold; `is_open` where something in there is refused or unusual."""

    title: str
    front: tuple[TryField, ...]
    more: tuple[TryField, ...]

    @property
    def is_open(self) -> bool:
        return any(each.fault or each.notice for each in self.more)

    @property
    def filled(self) -> int:
        return sum(1 for each in self.more if each.value)


@dataclass(frozen=True, slots=True)
class TryForm:
    """The wanted fields in groups, and by name."""

    version: ModelVersion
    groups: tuple[TryGroup, ...]

    @property
    def all(self) -> dict[str, TryField]:
        return {each.name: each for group in self.groups for each in (*group.front, *group.more)}

    @property
    def ordinary(self) -> dict[str, str]:
        return {name: each.ordinary for name, each in self.all.items() if each.ordinary}

    def filled(self, values: Mapping[str, str], faults: Mapping[str, str]) -> "TryForm":
        def put(each: TryField) -> TryField:
            value = values.get(each.name, "")
            fault = faults.get(each.name, "")
            return replace(each, value=value, fault=fault, notice="" if fault else unusual(each, value))

        groups = tuple(
            TryGroup(each.title, tuple(map(put, each.front)), tuple(map(put, each.more))) for each in self.groups
        )
        return replace(self, groups=groups)


def unusual(field: TryField, value: str) -> str:
    """A word of warning about a number beyond all that the version learned from; it is answered all the same."""
    if field.lowest is None or field.highest is None or not value:
        return ""
    try:
        number = float(value.replace(",", "."))
    except ValueError:
        return ""
    if field.lowest <= number <= field.highest:
        return ""
    told = {"low": points(field.lowest, _digits(field.lowest)), "high": points(field.highest, _digits(field.highest))}
    return _("Unusual: what the model learned from lay between %(low)s and %(high)s.") % told


def form_of(version: ModelVersion) -> TryForm:
    """Raises BadArtifact."""
    columns = {each.name: each for each in artifacts.opened(version).reference.columns}
    wanted = [_field(place, each, columns.get(each.name)) for place, each in enumerate(fields(version))]
    groups: dict[str, list[TryField]] = {}
    for field, told in zip(fields(version), wanted, strict=True):
        groups.setdefault(field.group, []).append(told)
    importance = dict((version.run.report or {}).get("importance", ()))
    order = sorted(groups, key=lambda group: -importance.get(group, 0.0))
    of_exam = [group for group in order if any(each.name in OF_EXAM for each in groups[group])]
    order = of_exam + [group for group in order if group not in of_exam]
    return TryForm(version, tuple(_group(group, groups[group], place) for place, group in enumerate(order)))


def _group(title: str, members: list[TryField], place: int) -> TryGroup:
    """The first groups show their most telling fields; of the others nothing stands in front."""
    front = [each for each in members if each.is_telling]
    if place < MOST_GROUPS:
        front += [each for each in members if each not in front][: max(0, MOST_IN_FRONT - len(front))]
    in_order = tuple(each for each in members if each in front)
    return TryGroup(in_own_words(title), in_order, tuple(each for each in members if each not in front))


def _field(place: int, field: Field, column: Column | None) -> TryField:
    lowest, highest = _seen(column)
    return TryField(
        key=f"f{place}",
        name=field.name,
        label=in_own_words(field.label)[:1].upper() + in_own_words(field.label)[1:],
        unit=in_own_words(field.unit),
        hint=_hint(field),
        words=_words(field, column),
        ordinary=_ordinary(field, column),
        lowest=lowest,
        highest=highest,
        is_telling=field.name in IN_FRONT or field.name in OF_EXAM,
    )


def _seen(column: Column | None) -> tuple[float | None, float | None]:
    if column is None or column.is_category or not len(column.knots):
        return None, None
    return float(column.knots[0]), float(column.knots[-1])


def is_yes_or_no(field: Field, column: Column | None) -> bool:
    """A number that is 0 or 1 and was never anything else."""
    if column is None or field.is_category or (field.low, field.high) != (0.0, 1.0):
        return False
    return bool(len(column.knots)) and {float(each) for each in column.knots} <= {0.0, 1.0}


def _words(field: Field, column: Column | None) -> tuple[tuple[str, str], ...]:
    if is_yes_or_no(field, column):
        return (("1", _("yes")), ("0", _("no")))
    return tuple((word, cell_in_words(word)) for word in field.words)


def _hint(field: Field) -> str:
    if field.is_category:
        return ""
    low, high = (None if bound is None else points(bound, _digits(bound)) for bound in (field.low, field.high))
    if low and high:
        return _("from %(low)s to %(high)s") % {"low": low, "high": high}
    return _("%s or more") % low if low else _("up to %s") % high if high else ""


def _ordinary(field: Field, column: Column | None) -> str:
    """What the middle student had; of words the commonest. Empty where most had nothing."""
    if column is None or column.missing > SEEN_BY:
        return ""
    if field.is_category:
        return field.words[int(column.shares.argmax())] if len(column.shares) and field.words else ""
    if not len(column.knots):
        return ""
    middle = float(column.knots[min(int((column.below < SEEN_BY).sum()), len(column.knots) - 1)])
    return f"{round(middle, 0 if abs(middle) >= 20 else 1):g}"


def _digits(value: float) -> int:
    return 0 if value == round(value) else 1


def as_typed(values: Mapping[str, Any]) -> dict[str, str]:
    """Stored values as a person would type them."""
    return {name: f"{each:.10g}" if isinstance(each, float | int) else str(each) for name, each in values.items()}
