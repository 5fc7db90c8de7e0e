"""The tour comes before the first page with predictions: who has signed it, who is asked now, and the decorator that asks."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from portal.accounts.acknowledging import has_acknowledged
from portal.kit.scoping import grants_of
from students.roles import STAFF, Role

View = Callable[..., HttpResponse]
# Raise an edition when its text changes in what it says: everybody is asked once more.
STAFF_TOUR, FAMILY_TOUR = "tour", "family_tour"
EDITIONS = {STAFF_TOUR: 1, FAMILY_TOUR: 1}
READERS = {STAFF_TOUR: STAFF | {Role.ANALYST}, FAMILY_TOUR: frozenset({Role.STUDENT, Role.GUARDIAN})}
LATER = "tour_later"  # in the session: not now, so it comes back with the next sign-in


def tour_for(user: Any) -> str:
    """Which of the tours is a person's; empty for who has no role in any school. Who works in one reads that of staff."""
    grants = grants_of(user)
    return next((what for what, roles in READERS.items() if grants.of(roles)), "")


def has_signed(user: Any) -> bool:
    """Without a query of its own. Who has no tour owes no signature."""
    what = tour_for(user)
    return not what or has_acknowledged(user, what, EDITIONS[what])


def toured(view: View) -> View:
    """For whole pages with predictions: who has not signed the tour is led there once, and comes back afterwards.

    Parts for htmx, files and whatever is sent are not held up.
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **facts: Any) -> HttpResponse:
        if _is_asked(request):
            return redirect(f"{reverse('tour')}?{urlencode({'next': request.get_full_path()})}")
        return view(request, *args, **facts)

    return asked


def _is_asked(request: HttpRequest) -> bool:
    if request.method != "GET" or getattr(request, "htmx", False) or not request.user.is_authenticated:
        return False
    return not request.session.get(LATER) and not has_signed(request.user)
