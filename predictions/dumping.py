"""What this app adds to a dump of a school: the predictions that are shown now, a row for each student and exam."""

from django.utils.translation import gettext_lazy as _

from predictions.models import Prediction
from students.exporting.added import add_table
from students.exporting.dump_tables import BY_STUDENT, EXAM_KEY, STUDENT, Field, Records

PERCENT = "%"

PREDICTIONS = Records(
    "predictions",
    Prediction,
    _("What is expected of an exam for each student, as it is shown now; in per cent of the exam’s most points."),
    (
        STUDENT,
        Field("exam", "exam", EXAM_KEY),
        Field("score", "score", _("the expected score; empty where there is none, then the cause says why"), PERCENT),
        Field("low80", "low_80", _("the lower end of the range that holds about eight of ten times"), PERCENT),
        Field("high80", "high_80", _("the upper end of the range that holds about eight of ten times"), PERCENT),
        Field("low95", "low_95", _("the lower end of the range that holds about 19 of 20 times"), PERCENT),
        Field("high95", "high_95", _("the upper end of the range that holds about 19 of 20 times"), PERCENT),
        Field("cause", "cause", _("why there is no score, as a code; empty where there is one")),
        Field("as_of", "run__as_of", _("the day after which nothing was known")),
        Field("version", "run__version__number", _("the number of the model version that said so")),
    ),
    only=(("shown__isnull", False),),
    **BY_STUDENT,
)


def add_predictions() -> None:
    add_table(PREDICTIONS)
