"""The letter that a family prints for itself: what stands on its page, and nothing of the class."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from predictions.outlooks.family import FamilyOutlook
from predictions.outlooks.trust import trust_of
from predictions.reports.letter import letter_data, letters_pdf
from students.models import Teaching


def family_letter(told: FamilyOutlook, *, user: Any, on: date) -> bytes:
    """Of a prediction that was released to this person. Points count from the class's average, so there are none here."""
    prediction, school_class = told.row.prediction, told.school_class
    own = Teaching.objects.visible_to(user).active(on).filter(school_class=school_class)
    data = letter_data(
        told,
        trust=trust_of(prediction.run.version if prediction else None, told.exam.school),
        class_name=school_class.name if school_class else "",
        teachers=own.order_by("teacher__name", "pk").values_list("teacher__name", flat=True).distinct(),
    )
    data["points"] = {**data["points"], "rows": [], "note": ""}
    if not told.row.has_score:
        data |= {"why": _("Too little is known so far. The teacher can tell you more."), "remedy": ""}
    return letters_pdf([data], title=f"{told.student.name}: {told.exam.title}", school=told.exam.school, on=on)
