"""What a bundle looks like before anybody says how it is to be read: for the page on which that is said."""

from collections import Counter
from dataclasses import dataclass
from typing import BinaryIO

from students.importing.findings import Finding
from students.importing.oneroster.catalogue import NOT_USED
from students.importing.oneroster.frame import SCHOOL
from students.importing.oneroster.reading import Opened, open_bundle
from students.importing.oneroster.records import Records

MOST_SCHOOLS, MOST_CATEGORIES, MOST_TITLES = 500, 200, 50
MOST_KEPT = 20_000  # different titles that are counted


@dataclass(frozen=True, slots=True)
class FileLook:
    name: str  # with its ending
    mode: str  # bulk or delta
    rows: int
    is_used: bool


@dataclass(frozen=True, slots=True)
class SchoolLook:
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class TitleLook:
    """A title of line items, how many have it, and the category of the first."""

    title: str
    category: str
    count: int


@dataclass(frozen=True, slots=True)
class BundleLook:
    version: str
    source: str  # the system's name as the manifest says it, else its code
    files: tuple[FileLook, ...]
    schools: tuple[SchoolLook, ...]
    categories: tuple[tuple[str, int], ...]  # titles, and how many line items are of each
    titles: tuple[TitleLook, ...]  # the most frequent ones
    notes: tuple[Finding, ...]


def look_in(file: BinaryIO) -> BundleLook:
    """Raises Unreadable."""
    notes: list[Finding] = []
    opened = open_bundle(file, notes)
    manifest = opened.manifest
    categories = dict(_pairs(opened, "categories", "sourcedId", "title"))
    items = _pairs(opened, "lineItems", "title", "categorySourcedId")
    return BundleLook(
        manifest.version, manifest.system_name or manifest.system_code, tuple(_files(opened)), tuple(_schools(opened)),
        tuple(_counted(categories, items)), tuple(_titles(categories, items)), tuple(notes),
    )  # fmt: skip


def _files(opened: Opened) -> list[FileLook]:
    modes = opened.manifest.modes
    names = [*opened.files, *(name for name in NOT_USED[opened.manifest.version] if name in modes)]
    return [
        FileLook(f"{name}.csv", modes[name].value, opened.package.count_rows(name), name in opened.heads)
        for name in names
        if name in opened.package.entries
    ]


def _rows(opened: Opened, name: str, *columns: str) -> list[tuple[str, ...]]:
    """Few columns of a file; rows that are not whole are passed over here."""
    head = opened.heads.get(name)
    if head is None:
        return []
    places = [head.places.get(column) for column in columns]
    found = []
    for number, (_line, cells, damage) in enumerate(Records(opened.package, name)):
        if number and not damage and len(cells) == head.width:
            found.append(tuple("" if place is None else cells[place].strip() for place in places))
        if len(found) >= MOST_KEPT:
            break
    return found


def _pairs(opened: Opened, name: str, first: str, second: str) -> list[tuple[str, str]]:
    return [(each[0], each[1]) for each in _rows(opened, name, first, second)]


def _schools(opened: Opened) -> list[SchoolLook]:
    rows = _rows(opened, "orgs", "sourcedId", "name", "type")
    schools = [SchoolLook(key, title) for key, title, kind in rows if kind.lower() == SCHOOL]
    return sorted(schools, key=lambda each: each.name)[:MOST_SCHOOLS]


def _counted(categories: dict[str, str], items: list[tuple[str, str]]) -> list[tuple[str, int]]:
    counts = Counter(categories.get(category, "") for _title, category in items)
    return [(title, counts[title]) for title in sorted({*categories.values()} - {""})][:MOST_CATEGORIES]


def _titles(categories: dict[str, str], items: list[tuple[str, str]]) -> list[TitleLook]:
    counts = Counter(title for title, _category in items)
    first = {title: categories.get(category, "") for title, category in reversed(items)}
    return [TitleLook(title, first[title], count) for title, count in counts.most_common(MOST_TITLES)]
