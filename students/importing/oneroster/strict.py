"""What is said where a row cannot be taken as it is: for each code one sentence about what was expected."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from students.importing.oneroster.catalogue import Column

_Said = Callable[[], str]
# Of a row as a whole.
ROW: dict[str, _Said] = {
    "not_utf8": lambda: _("The row holds characters that are no UTF-8 text. Save the file as UTF-8."),
    "nul": lambda: _("The row holds a character of value zero, as no text does. Export the file again."),
    "quotes": lambda: _('A quotation mark stands inside a cell. Expected it twice ("") inside quotation marks.'),
}
# Of a cell.
CELL: dict[str, _Said] = {
    "required": lambda: _("The cell is empty. Expected a value in every row."),
    "bad_id": lambda: _("Expected an id of up to 255 letters, digits and the signs . / @ _ -"),
    "id_twice": lambda: _("Another row of this file has this id already. Expected each id once."),
    "bad_day": lambda: _("Expected a day between 1900 and 2200 like 2026-09-01."),
    "two_days": lambda: _("This can be read as two different days. Expected a day like 2026-09-01."),
    "bad_year": lambda: _("Expected the year in which the school year ends, like 2027."),
    "bad_yes_no": lambda: _("Expected true or false."),
    "bad_number": lambda: _("Expected a number like 12 or 12.5."),
    "bad_moment": lambda: _("Expected the moment of the last change like 2026-09-01T08:30:00.000Z."),
    "delta_status": lambda: _(
        "Every row of a file of changes (delta) says what happened. Expected active or tobedeleted."
    ),
    # Rows held against each other.
    "no_school_year": lambda: _("This is no school year. Expected a session of the type schoolYear."),
    "is_school_year": lambda: _("This is a whole school year. Expected a term, a semester or a grading period."),
    "not_a_school": lambda: _("This organisation is no school. Expected one of the type school."),
    "hangs_on_refused": lambda: _("This row hangs on a row that was set aside because of an error."),
    "cyclic": lambda: _("The row is above itself: following the parents leads back to it. Expected an end at the top."),
    "ends_before": lambda: _("The end lies before the beginning."),
    "lists_differ": lambda: _("There are not as many subject codes as subjects. Expected one code for each."),
    "two_primary": lambda: _("The class has another primary teacher already. Expected one at most."),
    "two_primary_roles": lambda: _(
        "The user has another primary role in this organisation already. Expected one at most."
    ),
    "no_course": lambda: _("Neither a course nor a subject is given. Expected one of them."),
    "min_over_max": lambda: _("The least points are more than the most. Expected the other way round."),
    "maximum_too_large": lambda: _("Expected at most 99999.99 points."),
    "score_missing": lambda: _("The result is fully graded and has no score. Expected one."),
    "score_outside": lambda: _("The score lies outside the points of its line item."),
    "not_enrolled": lambda: _("The student is not enrolled in the class of the line item, says enrollments.csv."),
    "other_class": lambda: _("The line item belongs to another class. Expected the class of the line item."),
    "result_twice": lambda: _("The student has another result in this line item already. Expected one."),
    "not_an_email": lambda: _("This is no e-mail address. Expected one like ada@school.example."),
    "attendance_status": lambda: _(
        "This code of attendance is not known. Expected P, L, A or E, or a code of the profile."
    ),
    "attendance_twice": lambda: _("The student has another mark on this day in this class already. Expected one."),
    "no_role": lambda: _("The bundle does not say which role this user has. Expected a row in roles.csv."),
    "nobody": lambda: _("There is no user of this id in users.csv. Expected the facts of somebody."),
}


def said_of_cell(code: str, column: Column) -> str:
    if code == "bad_choice":
        return _("Expected one of: %(choices)s.") % {"choices": ", ".join(column.choices)}
    if code == "dangling":
        return _("There is no row of this id in %(file)s. Expected one.") % {"file": f"{column.refers}.csv"}
    return CELL[code]()


def said_of_width(found: int, expected: int) -> str:
    told = _("The row has %(found)d cells. Expected %(expected)d, as many as the head has.")
    return told % {"found": found, "expected": expected}
