"""One score from typed values, by the version that serves: checked against what it wants, answered as in bulk, and kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from mlcore.bundle import Bundle
from mlcore.features.base import Matrix
from mlcore.predict import Predictions, causes_typed, predict_matrix
from mlcore.typed import BadValues, row_of
from portal.audit.record import record
from portal.kit.errors import Conflict, DomainError, NotAllowed, NotReady
from portal.kit.scoping import grants_of
from predictions import artifacts, registry
from predictions.frames import subject_names
from predictions.models import Enquiry, ModelVersion
from predictions.packing import as_stored
from predictions.specs import scale_of
from predictions.wording import in_own_words
from students.models import School, Subject
from students.roles import STAFF, Role

MAY_ASK = STAFF | {Role.ANALYST}


class BadEnquiry(DomainError):
    """Values that cannot be meant; `faults` holds a sentence for each, by its name."""

    status = 422
    code = "bad_values"

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = {name: in_own_words(fault) for name, fault in faults.items()}
        super().__init__(" ".join(self.faults.values()))


@dataclass(frozen=True, slots=True)
class Field:
    """One value that a version wants. `words`: what a category may say; empty for numbers."""

    name: str
    label: str
    group: str
    unit: str
    low: float | None
    high: float | None
    words: tuple[str, ...]
    is_category: bool
    is_changeable: bool
    is_protected: bool


def fields(version: ModelVersion) -> tuple[Field, ...]:
    """What may be typed, in the version's own order; what is left out counts as not known. Raises BadArtifact."""
    schema = artifacts.opened(version).schema
    categories = set(schema.categories.tolist())
    return tuple(
        Field(
            each.name, each.label, each.group, each.unit, each.low, each.high, schema.words[place],
            place in categories, each.changeable, each.protected,
        )
        for place, each in enumerate(schema.features)
    )  # fmt: skip


def ask(school: School, values: Mapping[str, Any], *, by: Any, subject: Subject | None = None) -> Enquiry:
    """The answer, stored with the values it was given for. Raises BadEnquiry with a sentence per value, NotAllowed for
    who does not work at that school, NotReady, BadArtifact. A subject that is named need not be typed as well.
    """
    version, typed, answer = _said(school, values, by, subject)
    return _kept(school, version, typed, answer, by=by)


def try_out(school: School, values: Mapping[str, Any], *, by: Any, subject: Subject | None = None) -> dict[str, Any]:
    """The same answer for who is still typing. Nothing is stored."""
    return _said(school, values, by, subject)[2]


def _said(
    school: School, values: Mapping[str, Any], by: Any, subject: Subject | None
) -> tuple[ModelVersion, dict[str, Any], dict[str, Any]]:
    if subject is not None and subject.school_id != school.pk:
        raise Conflict(_("That subject belongs to another school."), code="other_school")
    if school.pk not in grants_of(by).of(MAY_ASK):
        raise NotAllowed(_("Who works at the school may try its model."))
    version = registry.serving(school, subject)
    if version is None:
        raise NotReady(_("No model serves %s yet. Train one and promote it first.") % school, code="no_model")
    bundle = artifacts.opened(version)
    typed = _with_subject(bundle, values, subject)
    said = answered(bundle, typed, scale_of(school, subject)[1])
    return version, typed, plain_answer(said)


def _with_subject(bundle: Bundle, values: Mapping[str, Any], subject: Subject | None) -> dict[str, Any]:
    if subject is None or "subject" not in bundle.schema.places or values.get("subject"):
        return dict(values)
    return {**values, "subject": subject_names([subject.school])[subject.pk]}


def answered(bundle: Bundle, values: Mapping[str, Any], boundaries: tuple[float, ...]) -> Predictions:
    """As predictions/scoring.py answers a row of the records: rounded as it is stored, then asked."""
    try:
        matrix = row_of(bundle.schema, values)
    except BadValues as error:
        raise BadEnquiry(error.faults) from error
    matrix = Matrix(matrix.schema, as_stored(matrix.values))
    return predict_matrix(bundle, matrix, causes_typed(bundle, matrix, values), boundaries=boundaries)


@transaction.atomic
def _kept(
    school: School, version: ModelVersion, values: Mapping[str, Any], answer: dict[str, Any], *, by: Any
) -> Enquiry:
    enquiry = Enquiry.objects.create(school=school, version=version, by=by, values=dict(values), answer=answer)
    record(by, "enquiry made", enquiry, version=version.number, values=len(values))
    return enquiry


def plain_answer(said: Predictions) -> dict[str, Any]:
    """The first row of what was said, as JSON can hold it: everything null and no reasons where a cause says why."""
    ranges = dict(zip(("low_80", "high_80", "low_95", "high_95"), said.ranges.columns, strict=True))
    told, cause = said.reasons, said.causes[0]
    points = [] if told is None or cause else [_number(each) for each in told[0]]
    return {
        "score": _number(said.scores[0]),
        **{name: _number(column[0]) for name, column in ranges.items()},
        "chances": [
            {"boundary": bound, "chance": _number(chance)}
            for bound, chance in zip(said.boundaries, said.chances[0], strict=True)
        ],
        "base": said.base,
        "reasons": [
            {"group": group, "points": each}
            for group, each in zip(said.groups, points, strict=False)
            if each is not None
        ],
        "cause": None if cause is None else {"code": cause.code, "sentence": cause.sentence, "remedy": cause.change},
        "missing": int(np.isnan(said.matrix.values[0]).sum()),
        "unknown": list(said.unknown_words(0)),
    }


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
