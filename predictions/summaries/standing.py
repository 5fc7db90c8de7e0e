"""How a school's models stand: what serves and what challenges it, open alerts, and what was scored lately."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.kit.scoping import grants_of
from predictions import registry
from predictions.access import SEES_MODELS
from predictions.models import Alert, Alias, AliasMove, ModelAlias, ModelVersion, ScoringRun
from predictions.summaries.words import how_good, students_told
from students.models import Exam, Result, School

LATEST_SCORINGS = 8
ENOUGH_RESULTS = 300  # below that a training mostly ends in the sentence that more is needed


@dataclass(frozen=True, slots=True)
class Holder:
    """A version that serves or challenges: for which subject (None: all), since when, by whose decision and why.

    `of`: the district whose version it is, where it is not the school's own. `before`: what going back leads to.
    """

    name: str
    version: ModelVersion
    subject: Any
    of: School | None
    may_open: bool
    since: datetime | None
    by: Any
    why: str
    sentence: str
    before: ModelVersion | None


@dataclass(frozen=True, slots=True)
class ScoringRow:
    run: ScoringRun
    what: str
    whom: str


@dataclass(frozen=True, slots=True)
class Standing:
    champions: tuple[Holder, ...]
    challengers: tuple[Holder, ...]
    alerts: tuple[Alert, ...]
    scorings: tuple[ScoringRow, ...]


def standing(school: School, *, user: Any) -> Standing:
    """As many queries for many versions as for few."""
    holders = _holders(school, user)
    alerts = Alert.objects.visible_to(user).filter(school=school).open().select_related("version")
    return Standing(
        champions=tuple(each for each in holders if each.name == Alias.CHAMPION),
        challengers=tuple(each for each in holders if each.name == Alias.CHALLENGER),
        alerts=tuple(alerts),
        scorings=latest_scorings(school, user=user),
    )


def _holders(school: School, user: Any) -> list[Holder]:
    """What a name points to: the school's own, and of the districts above it what the school has no own for."""
    line = _with_districts(school)
    rows = ModelAlias.objects.filter(school__in=line).select_related("school", "subject", "version__school")
    rows = rows.defer("version__probe")
    found: dict[tuple[str, Any], ModelAlias] = {}
    for row in sorted(rows, key=lambda each: line.index(each.school)):
        if row.school == school or row.subject_id is None:
            found.setdefault((row.name, row.subject_id), row)
    figures = _figures({row.version_id for row in found.values()})
    moves = _latest_moves(found.values())
    return [
        _holder(row, school, user, figures[row.version_id], moves.get((row.school_id, row.name, row.subject_id)))
        for row in sorted(found.values(), key=lambda each: (each.subject is not None, str(each.subject)))
    ]


def _with_districts(school: School) -> list[School]:
    line, above = [school], school.parent
    while above is not None and above not in line:
        line.append(above)
        above = above.parent
    return line


def _figures(keys: set[int]) -> dict[int, tuple[Any, Any, Any]]:
    """Three figures of each report, without reading the reports themselves."""
    paths = ("errors__mae", "baseline_errors__mae", "coverage__hit_80")
    rows = ModelVersion.objects.filter(pk__in=keys).order_by()
    return {row[0]: row[1:] for row in rows.values_list("pk", *(f"run__report__{path}__value" for path in paths))}


def _latest_moves(rows: Any) -> dict[tuple[int, str, Any], AliasMove]:
    wanted = {row.version_id for row in rows}
    moves = AliasMove.objects.filter(version__in=wanted).select_related("by").order_by("pk")
    return {(move.school_id, move.name, move.subject_id): move for move in moves}


def _holder(row: ModelAlias, school: School, user: Any, figures: Any, move: AliasMove | None) -> Holder:
    is_own = row.school == school
    goes_back = is_own and row.name == Alias.CHAMPION
    return Holder(
        name=row.name,
        version=row.version,
        subject=row.subject,
        of=None if is_own else row.school,
        may_open=row.school_id in grants_of(user).of(SEES_MODELS),
        since=move.at if move else None,
        by=move.by if move else None,
        why=move.why if move else "",
        sentence=how_good(*figures),
        before=registry.previous(school, row.subject) if goes_back else None,
    )


def latest_scorings(school: School, *, user: Any) -> tuple[ScoringRow, ...]:
    rows = ScoringRun.objects.visible_to(user).filter(school=school).select_related("job", "version")
    runs = list(rows.defer("boundaries", "students", "version__probe").order_by("-pk")[:LATEST_SCORINGS])
    titles = exam_titles(runs)
    return tuple(ScoringRow(run, scored_what(run, titles), scored_whom(run)) for run in runs)


def exam_titles(runs: Any) -> dict[int, str]:
    """Of exams that were scored alone; of many nobody reads the names."""
    keys = {int(run.exams[0]) for run in runs if len(run.exams) == 1}
    return dict(Exam.objects.filter(pk__in=keys).values_list("pk", "title")) if keys else {}


def scored_what(run: ScoringRun, titles: dict[int, str]) -> str:
    """With its day, where it tells what would have been said on an earlier one."""
    what = _("%(n)s exams ahead") % {"n": len(run.exams)}
    if len(run.exams) == 1:
        what = titles.get(int(run.exams[0]), _("an exam that is no longer there"))
    if run.as_of < (run.ordered_at - timedelta(days=1)).date():
        return _("%(what)s, as of %(day)s") % {"what": what, "day": date_format(run.as_of, "j M Y")}
    return what


def scored_whom(run: ScoringRun) -> str:
    return students_told(run.job.total) if run.job.total else _("everybody who sits them")


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a school has to learn from: past exams, and results up to the number that matters."""

    exams: int
    results: int

    @property
    def is_enough(self) -> bool:
        return self.results >= ENOUGH_RESULTS


def readiness(schools: list[School], *, on: Any) -> Readiness:
    """Counted only as far as it matters, for results may be millions."""
    past = Exam.objects.filter(school__in=schools, day__lt=on)
    results = Result.objects.filter(exam__in=past, status="scored").order_by()
    return Readiness(past[:1000].count(), results[:ENOUGH_RESULTS].count())
