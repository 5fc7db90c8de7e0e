"""A strict reader of OneRoster bundles: everything that the standard forbids, and nothing forgiven. Knows no code of ours."""

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zipfile import ZipFile

from tests.students.exporting.standard import ENUMS, FILES, FORM_OF, REFERENCES, REQUIRED, SPEC

GUID = re.compile(r"^[0-9A-Za-z./@_-]{1,255}$")
FORMS = {
    "date": re.compile(r"^\d{4}-\d{2}-\d{2}$"),
    "year": re.compile(r"^\d{4}$"),
    "float": re.compile(r"^-?\d+(\.\d+)?$"),
    "boolean": re.compile(r"^(true|false)$"),
    "grades": re.compile(r"^(IT|PR|PK|TK|KG|0[1-9]|1[0-3]|PS|UG|Other)$"),
}
Row = dict[str, str]


@dataclass
class Bundle:
    version: str = ""
    files: dict[str, list[Row]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def rows(self, name: str) -> list[Row]:
        return self.files.get(name, [])

    def by_id(self, name: str) -> dict[str, Row]:
        return {row["sourcedId"]: row for row in self.rows(name)}


def read(data: bytes) -> Bundle:
    bundle = Bundle()
    with ZipFile(io.BytesIO(data)) as held:
        names = held.namelist()
        texts = {name: held.read(name) for name in names}
    say = bundle.faults.append
    if len(set(names)) != len(names) or any("/" in name for name in names):
        say(f"names of files: {names}")
    manifest = {row["propertyName"]: row["value"] for row in _rows("manifest.csv", texts.pop("manifest.csv"), say)[1]}
    bundle.version = manifest.get("oneroster.version", "")
    if bundle.version not in FILES or manifest.get("manifest.version") != "1.0":
        say(f"manifest: {manifest}")
    for name in FILES[bundle.version]:
        told = manifest.get(f"file.{name}")
        if told not in ("absent", "bulk") or (told == "bulk") != (f"{name}.csv" in texts):
            say(f"manifest: {name} is {told}")
    for name, text in texts.items():
        _file(bundle, name.removesuffix(".csv"), text)
    _rules(bundle)
    return bundle


def _rows(name: str, data: bytes, say: Any) -> tuple[list[str], list[Row]]:
    if data.startswith(b"\xef\xbb\xbf"):
        say(f"{name}: a mark of the encoding")
    text = data.decode("utf-8")
    if not text.endswith("\r\n") or text.count("\n") != text.count("\r\n") or text.count("\r") != text.count("\r\n"):
        say(f"{name}: line ends")
    head, *rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    if len(text.split("\r\n")) != len(rows) + 2:
        say(f"{name}: a line break inside a cell")
    for number, row in enumerate(rows, 2):
        if len(row) != len(head):
            say(f"{name} line {number}: {len(row)} cells")
        if any(cell != cell.strip() for cell in row):
            say(f"{name} line {number}: a cell with blanks round it")
    if not rows:
        say(f"{name}: no row")
    return head, [dict(zip(head, row, strict=False)) for row in rows]


def _file(bundle: Bundle, name: str, data: bytes) -> None:
    say = bundle.faults.append
    head, rows = _rows(name, data, say)
    bundle.files[name] = rows
    if name == "attendance":  # an extension
        return
    spec = SPEC[bundle.version][name]
    if head[: len(spec)] != spec or any(not extra.startswith("metadata.") for extra in head[len(spec) :]):
        say(f"{name}: head {head}")
    ids = [row["sourcedId"] for row in rows]
    if len(set(ids)) != len(ids):
        say(f"{name}: an id twice")
    for number, row in enumerate(rows, 2):
        for fault in _row_faults(bundle.version, name, row):
            say(f"{name} line {number}: {fault}")


def _row_faults(version: str, name: str, row: Row) -> list[str]:
    found = []
    if not GUID.match(row["sourcedId"]):
        found.append(f"sourcedId {row['sourcedId']!r}")
    if row["status"] or row["dateLastModified"]:
        found.append("status or dateLastModified in a bulk file")
    scoreless = name == "results" and row["scoreStatus"] != "fully graded"
    must = [column for column in REQUIRED[version][name] if not (scoreless and column == "score")]
    found += [f"{column} is blank" for column in must if not row[column]]
    found += [
        f"{column} {value!r}" for column, value in row.items() if value and not _fits(version, name, column, value)
    ]
    if len(row.get("subjects", "").split(",")) != len(row.get("subjectCodes", "").split(",")):
        found.append("subjects and subjectCodes")
    return found


def _fits(version: str, name: str, column: str, value: str) -> bool:
    form = FORM_OF.get(column, "")
    if form == "date":
        date.fromisoformat(value)
    values = value.split(",") if form == "grades" else [value]
    known = ENUMS.get((version, name, column))
    return all(form not in FORMS or FORMS[form].match(each) for each in values) and (not known or value in known)


def _rules(bundle: Bundle) -> None:
    say = bundle.faults.append
    for name, column, target in REFERENCES:
        known = {row["sourcedId"] for row in bundle.rows(target)}
        for number, row in enumerate(bundle.rows(name), 2):
            wanted = [each for each in row.get(column, "").split(",") if each]
            if missing := set(wanted) - known:
                say(f"{name} line {number}: {column} points to {sorted(missing)}, not in {target}")
    _sessions(bundle, say)
    _enrolments(bundle, say)
    _roles(bundle, say)
    _results(bundle, say)


def _sessions(bundle: Bundle, say: Any) -> None:
    sessions = bundle.by_id("academicSessions")
    for name, row in sessions.items():
        seen, at = set(), name
        while at:
            if at in seen:
                say(f"session {name} is within itself")
                break
            seen.add(at)
            at = sessions.get(at, {}).get("parentSourcedId", "")
        if row["startDate"] > row["endDate"]:
            say(f"session {name} ends before it starts")
    column = "gradingPeriodSourcedId" if bundle.version == "1.1" else "academicSessionSourcedId"
    for row in bundle.rows("lineItems"):
        if sessions.get(row[column], {}).get("type") == "schoolYear":
            say(f"line item {row['sourcedId']} counts in a whole year")


def _enrolments(bundle: Bundle, say: Any) -> None:
    firsts = [row["classSourcedId"] for row in bundle.rows("enrollments") if row["primary"] == "true"]
    if len(set(firsts)) != len(firsts):
        say("a class with two first teachers")
    for row in bundle.rows("enrollments"):
        if row["endDate"] and row["endDate"] <= row["beginDate"]:
            say(f"enrolment {row['sourcedId']} ends before it begins")
        if row["primary"] == "true" and row["role"] != "teacher":
            say(f"enrolment {row['sourcedId']}: a first that does not teach")


def _roles(bundle: Bundle, say: Any) -> None:
    names = [row["username"] for row in bundle.rows("users")]
    if len(set(names)) != len(names):
        say("a username twice")
    if any(row["password"] for row in bundle.rows("users")):
        say("a password")
    if bundle.version == "1.2":
        firsts = [(r["userSourcedId"], r["orgSourcedId"]) for r in bundle.rows("roles") if r["roleType"] == "primary"]
        if len(set(firsts)) != len(firsts) or {user for user, _org in firsts} != set(bundle.by_id("users")):
            say("not one primary role for each user")


def _results(bundle: Bundle, say: Any) -> None:
    items = bundle.by_id("lineItems")
    inside = {(r["classSourcedId"], r["userSourcedId"]) for r in bundle.rows("enrollments") if r["role"] == "student"}
    seen = set()
    for row in bundle.rows("results"):
        item = items[row["lineItemSourcedId"]]
        told = f"result {row['sourcedId']}"
        place = (row["lineItemSourcedId"], row["studentSourcedId"])
        if place in seen:
            say(f"{told}: a second one")
        seen.add(place)
        if (item["classSourcedId"], row["studentSourcedId"]) not in inside:
            say(f"{told}: not in the class")
        if row.get("classSourcedId", item["classSourcedId"]) != item["classSourcedId"]:
            say(f"{told}: another class than its line item")
        if row["score"] and not float(item["resultValueMin"]) <= float(row["score"]) <= float(item["resultValueMax"]):
            say(f"{told}: {row['score']} of {item['resultValueMax']}")
        if row["score"] and row["scoreStatus"] in ("exempt", "not submitted"):
            say(f"{told}: a score and {row['scoreStatus']}")
