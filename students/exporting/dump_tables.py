"""What a dump is made of: a table for each kind of record, and of each column the field it is read from and what it means."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from students import models
from students.roles import STAFF, Role

Words = str | Promise
STUDENT_KEY = _("the student: a number that stands for the same student in every file of this dump, and in no other")
PERSON_KEY = _(
    "the member of staff: a number that stands for the same person in every file of this dump, and in no other"
)
CLASS_KEY, EXAM_KEY, TERM_KEY = _("the class, as in classes"), _("the exam, as in exams"), _("the term, as in terms")
SUBJECT_KEY, INDICATOR_KEY = _("the subject, as in subjects"), _("the indicator, as in indicators")
FIRST_DAY, LAST_DAY = _("the first day on which it holds"), _("the last day on which it holds; empty while it is open")
KNOWN_ON = _(
    "the day from which the school knew it; for what could be known earlier, use this day and not the other one"
)


@dataclass(frozen=True)
class Field:
    """One column. `path` leads from the record to its field; the kind, choices and bounds are the field's own."""

    name: str
    path: str
    meaning: Words
    unit: Words = ""
    only_with_names: bool = False


@dataclass(frozen=True)
class Records:
    """One file. `school` is the path to the school; `student` says that rows are read student by student."""

    name: str
    model: Any
    meaning: Words
    fields: tuple[Field, ...]
    school: str = "school"
    by_student: bool = False
    only: tuple[tuple[str, Any], ...] = ()
    # Rows for which these hold are protected facts, and are in the file only where those are asked for; "" means all rows.
    protected: str | None = None


F = Field
STUDENT = F("student", "student", STUDENT_KEY)
NAMED: dict[str, Any] = {"only_with_names": True}
SPAN = (F("starts", "starts", FIRST_DAY), F("ends", "ends", LAST_DAY))
BY_STUDENT: dict[str, Any] = {"school": "student__school", "by_student": True}

