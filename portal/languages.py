"""Catalogues of other languages: text in the repository, compiled where they are read. Needs no program but Python."""

import os
from collections.abc import Callable
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "locale"
HEADERS = ("MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Plural-Forms")


def catalogues(folder: Path = LOCALE) -> list[Path]:
    return sorted(folder.glob("*/LC_MESSAGES/*.po"))


def compile_catalogues(folder: Path = LOCALE) -> list[Path]:
    """Those whose compiled form is missing or older than they are. Any number of processes may do so at once."""
    return [_compiled(path) for path in catalogues(folder) if _is_stale(path)]


def tidy(path: Path) -> None:
    """In an order that a new word hardly changes, with neither places nor the time, so that a difference tells of words."""
    read = polib.pofile(str(path), wrapwidth=0)
    kept = sorted((entry for entry in read if not entry.obsolete), key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    tidied = polib.POFile(wrapwidth=0)
    tidied.metadata = {"Language": path.parts[-3]} | {
        name: read.metadata[name] for name in HEADERS if name in read.metadata
    }
    tidied.extend(kept)
    for entry in kept:
        entry.occurrences, entry.comment = [], ""
    _replaced(path, lambda target: tidied.save(target))


def _is_stale(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns < path.stat().st_mtime_ns


def _compiled(path: Path) -> Path:
    read = polib.pofile(str(path))
    return _replaced(path.with_suffix(".mo"), lambda target: read.save_as_mofile(target))


def _replaced(path: Path, write: Callable[[str], object]) -> Path:
    """Written aside and put in place whole: who reads meanwhile finds the old one or the new one."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    write(str(aside))
    aside.replace(path)
    return path
