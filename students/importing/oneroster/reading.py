"""A whole bundle, file after file in the order in which they refer to each other."""

from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from students.importing.findings import Finding, Findings, Unreadable
from students.importing.incoming import Incoming
from students.importing.mapping import Mapping
from students.importing.oneroster.attendance import read_attendance
from students.importing.oneroster.catalogue import NOT_USED, VERSIONS
from students.importing.oneroster.classes import Classes, read_classes, read_courses
from students.importing.oneroster.desk import Desk, Progress
from students.importing.oneroster.enrolments import read_enrolments
from students.importing.oneroster.frame import read_orgs, read_sessions
from students.importing.oneroster.gradebook import Gradebook, read_categories, read_line_items
from students.importing.oneroster.heads import Head, read_head
from students.importing.oneroster.manifest import Manifest, Mode, raise_if_wrong, read_manifest
from students.importing.oneroster.outside import add_outside
from students.importing.oneroster.package import Package
from students.importing.oneroster.people import People, read_roles, read_users, settle
from students.importing.oneroster.persons import add_accounts, add_carers, add_students, read_demographics
from students.importing.oneroster.records import first_row
from students.importing.oneroster.results import read_results
from students.importing.oneroster.telling import tell_no_updates, tell_package, tell_too_many_rows


@dataclass
class Opened:
    """A bundle of which everything but the rows was looked at."""

    package: Package
    manifest: Manifest
    heads: dict[str, Head] = field(default_factory=dict)

    @property
    def files(self) -> list[str]:
        """Those that are used, in the order of the catalogue."""
        return [name for name in VERSIONS[self.manifest.version] if name in self.heads]


def open_bundle(file: BinaryIO, findings: list[Finding]) -> Opened:
    """Raises Unreadable. Everything that is wrong with files as a whole is found before a row is read."""
    opened = Opened(package := Package(file), manifest := read_manifest(package))
    told = [*manifest.findings, *tell_package(package, manifest)]
    used = VERSIONS[manifest.version]
    for name in package.entries:
        if name in used and manifest.modes.get(name, Mode.ABSENT) != Mode.ABSENT:
            _open_file(opened, name, told)
    raise_if_wrong(told, findings)
    return opened


def _open_file(opened: Opened, name: str, told: list[Finding]) -> None:
    is_delta = opened.manifest.modes[name] == Mode.DELTA
    try:
        cells = first_row(opened.package, name)
    except Unreadable as refusal:
        told.append(refusal.finding)
        return
    opened.heads[name] = read_head(cells, VERSIONS[opened.manifest.version][name], is_delta=is_delta)
    told += opened.heads[name].findings


def read_bundle(
    file: BinaryIO,
    mapping: Mapping,
    findings: Findings,
    progress: Progress,
    *,
    on: date,
    with_protected: bool,
) -> Incoming:
    """`on` is the day before which deleted enrolments end. Raises Unreadable."""
    notes: list[Finding] = []
    try:
        opened = open_bundle(file, notes)
    finally:
        findings.extend(notes)
    incoming = Incoming(mapping.source)
    desk = Desk(
        opened.package, opened.manifest, opened.heads, mapping, incoming, findings, progress, on, with_protected
    )
    desk.total = tell_too_many_rows({name: opened.package.count_rows(name) for name in opened.files})
    try:
        _read(desk)
    finally:
        desk.notes.tell(findings)
    return incoming


def _read(desk: Desk) -> None:
    for name in desk.package.entries:
        if name in NOT_USED[desk.manifest.version]:
            desk.incoming.file(f"{name}.csv")
            desk.incoming.read[f"{name}.csv"] = desk.package.count_rows(name)
    if not desk.heads:
        desk.findings.add(tell_no_updates())
        return
    orgs = read_orgs(desk)
    classes = Classes(orgs, read_sessions(desk))
    read_courses(desk, classes)
    read_classes(desk, classes)
    people = People(orgs)
    read_users(desk, people)
    read_roles(desk, people)
    settle(desk, people)
    read_demographics(desk, people)
    add_students(desk, people)
    add_accounts(desk, people)
    add_carers(desk, people)
    enrolled = read_enrolments(desk, classes, people)
    book = Gradebook(desk, classes)
    read_categories(desk, book)
    read_line_items(desk, book)
    read_results(desk, book, enrolled)
    read_attendance(desk, classes, people)
    add_outside(desk)
