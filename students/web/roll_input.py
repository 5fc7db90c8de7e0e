"""What comes in for a roll: a day in an address, the fields of the form, the JSON of the script. Nothing is decided here."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from portal.kit.errors import DomainError

FIELD = re.compile(r"m-(\d{1,18})", re.ASCII)
ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
MOST = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """How the students of one day are to be marked, and what stood there when the person looked."""

    day: date
    statuses: dict[int, str] = field(default_factory=dict)
    seen: dict[int, str] = field(default_factory=dict)


def unreadable(sentence: str) -> DomainError:
    return DomainError(sentence, code="unreadable")


def read_day(text: Any) -> date | None:
    """None for what is no day of the calendar."""
    if not isinstance(text, str) or not ISO.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _day(text: Any) -> date:
    if (day := read_day(text)) is None:
        raise unreadable(_("It was not said for which day this roll is. Load the page again."))
    return day


def read_form(posted: QueryDict) -> Wish:
    """Only rows whose choice differs from what was shown are meant; of the others somebody else may know better."""
    statuses: dict[int, str] = {}
    seen: dict[int, str] = {}
    for name in posted:
        if match := FIELD.fullmatch(name):
            student, said, before = int(match[1]), str(posted[name]), str(posted.get(f"s-{match[1]}", ""))
            if said != before:
                statuses[student], seen[student] = said, before
    return Wish(_day(posted.get("day")), statuses, seen)


def read_json(body: bytes) -> Wish:
    """Raises a DomainError with a sentence for anything else than `{"day": …, "marks": [{student, status, seen}]}`."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise unreadable(_("What was sent is not JSON.")) from None
    marks = data.get("marks") if isinstance(data, dict) else None
    if not isinstance(marks, list) or not 1 <= len(marks) <= MOST:
        raise unreadable(_("A roll is a day and a list of 1 to %d marks.") % MOST)
    wish = Wish(_day(data.get("day")))
    for mark in marks:
        _read_mark(mark, wish)
    return wish


def _read_mark(mark: Any, wish: Wish) -> None:
    if not isinstance(mark, Mapping):
        raise unreadable(_("Each mark names a student, a status and what was seen."))
    student, status, seen = mark.get("student"), mark.get("status"), mark.get("seen")
    if type(student) is not int or not isinstance(status, str) or not isinstance(seen, str):
        raise unreadable(_("Each mark names a student, a status and what was seen."))
    if student in wish.statuses:
        raise unreadable(_("A student stands twice in this roll."))
    wish.statuses[student], wish.seen[student] = status, seen
