"""Predictions for the cast's final exam, given to families or not, without training anything."""

from typing import Any

from django.utils import timezone

from predictions import releasing
from predictions.models import ModelVersion, Prediction, PredictionRelease
from students.models import Exam, Student
from tests import make
from tests.cast import Cast
from tests.predictions.measured import make_scoring, make_serving, say
from tests.trained import make_run

SAM, MIA = 61.0, 77.0  # what is said; each range reaches ten points to both sides


def make_plain_version(cast: Cast) -> ModelVersion:
    """A champion without a stored model: enough to have said something."""
    number = ModelVersion.objects.filter(school=cast.lakeside).count() + 1
    facts: dict[str, Any] = {"number": number, "run": make_run(cast.lakeside), "sha256": "0", "size": 0}
    return make_serving(ModelVersion.objects.create(school=cast.lakeside, passed_gate=True, **facts))


def predict(cast: Cast, exam: Exam | None = None, students: list[Student] | None = None) -> list[Prediction]:
    """What is shown of Sam and Mia, or of others, in the final or another exam."""
    exam = exam or cast.final
    run = make_scoring(cast.lakeside, make_plain_version(cast), [exam], as_of=min(make.TODAY, exam.day))
    chosen = students or [cast.sam, cast.mia]
    scores = [SAM, MIA, *range(50, 50 + len(chosen))][: len(chosen)]
    return say(run, exam, chosen, scores)


def give(cast: Cast, comment: str = "Ten minutes of revision a day go a long way.") -> PredictionRelease:
    """Predicted and released to the families of Ada's class."""
    predict(cast)
    return releasing.release(
        cast.final, cast.maths, by=cast.ada, on=make.TODAY, at=timezone.now(), comment=comment
    )  # fmt: skip
