"""Outlooks, letters and were-we-right as PDF. Each leaves a trace for every student who is printed."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.audit.record import record
from portal.kit.errors import NotReady
from portal.kit.pdf import PDF_TYPE
from portal.kit.scoping import fetch, grants_of
from portal.kit.spreadsheets import file_response
from predictions.outlooks.class_outlook import class_outlook
from predictions.outlooks.student_exams import exam_of, student_for_staff
from predictions.reports.accuracy_pdf import accuracy_pdf
from predictions.reports.class_letters import ClassLetters, class_letters
from predictions.reports.class_pdf import class_pdf
from predictions.summaries.accuracy import exam_looks
from predictions.web.outlook_controls import asked_view
from students.looking import note_look
from students.models import Enrolment, Exam, SchoolClass, Student
from students.roles import STAFF

MOST_AT_ONCE = 120  # larger classes are printed by the job that prints a school
DOOR = "print"


@require_safe
@never_cache
def class_outlook_pdf(request: HttpRequest, pk: int, exam: int) -> HttpResponse:
    """The rows and order of the page, asked for as there."""
    school_class, found, on = _asked(request, pk, exam)
    view = asked_view(request, class_outlook(school_class, found, user=request.user, on=on))
    content = class_pdf(view, on=on)
    note_look(request.user, [row.student for row in view.rows], what="outlook", door=DOOR)
    record(request.user, "printed", school_class, what="outlook", exam=found.pk, students=len(view.rows))
    return _pdf(content, school_class.name, found.title)


@require_safe
@never_cache
def class_letters_pdf(request: HttpRequest, pk: int, exam: int) -> HttpResponse:
    school_class, found, on = _asked(request, pk, exam)
    size = Enrolment.objects.active(on).filter(school_class=school_class).count()
    if size > MOST_AT_ONCE:
        told = _("So many letters are not printed at once. A leader orders them on the page of a school’s letters.")
        raise NotReady(told, code="too_many_letters")
    made = class_letters(school_class, found, user=request.user, on=on)
    if not made.letters:
        raise NotReady(_("Nobody in this class could get a letter yet."), code="no_letters")
    return _letters(request, made, on, school_class.name)


@require_safe
@never_cache
def student_letter_pdf(request: HttpRequest, pk: int, exam: int) -> HttpResponse:
    """Through the class in which the student sits the exam, whoever teaches it: who sees the student's outlook prints it."""
    student = student_for_staff(pk, user=request.user)
    found, on = exam_of(student, exam, user=request.user), student.school.today()
    sitting = SchoolClass.objects.filter(sittings__exam=found, pk__in=_classes_of(student, on))
    own = sitting.select_related("school", "subject").order_by("pk").first()
    if own is None:
        raise Http404
    made = class_letters(own, found, user=request.user, on=on, only=pk)
    return _letters(request, made, on, student.name)


@require_safe
@never_cache
def exam_accuracy_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Names no student, so it leaves no trace of one; 404 as on the page."""
    looks = exam_looks(pk, user=request.user)
    if not looks:
        raise Http404
    measured = looks[0].measured
    return _pdf(accuracy_pdf(looks, on=measured.school.today()), _("Were we right"), str(measured.exam))


def _classes_of(student: Student, on: date) -> Any:
    return Enrolment.objects.active(on).filter(student=student).order_by().values("school_class")


def _asked(request: HttpRequest, pk: int, exam: int) -> tuple[SchoolClass, Exam, date]:
    """Raises Http404 for families too, who see class and exam for their child's sake: their letter is on their own page."""
    school_class = fetch(SchoolClass.objects.select_related("school", "subject"), request.user, pk=pk)
    if school_class.school_id not in grants_of(request.user).of(STAFF):
        raise Http404
    exams = Exam.objects.of_class(school_class).select_related("school", "subject__grade_scale")
    return school_class, fetch(exams, request.user, pk=exam), school_class.school.today()


def _letters(request: HttpRequest, made: ClassLetters, on: date, name: str) -> HttpResponse:
    if not made.letters:
        raise Http404
    content = made.pdf(on)
    note_look(request.user, list(made.students), what="letter", door=DOOR)
    record(request.user, "printed", made.school_class, what="letters", exam=made.exam.pk, students=len(made.students))
    return _pdf(content, name, made.exam.title)


def _pdf(content: bytes, *names: str) -> HttpResponse:
    return file_response(f"{slugify(' '.join(names))[:80] or 'foremark'}.pdf", content, PDF_TYPE)
