"""Who may see and change what the models say and what models there are. It holds nothing else."""

from django.db.models import F, Q

from portal.kit.scoping import Path, Rule
from students.access import (
    ANALYST,
    GUARDIAN,
    SCHOOL_CLASS,
    STUDENT_BY_STAFF,
    STUDENT_ROLE,
    TO_CLASS,
    TO_STUDENT,
)
from students.roles import KEEPERS, LEADERS, STAFF, Role

SEES_MODELS = KEEPERS | ANALYST
# A whole school on paper: its leaders, and counsellors for the students they look after. Teachers print their classes.
ORDERS_LETTERS = LEADERS | {Role.COUNSELLOR}
WATCHERS = LEADERS | {Role.TEACHER, Role.COUNSELLOR}  # who decides whom to see first; the office keeps records
ORDERERS = LEADERS | {Role.ANALYST}  # an analyst may train and compare; what serves a school its leaders decide

# Runs and versions hold no student's name; whoever is told a score may read how good the model is.
TRAINING_RUN = Rule(view=(Path(roles=SEES_MODELS),), edit=(Path(roles=ORDERERS),))
VERSION = Rule(view=(Path(roles=STAFF | ANALYST),), edit=(Path(roles=LEADERS),))
OF_VERSION = VERSION.through("version", "predictions.ModelVersion")
POLICY = Rule(view=(Path(roles=SEES_MODELS),), edit=(Path(roles=LEADERS),))
MEASURE = Rule(view=(Path(roles=SEES_MODELS),), edit=(Path(roles=LEADERS),))

SCORING_RUN = Rule(view=(Path(roles=SEES_MODELS),), edit=(Path(roles=ORDERERS),))
# The class through which a family is told: the student is in it, and what is predicted there was released to it.
RELEASED_TO_CLASS = Q(
    exam__prediction_releases__school_class=F("student__enrolments__school_class"), shown__isnull=False
)
BY_STAFF = STUDENT_BY_STAFF.through(*TO_STUDENT)
# Families see what is shown of an exam, and only after it was released to the class, which is a record of its own.
PREDICTION = Rule(
    view=(
        *BY_STAFF.view,
        Path(
            roles=STUDENT_ROLE,
            school="student__school",
            user="student__account",
            dated=("student__enrolments",),
            where=RELEASED_TO_CLASS,
        ),
        Path(
            roles=GUARDIAN,
            school="student__school",
            user="student__guardianships__guardian",
            dated=("student__enrolments", "student__guardianships"),
            where=RELEASED_TO_CLASS,
        ),
    ),
    count=BY_STAFF.count,
)
# A teacher of the class or a leader gives it out; families of the class read the comment that came along.
PREDICTION_RELEASE = Rule(
    view=(Path(roles=KEEPERS, school="school_class__school"),
          *(path.through(*TO_CLASS) for path in SCHOOL_CLASS.view[1:])),
    edit=(Path(roles=LEADERS, school="school_class__school"), SCHOOL_CLASS.view[1].through(*TO_CLASS)),
)  # fmt: skip
JUDGEMENT = Rule(view=BY_STAFF.view, edit=(Path(roles=STAFF, school="student__school", user="by"),))
# Who asked sees the own request while the child is in their care. It is answered by a teacher of the student, the
# counsellor or a leader.
REVIEW_REQUEST = Rule(
    view=(
        *BY_STAFF.view,
        Path(roles=STUDENT_ROLE, school="student__school", user="by", where=Q(student__account=F("by"))),
        Path(
            roles=GUARDIAN,
            school="student__school",
            user="by",
            dated=("student__guardianships",),
            where=Q(student__guardianships__guardian=F("by")),
        ),
    ),
    edit=(Path(roles=LEADERS, school="student__school"), *BY_STAFF.view[1:]),
)
FEEDBACK = Rule(
    view=(Path(roles=LEADERS, school="prediction__student__school"),
          Path(roles=STAFF, school="prediction__student__school", user="by")),
)  # fmt: skip
ENQUIRY = Rule(view=(Path(roles=LEADERS), Path(roles=STAFF | ANALYST, user="by")))
