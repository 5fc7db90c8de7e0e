"""Columns as files, a batch after the other: CSV that no spreadsheet runs anything of, JSON, and Parquet where it is installed."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _

from portal.kit.errors import NotReady
from portal.kit.spreadsheets import BEGINS_FORMULA

Frames = Iterator[pd.DataFrame]


def write_csv(path: Path, frames: Frames) -> int:
    """Without a mark of the encoding: programs read it, and its first column must have the name that it has."""
    count, head = 0, True
    for frame in frames:
        cells: dict[str, Any] = {str(name): _cells(frame[name]) for name in frame}
        harmless = frame.assign(**cells)
        harmless.to_csv(
            path, mode="a", header=head, index=False, lineterminator="\r\n", encoding="utf-8", date_format="%Y-%m-%d"
        )
        count, head = count + len(frame), False
    return count


def _cells(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Days are written without a time; they are what a column of moments holds here."""
    if column.dtype.kind == "b":
        return column.map({True: "true", False: "false"})
    return column if column.dtype.kind in "fiM" else _harmless(column)


def _harmless(texts: "pd.Series[str]") -> "pd.Series[str]":
    return texts.where(~texts.str.startswith(BEGINS_FORMULA), "'" + texts)


def write_json(path: Path, frames: Frames) -> int:
    """A list of objects, one in each line; what is not known is null."""
    count = 0
    with path.open("w", encoding="utf-8") as out:
        out.write("[")
        for frame in frames:
            for row in frame.astype(object).replace({np.nan: None}).to_dict("records"):
                out.write((",\n" if count else "\n") + json.dumps(row, ensure_ascii=False, allow_nan=False))
                count += 1
        out.write("\n]\n")
    return count


def write_parquet(path: Path, frames: Frames) -> int:
    """A row group for each batch. Raises NotReady where the extra is not installed."""
    try:
        from fastparquet import write
    except ImportError as error:
        told = _("Parquet files need the extra “parquet”: pip install 'foremark[parquet]'.")
        raise NotReady(told, code="no_parquet") from error
    count = 0
    for frame in frames:
        write(str(path), frame, compression="SNAPPY", append=count > 0)
        count += len(frame)
    return count


WRITERS: dict[str, Callable[[Path, Frames], int]] = {
    ".csv": write_csv, ".json": write_json, ".parquet": write_parquet
}  # fmt: skip
