"""What the pages about help share: who may open them, whose student it is, and telling a refusal."""

from collections.abc import Callable
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.kit.errors import DomainError, NotAllowed
from portal.kit.scoping import fetch
from students import support
from students.models import Student
from students.roles import STAFF
from students.web.standpoint import Standpoint, standpoint
from students.web.support_forms import Refusable

# What a page about one piece of help reads with it.
FRAME = ("student__school", "subject", "owner", "created_by")


def staff_here(request: HttpRequest) -> Standpoint:
    """Raises NotAllowed for who does not work as staff in the school in view."""
    here = standpoint(request)
    if here.school is None or not here.roles & STAFF:
        raise NotAllowed(_("Help and notes are for the staff of a school."))
    return here


def student_of(request: HttpRequest, pk: int) -> Student:
    """A student whom this person sees as staff. To families the page does not exist."""
    student: Student = fetch(Student.objects.select_related("school"), request.user, pk=pk)
    if not support.may_plan(request.user, student):
        raise Http404
    return student


def did(form: Refusable, act: Callable[[], object]) -> bool:
    """Whether the form was right and the room did it; a refusal is told in the form."""
    if not form.is_valid():
        return False
    try:
        act()
    except DomainError as refusal:
        form.refuse(refusal)
        return False
    return True


def signed_in(request: HttpRequest) -> User:
    return cast(User, request.user)


def back(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """To the board as it was narrowed, where one came from there; else to the page of the record."""
    board = request.POST.get("board", "")
    if board.startswith(f"{reverse('help')}?") or board == reverse("help"):
        return redirect(board)
    return redirect(f"{reverse(name, args=[pk])}#help" if name == "student" else reverse(name, args=[pk]))
