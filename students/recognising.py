"""Pasted lists of students: each line matched to one student of the school, or told why it was not."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.kit.figures import counted
from portal.kit.names import fold
from students.models import School, Student, StudentStatus

MOST_LINES = 1000
LONGEST = 200
MOST_WORDS = 6  # of a name whose words may stand in another order
OWN_NUMBER = re.compile(r"#\s*([0-9]{1,15})")
NEW_LINE = re.compile(r"\r\n|\r|\n")
NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it was pasted. Either `student` is known, or `sentence` says why not; `choices` are those it may mean."""

    number: int
    text: str
    student: Student | None = None
    choices: tuple[Student, ...] = ()
    sentence: str = ""
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Recognised:
    """The lines in their order, blank ones left out. `left_over` lines were too many to be read."""

    lines: tuple[Line, ...] = ()
    left_over: int = 0

    @property
    def students(self) -> list[Student]:
        """Each once, in the order of the lines."""
        return [line.student for line in self.lines if line.student is not None]

    @property
    def unclear(self) -> list[Line]:
        """Lines that need a hand: unknown or ambiguous. A student named twice is no trouble."""
        return [line for line in self.lines if line.student is None and not line.is_repeat]

    @property
    def warning(self) -> str:
        if not self.left_over:
            return ""
        told = ngettext(
            "Only the first %(most)s lines were read; %(n)s line was left out.",
            "Only the first %(most)s lines were read; %(n)s lines were left out.",
            self.left_over,
        )
        return told % {"most": counted(MOST_LINES), "n": counted(self.left_over)}


def recognise(text: str, *, school: School, user: Any, chosen: Mapping[int, int] | None = None) -> Recognised:
    """Read a pasted list: the school's id of a student, `#` and our number, or a full name in either order.

    Only students this person sees are found. `chosen` says for ambiguous lines (by their number) which student is meant;
    it cannot bring in one that the line does not name. At most three queries; never raises, whatever was pasted.
    """
    written = [(number, _clean(line)) for number, line in enumerate(NEW_LINE.split(text), start=1)]
    filled = [(number, line) for number, line in written if line]
    known = _known([line for _, line in filled[:MOST_LINES]], Student.objects.visible_to(user).filter(school=school))
    lines = [_line(number, line, known.of(line), chosen or {}) for number, line in filled[:MOST_LINES]]
    return Recognised(tuple(_without_repeats(lines)), max(0, len(filled) - MOST_LINES))


@dataclass(frozen=True, slots=True)
class _Known:
    """Every student that some line may mean, by what a line may call them."""

    by_key: Mapping[int, Student]
    by_external: Mapping[str, list[Student]]
    by_name: Mapping[str, list[Student]]

    def of(self, line: str) -> list[Student]:
        if own := OWN_NUMBER.fullmatch(_first_cell(line)):
            return [found] if (found := self.by_key.get(int(own[1]))) else []
        found_by_id = self.by_external.get(line) or self.by_external.get(_first_cell(line))
        if found_by_id:
            return found_by_id
        named = {each.pk: each for name in _names(line) for each in self.by_name.get(name, ())}
        return list(named.values())


def _known(lines: Sequence[str], rows: Any) -> _Known:
    numbers = {int(own[1]) for line in lines if (own := OWN_NUMBER.fullmatch(_first_cell(line)))}
    names = {name for line in lines for name in _names(line)}
    called = Q(pk__in=numbers) | Q(external_id__in={*lines, *map(_first_cell, lines)}) | Q(search_name__in=names)
    found = list(rows.filter(called)) if lines else []
    by_external, by_name = defaultdict(list), defaultdict(list)
    for student in found:
        if student.external_id:
            by_external[student.external_id].append(student)
    for student in {each.pk: each for each in (*found, *_otherwise_called(names, rows))}.values():
        for name in _called(student.given_name, student.family_name, student.preferred_name):
            by_name[name].append(student)
    return _Known({each.pk: each for each in found}, by_external, by_name)


def _otherwise_called(names: set[str], rows: Any) -> Iterable[Student]:
    """Students with a name of their choice: few, and the stored search name holds all their names in one."""
    if not names:
        return ()
    others = rows.exclude(preferred_name="").order_by()
    told = others.values_list("pk", "search_name", "given_name", "family_name", "preferred_name")
    words = {word for name in names for word in name.split()}
    # Folding is what costs: only who shares a word with the list is looked at closely.
    near = (row for row in told.iterator() if not words.isdisjoint(row[1].split()))
    keys = [pk for pk, _folded, *parts in near if not names.isdisjoint(_called(*parts))]
    return rows.filter(pk__in=keys) if keys else ()


def _called(given: str, family: str, preferred: str) -> set[str]:
    return {fold(given, family), fold(preferred, family)} if preferred else {fold(given, family)}


def _clean(line: str) -> str:
    """Without what no database stores: control signs and half of a letter."""
    return NOT_TEXT.sub("", line).strip()[:LONGEST].strip()


def _first_cell(line: str) -> str:
    """Of a row copied from a spreadsheet: what stands before the first tab or semicolon."""
    return re.split(r"[\t;]", line, maxsplit=1)[0].strip()


def _names(line: str) -> list[str]:
    """The line as a folded name, as written and turned round: the family name may stand first."""
    words = fold(line).split()
    if not words:
        return []
    before, comma, after = line.partition(",")
    turned = [fold(after, before)] if comma else []
    turns = range(len(words)) if len(words) <= MOST_WORDS else range(1)
    return [*turned, *("".join(f" {word}" for word in (*words[at:], *words[:at])) for at in turns)]


def _line(number: int, text: str, found: list[Student], chosen: Mapping[int, int]) -> Line:
    here = [each for each in found if each.status != StudentStatus.LEFT] or found
    meant = [each for each in found if each.pk == chosen.get(number)] or here
    if len(meant) == 1:
        return Line(number, text, meant[0])
    facts = {"number": number, "text": text, "n": len(meant)}
    if meant:
        told = _("Line %(number)s: “%(text)s” may mean %(n)s students. Choose the one you mean.") % facts
        return Line(number, text, choices=tuple(sorted(meant, key=lambda each: (each.name, each.pk))), sentence=told)
    told = _("Line %(number)s: no student of the school is known as “%(text)s”.") % facts
    return Line(number, text, sentence=told)


def _without_repeats(lines: Iterable[Line]) -> Iterable[Line]:
    first: dict[int, int] = {}
    for line in lines:
        if line.student is None:
            yield line
            continue
        seen = first.setdefault(line.student.pk, line.number)
        if seen == line.number:
            yield line
            continue
        facts = {"number": line.number, "name": line.student.name, "first": seen}
        told = _("Line %(number)s: %(name)s stands on line %(first)s already.") % facts
        yield replace(line, student=None, sentence=told, is_repeat=True)
