"""How often ranges held where a person works, in one sentence: for pages that explain what a range is."""

from typing import Any

from django.utils.translation import gettext as _

from predictions.models import MeasureKind, Measurement


def ranges_held(user: Any) -> str:
    """Of the newest measure of results the person may see; empty where there is none. One query."""
    rows = Measurement.objects.visible_to(user).filter(kind=MeasureKind.RESULTS, exam=None, facts__enough=True)
    newest = rows.select_related("school").order_by("-pk").first()
    if newest is None:
        return ""
    share = newest.facts["coverage"]["hit_80"]["value"]
    told = {"school": newest.school, "held": round(100 * share)}
    return _("Ranges like these held %(held)s of 100 results at %(school)s in the last six months.") % told