TABLES = (
    Records(
        "terms", models.Term, _("School years and their parts."),
        (
            F("term", "pk", TERM_KEY), F("name", "name", _("what the school calls it")),
            F("kind", "kind", _("a school year, a term of it, or a shorter period")),
            F("part_of", "parent", _("the term around it, as in this file")),
            F("starts", "starts", _("the first day")), F("ends", "ends", _("the last day")),
        ),
    ),
    Records(
        "subjects", models.Subject, _("What is taught."),
        (
            F("subject", "pk", SUBJECT_KEY), F("code", "code", _("its short name")), F("name", "name", _("its name")),
            F("scale", "grade_scale", _("its own grade scale, as in grade_boundaries; empty for the school's usual one")),
        ),
    ),
    Records(
        "grade_boundaries", models.GradeBoundary, _("Which percentage earns which grade."),
        (
            F("scale", "scale", _("the grade scale")), F("name", "scale__name", _("what the school calls the scale")),
            F("is_usual", "scale__is_default", _("whether it is the school's usual scale")),
            F("pass_mark", "scale__pass_mark", _("from which percentage an exam counts as passed"), "%"),
            F("grade", "grade", _("the grade")), F("least", "least", _("from which percentage it is given"), "%"),
        ),
        school="scale__school",
    ),
    Records(
        "classes", models.SchoolClass, _("Groups taught one subject in one term."),
        (
            F("class", "pk", CLASS_KEY), F("name", "name", _("what the school calls it")),
            F("subject", "subject", SUBJECT_KEY), F("term", "term", TERM_KEY),
            F("grade_level", "grade_level", _("the grade level, where the class has one")),
            F("takes_daily_roll", "is_home_class", _("whether attendance is marked here once a day, and not per lesson")),
        ),
    ),
    Records(
        "staff", models.Membership, _("Who works at the school in which role."),
        (
            F("person", "user", PERSON_KEY), F("role", "role", _("the role")), *SPAN,
            F("person_name", "user__name", _("the person's name"), **NAMED),
            F("person_email", "user__email", _("the address by which the person signs in"), **NAMED),
        ),
        only=(("role__in", sorted(STAFF | {Role.ANALYST})),),
    ),
    Records(
        "teachings", models.Teaching, _("Who teaches which class."),
        (
            F("person", "teacher", PERSON_KEY), F("class", "school_class", CLASS_KEY), *SPAN,
            F("is_lead", "is_lead", _("whether the person leads the class")),
        ),
        school="school_class__school",
    ),
    Records(
        "students", models.Student, _("Everybody on the roll, now or earlier."),
        (
            F("student", "pk", STUDENT_KEY), F("grade_level", "grade_level", _("the grade level")),
            F("status", "status", _("whether the student is expected, on the roll or has left")),
            F("starts", "starts", _("the first day at the school")),
            F("ends", "ends", _("the last day at the school; empty while it is open")),
            F("birth_year", "birth_date__year", _("the year of birth, where it is known")),
            F("given_name", "given_name", _("the given name"), **NAMED),
            F("family_name", "family_name", _("the family name"), **NAMED),
            F("preferred_name", "preferred_name", _("what the student is called, if not the given name"), **NAMED),
            F("birth_date", "birth_date", _("the day of birth"), **NAMED),
            F("source", "source", _("the system the record was imported from"), **NAMED),
            F("external_id", "external_id", _("the student's id in that system"), **NAMED),
        ),
        by_student=True,
    ),
    Records(
        "demographics", models.Demographics, _("Protected facts about students."),
        (
            STUDENT, F("gender", "gender", _("the gender, as the school writes it")),
            F("ethnicity", "ethnicity", _("the ethnicity, as the school writes it")),
            F("parental_education", "parental_education", _("the education of the parents, as the school writes it")),
            F("lunch_programme", "lunch_programme", _("the lunch programme, as the school writes it")),
            F("home_language", "home_language", _("the language spoken at home, as the school writes it")),
        ),
        protected="", **BY_STUDENT,
    ),
    Records(
        "guardianships", models.Guardianship, _("For each student who cares for them, without saying who that is."),
        (
            STUDENT, F("relation", "relation", _("what the person is to the student")),
            F("is_first_contact", "is_first_contact", _("whether the school asks this person first")), *SPAN,
        ),
        **BY_STUDENT,
    ),
    Records(
        "caseloads", models.Caseload, _("Which counsellor looks after which students."),
        (STUDENT, F("person", "counsellor", PERSON_KEY), *SPAN),
        **BY_STUDENT,
    ),
    Records(
        "enrolments", models.Enrolment, _("Which student is in which class."),
        (STUDENT, F("class", "school_class", CLASS_KEY), *SPAN),
        **BY_STUDENT,
    ),
    Records(
        "exams", models.Exam, _("Everything that is marked: quizzes, tests, coursework, final exams."),
        (
            F("exam", "pk", EXAM_KEY), F("subject", "subject", SUBJECT_KEY), F("term", "term", TERM_KEY),
            F("title", "title", _("what the school calls it")), F("kind", "kind", _("what kind of exam it is")),
            F("day", "day", _("the day on which it is sat")), F("maximum", "maximum", _("the most points"), _("points")),
            F("weight", "weight", _("how much it counts beside other exams of the subject")),
            F("is_target", "is_target", _("whether its results are to be predicted")),
        ),
    ),
    Records(
        "sittings", models.Sitting, _("Which class sits which exam."),
        (F("exam", "exam", EXAM_KEY), F("class", "school_class", CLASS_KEY)),
        school="exam__school",
    ),
    Records(
        "releases", models.Release, _("From when on the families of a class saw its results in an exam."),
        (
            F("exam", "exam", EXAM_KEY), F("class", "school_class", CLASS_KEY),
            F("day", "at__date", _("the day of the release")),
        ),
        school="exam__school",
    ),
    Records(
        "results", models.Result, _("What came of an exam for each student. No score is ever written as zero."),
        (
            STUDENT, F("exam", "exam", EXAM_KEY), F("status", "status", _("whether there is a score, or why there is none")),
            F("score", "score", _("the score, out of the exam's most points; empty where there is none"), _("points")),
            F("known_on", "known_on", KNOWN_ON),
        ),
        **BY_STUDENT,
    ),
    Records(
        "attendance", models.AttendanceMark, _("Who was there: one mark for each student, class and day."),
        (
            STUDENT, F("class", "school_class", CLASS_KEY), F("day", "day", _("the day")),
            F("status", "status", _("whether the student was there")), F("known_on", "known_on", KNOWN_ON),
        ),
        **BY_STUDENT,
    ),
    Records(
        "indicators", models.Indicator, _("What the school measures beside exams."),
        (
            F("indicator", "pk", INDICATOR_KEY), F("code", "code", _("its short name")), F("name", "name", _("its name")),
            F("kind", "kind", _("whether its values are numbers, categories, or yes and no")),
            F("unit", "unit", _("the unit of its numbers")), F("least", "least", _("the least value it can have")),
            F("most", "most", _("the most it can be")), F("categories", "categories", _("its categories, divided by |")),
            F("is_protected", "is_protected", _("whether it is a protected fact")),
        ),
        protected="is_protected",
    ),
    Records(
        "observations", models.Observation, _("Dated values of indicators."),
        (
            STUDENT, F("indicator", "indicator", INDICATOR_KEY), F("day", "day", _("the day of the value")),
            F("number", "number", _("the value; yes is 1 and no is 0"), _("the indicator's")),
            F("category", "category", _("the value of an indicator with categories")), F("known_on", "known_on", KNOWN_ON),
        ),
        protected="indicator__is_protected", **BY_STUDENT,
    ),
    Records(
        "participations", models.Participation, _("Sports and clubs."),
        (
            STUDENT, F("kind", "kind", _("a sport, a club or something else")), F("activity", "activity", _("which one")),
            F("level", "level", _("at what level")), *SPAN,
        ),
        **BY_STUDENT,
    ),
    Records(
        "help", models.Intervention, _("Help that was planned and how it went, without what was written about it."),
        (
            STUDENT, F("subject", "subject", SUBJECT_KEY), F("kind", "kind", _("what kind of help")),
            F("person", "owner", PERSON_KEY), F("starts", "starts", _("the first day")),
            F("review_on", "review_on", _("the day on which somebody looks how it goes")),
            F("outcome", "outcome", _("how it went; empty while it goes on")),
            F("closed_on", "closed_on", _("the day on which it ended")),
        ),
        **BY_STUDENT,
    ),
)  # fmt: skip
