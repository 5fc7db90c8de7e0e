"""How much is known about a student where a score was worked out, in a word and a sentence."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from predictions.models import Prediction
from predictions.outlooks.contract import Quality
from predictions.packing import FLOAT

LITTLE, SOME, MUCH = 0, 1, 2
FEW_RESULTS, ENOUGH_RESULTS = 4, 10
MANY_GAPS, GAPS = 0.4, 0.15  # shares of the facts that are missing or unknown


def quality_of(prediction: Prediction) -> Quality:
    facts = max(1, len(prediction.inputs) // FLOAT.itemsize)
    level = _level(prediction.history, (prediction.missing + prediction.unknown) / facts)
    words = {LITTLE: _("little known"), SOME: _("some gaps"), MUCH: _("well known")}
    return Quality(level, words[level], " ".join(_sentences(prediction, facts)))


def _level(history: int, gaps: float) -> int:
    if history < FEW_RESULTS or gaps >= MANY_GAPS:
        return LITTLE
    return SOME if history < ENOUGH_RESULTS or gaps >= GAPS else MUCH


def _sentences(prediction: Prediction, facts: int) -> list[str]:
    count = prediction.history
    told = [
        ngettext("%(count)s earlier result is known.", "%(count)s earlier results are known.", count) % {"count": count}
    ]
    if prediction.missing:
        gaps = {"missing": prediction.missing, "facts": facts}
        told.append(
            ngettext(
                "Of %(facts)s facts the model asks for, %(missing)s is missing.",
                "Of %(facts)s facts the model asks for, %(missing)s are missing.",
                prediction.missing,
            )
            % gaps
        )
    if unknown := prediction.unknown:
        told.append(
            ngettext(
                "%(count)s is something the model never met in training.",
                "%(count)s are something the model never met in training.",
                unknown,
            )
            % {"count": unknown}
        )
    return told
