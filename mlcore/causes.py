"""Why some samples get no score: each cause is a code, a sentence, and what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mlcore import sufficiency
from mlcore.arrays import Flags, Floats, Ints
from mlcore.report import Sufficiency
from mlcore.samples import Samples
from mlcore.sufficiency import Cause
from mlcore.tables import SchoolTables

LEAD_SLACK = 14  # days beyond the longest lead learned for which its experience still counts

NOT_ON_ROLL = Cause(
    "not_on_roll", "The student is not on the roll on the cut-off day.", "An enrolment that covers that day."
)
EXAM_PASSED = Cause("exam_passed", "The exam does not lie ahead of the cut-off day.", "An earlier cut-off day.")


@dataclass(frozen=True, slots=True)
class Learned:
    """What the model has experience of."""

    subjects: tuple[str, ...]
    kinds: tuple[str, ...]
    longest_lead: int
    sufficiency: Sufficiency


def causes(tables: SchoolTables, samples: Samples, context: pd.DataFrame, learned: Learned) -> list[Cause | None]:
    """One per sample, None where a score may be given. The first that holds is told."""
    told = beyond(context, learned)
    for row in np.flatnonzero(~on_roll(tables, samples)):
        told[row] = NOT_ON_ROLL
    return told


def beyond(context: pd.DataFrame, learned: Learned) -> list[Cause | None]:
    """What lies outside the model's experience, whichever door it came through; what is not told is not judged."""
    told: list[Cause | None] = [None] * len(context)
    history = context["history"].to_numpy(dtype=np.float64)
    lead = context["lead"].to_numpy(dtype=np.float64)
    for row in np.flatnonzero(sufficiency.too_little(history, learned.sufficiency)):
        told[row] = sufficiency.cause(int(history[row]), learned.sufficiency)
    for row in np.flatnonzero(lead > learned.longest_lead + LEAD_SLACK):
        told[row] = _too_far(int(lead[row]), learned.longest_lead)
    for row in _never_met(context["kind"], learned.kinds):
        told[row] = _not_learned("kind_not_learned", f"of the kind {context['kind'].iloc[row]}")
    for row in _never_met(context["subject"], learned.subjects):
        told[row] = _not_learned("subject_not_learned", f"in {context['subject'].iloc[row]}")
    for row in np.flatnonzero(lead <= 0):
        told[row] = EXAM_PASSED
    return told


def _never_met(column: pd.Series[Any], met: tuple[str, ...]) -> Ints:
    return np.flatnonzero((column.notna() & ~column.isin(met)).to_numpy())


def on_roll(tables: SchoolTables, samples: Samples) -> Flags:
    """Whether each sample's student is at the school on its day, as far as was known then."""
    if len(tables.students) == 0:
        return np.ones(len(samples), dtype=np.bool_)  # where no roll is kept, everybody is on it, as in training
    roll = tables.students.set_index("student")[["starts", "ends"]].reindex(samples.rows["student"])
    as_of = samples.rows["as_of"].to_numpy()
    left = roll["ends"].to_numpy() < as_of
    return np.asarray((roll["starts"].to_numpy() <= as_of) & ~left, dtype=np.bool_)


def scored(told: Sequence[Cause | None]) -> Flags:
    return np.array([cause is None for cause in told], dtype=np.bool_)


def blanked(values: Floats, kept: Flags) -> Floats:
    """NaN where no score is given."""
    return np.where(kept if values.ndim == 1 else kept[:, None], values, np.nan)


def _too_far(lead: int, longest: int) -> Cause:
    return Cause(
        "too_far_ahead",
        f"The exam is {lead} days ahead; the model has learned to look {longest} days ahead.",
        f"Ask again from {lead - longest} days later on.",
    )


def _not_learned(code: str, which: str) -> Cause:
    return Cause(
        code,
        f"The model has not learned from any exam {which}.",
        f"Results of an exam {which}, and a training after them.",
    )
