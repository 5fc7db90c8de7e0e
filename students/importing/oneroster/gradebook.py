"""Categories and line items, which are our exams with the one class that sits each."""

from dataclasses import dataclass, field
from datetime import date

from students.importing.incoming import Table
from students.importing.mapping import ExamRule
from students.importing.oneroster.classes import Classes
from students.importing.oneroster.columns import Gathered
from students.importing.oneroster.desk import Desk
from students.importing.oneroster.frame import SCHOOL_YEAR
from students.importing.oneroster.rules import Decided, by_words, decide
from students.importing.oneroster.sheet import Block, Sheet
from students.models.exams import ExamKind

FILE = "lineItems.csv"
USUAL_MAXIMUM, HIGHEST = 100.0, 99_999.99
SESSION = {"1.1": "gradingPeriodSourcedId", "1.2": "academicSessionSourcedId"}
OWN_KIND, OWN_WEIGHT, OWN_TARGET = (f"metadata.foremark.{name}" for name in ("kind", "weight", "target"))
KINDS = frozenset(ExamKind.values)
HEADS = {
    "id": "sourcedId", "external_id": "sourcedId", "title": "title", "subject": "classSourcedId", "day": "dueDate",
    "maximum": "resultValueMax", "kind": "categorySourcedId",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """`lowest` and `highest` bound its scores; None: nobody said."""

    school_class: str
    day: date
    lowest: float
    highest: float | None


@dataclass
class Gradebook:
    desk: Desk
    classes: Classes
    categories: dict[str, str] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    exams: Gathered = field(default_factory=lambda: Gathered(
        Table.EXAMS, "id", "external_id", "title", "subject", "term", "kind", "day", "maximum", "weight", "is_target",
    ))  # fmt: skip
    sittings: Gathered = field(default_factory=lambda: Gathered(Table.SITTINGS, "exam", "school_class"))

    @property
    def rules(self) -> tuple[ExamRule, ...]:
        return self.desk.mapping.exam_rules


def read_categories(desk: Desk, book: Gradebook) -> None:
    if not desk.has("categories"):
        return
    for block in Sheet(desk, "categories").blocks():
        for at in block.good():
            book.categories[block["sourcedId"][at]] = block["title"][at]
            if block.gone[at]:
                block.note(at, "stays", "status", "tobedeleted")


def read_line_items(desk: Desk, book: Gradebook) -> None:
    if not desk.has("lineItems"):
        return
    for block in Sheet(desk, "lineItems", (Table.EXAMS,)).blocks():
        _check(block, book)
        for at in block.good():
            _take(block, at, book)
    desk.incoming.heads[Table.EXAMS] = {**HEADS, "term": SESSION[desk.manifest.version]}
    desk.incoming.heads[Table.SITTINGS] = {"exam": "sourcedId", "school_class": "classSourcedId"}
    book.exams.hand_over(desk.incoming, FILE)
    book.sittings.hand_over(desk.incoming, FILE)


def _check(block: Block, book: Gradebook) -> None:
    session = SESSION[book.desk.manifest.version]
    sessions, types = book.classes.sessions, book.classes.orgs.types
    schools = block["schoolSourcedId"] if "schoolSourcedId" in block.sheet.by_name else [""] * len(block)
    for at, (term, lowest, highest) in enumerate(
        zip(block[session], block["resultValueMin"], block["resultValueMax"], strict=True)
    ):
        if term in sessions and sessions[term].type == SCHOOL_YEAR:
            block.refuse(at, session, "is_school_year", term)
        if highest is not None and lowest is not None and lowest > highest:
            block.refuse(at, "resultValueMin", "min_over_max", f"{lowest:g}")
        if highest is not None and highest > HIGHEST:
            block.refuse(at, "resultValueMax", "maximum_too_large", f"{highest:g}")
        if types.get(schools[at], "school") != "school":
            block.refuse(at, "schoolSourcedId", "not_a_school", schools[at])
        if at not in block.bad and _is_of_refused(block["classSourcedId"][at], book):
            block.refuse(at, "classSourcedId", "hangs_on_refused", block["classSourcedId"][at])


def _is_of_refused(group: str, book: Gradebook) -> bool:
    """Its class has a row, and that was set aside: so nobody knows the subject of the exam."""
    return group not in book.classes.groups and group in book.desk.incoming.refused.get(Table.CLASSES, set())


def _take(block: Block, at: int, book: Gradebook) -> None:
    key, group = block["sourcedId"][at], block["classSourcedId"][at]
    decided = _decided(block, at, book)
    highest = _highest(block, at)
    reason = _why_left_out(block, at, book, decided, highest)
    if reason:
        book.left_out.add(key)
        block.note(at, reason, "title", block["title"][at])
        return
    if block.gone[at]:
        block.note(at, "marks_stay", "status", "tobedeleted")
        return
    lowest = block["resultValueMin"][at] or 0.0
    if lowest:
        block.note(at, "min_not_zero", "resultValueMin", f"{lowest:g}")
    day = block["dueDate"][at]
    book.items[key] = Item(group, day, lowest, highest)
    known = book.classes.groups.get(group)
    weight, target = block[OWN_WEIGHT][at], block[OWN_TARGET][at]
    book.exams.row(
        block.lines[at], key, key, block["title"][at], known.subject if known else "",
        block[SESSION[book.desk.manifest.version]][at], decided.kind, day, highest, weight,
        1 if decided.is_target else target,  # where nobody says so, a person may have made it one
    )  # fmt: skip
    book.sittings.row(block.lines[at], key, group)


def _decided(block: Block, at: int, book: Gradebook) -> Decided:
    """What Foremark wrote itself goes before words, and rules of the profile before everything. Of a category that the
    bundle does not bring nothing is guessed.
    """
    known = book.classes.groups.get(block["classSourcedId"][at])
    category = book.categories.get(block["categorySourcedId"][at])
    course = book.classes.title_of(known.subject) if known else ""
    own = block[OWN_KIND][at]
    title = block["title"][at]
    decided = decide(book.rules, category=category or "", title=title, course=course)
    if decided.by_rule:
        return decided
    if own in KINDS:
        return Decided(own)
    return decided if category is not None else Decided(by_words("", title))


def _highest(block: Block, at: int) -> float | None:
    highest: float | None = block["resultValueMax"][at]
    if highest is None and not block.gone[at]:
        block.note(at, "maximum_missing", "resultValueMax")
        return USUAL_MAXIMUM
    return highest


def _why_left_out(block: Block, at: int, book: Gradebook, decided: Decided, highest: float | None) -> str:
    if block["classSourcedId"][at] in book.classes.left_out:
        return "other_school"
    if decided.is_left_out:
        return "rule_left_out"
    return "no_maximum" if highest is not None and highest <= 0 else ""
