"""What was said of the samples of one chunk, on its way from the model to the database."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlcore.predict import Predictions
from mlcore.samples import Samples


@dataclass(frozen=True)
class Answers:
    """Of those that share their boundaries. `baseline`: what the best simple guess of the training says of the same rows."""

    samples: Samples
    said: Predictions
    baseline: NDArray[np.float64]
    history: NDArray[np.float64]
