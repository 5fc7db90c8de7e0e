"""What each table's columns are called in the records, which of them are references, and what a new record needs."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from portal.accounts.models import User
from students.importing.incoming import COLUMNS, REFERENCES, Kind, Table
from students.importing.plan import MODELS

NOT_FIELDS = frozenset({"id", "external_id", "must_exist"})
PERSON = {Table.MEMBERSHIPS: "user_id", Table.GUARDIANSHIPS: "guardian_id", Table.TEACHINGS: "teacher_id"}
SCHOOL_OF = {
    Table.DEMOGRAPHICS: "student__school",
    Table.GUARDIANSHIPS: "student__school",
    Table.ENROLMENTS: "school_class__school",
    Table.TEACHINGS: "school_class__school",
    Table.SITTINGS: "exam__school",
    Table.RESULTS: "exam__school",
    Table.ATTENDANCE: "student__school",
    Table.OBSERVATIONS: "student__school",
}
WITHOUT_PROVENANCE = frozenset({Table.PEOPLE, Table.SITTINGS, Table.ATTENDANCE})
# Their ids in the source say nothing that student and exam (or day) do not say, and there may be millions of them.
WITHOUT_IDS = frozenset({Table.RESULTS, Table.OBSERVATIONS, *WITHOUT_PROVENANCE})
REQUIRED: dict[Table, tuple[str, ...]] = {
    Table.TERMS: ("name", "starts", "ends"),
    Table.SUBJECTS: ("name",),
    Table.CLASSES: ("name", "subject", "term"),
    Table.PEOPLE: ("name",),
    Table.MEMBERSHIPS: ("person", "role"),
    Table.STUDENTS: (),
    Table.DEMOGRAPHICS: ("student",),
    Table.GUARDIANSHIPS: ("student", "person"),
    Table.ENROLMENTS: ("student", "school_class"),
    Table.TEACHINGS: ("person", "school_class"),
    Table.EXAMS: ("title", "subject", "day"),
    Table.SITTINGS: ("exam", "school_class"),
    Table.RESULTS: ("exam", "student"),
    Table.ATTENDANCE: ("student", "day", "status"),
    Table.INDICATORS: ("name",),
    Table.OBSERVATIONS: ("student", "indicator", "day"),
}
# What makes a record the one it is: never changed by a row that found it.
IDENTITY: dict[Table, tuple[str, ...]] = {
    Table.PEOPLE: ("email", "name"),
    Table.MEMBERSHIPS: ("person", "role"),
    Table.DEMOGRAPHICS: ("student",),
    Table.GUARDIANSHIPS: ("student", "person"),
    Table.ENROLMENTS: ("student", "school_class"),
    Table.TEACHINGS: ("person", "school_class"),
    Table.SITTINGS: ("exam", "school_class"),
    Table.RESULTS: ("exam", "student"),
    Table.ATTENDANCE: ("student", "school_class", "day"),
    Table.OBSERVATIONS: ("student", "indicator", "day"),
}
OPENS = frozenset({Table.ENROLMENTS, Table.TEACHINGS})  # where a last day that is not said means: without one
HIGHEST_GRADE = 14
PLACES = {"score": 2, "maximum": 2, "weight": 3, "number": 3}


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the file and the attribute of the record that it fills."""

    column: str
    attr: str
    kind: Kind
    refers: Table | None = None
    longest: int = 0
    choices: tuple[str, ...] = ()

    @property
    def places(self) -> int:
        return PLACES.get(self.column, 0)


@cache
def fields_of(table: Table) -> tuple[Field, ...]:
    refers = REFERENCES.get(table, {})
    return tuple(
        _field(table, name, kind, refers.get(name)) for name, kind in COLUMNS[table].items() if name not in NOT_FIELDS
    )


def _field(table: Table, name: str, kind: Kind, refers: Table | None) -> Field:
    if refers:
        return Field(name, PERSON[table] if name == "person" else f"{name}_id", kind, refers)
    stored: Any = model_of(table)._meta.get_field(name)
    choices = tuple(value for value, _label in stored.choices or ())
    return Field(name, name, kind, None, (stored.max_length or 0) if kind == Kind.TEXT else 0, choices)


def model_of(table: Table) -> Any:
    return User if table == Table.PEOPLE else MODELS[table]


def field_named(table: Table, column: str) -> Field:
    return next(field for field in fields_of(table) if field.column == column)
