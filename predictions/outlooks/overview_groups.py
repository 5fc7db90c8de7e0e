"""Groups of ten or more side by side: grade levels for who keeps the school, protected groups for who has that right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from mlcore.fairness import NOT_KNOWN, hidden
from portal.kit.scoping import grants_of
from predictions.measuring.parts import PROTECTED
from predictions.outlooks.overview import Cell, cell_of
from predictions.outlooks.overview_reading import Said
from students.models import Demographics, School, Student
from students.roles import KEEPERS

BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Group:
    """`cell` has no figures where the group, or one from which it would follow, is too small."""

    name: str
    students: int
    cell: Cell


@dataclass(frozen=True, slots=True)
class Grouping:
    key: str
    title: str
    groups: tuple[Group, ...]
    is_protected: bool

    @property
    def has_hidden(self) -> bool:
        return any(each.cell.is_hidden for each in self.groups)


def groupings(said: Said, school: School, *, user: Any) -> tuple[Grouping, ...]:
    """Of rows that may be compared (overview.comparable). One query, or two for who has the right to protected facts; a
    column with a single group compares nothing.
    """
    told = []
    if school.pk in grants_of(user).of(
        KEEPERS
    ):  # who may only count has the levels in the table above, and sums of it here
        rows = Student.objects.visible_to(user).filter(school=school)
        levels = dict(rows.values_list("pk", "grade_level").iterator(BATCH))
        told.append(_grouping(said, "level", _("Grade level"), levels))
    facts = Demographics.objects.visible_to(user).filter(student__school=school)
    known_of = list(facts.values_list("student_id", *PROTECTED).iterator(BATCH))
    for place, (fact, title) in enumerate(_titles().items(), 1):
        known = {row[0]: row[place] for row in known_of if row[place]}
        if known:
            told.append(_grouping(said, fact, title, known, is_protected=True))
    return tuple(each for each in told if len(each.groups) > 1)


def _titles() -> dict[str, str]:
    fields = {field.name: field for field in Demographics._meta.concrete_fields}
    return {name: str(fields[name].verbose_name).capitalize() for name in PROTECTED}


def _grouping(said: Said, key: str, title: str, names: Mapping[int, Any], *, is_protected: bool = False) -> Grouping:
    of_row = np.array([names.get(each, NOT_KNOWN) for each in said.student.tolist()], dtype=object)
    found = sorted(set(of_row.tolist()), key=lambda name: (name == NOT_KNOWN, str(name) if is_protected else name))
    parts = [(name, np.flatnonzero(of_row == name)) for name in found]
    counts = [len(np.unique(said.student[rows])) for _name, rows in parts]
    silent = hidden(counts)
    groups = [
        Group(
            _(NOT_KNOWN) if name == NOT_KNOWN else str(name),
            0 if place in silent else counts[place],
            Cell(is_hidden=True) if place in silent else cell_of(said, rows, len(rows)),
        )
        for place, (name, rows) in enumerate(parts)
    ]
    return Grouping(key, title, tuple(_named(groups, is_protected)), is_protected)


def _named(groups: Sequence[Group], is_protected: bool) -> list[Group]:
    """Of protected facts not even the name of a small group is told: in a small school it says what somebody there is."""
    return [each for each in groups if not (is_protected and each.cell.is_hidden)]
