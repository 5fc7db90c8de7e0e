"""PostgreSQL's binary COPY format, made of NumPy columns: a block of rows of equal width is one array of bytes."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

EPOCH_DAYS = (date(2000, 1, 1) - date(1970, 1, 1)).days
EPOCH_MICROSECONDS = EPOCH_DAYS * 86_400_000_000
NULL = -1
INTEGERS = {
    "BigAutoField": ">i8",
    "BigIntegerField": ">i8",
    "PositiveIntegerField": ">i4",
    "IntegerField": ">i4",
    "PositiveSmallIntegerField": ">i2",
    "SmallIntegerField": ">i2",
    "BooleanField": "u1",
}


def packed(fields: Mapping[str, Any], columns: Mapping[str, Any], rows: int) -> bytes:
    """The rows of one block: a count of fields, then for each field its length and its bytes."""
    parts = [(name, *_encoded(_stored(fields[name]), column)) for name, column in columns.items()]
    layout: list[tuple[str, Any]] = [("count", ">i2")]
    for name, length, values in parts:
        layout.append((f"{name} length", ">i4"))
        if length != NULL and length > 0:
            layout.append((name, f"S{length}" if isinstance(values, bytes) else values.dtype))
    block = np.empty(rows, dtype=np.dtype(layout))
    block["count"] = len(parts)
    for name, length, values in parts:
        block[f"{name} length"] = length
        if length != NULL and length > 0:
            block[name] = values
    return block.tobytes()


def _stored(field: Any) -> Any:
    """A foreign key is stored as the key it points to."""
    return _stored(field.target_field) if field.is_relation else field


def _encoded(field: Any, column: Any) -> tuple[int, Any]:
    """Length in bytes and values of one field, for every row of a block."""
    if column is None:
        return NULL, None
    kind = field.get_internal_type()
    if kind in INTEGERS:
        values: NDArray[Any] = np.asarray(column, dtype=INTEGERS[kind])
        return values.dtype.itemsize, values
    if kind == "DateField":
        return 4, np.asarray(_days(column) - EPOCH_DAYS, dtype=">i4")
    if kind == "DateTimeField":
        return 8, np.asarray(_microseconds(column) - EPOCH_MICROSECONDS, dtype=">i8")
    if kind == "FloatField":
        return 8, np.asarray(column, dtype=">f8")
    if kind == "BinaryField":
        return _raw(column)
    if kind == "DecimalField":
        return _numeric(column, field.decimal_places)
    return _text(column, b"\x01" if kind == "JSONField" else b"")  # PostgreSQL's form of JSON has a number, which is 1


def _days(column: Any) -> NDArray[Any]:
    if isinstance(column, date):
        return np.asarray((column - date(1970, 1, 1)).days)
    return np.asarray(column).astype("datetime64[D]").astype(np.int64)


def _microseconds(column: Any) -> NDArray[Any]:
    if isinstance(column, datetime):
        return np.asarray(round(column.timestamp() * 1_000_000))
    return np.asarray(column).astype("datetime64[us]").astype(np.int64)


def _numeric(column: Any, places: int) -> tuple[int, NDArray[Any]]:
    """PostgreSQL's numeric: three digits of base 10,000 hold values up to 99,999,999.9999, more than any field of ours."""
    values = np.asarray(float(column) if isinstance(column, Decimal) else column, dtype=np.float64)
    scaled = np.rint(np.abs(values) * 10_000).astype(np.int64)
    if scaled.max(initial=0) >= 1_000_000_000_000:
        raise ValueError("a value of 100,000,000 or more does not fit into this column's fast form")
    header = [
        ("digits", ">i2"),
        ("weight", ">i2"),
        ("sign", ">u2"),
        ("scale", ">i2"),
        ("myriads", ">i2"),
        ("whole", ">i2"),
        ("rest", ">i2"),
    ]
    made = np.empty(values.shape, dtype=np.dtype(header))
    made["digits"], made["weight"], made["scale"] = 3, 1, places
    made["sign"] = np.where(values < 0, 0x4000, 0)
    made["myriads"], made["whole"] = scaled // 100_000_000, scaled // 10_000 % 10_000
    made["rest"] = scaled % 10_000
    return 14, made


def little(block: NDArray[Any]) -> NDArray[Any]:
    """Rows of numbers whose bytes, one after the other, are how a BinaryField keeps each of them."""
    return np.ascontiguousarray(block, dtype=block.dtype.newbyteorder("<"))


def _raw(column: Any) -> tuple[int, Any]:
    if isinstance(column, bytes):
        return len(column), column
    rows = little(column)
    width = rows.shape[1] * rows.dtype.itemsize
    return width, rows.view(np.dtype((np.void, width)))[:, 0] if width else b""


def _text(column: str, first: bytes) -> tuple[int, bytes]:
    raw = first + column.encode()
    return len(raw), raw
