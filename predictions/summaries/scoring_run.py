"""One scoring run as its page shows it: what, for whom, by which version, and how many got a score."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal.jobs import parts
from portal.jobs.telling import sentence_of
from predictions.models import ScoringRun
from predictions.summaries.under_way import UnderWay, one_under_way
from predictions.summaries.words import whole
from students.models import Exam

MOST_LINES = 30


@dataclass(frozen=True, slots=True)
class Line:
    """Exams of one title, subject and day: each class may have its own."""

    title: str
    subject: str
    day: date
    count: int


@dataclass(frozen=True, slots=True)
class ScoringPage:
    """`going` while it runs; `lines` as far as they fit, `more` beyond that; `failed`: parts to be tried again."""

    run: ScoringRun
    going: UnderWay | None
    sentence: str
    lines: tuple[Line, ...]
    more: int
    figures: tuple[tuple[str, str], ...]
    failed: int


def scoring_page(run: ScoringRun, *, user: Any, now: Any) -> ScoringPage:
    """The run with its job as it is this second. Three queries at most."""
    found = Exam.objects.filter(pk__in=run.exams, school=run.school).order_by("day", "subject__name", "title")
    alike = Counter(found.values_list("title", "subject__name", "day"))
    lines = tuple(Line(*told, count=count) for told, count in alike.items())
    return ScoringPage(
        run=run,
        going=None if run.job.has_ended else one_under_way(run, user=user, now=now),
        sentence=sentence_of(run.job),
        lines=lines[:MOST_LINES],
        more=len(lines[MOST_LINES:]),
        figures=_figures(run),
        failed=parts.count_failed(run.job),
    )


def _figures(run: ScoringRun) -> tuple[tuple[str, str], ...]:
    return (
        (_("Students"), whole(run.job.total)),
        (_("Scores"), whole(run.scored)),
        (_("Without a score"), whole(run.unscored)),
    )
