"""One scoring run as its page shows it: what, for whom, by which version, and how many got a score."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.jobs import parts
from portal.jobs.telling import sentence_of
from predictions.models import ScoringRun
from predictions.summaries.under_way import UnderWay, one_under_way
from predictions.summaries.words import whole
from students.models import Exam

MOST_EXAMS = 30


@dataclass(frozen=True, slots=True)
class ScoringPage:
    """`going` while it runs; `exams` as far as they fit, `more` beyond that; `failed`: parts to be tried again."""

    run: ScoringRun
    going: UnderWay | None
    sentence: str
    exams: tuple[Exam, ...]
    more: int
    figures: tuple[tuple[str, str], ...]
    failed: int

    @property
    def is_empty(self) -> bool:
        return not self.run.scored and not self.run.unscored


def scoring_page(run: ScoringRun, *, user: Any, now: Any) -> ScoringPage:
    """The run with its job as it is this second. Three queries at most."""
    found = Exam.objects.filter(pk__in=run.exams[:MOST_EXAMS], school=run.school).select_related("subject")
    return ScoringPage(
        run=run,
        going=None if run.job.has_ended else one_under_way(run, user=user, now=now),
        sentence=sentence_of(run.job),
        exams=tuple(found.order_by("day", "title")),
        more=max(0, len(run.exams) - MOST_EXAMS),
        figures=_figures(run),
        failed=parts.count_failed(run.job),
    )


def _figures(run: ScoringRun) -> tuple[tuple[str, str], ...]:
    return (
        (_("Students"), whole(run.job.total)),
        (_("Scores"), whole(run.scored)),
        (_("Without a score"), whole(run.unscored)),
    )
