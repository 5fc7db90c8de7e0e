"""`python -m tests.students.importing.broken_listed` writes every kind of broken file with its sentence into docs/broken-files.md."""

from collections.abc import Iterator
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "broken-files.md"
HEAD = """# Broken files, and what is said about them

Every kind of broken file that the tests hold, with the sentence it gets and the line where it is found (0: the file as a
whole). None of them changes anything. Written by `python -m tests.students.importing.broken_listed`, from the lists that the
tests read; how imports work stands in [imports](imports.md).
"""


def sheets() -> Iterator[tuple[str, int, str]]:
    from tests.students.importing.broken_sheets import ON, SHEETS
    from tests.students.importing.sheets_read import said_of

    for broken in SHEETS:
        name, content = broken.make()
        said, _rest = said_of(content, name, broken.mapping, ON)
        yield broken.kind, said[0].line, said[0].expected


def bundles() -> Iterator[tuple[str, int, str]]:
    from tests.students.importing.broken_bundles import BUNDLES
    from tests.students.importing.test_oneroster_broken import found_in

    for broken in BUNDLES:
        found = found_in(broken.make()[1])
        yield broken.kind, found[0].line, found[0].expected


def table(title: str, rows: list[tuple[str, int, str]]) -> str:
    cells = [f"| {_cell(kind)} | {line} | {_cell(sentence)} |" for kind, line, sentence in rows]
    return "\n".join((f"## {title}: {len(rows)} kinds", "", "| kind | line | sentence |", "|---|---:|---|", *cells, ""))


def _cell(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else "�" for letter in text)
    return shown.replace("|", "\\|").replace("<", "&lt;")


def document() -> str:
    parts = (HEAD, table("Spreadsheets", list(sheets())), table("OneRoster bundles", list(bundles())))
    return "\n".join(parts)


def main() -> None:
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    DOCUMENT.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main()
