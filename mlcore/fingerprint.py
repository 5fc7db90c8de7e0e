"""`fingerprint`: one short text for the content of a school's tables, whatever the order and storage of rows and columns."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types as dtypes

from mlcore.tables import SchoolTables

Hashes: TypeAlias = npt.NDArray[np.uint64]

MISSING = np.uint64(0x9E3779B97F4A7C15)
EXACT = 2.0**53  # below it, a float holds every whole number


def fingerprint(tables: SchoolTables) -> str:
    """SHA-256 over all tables that have rows. Equal content gives equal text: rows as a database happens to return them,
    whole numbers as floats, texts as categories. Columns without any value do not count."""
    digest = hashlib.sha256()
    for table in sorted(each.name for each in fields(tables)):
        frame: pd.DataFrame = getattr(tables, table)
        if len(frame):
            columns = sorted(str(name) for name in frame.columns if frame[name].notna().any())
            digest.update(f"{table} {len(frame)} {' '.join(columns)}\n".encode())
            digest.update(np.sort(_rows(frame, columns)).tobytes())
    return digest.hexdigest()


def _rows(frame: pd.DataFrame, columns: list[str]) -> Hashes:
    hashed = pd.DataFrame({name: _values(frame[name]) for name in columns})
    return np.asarray(pd.util.hash_pandas_object(hashed, index=False), dtype=np.uint64)


def _values(series: pd.Series[Any]) -> Hashes:
    """One number per value: equal values have equal ones, whatever type they are stored in."""
    missing = series.isna().to_numpy()
    if dtypes.is_datetime64_any_dtype(series):
        days = series.to_numpy().astype("datetime64[D]").astype(np.int64)
        return _hashed(days, missing)
    if dtypes.is_bool_dtype(series) or dtypes.is_numeric_dtype(series):
        return _hashed(_number(series, missing), missing)
    codes, met = pd.factorize(series)
    texts = np.asarray(met, dtype=object).astype(str).astype(object)
    return np.where(missing, MISSING, pd.util.hash_array(texts, categorize=False)[codes])


def _number(series: pd.Series[Any], missing: npt.NDArray[np.bool_]) -> npt.NDArray[Any]:
    """Whole numbers if all are, so that large keys stay exact; else floats."""
    if not missing.any() and not dtypes.is_float_dtype(series):
        return series.to_numpy().astype(np.int64)
    floats = series.to_numpy(dtype=np.float64, na_value=np.nan)
    known = np.where(missing, 0.0, floats)
    whole = bool((np.abs(known) < EXACT).all() and (known == np.floor(known)).all())
    return known.astype(np.int64) if whole else known + 0.0  # -0 becomes 0


def _hashed(values: npt.NDArray[Any], missing: npt.NDArray[np.bool_]) -> Hashes:
    return np.where(missing, MISSING, pd.util.hash_array(values))
