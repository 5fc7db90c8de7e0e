"""Small tables of incoming rows, made by hand: one dictionary for each row, lines counted from 2 as in a file with a head."""

from datetime import date
from typing import Any

from students.importing.findings import Findings
from students.importing.incoming import COLUMNS, NOT_SAID, Incoming, Kind, Table
from students.importing.plan import Plan
from students.importing.planning import make_plan
from students.models import School

SOURCE = "registrar"


def made(source: str = SOURCE, complete: tuple[Table, ...] = (), **tables: list[dict[str, Any]]) -> Incoming:
    """`tables`: rows by the name of their table; what a row does not name is blank where another row names it."""
    incoming = Incoming(source, complete=set(complete))
    for name, rows in tables.items():
        add(incoming, Table(name), rows)
    return incoming


def add(incoming: Incoming, table: Table, rows: list[dict[str, Any]]) -> None:
    kinds = COLUMNS[table]
    named = {column for row in rows for column in row}
    if "id" in kinds:
        rows = [{"id": row.get("external_id", str(number)), **row} for number, row in enumerate(rows)]
        named |= {"id"}
    columns = {column: [_value(kinds[column], row.get(column)) for row in rows] for column in sorted(named)}
    file = f"{table.value}.csv"
    incoming.add(table, file, list(range(2, 2 + len(rows))), **columns)
    incoming.read[file] += len(rows)


def _value(kind: Kind, value: Any) -> Any:
    if value is None:
        return NOT_SAID[kind]
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if kind == Kind.NUMBER else value


def planned(incoming: Incoming, school: School, on: date, **options: Any) -> tuple[Plan, Findings]:
    findings = Findings()
    return make_plan(incoming, school=school, on=on, findings=findings, **options), findings


def codes(findings: Findings, severity: str = "error") -> list[str]:
    return sorted(each.code for each in findings.shown[severity])
