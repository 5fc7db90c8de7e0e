"""Rows of the access matrix for the watchlist, the overview and whether we were right, with two students predicted.

Sam and Mia were told something before Ada's test, which has its results, and are told something of the final.
"""

from portal.jobs.models import Job
from predictions.models import ModelVersion, TrainingRun
from tests import make
from tests.cast import Cast
from tests.house.matrix import Row, page, post_only
from tests.predictions.measured import before, make_scoring, say

WATCHERS = "hana dora ada tom cora wanda tess"
OVERSEERS = "hana otto dora nils wanda"
STAFF = "hana otto dora ada tom cora wanda tess"
OF_TEST = "hana otto dora ada cora"
RIGHT, BRIEF = "exams/<int:pk>/right/", "exams/<int:pk>/right/brief/"


def prepare(cast: Cast) -> None:
    job = Job.objects.create(kind="training", title="Train", task="", queue="train")
    run = TrainingRun.objects.create(school=cast.lakeside, as_of=make.TODAY, spec={}, job=job)
    version = ModelVersion.objects.create(school=cast.lakeside, number=1, run=run, sha256="0", size=0, passed_gate=True)
    for exam, as_of in ((cast.test, before(cast.test)), (cast.final, make.TODAY)):
        say(make_scoring(cast.lakeside, version, [exam], as_of=as_of), exam, [cast.sam, cast.mia], [48, 52])


def watch_rows(cast: Cast | None = None) -> list[Row]:
    """Without a cast, the addresses alone."""
    if cast:
        prepare(cast)
    mine = {"yes": WATCHERS, "no": 403}
    return [
        *page("watchlist/", "/watchlist/", **mine),
        *page("watchlist.csv", "/watchlist.csv", **mine),
        *page("watchlist.xlsx", "/watchlist.xlsx", **mine),
        *post_only("watchlist/usual/", "/watchlist/usual/", 400, **mine),
        *page("overview/", "/overview/", yes=OVERSEERS, no=403),
        *page("right/", "/right/", yes=STAFF, no=403),
        *page(RIGHT, "/exams/{test}/right/", yes=OF_TEST),
        *page(RIGHT, "/exams/{final}/right/", yes=""),
        *page(RIGHT, "/exams/999999/right/", yes=""),
        *page(BRIEF, "/exams/{test}/right/brief/", yes=OF_TEST),
    ]
