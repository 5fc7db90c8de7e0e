"""A folder with one CSV or Parquet file per table, read into `SchoolTables` and written from them."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mlcore.errors import MLError, SchemaMismatch
from mlcore.schema import TABLES, Column, Kind
from mlcore.tables import SchoolTables

ENDINGS = (".csv", ".parquet")
PLAIN_NUMBER = r"0|-?[1-9]\d{0,17}"
TRUE_FALSE = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
PARQUET_MISSING = "To read and write Parquet, Foremark needs the package fastparquet: install the extra 'parquet'."


def read_folder(folder: Path) -> SchoolTables:
    """The tables of a folder. Raises SchemaMismatch with every fault, each naming file, line and what was expected."""
    if not folder.is_dir():
        raise MLError(f"{folder} is not a folder.", "no_folder")
    paths = [path for path in sorted(folder.iterdir()) if path.suffix in ENDINGS]
    files = {path.stem: path for path in paths}
    if not files.keys() & TABLES.keys():
        raise MLError(f"{folder} holds none of the tables: {', '.join(TABLES)} (.csv or .parquet).", "no_tables")
    faults = [f"{path.name}: there is no table of this name." for name, path in files.items() if name not in TABLES]
    faults += [f"{path.name}: this table is there twice." for path in paths if files[path.stem] != path]
    frames: dict[str, pd.DataFrame] = {}
    for name in sorted(files.keys() & TABLES.keys()):
        frame, told = read_table(files[name], name)
        frames[name] = frame
        faults += told
    if faults:
        raise SchemaMismatch(sorted(faults))
    _agree_on_keys(frames)
    tables = SchoolTables.of(**frames)
    tables.check()
    return tables


def write_folder(tables: SchoolTables, folder: Path, ending: str = ".csv") -> None:
    """Every table that has rows, in a file of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in fields(tables):
        frame: pd.DataFrame = getattr(tables, table.name)
        if len(frame):
            path = folder / f"{table.name}{ending}"
            if ending == ".csv":
                frame.to_csv(path, index=False, date_format="%Y-%m-%d")
            else:
                _parquet().write(str(path), _plain(frame), write_index=False)


def read_table(path: Path, table: str) -> tuple[pd.DataFrame, list[str]]:
    """The columns as the schema wants them, and a sentence for each cell that could not be read."""
    raw = read_file(path)
    faults: list[str] = []
    frame = pd.DataFrame(index=raw.index)
    known = {column.name: column for column in TABLES[table].columns}
    for name in raw.columns:
        column = known.get(str(name))
        frame[name] = raw[name] if column is None else _typed(raw[name], column, path.name, faults)
    return frame.reset_index(drop=True), faults


def read_file(path: Path) -> pd.DataFrame:
    """Any CSV (as text) or Parquet file, rows without anything left out; the index tells each row's line in the file.

    What cannot be read at all is told in a sentence.
    """
    if path.suffix == ".parquet":
        return _read_parquet(path)
    try:
        _check_head(path)
        above = _blank_lines_above(path)
        rows = pd.read_csv(
            path,
            header=above,
            dtype=str,
            keep_default_na=False,
            na_values=[""],
            encoding="utf-8-sig",
            skip_blank_lines=False,
        )
    except UnicodeDecodeError:
        raise MLError(f"{path.name} is not text in UTF-8.", "bad_file") from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        told = " ".join(str(error).split()).rstrip(".")
        raise MLError(f"{path.name} is not a table of comma-separated values: {told}.", "bad_file") from None
    if not isinstance(rows.index, pd.RangeIndex):  # pandas takes cells too many for names of rows
        raise MLError(f"{path.name}: its rows have more cells than there are names of columns.", "bad_file")
    return _from_line(rows, above + 2)[~_blank(rows)]


def _check_head(path: Path) -> None:
    """pandas would rename a column that is there twice, and take a line of semicolons for one column."""
    names = pd.read_csv(path, header=None, nrows=1, dtype=str, encoding="utf-8-sig").iloc[0].dropna()
    if len(names) == 1 and ";" in names.iloc[0]:
        raise MLError(
            f"{path.name}: expected commas between the columns, but they are parted by semicolons.", "bad_file"
        )
    if (twice := names[names.duplicated()]).any():
        raise MLError(f"{path.name}: the column {twice.iloc[0]} is there twice.", "bad_file")


