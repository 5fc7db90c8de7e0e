"""What a leaf says about each group of features: from the root down, every split hands its change of the mean to its group."""

from __future__ import annotations

import numpy as np

from mlcore.arrays import Floats, Ints
from mlcore.explain.trees import Laid


def path_points(laid: Laid, group_of: Ints, groups: int) -> Floats:
    """Nodes × groups. `group_of`: for each encoded column the place of its group."""
    means = _means(laid)
    points = np.zeros((len(means), groups))
    for level in laid.levels:
        node, left = _inner(laid, level)
        for child in (left, left + 1):
            points[child] = points[node]
            points[child, group_of[laid.feature[node]]] += means[child] - means[node]
    return points


def _means(laid: Laid) -> Floats:
    """For each node the mean of its leaves, weighed by how much of the training they hold."""
    means, weight = laid.value.copy(), laid.weight.copy()
    for level in reversed(laid.levels):
        node, left = _inner(laid, level)
        weight[node] = weight[left] + weight[left + 1]
        share = np.divide(weight[left], weight[node], out=np.full(len(node), 0.5), where=weight[node] > 0)
        means[node] = share * means[left] + (1 - share) * means[left + 1]
    return means


def _inner(laid: Laid, level: tuple[int, int]) -> tuple[Ints, Ints]:
    """The nodes of this level that split, and their left children."""
    nodes = np.arange(*level)
    child = laid.nodes.child[nodes].astype(np.int64)
    return nodes[child != nodes], child[child != nodes]
