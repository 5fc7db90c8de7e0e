"""Rows of the access matrix for the pages that hold predictions against results, with one exam of Lakeside measured."""

from portal.jobs.models import Job
from predictions.models import Alert, Measurement, ModelVersion, TrainingRun
from tests import make
from tests.cast import Cast
from tests.house.matrix import Row, page, post_only
from tests.house.matrix_paper import MEASURED

READERS = "hana otto nils dora"


def prepare(cast: Cast) -> Alert:
    job = Job.objects.create(kind="training", title="Train", task="", queue="train")
    run = TrainingRun.objects.create(school=cast.lakeside, as_of=make.TODAY, spec={}, job=job)
    version = ModelVersion.objects.create(school=cast.lakeside, number=1, run=run, sha256="0", size=0, passed_gate=True)
    facts = {"students": 2, "exams": 1, "enough": False}
    of_test = {"school": cast.lakeside, "version": version, "exam": cast.test}
    Measurement.objects.create(**of_test, kind="results", rows=2, facts=facts)
    return Alert.objects.create(school=cast.lakeside, version=version, kind="error", sentence="Off by too much.")


def measure_rows(cast: Cast | None = None) -> list[Row]:
    """Without a cast, the addresses alone."""
    alert = prepare(cast).pk if cast else 0
    closing = {"yes": "hana dora", "but": {"otto": 403, "nils": 403}}
    return [
        *page("models/accuracy/", "/models/accuracy/", yes=f"{READERS} wanda", no=403),
        *page("models/accuracy/exams/<int:pk>/", "/models/accuracy/exams/{test}/", yes=READERS),
        *page("models/accuracy/exams/<int:pk>/", "/models/accuracy/exams/{final}/", yes=""),
        *MEASURED,
        *post_only("models/accuracy/alerts/<int:pk>/close/", f"/models/accuracy/alerts/{alert}/close/", 302, **closing),
    ]
