"""German is whole: every word that pages and mails show has a German one, with the same holes and nothing left over."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

from portal import languages

ROOT = Path(__file__).parents[2]
CATALOGUE = languages.LOCALE / "de" / "LC_MESSAGES" / "django.po"
READ = ("portal", "students", "predictions", "mlcore", "templates", "locale")
HOLE = re.compile(r"%\(\w+\)[sd]|%[sd]|%%|\{\w*\}")
TAG = re.compile(r"</?\w+")
needs_gettext = pytest.mark.skipif(
    shutil.which("xgettext") is None, reason="GNU gettext is not installed on this machine"
)


@pytest.fixture(scope="module")
def german() -> polib.POFile:
    return polib.pofile(str(CATALOGUE), wrapwidth=0)


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> polib.POFile:
    """What `make words` finds now, in a copy: collecting writes beside the templates."""
    copy = tmp_path_factory.mktemp("words")
    for name in READ:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo", ".*"))
    shutil.copy(ROOT / "manage.py", copy)
    own = {
        "SECRET_KEY": "x",
        "ALLOWED_HOSTS": "localhost",
        "VAR_DIR": str(copy / "var"),
        "DATABASE_URL": "",
        "PYTHONPATH": "",
    }
    command = [sys.executable, "manage.py", "collect_words", "--settings", "portal.settings"]
    done = subprocess.run(command, cwd=copy, env={**os.environ, **own}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return polib.pofile(str(copy / CATALOGUE.relative_to(ROOT)), wrapwidth=0)


def keys(catalogue: polib.POFile) -> set[tuple[str, str, str]]:
    return {(entry.msgctxt or "", entry.msgid, entry.msgid_plural or "") for entry in catalogue if not entry.obsolete}


def forms(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def faults(entry: polib.POEntry) -> Iterator[str]:
    """A singular may leave its number out, and only what both English forms hold must be there."""
    english = [set(HOLE.findall(text)) for text in (entry.msgid, entry.msgid_plural) if text]
    tags = [sorted(TAG.findall(text)) for text in (entry.msgid, entry.msgid_plural) if text]
    for form in filter(None, forms(entry)):
        found = set(HOLE.findall(form))
        if not set.intersection(*english) <= found <= set.union(*english):
            yield f"other holes: {form}"
        if sorted(TAG.findall(form)) not in tags:
            yield f"other tags: {form}"
        if (form[:1].isspace(), form[-1:].isspace()) != (entry.msgid[:1].isspace(), entry.msgid[-1:].isspace()):
            yield f"other spaces at its ends: {form!r}"


@needs_gettext
def test_every_word_of_pages_and_mails_is_in_the_catalogue_and_no_other(
    german: polib.POFile, collected: polib.POFile
) -> None:
    found, there = keys(collected), keys(german)
    assert sorted(found - there) == [], "`make words` collects these; then translate them"
    assert sorted(there - found) == [], "no page shows these any more; `make words` takes them out"


def test_every_one_is_translated(german: polib.POFile) -> None:
    assert [entry.msgid for entry in german if not entry.translated() or not all(forms(entry))] == []
    assert [entry.msgid for entry in german if entry.fuzzy or entry.obsolete] == []
    assert len(german) > 2000


def test_each_has_the_same_holes_and_tags_as_the_english(german: polib.POFile) -> None:
    assert [fault for entry in german for fault in faults(entry)] == []


def test_nobody_is_spoken_to_as_du(german: polib.POFile) -> None:
    familiar = re.compile(r"\b(?:du|dich|dir|dein|deine[mnrs]?)\b", re.IGNORECASE)
    assert [text for entry in german for text in forms(entry) if familiar.search(text)] == []


def test_the_catalogue_is_as_make_words_leaves_it(tmp_path: Path) -> None:
    path = tmp_path / "de" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    shutil.copy(CATALOGUE, path)
    languages.tidy(path)
    assert path.read_text(encoding="utf-8") == CATALOGUE.read_text(encoding="utf-8")


def test_a_fault_of_a_translation_is_found() -> None:
    entry = polib.POEntry(
        msgid="%(n)s mark", msgid_plural="%(n)s <b>marks</b> ", msgstr_plural={0: "ein <b>Ergebnis", 1: "%(m)s"}
    )
    assert len(list(faults(entry))) == 3
    fine = polib.POEntry(msgid="One mark of %(name)s", msgid_plural="%(n)s marks of %(name)s")
    fine.msgstr_plural = {0: "Ein Ergebnis von %(name)s", 1: "%(n)s Ergebnisse von %(name)s"}
    assert list(faults(fine)) == []
