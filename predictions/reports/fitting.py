"""A letter has one page: its text is set smaller where much is said, and the room for a pen is left out.

Counted from its length, for to have the engine try sizes takes a megabyte for every letter (benchmarks/paper.py).
"""

from math import ceil
from typing import Any

USUAL, SMALL, SMALLEST = 11.5, 10.0, 8.6
# Heights in points at the usual size; of a page without what always stands on it.
LINE, SECTION, PEN, PAGE = 15.6, 44.0, 124.0, 470.0
LETTERS_IN_LINE, NAME_IN_LINE = 82, 30
NAME, SMALL_NAME = 24, 14


def fitted(letter: dict[str, Any]) -> dict[str, Any]:
    """With the size of its text and of its name; without room for a pen where there is none."""
    needed = _height(letter)
    size = next((each for each in (USUAL, SMALL) if _at(needed, each) <= PAGE), SMALLEST)
    has_room = needed + PEN <= PAGE
    name_size = NAME if len(letter["name"]) <= 2 * NAME_IN_LINE else SMALL_NAME
    return {**letter, "size": size, "name_size": name_size, "agreed": letter["agreed"] if has_room else ""}


def _at(needed: float, size: float) -> float:
    """Smaller letters make lower lines, and fewer of them."""
    return needed * (size / USUAL) ** 1.6


def _height(letter: dict[str, Any]) -> float:
    sections = [letter["well"]["rows"], letter["help"]["rows"], [letter["comment"]] if letter["comment"] else []]
    told = sum(SECTION + LINE * sum(map(_lines, rows)) for rows in sections if rows)
    labels = [each["label"] for each in letter["points"]["rows"]]
    if labels:
        told += SECTION + LINE * (1 + _lines(" " * sum(len(label) + 12 for label in labels)))
    told += LINE * sum(
        _lines(letter[part]) - 1 for part in ("about", "exam", "headline", "why", "remedy", "estimate") if letter[part]
    )
    return told + 2 * LINE * (len(letter["name"]) // NAME_IN_LINE)


def _lines(text: str) -> int:
    return ceil(len(text) / LETTERS_IN_LINE)