def _blank_lines_above(path: Path) -> int:
    with path.open(encoding="utf-8-sig") as lines:
        return next(number for number, line in enumerate(lines) if line.strip())


def _blank(rows: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """A line of spaces is one cell, so it is told from a row by what is in the first column."""
    first = rows.iloc[:, 0].fillna("").str.strip() == ""
    return (first & rows.iloc[:, 1:].isna().all(axis=1)).to_numpy()


def _from_line(rows: pd.DataFrame, first: int) -> pd.DataFrame:
    return rows.set_axis(range(first, first + len(rows)))


def _read_parquet(path: Path) -> pd.DataFrame:
    fastparquet = _parquet()
    try:
        with path.open("rb") as file:
            return _from_line(pd.DataFrame(fastparquet.ParquetFile(file).to_pandas()), 2)
    except Exception as error:  # noqa: BLE001 - the reader raises whatever a broken file makes it stumble over
        raise MLError(
            f"{path.name} is not a Parquet file that can be read ({type(error).__name__}).", "bad_file"
        ) from None


def _parquet() -> Any:
    try:
        import fastparquet
    except ImportError:
        raise MLError(PARQUET_MISSING, "no_parquet") from None
    return fastparquet


def _agree_on_keys(frames: dict[str, pd.DataFrame]) -> None:
    """A key is a whole number in all tables, if it is a plain one in all of them; else a text in all, so that they meet.

    A blank agrees with both and stays a blank.
    """
    homes: dict[str, list[str]] = {}
    for table in frames:
        for column in TABLES[table].columns:
            if column.kind is Kind.KEY and column.name in frames[table]:
                homes.setdefault(column.name, []).append(table)
    for name, tables in homes.items():
        if all(frames[table][name].dropna().str.fullmatch(PLAIN_NUMBER).all() for table in tables):
            for table in tables:
                frames[table][name] = _as_whole_key(frames[table][name])


def _typed(raw: pd.Series[Any], column: Column, file: str, faults: list[str]) -> pd.Series[Any]:
    read = _READERS.get(column.kind, _as_text)(raw)
    unread = read.isna() & raw.notna()
    if unread.any():
        row = int(unread.to_numpy().argmax())
        where = f"{file}, line {raw.index[row]}, {column.name}"
        faults.append(f"{where}: expected {column.kind}, but it says {raw.iloc[row]!r}.")
    elif column.kind in (Kind.WHOLE, Kind.FLAG) and read.notna().all():
        return read.astype(np.int64 if column.kind is Kind.WHOLE else bool)
    return read


def _as_text(raw: pd.Series[Any]) -> pd.Series[Any]:
    return raw.astype(pd.StringDtype(na_value=np.nan))


def _as_whole_key(texts: pd.Series[Any]) -> pd.Series[Any]:
    return texts.astype("Int64" if texts.isna().any() else np.int64)


def _as_number(raw: pd.Series[Any]) -> pd.Series[Any]:
    numbers = pd.to_numeric(raw, errors="coerce").astype(np.float64)
    return numbers.mask(np.isinf(numbers))


def _as_whole(raw: pd.Series[Any]) -> pd.Series[Any]:
    numbers = _as_number(raw)
    return numbers.where(numbers == numbers.round())


def _as_day(raw: pd.Series[Any]) -> pd.Series[Any]:
    if pd.api.types.is_datetime64_any_dtype(raw):
        moments: pd.Series[Any] = raw.dt.tz_localize(None)
        return moments.astype("datetime64[s]")
    return pd.to_datetime(raw, errors="coerce", format="%Y-%m-%d").astype("datetime64[s]")


def _as_flag(raw: pd.Series[Any]) -> pd.Series[Any]:
    return raw.astype(str).str.lower().map(TRUE_FALSE)


_READERS = {
    Kind.KEY: _as_text,
    Kind.NUMBER: _as_number,
    Kind.WHOLE: _as_whole,
    Kind.DAY: _as_day,
    Kind.FLAG: _as_flag,
}


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns that Parquet keeps as they are: words as text, days as moments."""
    words = [name for name in frame.columns if isinstance(frame[name].dtype, pd.CategoricalDtype)]
    days = [name for name in frame.columns if pd.api.types.is_datetime64_any_dtype(frame[name])]
    return frame.astype({name: object for name in words} | {name: "datetime64[ns]" for name in days})
