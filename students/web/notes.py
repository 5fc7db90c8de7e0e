"""Notes: the part of a student's page with help and notes, writing one, correcting one's own, taking one back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.kit.pages import render_page
from portal.kit.scoping import fetch
from students import support
from students.looking import note_look
from students.models import Intervention, Note, Student
from students.summaries.support import as_remarks, help_of
from students.web.support_forms import NoteForm
from students.web.support_frame import did, signed_in, student_of


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def student_help(request: HttpRequest, pk: int) -> HttpResponse:
    """Help and notes of one student, as a page and as a part of the student's; a POST writes a note."""
    student = student_of(request, pk)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and did(form, lambda: write(request, student, form)):
        messages.success(request, _("The note is kept."))
        about = form.cleaned_data["about"]
        return redirect("help-one", about) if about else redirect(f"{reverse('student', args=[pk])}#help")
    facts = {
        "student": student,
        "help": help_of(student, user=request.user, on=student.school.today()),
        "form": form,
    }
    note_look(request.user, [student], what="help", door="page")
    status = 422 if form.is_bound else 200
    return render_page(request, "students/help/student.html", facts, fragment="body", status=status)


def write(request: HttpRequest, student: Student, form: NoteForm) -> Note:
    """Raises DomainError; help that this person does not see is not there to write about."""
    given = form.cleaned_data
    about = None
    if given["about"]:
        about = fetch(Intervention.objects.all(), request.user, pk=given["about"])
    return support.write_note(
        student, given["text"], by=signed_in(request), at=timezone.now(), is_restricted=given["is_restricted"], about=about
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def note_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct one's own note, or take one back (`do` is "take back")."""
    rows = Note.objects.select_related("student__school", "by", "intervention")
    note: Note = fetch(rows, request.user, verb="edit", pk=pk)
    remark = as_remarks([note], note.student, user=request.user)[0]
    if request.POST.get("do") == "take back":
        support.take_back_note(note, by=signed_in(request))
        messages.success(request, _("The note is taken back."))
        return _to_student(note)
    initial = {"text": note.text, "is_restricted": note.is_restricted, "version": note.version}
    form = NoteForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and did(form, lambda: _correct(request, note, form)):
        messages.success(request, _("The note is corrected."))
        return _to_student(note)
    facts: dict[str, Any] = {"remark": remark, "student": note.student, "form": form}
    note_look(request.user, [note.student], what="help", door="page")
    return render_page(request, "students/help/note.html", facts, status=422 if form.is_bound else 200)


def _correct(request: HttpRequest, note: Note, form: NoteForm) -> None:
    given = form.cleaned_data
    note.version = given["version"] or 0
    support.correct_note(note, given["text"], by=signed_in(request), is_restricted=given["is_restricted"])


def _to_student(note: Note) -> HttpResponse:
    return redirect(f"{reverse('student', args=[note.student_id])}#help")
