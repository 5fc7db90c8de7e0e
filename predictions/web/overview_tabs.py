"""The pages about a whole school or all of one's students, as tabs above each of them: only those the person may open."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.kit.scoping import grants_of
from predictions.access import ORDERS_LETTERS, WATCHERS
from students.access import ANALYST
from students.roles import KEEPERS, STAFF

OVERSEERS = KEEPERS | ANALYST


def overview_tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    grants = grants_of(request.user)
    places = (
        ("watchlist", _("Whom first"), WATCHERS),
        ("overview", _("School overview"), OVERSEERS),
        ("right", _("Were we right?"), STAFF),
        ("letters", _("Letters"), ORDERS_LETTERS),
        ("reviews", _("Requests for a review"), STAFF),
    )
    return [
        {"url": reverse(name), "label": label, "is_current": name == current, "current": "page"}
        for name, label, roles in places
        if grants.of(roles)
    ]
