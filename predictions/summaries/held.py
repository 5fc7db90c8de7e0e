"""How often ranges held where a person works, in one sentence: for pages that explain what a range is."""

from typing import Any

from django.utils.translation import gettext as _

from portal.kit.scoping import grants_of
from predictions.models import MeasureKind, Measurement, ModelVersion
from students.roles import STAFF, Role


def ranges_held(user: Any) -> str:
    """Of the newest measure of results; empty where there is none. One query.

    Who is told a score may read how good its version is, so the one figure of a whole school is for all who work there,
    while the measure itself, with its classes and groups, is not.
    """
    schools = grants_of(user).of(STAFF | {Role.ANALYST})
    rows = Measurement.objects.filter(
        kind=MeasureKind.RESULTS, exam=None, facts__enough=True, school__in=schools,
        version__in=ModelVersion.objects.visible_to(user).values("pk"),
    ).order_by("-pk")  # fmt: skip
    newest = rows.values_list("school__name", "facts__coverage__hit_80__value").first()
    if newest is None or newest[1] is None:
        return ""
    told = {"school": newest[0], "held": round(100 * newest[1])}
    return _("Ranges like these held %(held)s of 100 results at %(school)s in the last six months.") % told
