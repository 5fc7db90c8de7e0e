"""Faults put into made-up bundles at known lines, and which other rows hang on the rows that are refused for them."""

import random
from collections.abc import Callable, Iterable
from copy import deepcopy

from tests.students.importing.bundles import FIRST_LINE, MORE, Bundle, Row

Line = tuple[str, int]  # a file without its ending, and the line in it
Fault = Callable[[Row, Row], None]  # the row, and a copy of it to be added at the end of its file


def _set(column: str, value: str) -> Fault:
    return lambda row, _copy: row.update({column: value})


def _over(row: Row, _copy: Row) -> None:
    row.update({"scoreStatus": "fully graded", "score": "50.5"})


# What is found, in which files it may be, and how the row becomes wrong.
FAULTS: dict[str, tuple[str, dict[str, Fault]]] = {
    "an empty cell": ("required", {
        "users": _set("givenName", ""), "classes": _set("title", ""), "lineItems": _set("assignDate", ""),
        "enrollments": _set("role", ""), "results": _set("scoreDate", ""), "courses": _set("title", ""),
    }),
    "a class that is not there": ("dangling", {
        "enrollments": _set("classSourcedId", "c-none"), "lineItems": _set("classSourcedId", "c-none"),
    }),
    "a student who is not there": ("dangling", {
        "enrollments": _set("userSourcedId", "s-none"), "results": _set("studentSourcedId", "s-none"),
    }),
    "a day that never was": ("bad_day", {
        "lineItems": _set("dueDate", "2026-02-30"), "enrollments": _set("beginDate", "31.11.2026"),
        "results": _set("scoreDate", "soon"), "demographics": _set("birthDate", "2014-13-01"),
    }),
    "an unknown word": ("bad_choice", {
        "users": _set("role", "pupil"), "enrollments": _set("role", "learner"),
        "results": _set("scoreStatus", "graded"), "classes": _set("classType", "lesson"),
    }),
    "a score above the most": ("score_outside", {"results": _over}),
    "a row too long": ("cells", {
        name: _set(MORE, "more") for name in ("users", "classes", "enrollments", "lineItems", "results", "demographics")
    }),
}  # fmt: skip
TWICE = "an id twice"
TWICE_IN = ("users", "classes", "enrollments", "lineItems", "courses")
KINDS = (*FAULTS, TWICE)


class Seeded:
    """A bundle and its faults: `told` is what is said, by line; the bundle that was given stays as it is."""

    def __init__(self, bundle: Bundle) -> None:
        self.good, self.bundle = bundle, deepcopy(bundle)
        self.faults: dict[Line, str] = {}

    def seed(self, kind: str, drawn: random.Random) -> None:
        """In any row, unless another fault would hide behind this one or this one behind another."""
        if kind == TWICE:
            self._repeat(drawn)
            return
        code, places = FAULTS[kind]
        name = drawn.choice(sorted(name for name in places if self.bundle.rows[name]))
        free = [line for line in _lines(self.good, name) if self._is_free((name, line))]
        if free:
            line = drawn.choice(free)
            row = self.bundle.rows[name][line - FIRST_LINE]
            places[name](row, row)
            self.faults[name, line] = code

    def _is_free(self, line: Line) -> bool:
        """No faulty row hangs on another one: what is told of it then depends on which was seen first."""
        lines = {*self.faults, line}
        return line not in self.faults and not any(one in hanging(self.good, lines - {one}) for one in lines)

    def _repeat(self, drawn: random.Random) -> None:
        name = drawn.choice(sorted(name for name in TWICE_IN if self.bundle.rows[name]))
        rows = self.bundle.rows[name]
        rows.append(dict(drawn.choice(self.good.rows[name])))
        self.faults[name, len(rows) + FIRST_LINE - 1] = "id_twice"

    @property
    def told(self) -> dict[Line, str]:
        """A fault of its own is told before what a row hangs on."""
        return {**hanging(self.good, self.faults), **self.faults}

    @property
    def rest(self) -> Bundle:
        """What is good and hangs on nothing that is not."""
        return self.bundle.without(self.told)


def _lines(bundle: Bundle, name: str) -> range:
    return range(FIRST_LINE, FIRST_LINE + len(bundle.rows[name]))


# Which rows refer to which, in the order in which they do.
REFERS = (
    ("classes", "courseSourcedId", "courses"), ("enrollments", "classSourcedId", "classes"),
    ("enrollments", "userSourcedId", "users"), ("lineItems", "classSourcedId", "classes"),
    ("results", "lineItemSourcedId", "lineItems"), ("results", "studentSourcedId", "users"),
)  # fmt: skip


def hanging(good: Bundle, refused: Iterable[Line]) -> dict[Line, str]:
    """The lines of rows that refer to a row that is refused, or to one that hangs on such a row, and what is said of them."""
    first = {line for line in refused if line[1] - FIRST_LINE < len(good.rows[line[0]])}
    gone = set(first)
    for name, column, target in REFERS:
        keys = {row["sourcedId"] for row in _rows(good, gone, target)}
        gone |= {(name, line) for line in _lines(good, name) if good.rows[name][line - FIRST_LINE][column] in keys}
    return {**_strangers(good, first), **dict.fromkeys(gone - first, "hangs_on_refused")}


def _strangers(good: Bundle, refused: set[Line]) -> dict[Line, str]:
    """Marks of whom no row that is left puts into the class."""
    classes = {row["sourcedId"]: row["classSourcedId"] for row in good.rows["lineItems"]}
    gone = {(row["userSourcedId"], row["classSourcedId"]) for row in _rows(good, refused, "enrollments")}
    return {
        ("results", line): "not_enrolled"
        for line, row in enumerate(good.rows["results"], FIRST_LINE)
        if (row["studentSourcedId"], classes[row["lineItemSourcedId"]]) in gone and ("results", line) not in refused
    }


def _rows(good: Bundle, lines: Iterable[Line], name: str) -> list[Row]:
    return [good.rows[file][line - FIRST_LINE] for file, line in lines if file == name]
