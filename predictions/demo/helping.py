"""Help and notes of the demo school: a dozen interventions over all columns of the board, and some notes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max

from portal.accounts.models import User
from portal.kit.scoping import in_force
from predictions.demo.school import DemoSchool, today_of
from predictions.demo.signins import SignIn
from students.models import HelpKind, HelpOutcome, Intervention, Note, NoteKind, Origin, Student, Subject
from students.roles import Role

MATHS, ENGLISH = "Mathematics", "English"


@dataclass(frozen=True, slots=True)
class Piece:
    """Begun and to be reviewed so many days from today; closed where it is said how it went. `by` is who does it."""

    kind: HelpKind
    goal: str
    starts: int
    review: int
    by: str = Role.COUNSELLOR
    subject: str = ""
    outcome: str = ""
    went: str = ""


PIECES = (
    Piece(HelpKind.CONVERSATION, "Find out what keeps coursework from being handed in", 3, 31),
    Piece(HelpKind.TUTORING, "Fractions and percentages, up to the next test", 6, 48, Role.TEACHER, MATHS),
    Piece(HelpKind.STUDY_GROUP, "Meet twice a week before the final exam", 10, 60, Role.TEACHER),
    Piece(HelpKind.TUTORING, "Solve linear equations without help", -20, 15, Role.TEACHER, MATHS),
    Piece(HelpKind.ATTENDANCE, "There on nine days of ten until half-term", -25, 10),
    Piece(HelpKind.LEARNING, "Read a page aloud every day", -35, 20, Role.COUNSELLOR, ENGLISH),
    Piece(HelpKind.STUDY_GROUP, "Do homework in the library on Tuesdays", -12, 24, Role.TEACHER),
    Piece(HelpKind.FAMILY, "Agree with the parents on a place to work at home", -40, -4),
    Piece(HelpKind.TUTORING, "Half of the points in the next two tests", -55, -2, Role.TEACHER, MATHS),
    Piece(HelpKind.ATTENDANCE, "In school by nine every morning", -48, 0),
    Piece(
        HelpKind.TUTORING, "Be ready for the final exam", -150, -90, Role.TEACHER, MATHS, HelpOutcome.REACHED,
        "Came to every hour; now explains it to others.",
    ),
    Piece(
        HelpKind.CONVERSATION, "Speak about the change of school", -140, -80,
        outcome=HelpOutcome.PARTLY, went="Has found friends; mornings are still hard.",
    ),
    Piece(
        HelpKind.LEARNING, "Learn vocabulary with cards", -160, -100, Role.COUNSELLOR, ENGLISH, HelpOutcome.STOPPED,
        "Preferred the study group.",
    ),
)  # fmt: skip
# So many days ago, by whom, the words, and whether they are restricted.
REMARKS = (
    (2, Role.TEACHER, "Asked good questions today.", False),
    (5, Role.COUNSELLOR, "Would like to change to another seat in maths.", False),
    (6, Role.COUNSELLOR, "Looks after a younger brother in the afternoons. Wants nobody else to know.", True),
    (9, Role.TEACHER, "Homework complete for the third week running.", False),
    (13, Role.COUNSELLOR, "First talk about sleep and mornings; a second one is agreed.", True),
    (18, Role.TEACHER, "Left the test early; says the time was enough.", False),
    (24, Role.COUNSELLOR, "Mother called: grandmother is ill, some absences to be expected.", True),
    (30, Role.TEACHER, "Works best in a group of three.", False),
    (41, Role.COUNSELLOR, "Reads more willingly since the book club.", False),
    (60, Role.TEACHER, "Needs the large print of the exam papers.", False),
)


def write(demo: DemoSchool, sign_ins: Iterable[SignIn]) -> None:
    """For students of the counsellor and the teacher whom one can sign in as; nothing where they have none."""
    emails = {each.role: each.email for each in sign_ins}
    today = today_of(demo.plan)
    people = {role: User.objects.get(email=emails[str(role.label)]) for role in (Role.TEACHER, Role.COUNSELLOR)}
    students = {
        Role.TEACHER.value: _of_teacher(people[Role.TEACHER], today),
        Role.COUNSELLOR.value: _of_counsellor(people[Role.COUNSELLOR], today),
    }
    subjects = {each.name: each for each in Subject.objects.filter(school=demo.school)}
    turns = {role: iter(range(len(found))) for role, found in students.items()}
    made = []
    for piece in PIECES:
        turn = next(turns[piece.by], None)
        if turn is not None:
            made.append(
                _piece(piece, students[piece.by][turn], people[Role(piece.by)], subjects.get(piece.subject), today)
            )
    Intervention.objects.bulk_create(made)
    Note.objects.bulk_create(_remarks(demo, students, people, made, today))


def _piece(piece: Piece, student: Student, owner: User, subject: Subject | None, today: date) -> Intervention:
    review_on = today + timedelta(days=piece.review)
    return Intervention(
        student=student, subject=subject, kind=piece.kind, goal=piece.goal, owner=owner, created_by=owner,
        starts=today + timedelta(days=piece.starts), review_on=review_on, outcome=piece.outcome, went=piece.went,
        closed_on=review_on if piece.outcome else None, origin=Origin.DEMO,
    )  # fmt: skip


def _remarks(
    demo: DemoSchool, students: dict[str, list[Student]], people: dict[Role, User], made: Sequence[Intervention], today: date
) -> list[Note]:  # fmt: skip
    """About the students who are helped, some of them about the help itself."""
    about = {each.student_id: each for each in made}
    found = []
    for number, (ago, role, text, is_restricted) in enumerate(REMARKS):
        own = students[role][:5]
        if own:
            student = own[number % len(own)]
            at = datetime.combine(today - timedelta(days=ago), time(14, 5 * number), ZoneInfo(demo.school.timezone))
            kind = NoteKind.RESTRICTED if is_restricted else NoteKind.NORMAL
            help_of = about.get(student.pk) if number % 3 == 0 else None
            found.append(
                Note(
                    student=student, by=people[Role(role)], at=at, text=text, kind=kind, intervention=help_of,
                    origin=Origin.DEMO,
                )
            )  # fmt: skip
    return found


def _of_teacher(teacher: User, today: date) -> list[Student]:
    """Those whose marks were lowest of late come first, as they would."""
    taught = {"enrolments__school_class__teachings__teacher": teacher}
    dated = in_force("enrolments", today) & in_force("enrolments__school_class__teachings", today)
    return _lowest(Student.objects.filter(dated, **taught), today, 12)


def _of_counsellor(counsellor: User, today: date) -> list[Student]:
    return _lowest(Student.objects.filter(in_force("caseloads", today), caseloads__counsellor=counsellor), today, 12)


def _lowest(students: Any, today: date, count: int) -> list[Student]:
    here = students.filter(status=Student.Status.ENROLLED, starts__lte=today).order_by().values("pk")
    seen = Student.objects.filter(pk__in=here, results__exam__day__lt=today - timedelta(days=90))
    return list(seen.annotate(best=Max("results__score")).order_by("best", "pk")[:count])
