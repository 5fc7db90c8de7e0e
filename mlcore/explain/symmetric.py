"""Shapley points of trees that ask one question per level: there a leaf tells every answer, so that they can be exact."""

from __future__ import annotations

from math import comb

import numpy as np

from mlcore.arrays import Flags, Floats, Ints


def symmetric_points(value: Floats, weight: Floats, group: Ints, groups: int) -> Floats:
    """Trees × leaves × groups, from trees × leaves and, for each tree and level, the group that is asked about.

    The first question is the highest bit of a leaf's place. What a group adds is averaged over all orders in which
    the groups could become known; what is not known yet is averaged over the training rows below the same node.
    """
    trees, depth = group.shape
    asks = (group[:, :, None] == group[:, None, :]).argmax(axis=2)  # the first level that asks about the same group
    shares = _shares(weight, depth)
    gained = np.zeros((depth, *value.shape))
    for known in range(2**depth):
        expected = _expected(value, shares, (known >> asks & 1).astype(bool))
        for level in range(depth):
            gained[level] += _part(known, level, depth) * expected
    points = np.zeros((*value.shape, groups))
    for level in range(depth):
        points[np.arange(trees), :, group[:, level]] += gained[level]
    return points


def _part(known: int, level: int, depth: int) -> float:
    """How often this set comes just after the level was told (positive), or just before (negative)."""
    size, there = known.bit_count(), known >> level & 1
    before = size - there
    return (1 if there else -1) / (depth * comb(depth - 1, before))


def _shares(weight: Floats, depth: int) -> list[Floats]:
    """For each level, which share of a node's training rows each of its two children holds."""
    shares = []
    for level in range(depth):
        child = weight.reshape(len(weight), 2**level, 2, -1).sum(axis=3, keepdims=True)
        total = child.sum(axis=2, keepdims=True)
        shares.append(np.divide(child, total, out=np.full_like(child, 0.5), where=total > 0))
    return shares


def _expected(value: Floats, shares: list[Floats], known: Flags) -> Floats:
    """For each leaf what is expected of a row that gives its answers only at the levels that are known."""
    expected = value
    for level in reversed(range(len(shares))):
        halves = expected.reshape(len(value), 2**level, 2, -1)
        mixed = (halves * shares[level]).sum(axis=2, keepdims=True)
        expected = np.where(known[:, level, None, None, None], halves, mixed).reshape(value.shape)
    return expected
