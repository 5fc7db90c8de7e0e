"""Words of tables and fields as people read them, and values as they stand in sentences."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from portal.kit.figures import plain
from students.importing.incoming import Array, Kind, Table
from students.importing.planning.shapes import field_named, fields_of, model_of

TABLES: dict[Table, Any] = {
    Table.TERMS: gettext_lazy("terms"),
    Table.SUBJECTS: gettext_lazy("subjects"),
    Table.CLASSES: gettext_lazy("classes"),
    Table.PEOPLE: gettext_lazy("people"),
    Table.MEMBERSHIPS: gettext_lazy("roles of people"),
    Table.STUDENTS: gettext_lazy("students"),
    Table.DEMOGRAPHICS: gettext_lazy("protected facts"),
    Table.GUARDIANSHIPS: gettext_lazy("guardians of students"),
    Table.ENROLMENTS: gettext_lazy("enrolments"),
    Table.TEACHINGS: gettext_lazy("teachers of classes"),
    Table.EXAMS: gettext_lazy("exams"),
    Table.SITTINGS: gettext_lazy("classes that sit exams"),
    Table.RESULTS: gettext_lazy("results"),
    Table.ATTENDANCE: gettext_lazy("attendance marks"),
    Table.INDICATORS: gettext_lazy("indicators"),
    Table.OBSERVATIONS: gettext_lazy("values of indicators"),
}
FIELDS = {
    "name": gettext_noop("name"), "kind": gettext_noop("kind"), "starts": gettext_noop("first day"),
    "ends": gettext_noop("last day"), "parent_id": gettext_noop("part of"), "code": gettext_noop("code"),
    "subject_id": gettext_noop("subject"), "term_id": gettext_noop("term"), "grade_level": gettext_noop("grade level"),
    "is_home_class": gettext_noop("takes the daily roll"), "email": gettext_noop("e-mail"),
    "user_id": gettext_noop("person"), "guardian_id": gettext_noop("guardian"), "teacher_id": gettext_noop("teacher"),
    "role": gettext_noop("role"), "given_name": gettext_noop("given name"),
    "family_name": gettext_noop("family name"), "preferred_name": gettext_noop("preferred name"),
    "birth_date": gettext_noop("date of birth"), "status": gettext_noop("status"),
    "student_id": gettext_noop("student"), "gender": gettext_noop("gender"), "ethnicity": gettext_noop("ethnicity"),
    "parental_education": gettext_noop("parental education"), "lunch_programme": gettext_noop("lunch programme"),
    "home_language": gettext_noop("home language"), "relation": gettext_noop("relation"),
    "school_class_id": gettext_noop("class"), "is_lead": gettext_noop("leads the class"),
    "title": gettext_noop("title"), "day": gettext_noop("day"), "maximum": gettext_noop("most points"),
    "weight": gettext_noop("weight"), "is_target": gettext_noop("to be predicted"), "exam_id": gettext_noop("exam"),
    "score": gettext_noop("score"), "known_on": gettext_noop("known since"),
    "is_protected": gettext_noop("protected"), "indicator_id": gettext_noop("indicator"),
    "number": gettext_noop("number"), "category": gettext_noop("category"),
    "external_id": gettext_noop("id in the source"),
}  # fmt: skip


def unknown_by_name(table: Table) -> tuple[str, str]:
    """The column by which a record without an id is looked for, and what is said where there is none."""
    return {
        Table.TERMS: ("name", _("The school has no term of this name.")),
        Table.SUBJECTS: ("name", _("The school has no subject of this name or code.")),
        Table.CLASSES: (
            "name",
            _("The school has no class of this name in that subject and term. Bring the class in first."),
        ),
        Table.STUDENTS: ("family_name", _("The school has no student of this name, or not on that day of birth.")),
        Table.EXAMS: ("title", _("The school has no exam of this title in that subject on that day.")),
        Table.INDICATORS: ("code", _("The school has no indicator of this name.")),
    }.get(table, ("", _("The school has no such record, and the file does not bring it.")))


def table_label(table: Table) -> str:
    return str(TABLES[table])


def field_label(attr: str) -> str:
    return _(FIELDS.get(attr, attr))


def one_of(choices: Sequence[str]) -> str:
    return _("Expected one of: %s.") % ", ".join(choices)


def shown(kind: Kind, value: Any) -> str:
    """A value as it stands in a sentence; nothing where nothing is said."""
    if kind == Kind.DAY:
        return "" if np.isnat(value) else str(value.astype("datetime64[D]"))
    if kind == Kind.NUMBER:
        return "" if np.isnan(value) else plain(float(value), 3)
    if kind == Kind.FLAG:
        return {1: _("yes"), 0: _("no")}.get(int(value), "")
    if kind == Kind.WHOLE:
        return "" if value == -1 else str(int(value))
    return str(value)


def shown_field(table: Table, attr: str, value: Any) -> str:
    """The same, with the words of choices as people read them."""
    if attr == "external_id":
        return str(value)
    field = next(each for each in fields_of(table) if each.attr == attr)
    if field.choices:
        labels = dict(model_of(table)._meta.get_field(attr).choices or ())
        return str(labels.get(value, value))
    return shown(field.kind, value)


__all__ = ["Array", "field_label", "field_named", "one_of", "shown", "shown_field", "table_label"]
