"""How fast scores come with reasons, and how near these lie to exact Shapley values; `python -m benchmarks.learning.reasons`."""

import io
import time
from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np

from benchmarks.learning.measuring import Took, quickest
from benchmarks.learning.schools import made_up, spec
from mlcore.arrays import Floats
from mlcore.estimators import BY_NAME, QUICK
from mlcore.explain import Explainer, explainer
from mlcore.features.base import Matrix
from mlcore.features.matrix import build_matrix
from mlcore.models import Ground
from mlcore.samples import past_samples
from mlcore.stack import Blend, Stack

SIZES = (1, 1_000, 10_000, 50_000)


@dataclass(frozen=True)
class School:
    """The samples of a made-up school, half to learn from and half to explain."""

    learnt: Matrix
    results: Floats
    unseen: Matrix

    @property
    def ground(self) -> Ground:
        return Ground(self.learnt.schema, seed=0, threads=1, rows=len(self.learnt))


def school() -> School:
    tables = made_up()
    samples = past_samples(tables, spec(), seed=0)
    matrix = build_matrix(tables, samples)
    half = np.unique(samples.rows["student"], return_inverse=True)[1] % 2 == 0
    return School(matrix.take(half), samples.target[half], matrix.take(~half))


def fitted(school: School, name: str, **changed: Any) -> Any:
    params = {**BY_NAME[name].usual(len(school.learnt)), **changed}
    return BY_NAME[name].build(school.ground, params).fit(school.learnt.values, school.results)


def forest_of_xgboost(school: School) -> Any:
    """A stand-in for the forests, because of its own XGBoost can tell exact values."""
    from xgboost import XGBRFRegressor

    model = XGBRFRegressor(n_estimators=100, max_depth=12, min_child_weight=3, colsample_bynode=0.6, n_jobs=1)
    pipeline = BY_NAME["random_forest"].build(school.ground, BY_NAME["random_forest"].usual(len(school.learnt)))
    return pipeline.set_params(model=model).fit(school.learnt.values, school.results)


def shapley(pipeline: Any, matrix: Matrix) -> Floats:
    """Exact values by the library itself, summed by group."""
    encoder, model = pipeline[0], pipeline[-1]
    columns = encoder.transform(matrix.values)
    if hasattr(model, "get_booster"):
        from xgboost import DMatrix

        told = model.get_booster().predict(DMatrix(columns), pred_contribs=True)
    else:
        from catboost import Pool

        told = model.get_feature_importance(Pool(columns), type="ShapValues")
    by_group = np.zeros((len(matrix), len(matrix.schema.groups)))
    for column, feature in enumerate(encoder.source):
        by_group[:, matrix.schema.group_of[feature]] += told[:, column]
    return by_group


def megabytes(explains: Explainer) -> float:
    stream = io.BytesIO()
    joblib.dump(explains, stream)
    return stream.tell() / 1e6


def speed(school: School) -> None:
    stack = Stack(
        "quick", "", [(name, fitted(school, name)) for name in QUICK], Blend(np.full(len(QUICK), 1 / len(QUICK)), 0.0)
    )
    start = time.perf_counter()
    explains = explainer(stack, school.learnt.schema, school.learnt)
    print(
        f"A blend of {', '.join(QUICK)}, learned from {len(school.learnt):,} samples x "
        f"{school.learnt.values.shape[1]} features in {len(explains.groups)} groups; its explainer was made in "
        f"{time.perf_counter() - start:.2f} s and has {megabytes(explains):.1f} MB.\n"
    )
    print("| rows | score, s | reasons, s | rows a second with reasons | by processor time |")
    print("|---:|---:|---:|---:|---:|")
    for rows in SIZES:
        values = school.unseen.values[np.arange(rows) % len(school.unseen)]
        first, then = timed(stack, explains, values)
        wall, processor = first.wall + then.wall, first.processor + then.processor
        print(f"| {rows:,} | {first.wall:.4f} | {then.wall:.4f} | {rows / wall:,.0f} | {rows / processor:,.0f} |")


def timed(stack: Stack, explains: Explainer, values: Floats) -> tuple[Took, Took]:
    scores = stack.predict(values)
    return quickest(lambda: stack.predict(values)), quickest(lambda: explains.reasons(values, scores))


def agreement(school: School) -> None:
    print(
        "\n| told | scores apart by (sd) | correlation with exact values | mean difference, points "
        "| mean size, points | same largest group |\n|---|---:|---:|---:|---:|---:|"
    )
    some = school.unseen.take(np.arange(min(1_000, len(school.unseen))))
    tried = {
        "XGBoost, 4 deep": fitted(school, "xgboost"),
        "XGBoost, 8 deep": fitted(school, "xgboost", depth=8),
        "forest, 12 deep (XGBoost's)": forest_of_xgboost(school),
        "CatBoost, 6 deep": fitted(school, "catboost", depth=6),
    }
    for name, model in tried.items():
        ours, exact = explainer(model, some.schema, school.learnt).points_of(some.values), shapley(model, some)
        same = np.abs(ours).argmax(axis=1) == np.abs(exact).argmax(axis=1)
        print(
            f"| {name} | {model.predict(some.values).std():.1f} | {np.corrcoef(ours.ravel(), exact.ravel())[0, 1]:.4f} "
            f"| {np.abs(ours - exact).mean():.3f} | {np.abs(exact).mean():.3f} | {same.mean():.0%} |"
        )


def main() -> None:
    made = school()
    speed(made)
    agreement(made)


if __name__ == "__main__":
    main()
