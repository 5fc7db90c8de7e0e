"""Every link of every document leads somewhere, and every `make` command they name exists."""

import re
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"`(?:[A-Z_]+=\S+ )*make ([a-z-]+)")
TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)


def documents() -> list[Path]:
    return [*BASE_DIR.glob("*.md"), *(BASE_DIR / "docs").rglob("*.md")]


def anchors(path: Path) -> set[str]:
    """The names under which a document's headings can be linked to."""
    headings = re.findall(r"^#+ +(.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def broken_links(path: Path) -> list[str]:
    found = []
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        if "://" in link or link.startswith("mailto:"):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists():
            found.append(f"{path.relative_to(BASE_DIR)}: {link} leads nowhere")
        elif anchor and target.suffix == ".md" and anchor not in anchors(target):
            found.append(f"{path.relative_to(BASE_DIR)}: {link}: no such heading")
    return found


def unknown_commands(path: Path) -> list[str]:
    known = set(TARGET.findall((BASE_DIR / "Makefile").read_text(encoding="utf-8")))
    named = set(COMMAND.findall(path.read_text(encoding="utf-8")))
    return [f"{path.relative_to(BASE_DIR)}: `make {name}` does not exist" for name in sorted(named - known)]


def faults() -> list[str]:
    return [fault for path in documents() for fault in [*broken_links(path), *unknown_commands(path)]]


if __name__ == "__main__":
    found = faults()
    print("\n".join(found))
    raise SystemExit(1 if found else 0)
