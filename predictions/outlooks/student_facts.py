"""The values a score was made from, in words: “attendance 78 %, last result in this subject 61 %”."""

from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from mlcore.features.base import UNKNOWN, Feature, MatrixSchema
from predictions.summaries.words import points
from predictions.wording import in_own_words

MOST = 2
# What says most about its group; of the others the first that are known.
TELLING = (
    "subject_last", "subject_mean", "all_last", "all_mean", "others_mean", "subject_standing", "standing",
    "usual_level", "subject_difficulty", "attendance_recent", "attendance_rate",
)  # fmt: skip
QUIET = ("since_", "change_")


def facts_of(schema: MatrixSchema, inputs: Any, group: str) -> str:
    """Two at most; never a protected one. Says so where nothing of the group is known."""
    places = [
        place
        for place, feature in enumerate(schema.features)
        if feature.group == group and not feature.protected and not feature.name.startswith(QUIET)
    ]
    known = [place for place in places if not np.isnan(inputs[place])]
    if not known:
        return _("nothing known") if places else ""
    known.sort(key=lambda place: _rank(schema.features[place].name))
    told = (f"{label_of(schema.features[place])} {value_told(schema, place, inputs[place])}" for place in known[:MOST])
    return ", ".join(told)


def label_of(feature: Feature) -> str:
    return in_own_words(feature.label)


def value_told(schema: MatrixSchema, place: int, value: float) -> str:
    """With its unit; a share as a whole per cent, other numbers with one decimal where they need it."""
    feature = schema.features[place]
    if np.isnan(value):
        return _("not known")
    if place in schema.categories:
        return _("something new") if value == UNKNOWN else in_own_words(schema.words[place][int(value)])
    if is_yes_no(feature) and value in (0.0, 1.0):
        return _("yes") if value else _("no")
    return with_unit(feature, value)


def with_unit(feature: Feature, value: float) -> str:
    told = points(value, 0 if feature.unit in ("%", "days") or float(value).is_integer() else 1)
    unit = in_own_words(feature.unit)
    return f"{told}\N{NO-BREAK SPACE}{unit}" if unit else told


def is_yes_no(feature: Feature) -> bool:
    return (feature.low, feature.high) == (0.0, 1.0)


def _rank(name: str) -> int:
    return TELLING.index(name) if name in TELLING else len(TELLING)
