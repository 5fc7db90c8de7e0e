"""Many trees side by side: in which leaf of each tree does a row end?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from mlcore.arrays import Flags, Floats, Ints

Shorts: TypeAlias = npt.NDArray[np.int32]
Numbers: TypeAlias = npt.NDArray[Any]  # float32 where the library compares float32, else float64

STRIDE = 3  # splits walked before those who have arrived are sorted out


@dataclass(frozen=True, slots=True)
class Tree:
    """One tree as its library tells it: a leaf has left < 0; a number above the threshold goes right.

    `value` and `weight` (how much of the training lies there) count at leaves only. `symmetric`: it asks one question
    per level, and its nodes stand level by level.
    """

    left: Ints
    right: Ints
    feature: Ints
    threshold: Floats
    missing_left: Flags
    value: Floats
    weight: Floats
    symmetric: bool = False

    @property
    def depth(self) -> int:
        """Of a symmetric tree: how many questions it asks."""
        return len(self.left).bit_length() - 1

    def weighed(self, share: float) -> Tree:
        """The same tree when its word counts this much."""
        return replace(self, value=self.value * share)


@dataclass(frozen=True)
class Nodes:
    """All nodes of all trees, level by level, the right child behind the left; the trees' roots come first.

    A leaf is its own child. `column` counts the encoded columns twice: the second time for splits that send
    missing values to the right.
    """

    column: Shorts
    threshold: Numbers
    child: Shorts
    trees: int
    depth: int

    def leaves_of(self, encoded: Floats) -> Ints:
        """For each tree and row the node where the row ends: trees × rows."""
        numbers = self._both_ways(encoded)
        rows, width = numbers.shape
        start = np.tile(np.arange(rows) * width, self.trees)
        node = np.repeat(np.arange(self.trees), rows)
        return self._walk(numbers.ravel(), start, node).reshape(self.trees, rows)

    def _both_ways(self, encoded: Floats) -> Numbers:
        """The columns twice: with missing as less than all, and as more than all."""
        numbers = np.tile(encoded.astype(self.threshold.dtype), (1, 2))
        missing = np.isnan(numbers)
        if missing.any():
            numbers[missing] = np.where(np.nonzero(missing)[1] < encoded.shape[1], -np.inf, np.inf)
        return numbers

    def _walk(self, numbers: Numbers, start: Ints, node: Ints) -> Ints:
        ends, on_the_way = node.copy(), np.arange(len(node))
        for step in range(1, self.depth + 1):
            split_on = np.add(self.column.take(node, mode="clip"), start)
            right = numbers.take(split_on, mode="clip") > self.threshold.take(node, mode="clip")
            node = np.add(self.child.take(node, mode="clip"), right, dtype=np.intp)
            if step % STRIDE == 0 and step < self.depth:
                ends[on_the_way] = node
                moving = np.flatnonzero(self.child.take(node, mode="clip") != node)
                on_the_way, node, start = on_the_way[moving], node[moving], start[moving]
                if not len(node):
                    return ends
        ends[on_the_way] = node
        return ends


@dataclass(frozen=True, slots=True)
class Laid:
    """Trees as nodes, with what is needed to work out points; `place`: for each tree where its nodes stand now."""

    nodes: Nodes
    feature: Ints
    value: Floats
    weight: Floats
    levels: tuple[tuple[int, int], ...]
    place: tuple[Ints, ...]


def lay(trees: Sequence[Tree], columns: int, kind: type[np.floating[Any]]) -> Laid:
    """Put trees side by side. `columns`: how many the encoder makes; `kind`: the precision in which splits compare."""
    offsets = np.cumsum([0, *(len(tree.left) for tree in trees)])
    left = _joined([np.where(tree.left < 0, -1, tree.left + at) for tree, at in zip(trees, offsets, strict=False)])
    right = _joined([tree.right + at for tree, at in zip(trees, offsets, strict=False)])
    order, levels = _by_level(offsets[:-1], left, right)
    rank = np.zeros(len(left), dtype=np.int64)  # a node that no row can reach keeps 0 and is not laid
    rank[order] = np.arange(len(order))

    leaf = left[order] < 0
    feature = np.where(leaf, 0, _joined([tree.feature for tree in trees])[order])
    second = ~leaf & ~_joined([tree.missing_left for tree in trees])[order].astype(bool)
    threshold = _rounded_down(_joined([tree.threshold for tree in trees])[order], kind)
    nodes = Nodes(
        column=(feature + columns * second).astype(np.int32),
        threshold=np.where(leaf, kind(np.inf), threshold),
        child=np.where(leaf, rank[order], rank[left[order]]).astype(np.int32),
        trees=len(trees),
        depth=len(levels) - 1,
    )
    value, weight = (_joined([getattr(tree, name) for tree in trees])[order] for name in ("value", "weight"))
    return Laid(nodes, feature, value, weight, levels, tuple(np.split(rank, offsets[1:-1])))


def _by_level(roots: Ints, left: Ints, right: Ints) -> tuple[Ints, tuple[tuple[int, int], ...]]:
    levels, level = [roots], roots
    while len(inner := level[left[level] >= 0]):
        level = np.column_stack([left[inner], right[inner]]).ravel()
        levels.append(level)
    bounds = np.cumsum([0, *map(len, levels)]).tolist()
    return np.concatenate(levels), tuple(pairwise(bounds))


def _rounded_down(threshold: Floats, kind: type[np.floating[Any]]) -> Numbers:
    """The largest number of this precision that is not above the threshold, so that nothing changes sides.

    An infinite threshold parts what is missing from all numbers; it becomes the largest number, for missing is infinite.
    """
    largest = np.finfo(kind).max
    held = np.clip(threshold, -largest, largest)
    nearest: Numbers = held.astype(kind)
    return np.nextafter(nearest, kind(-np.inf), out=nearest, where=nearest > held)


def _joined(parts: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    return np.concatenate(parts)
