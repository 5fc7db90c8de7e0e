"""By which ids a bundle names records: the one a record has in another system, or one made of its key, which stays with it there."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from django.db.models import Count

GUID = re.compile(r"[0-9A-Za-z./@_-]{1,255}")
PREFIX = "fm"
Key = tuple[Any, str]  # a key, and the id in another system or ""


def ids_for(kind: str, records: Iterable[Key], taken: set[str]) -> dict[Any, str]:
    """An id for each. `taken` are the ids of the same file that were given already; the new ones join them."""
    told = dict(records)
    counts = Counter(told.values())
    found = {
        key: text for key, text in told.items() if counts[text] == 1 and GUID.fullmatch(text) and text not in taken
    }
    taken.update(found.values())
    for key in sorted(told.keys() - found.keys()):
        found[key] = made(kind, key, taken)
        taken.add(found[key])
    return found


def made(kind: str, key: Any, taken: set[str]) -> str:
    """Such an id may have come from elsewhere with an import, where it stands for another record."""
    plain = name = f"{PREFIX}-{kind}-{key}"
    number = 2
    while name in taken:
        name, number = f"{plain}-{number}", number + 1
    return name


def joined(*ids: str) -> str:
    """An id made of others, always of the same ones the same."""
    text = "@".join(ids)
    return text if GUID.fullmatch(text) else f"{PREFIX}-{blake2b(text.encode(), digest_size=16).hexdigest()}"


def of_account(email: str) -> str:
    """Accounts are known by their address, here and wherever they are imported."""
    return f"{PREFIX}-person-{blake2b(email.strip().lower().encode(), digest_size=10).hexdigest()}"


@dataclass(frozen=True)
class ManyIds:
    """The same for a table too large to hold: asked row by row, after two questions to the whole of it."""

    kind: str
    doubled: frozenset[str]
    dots: dict[int, int]  # of numbers that ids like ours have which came from elsewhere: how many dots are free

    @classmethod
    def of(cls, kind: str, rows: Any) -> "ManyIds":
        told = rows.exclude(external_id="").order_by()
        doubled = told.values("external_id").annotate(n=Count("pk")).filter(n__gt=1)
        ours = f"{PREFIX}-{kind}-"
        like_ours = told.filter(external_id__startswith=ours).values_list("external_id", flat=True)
        dots: dict[int, int] = {}
        for text in like_ours.iterator(chunk_size=20_000):
            number = text.removeprefix(ours).rstrip(".")
            if number.isdecimal():
                free = len(text) - len(ours) - len(number) + 1
                dots[int(number)] = max(free, dots.get(int(number), 0))
        return cls(kind, frozenset(doubled.values_list("external_id", flat=True)), dots)

    def name(self, key: int, external_id: str) -> str:
        if external_id and external_id not in self.doubled and GUID.fullmatch(external_id):
            return external_id
        return f"{PREFIX}-{self.kind}-{key}{'.' * self.dots.get(key, 0)}"


@dataclass
class Naming:
    """The ids of everything that other rows point to."""

    org: str
    sessions: dict[int, str] = field(default_factory=dict)
    courses: dict[int, str] = field(default_factory=dict)
    classes: dict[int, str] = field(default_factory=dict)
    students: dict[int, str] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)
