"""A shallow tree over readable columns, grown on some students, and its leaves as conditions; scikit-learn grows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlcore.arrays import Flags, Floats, Ints
from mlcore.features.base import Feature, FeatureKind, RawColumn
from mlcore.statistics.bins import readable
from mlcore.statistics.onerow import is_constant, numbers
from mlcore.statistics.rules import Condition, joined

DEEPEST = 3
LEAVES = (2, 3, 4, 6, 8)  # that no profile holds is for the students to say who did not shape them
LEAST_LEAF = 10
MOST_WORDS = 12
FOLDS = 5
MOST_TO_GROW = 10_000  # more students do not make a better tree of so few leaves, only a slower one


@dataclass(frozen=True)
class Questions:
    """What the tree may ask: `values` has a column for each number, and one for each common word, 1 where it is the word."""

    values: Floats
    asked: tuple[tuple[Feature, str], ...]
    steps: tuple[float, ...]

    @classmethod
    def of(cls, columns: Sequence[RawColumn], least: int) -> Questions:
        found = [question for column in columns for question in _questions(column, least)]
        rows = len(columns[0].values) if columns else 0
        values = np.stack([values for _, _, values, _ in found], axis=1) if found else np.empty((rows, 0))
        return cls(values, tuple((feature, word) for feature, word, _, _ in found), tuple(each[3] for each in found))


def _questions(column: RawColumn, least: int) -> Iterator[tuple[Feature, str, Floats, float]]:
    if column.feature.kind is FeatureKind.NUMBER:
        values = numbers(column)
        known = values[np.isfinite(values)]
        if not is_constant(known):
            yield column.feature, "", values, _readable_step(known)
        return
    met = np.array([word for word in column.values if word is not None], dtype=str)
    distinct, counts = np.unique(met, return_counts=True)
    common = np.argsort(-counts, kind="stable")[:MOST_WORDS]
    for word in distinct[common[counts[common] >= least]] if len(met) else ():
        yield column.feature, str(word), np.asarray(column.values == word, dtype=np.float64), 0.0


def _readable_step(known: Floats) -> float:
    """Cut points are told in steps of about a hundredth of where most students lie; whole numbers stay whole."""
    low, high = np.quantile(known, (0.02, 0.98))
    step = readable(float(high - low) / 100) if high > low else readable(float(np.ptp(known)) / 100)
    return max(step, 1.0) if np.array_equal(known, np.rint(known)) else step


def leaves(
    questions: Questions, missed: Flags, rows: Ints, least: float, rng: np.random.Generator
) -> list[tuple[Condition, ...]]:
    """The leaves of the tree that these students grow; how many, cross-validation among them says.

    `least`: the smallest share of the students that a leaf may hold; it never holds fewer than ten.
    """
    if len(rows) > MOST_TO_GROW:
        rows = np.sort(rng.choice(rows, MOST_TO_GROW, replace=False))
    if not questions.asked:
        return []
    values, missed = questions.values[rows], missed[rows]
    smallest = max(LEAST_LEAF, int(np.ceil(least * len(rows))))
    tree = _tree(_how_many(values, missed, smallest, rng), smallest).fit(values, missed).tree_
    return [joined(path) for path in _paths(tree, questions, 0)]


def _tree(count: int, smallest: int) -> Any:  # scikit-learn has no types
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(
        max_depth=DEEPEST, max_leaf_nodes=count, min_samples_leaf=smallest, criterion="log_loss", random_state=0
    )


def _how_many(values: Floats, missed: Flags, smallest: int, rng: np.random.Generator) -> int:
    """How many leaves say best who misses the mark among students they were not grown on (by Brier's score)."""
    fold = rng.permutation(len(missed)) % FOLDS
    lost = np.zeros(len(LEAVES))
    for held_out in range(FOLDS):
        learn, check = fold != held_out, fold == held_out
        if missed[learn].mean() in (0.0, 1.0):
            continue
        tree = _tree(LEAVES[-1], smallest).fit(values[learn], missed[learn])
        said = _said_by_size(tree, values[check])
        lost += ((said - missed[check]) ** 2).sum(axis=1)
    return LEAVES[int(lost.argmin())]


def _said_by_size(tree: Any, values: Floats) -> Floats:
    """What trees of each number of leaves say, from the largest alone: scikit-learn numbers the nodes of such a tree in the
    order in which it splits them, the first 2n - 1 are the tree of n leaves, and children come after their parents."""
    passed = tree.decision_path(values).toarray().astype(bool)
    shares = tree.tree_.value[:, 0, 1]
    nodes = np.arange(passed.shape[1])
    deepest = [np.where(passed & (nodes < 2 * count - 1), nodes, 0).max(axis=1) for count in LEAVES]
    return np.asarray(shares[np.stack(deepest)], dtype=np.float64)


def _paths(tree: Any, questions: Questions, node: int) -> Iterator[list[Condition]]:
    if tree.children_left[node] < 0:
        yield []
        return
    below, above = _split(tree, questions, node)
    for child, condition in ((tree.children_left[node], below), (tree.children_right[node], above)):
        for path in _paths(tree, questions, child):
            yield [condition, *path]


def _split(tree: Any, questions: Questions, node: int) -> tuple[Condition, Condition]:
    place = tree.feature[node]
    feature, word = questions.asked[place]
    if word:
        without = Condition(feature.name, feature.label, words=(word,), negated=True, unknown=True)
        return without, Condition(feature.name, feature.label, words=(word,))
    left, cut = bool(tree.missing_go_to_left[node]), float(tree.threshold[node])
    plain = Condition(feature.name, feature.label, feature.unit)
    if not np.isfinite(cut):  # what is known against what is not
        return plain, Condition(feature.name, feature.label, feature.unit, unknown=True, known=False)
    cut = _readable_cut(cut, questions.steps[place])
    below = Condition(feature.name, feature.label, feature.unit, high=cut, unknown=left)
    return below, Condition(feature.name, feature.label, feature.unit, low=cut, unknown=not left)


def _readable_cut(cut: float, step: float) -> float:
    """The tree cuts halfway between two values; halfway between two whole numbers the upper one is meant."""
    return round(float(np.floor(cut / step + 0.5 + 1e-9) * step), 10)
