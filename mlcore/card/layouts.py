"""A card as headed sections of sentences and tables, written as Markdown, HTML or JSON; the same card, the same text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from html import escape
from typing import Any

from mlcore.errors import MLError

ANYWHERE = re.compile(r"([\\`*_\[\]|~])")
AT_THE_START = re.compile(r"^([#+>-])")


@dataclass(frozen=True, slots=True)
class Section:
    """Sentences, then a table; the first cell of a row names the row."""

    title: str
    sentences: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """`facts`: the report the sections were made from, for programs."""

    title: str
    sections: tuple[Section, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def written(self, form: str) -> str:
        """As 'md', 'html' or 'json'."""
        if form not in FORMS:
            raise MLError(f"A card can be written as {', '.join(FORMS)}, and not as {form or 'nothing'}.", "no_form")
        return FORMS[form](self)


def as_markdown(card: Card) -> str:
    parts = [f"# {_safe(card.title)}"]
    for section in card.sections:
        parts += [f"## {_safe(section.title)}", *map(_safe, section.sentences)]
        if section.rows:
            parts.append("\n".join([_row(section.head), _rule(section.head), *map(_row, section.rows)]))
    return "\n\n".join(parts) + "\n"


def as_html(card: Card, level: int = 1) -> str:
    """A fragment without style or script; `level`: of its first heading."""
    parts = [f"<h{level}>{escape(card.title)}</h{level}>", *(_section(each, level + 1) for each in card.sections)]
    return "<article>\n" + "\n".join(parts) + "\n</article>\n"


def as_json(card: Card) -> str:
    """The words of the card, and under `facts` the report with all its figures."""
    return json.dumps(asdict(card), sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


FORMS = {"md": as_markdown, "html": as_html, "json": as_json}


def _section(section: Section, level: int) -> str:
    parts = [f"<h{level}>{escape(section.title)}</h{level}>"]
    parts += [f"<p>{escape(sentence)}</p>" for sentence in section.sentences]
    if section.rows:
        head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in section.head)
        body = "\n".join(_html_row(row) for row in section.rows)
        caption = f"<caption>{escape(section.title)}</caption>"
        parts.append(f"<table>\n{caption}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>")
    return "<section>\n" + "\n".join(parts) + "\n</section>"


def _html_row(row: tuple[str, ...]) -> str:
    cells = "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
    return f'<tr><th scope="row">{escape(row[0])}</th>{cells}</tr>'


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _rule(cells: tuple[str, ...]) -> str:
    return "|" + " --- |" * len(cells)


def _safe(text: str) -> str:
    """As a paragraph or heading: what would make it a list, a quotation or a heading is taken for text."""
    return AT_THE_START.sub(r"\\\1", _cell(text))


def _cell(text: str) -> str:
    """On one line, with nothing that Markdown or HTML would take for more than text."""
    told = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return ANYWHERE.sub(r"\\\1", told)
