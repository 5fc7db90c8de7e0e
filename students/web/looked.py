"""A family's own page about who at school has looked at the record of the student."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.kit.pages import render_page
from portal.kit.scoping import fetch
from students.looking import family_of, note_look
from students.models import Student
from students.summaries.looked import DAYS, looked_at


@require_safe
@never_cache
def my_looked(request: HttpRequest, student: int) -> HttpResponse:
    """For the student and the guardians alone; staff have a page of their own for it."""
    found = fetch(Student.objects.select_related("school"), request.user, pk=student)
    if found.pk not in family_of(request.user):
        raise Http404
    note_look(request.user, [found], what="who looked", door="page")
    facts = {
        "student": found,
        "is_oneself": found.account_id == request.user.pk,
        "looks": looked_at(found, user=request.user, until=timezone.now()),
        "days": DAYS,
    }
    return render_page(request, "students/looked.html", facts)
