"""One student as a page shows them: marks over time, attendance by day, indicators, and what holds from a day to a day."""

from students.summaries.profile.rows import enrolments_of, is_running, results_of
from students.summaries.profile.student import StudentProfile, student_profile
from students.summaries.profile.withheld import Withheld, what_is_withheld

__all__ = [
    "StudentProfile",
    "Withheld",
    "enrolments_of",
    "is_running",
    "results_of",
    "student_profile",
    "what_is_withheld",
]
