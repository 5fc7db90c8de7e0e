"""What the model would say of a student if something were different that somebody can still act on. Nothing is stored."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from mlcore.explain import whatif
from mlcore.features.base import Matrix
from mlcore.predict import predict_matrix
from mlcore.typed import BadValues, row_of
from portal.kit.errors import NotAllowed, NotReady
from predictions import artifacts
from predictions.enquiring import BadEnquiry, plain_answer
from predictions.models import Prediction
from predictions.packing import as_stored, unpacked


def what_if(prediction: Prediction, changes: Mapping[str, Any], *, user: Any) -> dict[str, Any]:
    """The stored score, the score with these values instead of those it was made from, and the whole answer for them.

    Raises BadEnquiry with a sentence per value that cannot be tried out, NotAllowed, NotReady, BadArtifact.
    """
    if not Prediction.objects.visible_to(user).filter(pk=prediction.pk).exists():
        raise NotAllowed(_("This student is not among those you may see."))
    if prediction.score is None:
        raise NotReady(_("There is no score yet that something could change."), code="no_score")
    if not changes:
        raise BadEnquiry({"": _("Say what should be different.")})
    bundle, row = artifacts.opened(prediction.run.version), unpacked(prediction.inputs)
    try:
        told = whatif.what_if(bundle.champion, bundle.schema, row, changes)
    except BadValues as error:
        raise BadEnquiry(error.faults) from error
    values = as_stored(_changed(bundle.schema, row, changes))
    boundaries = tuple(prediction.run.boundaries[str(prediction.exam_id)])
    said = predict_matrix(bundle, Matrix(bundle.schema, values), boundaries=boundaries)
    return _told(replace(told, before=prediction.score, after=float(said.scores[0])), plain_answer(said))


def _changed(schema: Any, row: Any, changes: Mapping[str, Any]) -> Any:
    typed = row_of(schema, changes).values
    return np.where(np.isnan(typed), row, typed)


def _told(told: whatif.WhatIf, answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "before": told.before,
        "after": told.after,
        "difference": told.difference,
        "changes": [
            {"name": each.name, "label": each.label, "now": each.now, "then": each.then} for each in told.changes
        ],
        "sentence": told.sentence,
        "caveat": whatif.CAVEAT,
        "answer": answer,
    }
