"""What records are called where a plan is told: students by name, results by student and exam, references by what they point to."""

import numpy as np
import pandas as pd
from django.db.models import Q

from portal.accounts.models import User
from students.importing.incoming import Array, Table
from students.importing.plan import NOBODY
from students.importing.planning.desk import Desk
from students.importing.planning.shapes import fields_of
from students.importing.planning.words import shown_field

TITLES = {Table.EXAMS: "title"}
# A record is called by what it ties together.
TIES: dict[Table, tuple[str, ...]] = {
    Table.MEMBERSHIPS: ("user_id", "role"),
    Table.DEMOGRAPHICS: ("student_id",),
    Table.GUARDIANSHIPS: ("guardian_id", "student_id"),
    Table.ENROLMENTS: ("student_id", "school_class_id"),
    Table.TEACHINGS: ("teacher_id", "school_class_id"),
    Table.SITTINGS: ("school_class_id", "exam_id"),
    Table.RESULTS: ("student_id", "exam_id"),
    Table.ATTENDANCE: ("student_id", "day"),
    Table.OBSERVATIONS: ("student_id", "indicator_id", "day"),
}
AT_ONCE = 5_000


class Names:
    """Names are looked for in the plan; of people, whose accounts the plan does not hold, in the database."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.people: dict[int, str] = {}

    def who(self, table: Table, keys: Array) -> list[str]:
        """Of records that are there already."""
        held = self.desk.held[table]
        places = np.searchsorted(held.keys, keys)
        ties = TIES.get(table)
        if ties is None:
            return self.of(table, keys)
        parts = [self.values(table, attr, held.fields[attr][places]) for attr in ties]
        return [", ".join(each) for each in zip(*parts, strict=True)]

    def values(self, table: Table, attr: str, column: Array) -> list[str]:
        """Values as people read them, references by name."""
        refers = next((field.refers for field in fields_of(table) if field.attr == attr), None)
        if refers:
            return self.of(refers, column)
        codes, distinct = pd.factorize(column, use_na_sentinel=False)  # many rows say the same
        shown = [shown_field(table, attr, value) for value in distinct]
        return [shown[code] for code in codes.tolist()]

    def of(self, table: Table, handles: Array) -> list[str]:
        if table == Table.PEOPLE:
            return self._people(handles)
        outcome = self.desk.outcomes[table]
        if table == Table.STUDENTS:
            given, family = (outcome.look(name, handles) for name in ("given_name", "family_name"))
            names = [f"{first} {last}".strip() for first, last in zip(given, family, strict=True)]
        else:
            names = [str(name) for name in outcome.look(TITLES.get(table, "name"), handles)]
        return ["" if handle == NOBODY else name for handle, name in zip(handles.tolist(), names, strict=True)]

    def _people(self, handles: Array) -> list[str]:
        """Accounts are called by their names only where they hold a role or a class in this school already."""
        unknown = sorted(set(handles[handles >= 0].tolist()) - set(self.people))
        for start in range(0, len(unknown), AT_ONCE):
            asked = User.objects.filter(pk__in=unknown[start : start + AT_ONCE])
            here = Q(memberships__school=self.desk.school) | Q(teachings__school_class__school=self.desk.school)
            self.people.update(asked.filter(here).values_list("pk", "name"))
        added = self.desk.steps[Table.PEOPLE].added.columns.get("name", np.empty(0, dtype=object))
        return [
            self.people.get(handle, "") if handle >= 0 else ("" if handle == NOBODY else str(added[-1 - handle]))
            for handle in handles.tolist()
        ]
