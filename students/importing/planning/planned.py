"""The planning of a whole file: table after table, then what is told of it."""

from collections.abc import Callable
from datetime import date
from functools import partial

from django.utils.translation import gettext as _

from students.importing.findings import Findings
from students.importing.incoming import Incoming, Table
from students.importing.lists import write_lists
from students.importing.plan import Plan, Progress
from students.importing.planning.daily import plan_attendance, plan_indicators, plan_observations
from students.importing.planning.desk import Desk
from students.importing.planning.enrolments import plan_enrolments, plan_teachings
from students.importing.planning.exams import plan_exams, plan_sittings
from students.importing.planning.fingerprint import fingerprint_of
from students.importing.planning.frame import plan_classes, plan_subjects, plan_terms
from students.importing.planning.listed import lists_of
from students.importing.planning.marks import plan_results
from students.importing.planning.people import plan_guardianships, plan_memberships, plan_people
from students.importing.planning.students import plan_demographics, plan_students
from students.importing.planning.telling import tell
from students.models import School

PLANNERS: dict[Table, Callable[[Desk], None]] = {
    Table.TERMS: plan_terms,
    Table.SUBJECTS: plan_subjects,
    Table.CLASSES: plan_classes,
    Table.PEOPLE: plan_people,
    Table.MEMBERSHIPS: plan_memberships,
    Table.STUDENTS: plan_students,
    Table.DEMOGRAPHICS: plan_demographics,
    Table.GUARDIANSHIPS: plan_guardianships,
    Table.ENROLMENTS: plan_enrolments,
    Table.TEACHINGS: plan_teachings,
    Table.EXAMS: plan_exams,
    Table.SITTINGS: plan_sittings,
    Table.RESULTS: plan_results,
    Table.ATTENDANCE: plan_attendance,
    Table.INDICATORS: plan_indicators,
    Table.OBSERVATIONS: plan_observations,
}


def silent(*args: object, **facts: object) -> None:
    """Nobody wants to know how far it is."""


def make_plan(  # noqa: PLR0913  # every one of them changes what the plan is
    incoming: Incoming,
    *,
    school: School,
    on: date,
    findings: Findings,
    truncate: bool = False,
    set_aside: bool = False,
    with_protected: bool = False,
    progress: Progress = silent,
) -> Plan:
    """What the file would do to the records of the school. Writes nothing.

    Rows with errors, and rows that hang on them, are not in the plan: it is what would be applied if a person has them
    set aside. Whether it may be applied is decided by who asked: `findings.errors` and not `set_aside` means no.
    """
    desk = Desk(incoming, school, on, findings, truncate, with_protected)
    total, done = sum(len(incoming.rows(table)) for table in Table), 0
    for table, plan_table in PLANNERS.items():
        progress(done, total, _("Comparing with the records"))
        plan_table(desk)
        done += len(incoming.rows(table))
    told, write_changes = tell(desk)
    progress(total, total, _("Comparing with the records"))
    # A yes was given to these guards; where another one asks by now, it is another plan.
    head = (school.pk, incoming.source, on, truncate, set_aside, *sorted(guard.code for guard in told.guards))
    return Plan(
        school.pk, incoming.source, on, desk.steps, told, fingerprint_of(head, desk.steps),
        incoming.rows_set_aside + desk.rows_set_aside, write_changes,
        partial(write_lists, partial(lists_of, desk)),
    )  # fmt: skip
