"""Plain facts written as TOML, as a person would: short lines, and a table of its own for whatever holds tables. Python reads it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

BARE = re.compile(r"[A-Za-z0-9_-]+")
ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}
CONTROL = re.compile('[\x00-\x1f\x7f"\\\\]')


def as_toml(facts: Mapping[str, Any]) -> str:
    return "\n".join(_lines(facts, ())).strip("\n") + "\n"


def _lines(facts: Mapping[str, Any], path: Sequence[str]) -> Iterator[str]:
    tables = {name: each for name, each in facts.items() if _is_table(each)}
    plain = {name: each for name, each in facts.items() if name not in tables}
    if path and (plain or not tables):
        yield f"\n[{_path(path)}]"
    for name, each in plain.items():
        yield f"{_key(name)} = {_value(each)}"
    for name, each in tables.items():
        if isinstance(each, Mapping):
            yield from _lines(each, (*path, name))
            continue
        for one in each:
            yield f"\n[[{_path((*path, name))}]]"
            yield from (f"{_key(key)} = {_value(value)}" for key, value in one.items())


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and bool(value) and isinstance(value[0], Mapping))


def _path(path: Sequence[str]) -> str:
    return ".".join(map(_key, path))


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _text(value)
    return f"[{', '.join(map(_value, value))}]" if isinstance(value, list | tuple) else str(value)


def _text(text: str) -> str:
    return '"' + CONTROL.sub(lambda found: ESCAPED.get(found[0], f"\\u{ord(found[0]):04X}"), text) + '"'
