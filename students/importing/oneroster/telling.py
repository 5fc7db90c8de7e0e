"""Sentences about a bundle as a whole: how it is packed, which files are not used, that there is nothing new or too much."""

from django.utils.translation import gettext as _

from students.importing.findings import Finding, Severity
from students.importing.oneroster.catalogue import VERSIONS
from students.importing.oneroster.manifest import FILE, Manifest
from students.importing.oneroster.package import MANIFEST, Package, refused

MOST_ROWS = 5_000_000
SHOWN = 8


def tell_package(package: Package, manifest: Manifest) -> list[Finding]:
    told = []
    if package.folder:
        sentence = _("The files lie in a folder of the zip. They are read from there.")
        told.append(_note("nested_folder", package.name, sentence, package.folder))
    if package.renamed:
        sentence = _("Names of files are written in other capitals than the standard's. They are read all the same.")
        told.append(_note("file_names", package.name, sentence, _shown(package.renamed)))
    if package.others:
        sentence = _("These files of the zip belong to no bundle and are not used.")
        told.append(_note("other_files", package.name, sentence, _shown(package.others)))
    if unused := [f"{name}.csv" for name in package.entries if not _is_used(name, manifest)]:
        sentence = _("These files are not used: our records have no place for what they say.")
        told.append(_note("not_used", package.name, sentence, _shown(unused)))
    return told


def _is_used(name: str, manifest: Manifest) -> bool:
    return name == MANIFEST or name in VERSIONS[manifest.version]


def tell_no_updates() -> Finding:
    return _note("no_updates", FILE, _("The bundle holds no file that is used: it says that nothing is new."), "")


def tell_too_many_rows(rows: dict[str, int]) -> int:
    total = sum(rows.values())
    if total > MOST_ROWS:
        largest = max(rows, key=lambda name: rows[name])
        sentence = _("The bundle has more than %(most)d rows. Expected those of one school.") % {"most": MOST_ROWS}
        raise refused("too_many_rows", f"{largest}.csv", sentence, value=str(total))
    return total


def _note(code: str, file: str, sentence: str, value: str) -> Finding:
    return Finding(code, file, 0, "", value, sentence, Severity.NOTE)


def _shown(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
