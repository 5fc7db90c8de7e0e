"""The records of a school. Import from here, not from the files."""

from students.models.attendance import AttendanceMark, AttendanceStatus
from students.models.classes import Enrolment, SchoolClass, Teaching
from students.models.exams import Exam, ExamKind, Release, Result, ResultStatus, Sitting
from students.models.imports import ImportBatch, ImportKind, ImportProfile, ImportState
from students.models.indicators import Indicator, IndicatorKind, Observation, Participation, ParticipationKind
from students.models.people import Demographics, Guardianship, Relation, Student, StudentStatus
from students.models.policy import SchoolPolicy
from students.models.provenance import Origin
from students.models.schools import (
    Caseload,
    GradeBoundary,
    GradeScale,
    Membership,
    School,
    SchoolKind,
    Subject,
    Term,
)
from students.models.support import HelpKind, HelpOutcome, HelpState, Intervention, Note, NoteKind

__all__ = [
    "AttendanceMark",
    "AttendanceStatus",
    "Caseload",
    "Demographics",
    "Enrolment",
    "Exam",
    "ExamKind",
    "GradeBoundary",
    "GradeScale",
    "Guardianship",
    "HelpKind",
    "HelpOutcome",
    "HelpState",
    "ImportBatch",
    "ImportKind",
    "ImportProfile",
    "ImportState",
    "Indicator",
    "IndicatorKind",
    "Intervention",
    "Membership",
    "Note",
    "NoteKind",
    "Observation",
    "Origin",
    "Participation",
    "ParticipationKind",
    "Relation",
    "Release",
    "Result",
    "ResultStatus",
    "School",
    "SchoolClass",
    "SchoolKind",
    "SchoolPolicy",
    "Sitting",
    "Student",
    "StudentStatus",
    "Subject",
    "Teaching",
    "Term",
]
