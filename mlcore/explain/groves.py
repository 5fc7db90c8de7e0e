"""Trees that read the same columns, told together: each leaf has its points, and a row's points are those of its leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mlcore.arrays import Floats, Ints
from mlcore.explain.paths import path_points
from mlcore.explain.symmetric import symmetric_points
from mlcore.explain.trees import Laid, Nodes, Shorts, Tree, lay

ROWS_AT_ONCE = 500  # few enough that walking trees stays in the processor's cache
TREES_AT_ONCE = 8  # whose points are added up in one go, for the same reason


@dataclass(frozen=True)
class Grove:
    """`leaf`: for each node that is a leaf its row in `points`, which are leaves × groups."""

    nodes: Nodes
    leaf: Shorts
    points: npt.NDArray[np.float32]

    def points_of(self, encoded: Floats) -> Floats:
        total = np.zeros((len(encoded), self.points.shape[1]))
        for at in range(0, len(encoded), ROWS_AT_ONCE):
            rows = slice(at, at + ROWS_AT_ONCE)
            self._add(encoded[rows], total[rows])
        return total

    def _add(self, encoded: Floats, total: Floats) -> None:
        leaves = self.leaf.take(self.nodes.leaves_of(encoded))
        # As many trees at once for one row as for many: else their points would be rounded otherwise.
        for at in range(0, len(leaves), TREES_AT_ONCE):
            total += self.points.take(leaves[at : at + TREES_AT_ONCE], axis=0).sum(axis=0)


def grove(trees: Sequence[Tree], group_of: Ints, groups: int, kind: type[np.floating[Any]]) -> Grove:
    """`group_of`: for each encoded column the place of its group; `kind`: the precision in which splits compare."""
    laid = lay(trees, len(group_of), kind)
    points = path_points(laid, group_of, groups)
    for places, exact in _symmetric(trees, laid, group_of, groups):
        points[places] = exact
    is_leaf = laid.nodes.child == np.arange(len(points))
    leaf = np.where(is_leaf, np.cumsum(is_leaf) - 1, 0).astype(np.int32)
    return Grove(laid.nodes, leaf, points[is_leaf].astype(np.float32))


def _symmetric(trees: Sequence[Tree], laid: Laid, group_of: Ints, groups: int) -> Iterator[tuple[Ints, Floats]]:
    """The leaves of symmetric trees and their exact points; trees of the same depth at once."""
    for depth in sorted({tree.depth for tree in trees if tree.symmetric} - {0}):
        alike = [
            (tree, at) for tree, at in zip(trees, laid.place, strict=True) if tree.symmetric and tree.depth == depth
        ]
        leaves, asked = slice(2**depth - 1, None), 2 ** np.arange(depth) - 1  # `asked`: the first node of each level
        value = np.stack([tree.value[leaves] for tree, _ in alike])
        weight = np.stack([tree.weight[leaves] for tree, _ in alike])
        group = group_of[np.stack([tree.feature[asked] for tree, _ in alike])]
        yield np.stack([at[leaves] for _, at in alike]), symmetric_points(value, weight, group, groups)
