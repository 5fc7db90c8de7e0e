"""Read-only answers for screens. Each takes `user=`, scopes inside, and needs as many queries for many rows as for few."""

from students.summaries.family import Child, family_view
from students.summaries.mending import Mending, mending
from students.summaries.overview import SchoolOverview, school_overview
from students.summaries.profile import StudentProfile, student_profile
from students.summaries.register import ClassRegister, RegisterRow, class_register
from students.summaries.teaching import TeachersDay, teachers_day

__all__ = [
    "Child",
    "ClassRegister",
    "Mending",
    "RegisterRow",
    "SchoolOverview",
    "StudentProfile",
    "TeachersDay",
    "class_register",
    "family_view",
    "mending",
    "school_overview",
    "student_profile",
    "teachers_day",
]
