"""The data a command was given: a folder of tables or one wide file, read into `SchoolTables`."""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pandas as pd

from mlcore.errors import MLError
from mlcore.folder import read_file, read_folder
from mlcore.tables import SchoolTables
from mlcore.wide import WideSpec, from_wide

PROTECTED = set(
    [
        "gender",
        "sex",
        "race",
        "ethnicity",
        "ethnic",
        "nationality",
        "religion",
        "language",
        "disability",
        "lunch",
        "parental",
        "mother",
        "father",
        "age",
    ]
)
DAYS = {
    "results": "known_on",
    "attendance": "day",
    "observations": "day",
    "enrolments": "known_on",
    "students": "starts",
}


@dataclass(frozen=True)
class Given:
    """`last_day`: the last day of which anything is known. `unanswered`: of a wide file, who has no score to learn from."""

    tables: SchoolTables
    last_day: date
    usual_spec: dict[str, Any] = field(default_factory=dict)
    unanswered: list[int] | None = None


def read_given(given: argparse.Namespace) -> Given:
    if given.data is None:
        raise MLError("Say which data: a folder of tables, or one wide file with --target.", "no_data")
    if given.data.is_dir():
        tables = read_folder(given.data)
        return Given(tables, last_day_of(tables))
    if not given.data.is_file():
        raise MLError(f"{given.data}: there is no such file or folder.", "no_data")
    if not given.target:
        raise MLError(
            f"{given.data.name} is one table: say with --target which column is to be predicted.", "no_target"
        )
    return _wide(given, read_file(given.data).reset_index(drop=True))


def _protected(given: argparse.Namespace, sheet: pd.DataFrame) -> tuple[str, ...]:
    """Those that were named, and those whose names say so, unless they were opened: off until a school turns them on."""
    named = {given.target, *given.earlier, *given.leave_out, *given.open, *given.protected}
    told = [
        str(name) for name in sheet if str(name) not in named and PROTECTED & {*re.split(r"\W|_", str(name).lower())}
    ]
    if told:
        print(
            f"Held as protected facts, by their names, and not used: {', '.join(told)}. "
            "Say --use-protected to use some and see what that does, or --open if they are none.",
            file=sys.stderr,
        )
    return (*given.protected, *told)


def last_day_of(tables: SchoolTables) -> date:
    days = [getattr(tables, name)[column].max() for name, column in DAYS.items() if len(getattr(tables, name))]
    if not days:
        raise MLError("The tables hold nothing with a day.", "no_days")
    return date.fromisoformat(f"{max(days):%Y-%m-%d}")


def _wide(given: argparse.Namespace, sheet: pd.DataFrame) -> Given:
    earlier = tuple(given.earlier)
    protected = _protected(given, sheet)
    wide = WideSpec(
        target=given.target,
        earlier=earlier,
        subjects={name: given.target for name in (*earlier, given.target)} if given.same_subject else {},
        scales=dict(given.scale),
        protected=protected,
        leave_out=tuple(given.leave_out),
    )
    tables = from_wide(sheet, wide)
    spec = wide.training()
    usual = {"kinds": spec.kinds, "leads": spec.leads}
    unanswered = [row for row, missing in enumerate(sheet[given.target].isna()) if missing]
    asking = given.command == "predict"
    return Given(tables, wide.day(wide.target) - timedelta(days=1) if asking else spec.as_of, usual, unanswered)
