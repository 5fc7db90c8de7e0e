"""A row says the same alone as among many, to the last bit: what was scored in bulk can be asked again one by one."""

import numpy as np
import pytest

from mlcore.estimators import CANDIDATES, Candidate
from mlcore.explain import explainer
from mlcore.features.matrix import build_matrix
from mlcore.models import Ground
from mlcore.samples import past_samples
from tests.mlcore.trained import SPEC, school

SERVING = [one for one in CANDIDATES if one.can_serve]


@pytest.mark.parametrize("candidate", SERVING, ids=[one.name for one in SERVING])
def test_a_row_says_the_same_alone_as_among_many(candidate: Candidate) -> None:
    samples = past_samples(school(), SPEC, seed=0)
    matrix, target = build_matrix(school(), samples), samples.target
    model = candidate.build(Ground(matrix.schema, 0, 1, len(target)), candidate.usual(len(target)))
    model.fit(matrix.values, target)
    reasons = explainer(model, matrix.schema, matrix)
    scores, points = model.predict(matrix.values), reasons.points_of(matrix.values)
    for size in (1, 7):
        parts = [matrix.values[start : start + size] for start in range(0, 140, size)]
        np.testing.assert_array_equal(np.concatenate([model.predict(part) for part in parts]), scores[:140])
        np.testing.assert_array_equal(np.concatenate([reasons.points_of(part) for part in parts]), points[:140])
