"""Who may see and change what: for each record, the paths that lead from a user to it. It holds nothing else."""

from django.db.models import F, Q

from portal.kit.scoping import Path, Rule
from students.roles import DEMOGRAPHICS, EVERYBODY, KEEPERS, LEADERS, STAFF, Role

TEACHER = frozenset({Role.TEACHER})
COUNSELLOR = frozenset({Role.COUNSELLOR})
STUDENT_ROLE = frozenset({Role.STUDENT})
GUARDIAN = frozenset({Role.GUARDIAN})
ANALYST = frozenset({Role.ANALYST})
TO_STUDENT = ("student", "students.Student")
TO_CLASS = ("school_class", "students.SchoolClass")

# --- the school and its frame -------------------------------------------------------------------------------
SCHOOL = Rule(
    view=(Path(roles=EVERYBODY, school="pk"),),
    edit=(Path(roles=LEADERS, school="pk"),),
)
FRAME = Rule(  # terms, subjects, grade scales: what a school is made of, no person in it
    view=(Path(roles=EVERYBODY),),
    edit=(Path(roles=KEEPERS),),
)
IMPORT = Rule(view=(Path(roles=KEEPERS),), edit=(Path(roles=KEEPERS),))  # files hold whole schools
POLICY = Rule(view=(Path(roles=KEEPERS),), edit=(Path(roles=LEADERS),))
MEMBERSHIP = Rule(
    view=(Path(roles=KEEPERS), Path(roles=EVERYBODY, user="user")),
    edit=(Path(roles=KEEPERS),),
)

# --- students -----------------------------------------------------------------------------------------------
OF_SCHOOL = Path(roles=KEEPERS)
TAUGHT = Path(
    roles=TEACHER,
    user="enrolments__school_class__teachings__teacher",
    dated=("enrolments", "enrolments__school_class__teachings"),
)
LOOKED_AFTER = Path(roles=COUNSELLOR, user="caseloads__counsellor", dated=("caseloads",))
ONESELF = Path(roles=STUDENT_ROLE, user="account")
IN_ONES_CARE = Path(roles=GUARDIAN, user="guardianships__guardian", dated=("guardianships",))

STUDENT = Rule(
    view=(OF_SCHOOL, TAUGHT, LOOKED_AFTER, ONESELF, IN_ONES_CARE),
    edit=(OF_SCHOOL,),
    count=(Path(roles=ANALYST),),
)
STUDENT_BY_STAFF = Rule(view=(OF_SCHOOL, TAUGHT, LOOKED_AFTER), edit=(OF_SCHOOL,), count=STUDENT.count)
# The right to protected facts is one of its own, given to a membership by a leader; no role brings it along.
PROTECTED = Path(roles=frozenset({DEMOGRAPHICS}), school="student__school")
DEMOGRAPHIC = Rule(view=(PROTECTED,), edit=(PROTECTED,))
CASELOAD = Rule(
    view=(Path(roles=KEEPERS, school="student__school"),
          Path(roles=COUNSELLOR, school="student__school", user="counsellor", dated=("",))),
    edit=(Path(roles=KEEPERS, school="student__school"),),
)  # fmt: skip
GUARDIANSHIP = Rule(
    view=(Path(roles=KEEPERS, school="student__school"),
          LOOKED_AFTER.through(*TO_STUDENT),
          Path(roles=GUARDIAN, school="student__school", user="guardian", dated=("",))),
    edit=(Path(roles=KEEPERS, school="student__school"),),
)  # fmt: skip

# --- classes ------------------------------------------------------------------------------------------------
SCHOOL_CLASS = Rule(
    view=(
        OF_SCHOOL,
        Path(roles=TEACHER, user="teachings__teacher", dated=("teachings",)),
        Path(
            roles=COUNSELLOR,
            user="enrolments__student__caseloads__counsellor",
            dated=("enrolments", "enrolments__student__caseloads"),
        ),
        Path(roles=STUDENT_ROLE, user="enrolments__student__account", dated=("enrolments",)),
        Path(
            roles=GUARDIAN,
            user="enrolments__student__guardianships__guardian",
            dated=("enrolments", "enrolments__student__guardianships"),
        ),
    ),
    edit=(OF_SCHOOL,),
    count=(Path(roles=ANALYST),),
)
ENROLMENT = STUDENT.through(*TO_STUDENT, edit=(Path(roles=KEEPERS, school="school_class__school"),))
TEACHING = SCHOOL_CLASS.through(*TO_CLASS, edit=(Path(roles=KEEPERS, school="school_class__school"),))

