"""One number for everything a plan would do: the same file, records and day give the same one, on every database."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from students.importing.incoming import Array, Table
from students.importing.plan import Additions, Alterations, Removals, Step

AT_ONCE = 100_000


def fingerprint_of(head: Iterable[Any], steps: Mapping[Table, Step]) -> str:
    """`head`: what the whole plan is about."""
    made = hashlib.sha256()
    made.update(repr(tuple(str(each) for each in head)).encode())
    for table, step in steps.items():
        made.update(f"\n{table}".encode())
        _additions(made, step.added)
        for name, altered in (("changed", step.changed), ("ended", step.ended)):
            made.update(name.encode())
            _alterations(made, altered)
        _removals(made, step.removed)
    return made.hexdigest()


def _additions(made: Any, added: Additions) -> None:
    _column(made, "lines", added.lines)
    for name in sorted(added.columns):
        _column(made, name, added.columns[name])


def _alterations(made: Any, altered: Alterations) -> None:
    _column(made, "keys", altered.keys)
    _column(made, "versions", altered.versions)
    _column(made, "lines", altered.lines)
    for name in sorted(altered.after):
        for part in (altered.before, altered.after, altered.differs):
            _column(made, name, part[name])


def _removals(made: Any, removed: Removals) -> None:
    _column(made, "keys", removed.keys)
    _column(made, "versions", removed.versions)


def _column(made: Any, name: str, column: Array) -> None:
    made.update(f"\n{name} {len(column)} ".encode())
    for start in range(0, len(column), AT_ONCE):
        made.update(_bytes(column[start : start + AT_ONCE]))


def _bytes(part: Array) -> bytes:
    if part.dtype == object:
        texts = [str(each).encode() for each in part]
        return b"".join([np.array([len(each) for each in texts], dtype="<i8").tobytes(), *texts])
    if part.dtype.kind == "M":
        return np.ascontiguousarray(part.astype("datetime64[s]").view(np.int64), dtype="<i8").tobytes()
    if part.dtype.kind == "f":
        steady = np.where(np.isnan(part), np.nan, part + 0.0)  # one not-a-number, and no zero below zero
        return np.ascontiguousarray(steady, dtype="<f8").tobytes()
    return np.ascontiguousarray(part.astype(np.int64), dtype="<i8").tobytes()
