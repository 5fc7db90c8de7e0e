"""How errors are spread to both sides, in units of the expected error, by bands of the predicted score."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mlcore.arrays import Floats, Ints
from mlcore.ranges.curve import LEVELS, Met, quantiles, share_below

BAND_ROWS, BAND_RESULTS = 200, 100
MOST_BANDS = 20


@dataclass(frozen=True, slots=True)
class Bands:
    """`quantiles`: one row per band, one column per level; between the centres of two bands they are blended."""

    centres: Floats
    quantiles: Floats

    def at(self, predicted: Floats, levels: Ints | slice = slice(None)) -> Floats:
        """One row per level, one column per sample."""
        table = self.quantiles[:, levels].T
        if len(self.centres) == 1:
            return np.broadcast_to(table, (len(table), len(predicted)))
        upper = np.minimum(np.maximum(self.centres.searchsorted(predicted), 1), len(self.centres) - 1)
        below, above = self.centres[upper - 1], self.centres[upper]
        part = np.minimum(np.maximum((predicted - below) / (above - below), 0.0), 1.0)
        return np.asarray(table[:, upper - 1] * (1 - part) + table[:, upper] * part)


def learn_bands(predicted: Floats, relative: Met) -> Bands:
    """`relative`: signed error over expected error."""
    results = len(predicted) / relative.alike
    most = int(min(len(predicted) / BAND_ROWS, results / BAND_RESULTS, MOST_BANDS))
    parts = np.array_split(np.argsort(predicted, kind="stable"), max(most, 1))
    middles = np.array([np.median(predicted[rows]) for rows in parts])
    centres = np.unique(middles)  # many equal scores, at the end of the scale for instance, make one band
    bands = [np.concatenate([parts[place] for place in np.flatnonzero(middles == centre)]) for centre in centres]
    tables = np.stack([quantiles(relative.take(rows)) for rows in bands])
    return _levelled(Bands(centres, tables), predicted, relative)


def _levelled(bands: Bands, predicted: Floats, relative: Met) -> Bands:
    """Blending bends the curves between two bands a little; reading them at other levels makes each level hold again."""
    if len(bands.centres) == 1:
        return bands
    reached = share_below(bands.at(predicted), relative.values[None])[0]
    level = quantiles(replace(relative, values=reached))
    return Bands(bands.centres, np.stack([np.interp(level, LEVELS, table) for table in bands.quantiles]))
