"""What a made-up bundle knows about its school, and what the records say about it: both in the same words, to be compared."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps

from students.models import Enrolment, Exam, Membership, Result, School, SchoolClass, Sitting, Student, Teaching
from tests.students.importing.bundles import Bundle, Row

Facts = dict[str, set[tuple[Any, ...]]]
STATUS = {"fully graded": "scored", "exempt": "exempt", "not submitted": "not_submitted"}
# What an import may leave behind: the import itself, its job, and the trails of who did what.
TRACES = {"audit.AuditEvent", "audit.Change", "jobs.Job", "students.ImportBatch"}


def told_by(bundle: Bundle) -> Facts:
    """Read by nobody but this test: the rows as they were made, an end being the first day on which it holds no more."""
    rows = bundle.rows
    subjects = {row["sourcedId"]: row["title"] for row in rows["courses"]}
    groups = {row["sourcedId"]: subjects[row["courseSourcedId"]] for row in rows["classes"]}
    emails = {row["sourcedId"]: row.get("email", "") for row in rows["users"]}
    born = {row["sourcedId"]: date.fromisoformat(row["birthDate"]) for row in rows.get("demographics", [])}
    learns = [row for row in rows["enrollments"] if row["role"] == "student"]
    teaches = [row for row in rows["enrollments"] if row["role"] == "teacher"]
    return {
        "students": {
            (row["sourcedId"], row["givenName"], row["familyName"], int(row["grades"]), born.get(row["sourcedId"]))
            for row in rows["users"]
            if row["role"] == "student"
        },
        "teachers": {(row["email"],) for row in rows["users"] if row["role"] == "teacher"},
        "classes": {(row["sourcedId"], row["title"], groups[row["sourcedId"]]) for row in rows["classes"]},
        "enrolments": {
            (row["sourcedId"], row["userSourcedId"], row["classSourcedId"], *_days(row)) for row in learns
        },
        "teachings": {
            (row["sourcedId"], emails[row["userSourcedId"]], row["classSourcedId"], *_days(row), True)
            for row in teaches
        },
        "exams": {
            (
                row["sourcedId"], row["title"], date.fromisoformat(row["dueDate"]), Decimal(row["resultValueMax"]),
                groups[row["classSourcedId"]],
            )
            for row in rows["lineItems"]
        },
        "sittings": {(row["sourcedId"], row["classSourcedId"]) for row in rows["lineItems"]},
        "results": {
            (
                row["lineItemSourcedId"], row["studentSourcedId"], STATUS[row["scoreStatus"]],
                Decimal(row["score"]) if row["score"] else None,
            )
            for row in rows["results"]
        },
    }  # fmt: skip


def _days(row: Row) -> tuple[date, date | None]:
    ends = row.get("endDate")
    return date.fromisoformat(row["beginDate"]), date.fromisoformat(ends) - timedelta(days=1) if ends else None


def on_record(school: School) -> Facts:
    students, classes = Student.objects.filter(school=school), SchoolClass.objects.filter(school=school)
    spans = ("school_class__external_id", "starts", "ends")
    exams = Exam.objects.filter(school=school)
    made = {
        "students": students.values_list("external_id", "given_name", "family_name", "grade_level", "birth_date"),
        "teachers": Membership.objects.filter(school=school, role="teacher").values_list("user__email"),
        "classes": classes.values_list("external_id", "name", "subject__name"),
        "enrolments": Enrolment.objects.filter(school_class__in=classes).values_list(
            "external_id", "student__external_id", *spans
        ),
        "teachings": Teaching.objects.filter(school_class__in=classes).values_list(
            "external_id", "teacher__email", *spans, "is_lead"
        ),
        "exams": exams.values_list("external_id", "title", "day", "maximum", "subject__name"),
        "sittings": Sitting.objects.filter(exam__in=exams).values_list(
            "exam__external_id", "school_class__external_id"
        ),
        "results": Result.objects.filter(exam__in=exams).values_list(
            "exam__external_id", "student__external_id", "status", "score"
        ),
    }
    rows = {name: list(rows) for name, rows in made.items()}
    assert all(len(set(each)) == len(each) for each in rows.values()), "every record once"
    return {name: set(each) for name, each in rows.items()}


def counted() -> dict[str, int]:
    """The rows of every table of the project, but for the traces that an import leaves."""
    ours = (
        model for model in apps.get_models() if model.__module__.startswith(("students.", "portal.", "predictions."))
    )
    return {model._meta.label: model._base_manager.count() for model in ours if model._meta.label not in TRACES}