# --- exams and results --------------------------------------------------------------------------------------
EXAM = Rule(
    view=(
        OF_SCHOOL,
        Path(roles=TEACHER, user="classes__teachings__teacher", dated=("classes__teachings",)),
        Path(
            roles=COUNSELLOR,
            user="classes__enrolments__student__caseloads__counsellor",
            dated=("classes__enrolments", "classes__enrolments__student__caseloads"),
        ),
        Path(roles=STUDENT_ROLE, user="classes__enrolments__student__account", dated=("classes__enrolments",)),
        Path(
            roles=GUARDIAN,
            user="classes__enrolments__student__guardianships__guardian",
            dated=("classes__enrolments", "classes__enrolments__student__guardianships"),
        ),
    ),
    edit=(OF_SCHOOL, Path(roles=TEACHER, user="classes__teachings__teacher", dated=("classes__teachings",))),
    count=(Path(roles=ANALYST),),
)
SITTING = Rule(
    view=(Path(roles=KEEPERS, school="exam__school"), *(p.through("exam", "students.Exam") for p in EXAM.view[1:])),
    edit=(Path(roles=KEEPERS, school="exam__school"),),
)
# The class through which a result came about: it sits the exam, and the student is (or was, on the day) in it.
SAT_IN_CLASS = Q(student__enrolments__school_class__sittings__exam=F("exam"))
RELEASED_TO_CLASS = Q(exam__releases__school_class=F("student__enrolments__school_class"))
RESULT = Rule(
    view=(
        *(path.through(*TO_STUDENT) for path in STUDENT_BY_STAFF.view),
        Path(roles=STUDENT_ROLE, school="student__school", user="student__account", where=RELEASED_TO_CLASS),
        Path(
            roles=GUARDIAN,
            school="student__school",
            user="student__guardianships__guardian",
            dated=("student__guardianships",),
            where=RELEASED_TO_CLASS,
        ),
    ),
    edit=(
        Path(roles=KEEPERS, school="student__school"),
        Path(
            roles=TEACHER,
            school="student__school",
            user="student__enrolments__school_class__teachings__teacher",
            dated=("student__enrolments", "student__enrolments__school_class__teachings"),
            where=SAT_IN_CLASS,
        ),
    ),
    count=(Path(roles=ANALYST, school="student__school"),),
)
RELEASE = Rule(
    view=(Path(roles=KEEPERS, school="school_class__school"),
          *(path.through(*TO_CLASS) for path in SCHOOL_CLASS.view[1:])),
    edit=(Path(roles=KEEPERS, school="school_class__school"),
          SCHOOL_CLASS.view[1].through(*TO_CLASS)),
)  # fmt: skip

# --- daily records ------------------------------------------------------------------------------------------
ATTENDANCE = STUDENT.through(
    *TO_STUDENT,
    edit=(
        Path(roles=KEEPERS, school="student__school"),
        Path(
            roles=TEACHER,
            school="student__school",
            user="school_class__teachings__teacher",
            dated=("school_class__teachings", "student__enrolments"),
            where=Q(student__enrolments__school_class=F("school_class")),
        ),
    ),
)
INDICATOR = Rule(view=(Path(roles=STAFF | ANALYST),), edit=(Path(roles=KEEPERS),))
OPEN_TO_STAFF = {"indicator__is_protected": False}
OBSERVATION = Rule(
    view=(*(path.through(*TO_STUDENT).only(**OPEN_TO_STAFF) for path in STUDENT.view), PROTECTED),
    edit=(Path(roles=KEEPERS, school="student__school").only(**OPEN_TO_STAFF), PROTECTED),
    count=(Path(roles=ANALYST, school="student__school").only(**OPEN_TO_STAFF),),
)
PARTICIPATION = STUDENT.through(*TO_STUDENT)

# --- help and notes -----------------------------------------------------------------------------------------
# Seen by the staff who see the student, by no family. What a person owns or wrote stays theirs while they see the student.
OFFICE = frozenset({Role.OFFICE})


def _own(relation: str) -> tuple[Path, ...]:
    """To records that name the person in `relation`, as long as they reach the student as teacher or in the office."""
    teaching = "student__enrolments__school_class__teachings"
    return (
        Path(roles=OFFICE, school="student__school", user=relation),
        Path(
            roles=TEACHER,
            school="student__school",
            user=relation,
            dated=("student__enrolments", teaching),
            where=Q(**{f"{teaching}__teacher": F(relation)}),
        ),
    )


LED = Path(roles=LEADERS, school="student__school")
COUNSELLED = LOOKED_AFTER.through(*TO_STUDENT)
INTERVENTION = Rule(
    view=tuple(path.through(*TO_STUDENT) for path in STUDENT_BY_STAFF.view),
    edit=(LED, COUNSELLED, *_own("owner"), *_own("created_by")),
)
NORMAL = {"kind": "normal"}
NOTE = Rule(  # restricted ones: leaders, the student's counsellors, and who wrote them
    view=(
        LED,
        COUNSELLED,
        Path(roles=OFFICE, school="student__school").only(**NORMAL),
        TAUGHT.through(*TO_STUDENT).only(**NORMAL),
        *_own("by"),
    ),
    edit=(
        LED,
        *_own("by"),
        Path(
            roles=COUNSELLOR,
            school="student__school",
            user="by",
            dated=("student__caseloads",),
            where=Q(student__caseloads__counsellor=F("by")),
        ),
    ),
)
