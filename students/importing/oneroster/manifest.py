"""What the bundle says of itself: its version, where it comes from, and which files it brings, as a whole or as changes."""

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from django.utils.translation import gettext as _

from students.importing.findings import Finding, Severity, Unreadable
from students.importing.oneroster.catalogue import EVERY_FILE, EXTENSIONS, NOT_USED, VERSIONS
from students.importing.oneroster.package import MANIFEST, Package, refused
from students.importing.oneroster.records import Records

FILE = f"{MANIFEST}.csv"
MOST_LINES = 1_000
VERSION, OWN_VERSION, OF_FILE = "oneroster.version", "manifest.version", "file."
SYSTEM_NAME, SYSTEM_CODE = "source.systemname", "source.systemcode"
BY_SMALL_NAME = {name.lower(): name for name in EVERY_FILE}


class Mode(StrEnum):
    ABSENT = "absent"
    BULK = "bulk"
    DELTA = "delta"


@dataclass
class Manifest:
    version: str
    modes: dict[str, Mode] = field(default_factory=dict)  # of every file that is there
    system_name: str = ""
    system_code: str = ""
    findings: list[Finding] = field(default_factory=list)  # notes, and errors that forbid to read on

    @property
    def is_delta(self) -> bool:
        return Mode.DELTA in self.modes.values()

    def add(
        self, code: str, sentence: str, *, line: int = 0, value: str = "", severity: Severity = Severity.ERROR
    ) -> None:
        self.findings.append(Finding(code, FILE, line, "", value, sentence, severity))

    def note(self, code: str, sentence: str, *, line: int = 0, value: str = "") -> None:
        self.add(code, sentence, line=line, value=value, severity=Severity.NOTE)


Said = dict[str, tuple[str, int]]  # property in small letters -> value, line


def read_manifest(package: Package) -> Manifest:
    """Raises Unreadable where the version is none that can be read."""
    if MANIFEST not in package.entries:
        return _without(package)
    said, doubled = _properties(package)
    manifest = Manifest(_version(said))
    manifest.system_name = said.get(SYSTEM_NAME, ("", 0))[0]
    manifest.system_code = said.get(SYSTEM_CODE, ("", 0))[0]
    for line, name in doubled:
        manifest.add(
            "manifest_twice",
            _("This property is there twice with different values. Expected it once."),
            line=line,
            value=name,
        )
    _check_own_version(manifest, said)
    _read_modes(manifest, package, said)
    _check_presence(manifest, package, said)
    if manifest.is_delta and Mode.BULK in manifest.modes.values():
        sentence = _("Some files are whole (bulk) and some hold changes only (delta). Each is read as it is declared.")
        manifest.note("mixed_modes", sentence)
    return manifest


def _without(package: Package) -> Manifest:
    manifest = Manifest("1.2" if "roles" in package.entries else "1.1")
    manifest.modes = dict.fromkeys(package.entries, Mode.BULK)
    sentence = _("There is no manifest.csv. The files are read as a whole snapshot (bulk) of OneRoster %(version)s.")
    manifest.note("no_manifest", sentence % {"version": manifest.version})
    return manifest


def _properties(package: Package) -> tuple[Said, list[tuple[int, str]]]:
    said: Said = {}
    doubled = []
    for line, cells, damage in islice(Records(package, MANIFEST), MOST_LINES):
        name, value = ([cell.strip() for cell in cells] + ["", ""])[:2]
        if damage:
            raise refused(
                "manifest_damaged", FILE, _("This line is no UTF-8 text in cells. Export the bundle again."), line=line
            )
        if line == 1 and name.lower() == "propertyname":
            continue
        if said.get(name.lower(), (value, 0))[0] != value:
            doubled.append((line, name))
        said.setdefault(name.lower(), (value, line))
    return said, doubled


def _version(said: Said) -> str:
    version, line = said.get(VERSION, ("", 0))
    if version in VERSIONS:
        return version
    known = ", ".join(sorted(VERSIONS))
    if not version:
        sentence = _(
            "The manifest does not say which version of OneRoster it is. Expected a line “%(name)s” with one of: %(known)s."
        )
        raise refused("version_missing", FILE, sentence % {"name": VERSION, "known": known}, line=line)
    sentence = _("This version of OneRoster cannot be read. Expected one of: %(known)s.") % {"known": known}
    raise refused("version", FILE, sentence, line=line, value=version)


def _check_own_version(manifest: Manifest, said: Said) -> None:
    own, line = said.get(OWN_VERSION, ("", 0))
    if not own:
        manifest.note("manifest_version_missing", _("The line “manifest.version” is missing; it is taken for 1.0."))
    elif own != "1.0":
        sentence = _("This version of the manifest is not known. Expected 1.0.")
        manifest.add("manifest_version", sentence, line=line, value=own)


def _read_modes(manifest: Manifest, package: Package, said: Said) -> None:
    for name, (value, line) in said.items():
        if not name.startswith(OF_FILE):
            continue
        file = BY_SMALL_NAME.get(name.removeprefix(OF_FILE))
        mode = value.lower()
        if mode not in list(Mode):
            sentence = _("Expected one of: absent, bulk, delta.")
            manifest.add("manifest_mode", sentence, line=line, value=value or name)
        elif file is None:
            sentence = _("This file is none of the standard's. Nothing is read from it.")
            manifest.note("manifest_unknown_file", sentence, line=line, value=name)
        elif file in package.entries or mode != Mode.ABSENT:
            manifest.modes[file] = Mode(mode)


def _check_presence(manifest: Manifest, package: Package, said: Said) -> None:
    for file, mode in list(manifest.modes.items()):
        line = said[f"{OF_FILE}{file.lower()}"][1]
        if mode == Mode.ABSENT:
            sentence = _("%(file)s is said to be absent, but it is in the zip.") % {"file": f"{file}.csv"}
            manifest.add("declared_absent", sentence, line=line, value=file)
        elif file not in package.entries:
            sentence = _("%(file)s is announced as %(mode)s, but it is not in the zip.")
            told = sentence % {"file": f"{file}.csv", "mode": mode.value}
            manifest.add("declared_but_missing", told, line=line, value=file)
    for file in package.entries:
        if file not in manifest.modes and file != MANIFEST:
            _take_undeclared(manifest, file)


def _take_undeclared(manifest: Manifest, file: str) -> None:
    if file not in (*VERSIONS[manifest.version], *NOT_USED[manifest.version]):
        return
    manifest.modes[file] = Mode.BULK
    if file not in EXTENSIONS:
        sentence = _(
            "%(file)s is in the zip, but the manifest does not name it. It is read as a whole snapshot (bulk)."
        )
        manifest.note("undeclared_file", sentence % {"file": f"{file}.csv"}, value=file)


def raise_if_wrong(findings: list[Finding], keep: list[Finding]) -> None:
    """Where a file as a whole is wrong, nothing is read: the first error is raised, all others are kept to be told."""
    errors = [each for each in findings if each.severity == Severity.ERROR]
    keep += [each for each in findings if not errors or each is not errors[0]]
    if errors:
        raise Unreadable(errors[0])
