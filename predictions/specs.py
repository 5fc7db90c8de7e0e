"""What a training run is asked to do, as plain facts that are stored with it: from a person's wish to mlcore's spec."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from mlcore.spec import Floors, TrainSpec
from portal.kit.errors import Conflict, DomainError
from predictions.frames import Reading, subject_names
from predictions.frames.asked import SOURCES
from predictions.models import Effort, IndicatorRule, ModelPolicy, ProtectedUse, TrainingRun
from students.models import GradeScale, School, Subject

USUAL = (40.0, 50.0, 60.0, 70.0, 80.0, 90.0)
# A school asks for its finals from the first weeks of its year on.
LEADS = [1, 14, 42, 84, 168, 280]
# Twice as many cost more than twice the time and, on the made-up school, save nothing that could be told from luck.
MOST_SAMPLES = {Effort.QUICK: 20_000, Effort.STANDARD: 60_000, Effort.THOROUGH: 120_000}


@dataclass(frozen=True)
class TrainingWish:
    """What a person may choose, nothing more. `protected`: to measure what these would do; it never serves."""

    school: School
    as_of: date
    subject: Subject | None = None
    effort: str = ""
    since: date | None = None
    leave_out: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    floors: Floors | None = None
    seed: int = 0


def spec_of(wish: TrainingWish) -> dict[str, Any]:
    """The stored spec. Raises DomainError with a sentence for what cannot be meant."""
    _check(wish)
    policy = ModelPolicy.of(wish.school)
    rules = list(IndicatorRule.objects.filter(school__in=schools_of(wish.school)).select_related("indicator"))
    scale = scale_of(wish.school, wish.subject)
    protected = wish.protected or protected_in_use(wish.school)
    reading = Reading(
        since=wish.since,
        leave_out=wish.leave_out,
        indicators_out=tuple(sorted({rule.indicator.code for rule in rules if rule.is_left_out})),
        known_after={rule.indicator.code: rule.known_after for rule in rules if rule.known_after is not None},
        protected=protected,
    )
    train = {
        "as_of": wish.as_of.isoformat(),
        "subjects": [subject_names([wish.subject.school])[wish.subject.pk]] if wish.subject else [],
        "leads": LEADS,
        "effort": wish.effort or policy.effort,
        "most_samples": MOST_SAMPLES[Effort(wish.effort or policy.effort)],
        "protected": list(protected),
        "fixed": sorted({rule.indicator.code for rule in rules if rule.is_fixed and not rule.is_left_out}),
        "pass_mark": scale[0],
        "boundaries": list(scale[1]),
        "floors": _floors(wish, policy),
    }
    return {"train": train, "reading": reading.as_dict()}


def _check(wish: TrainingWish) -> None:
    if wish.effort and wish.effort not in Effort.values:
        raise DomainError(_("Effort: expected one of %s.") % ", ".join(Effort.values), code="bad_effort")
    if wish.subject and wish.subject.school_id != wish.school.pk:
        raise Conflict(_("That subject belongs to another school."), code="other_school")
    if wish.as_of > wish.school.today():
        raise DomainError(_("The day of the data lies in the future; expected today or earlier."), code="future")
    if wish.since and wish.since >= wish.as_of:
        raise DomainError(_("The first day to learn from must lie before the day of the data."), code="bad_window")
    if unknown := sorted(set(wish.leave_out) - set(SOURCES)):
        told = {"unknown": ", ".join(unknown), "known": ", ".join(SOURCES)}
        raise DomainError(_("Cannot leave out %(unknown)s; expected some of %(known)s.") % told, code="bad_source")


def _floors(wish: TrainingWish, policy: ModelPolicy) -> dict[str, Any]:
    floors = wish.floors or Floors(policy.least_r2, policy.most_error, policy.coverage_slack)
    return {"r2": floors.r2, "mae": floors.mae, "coverage_slack": floors.coverage_slack}


def train_spec(run: TrainingRun, threads: int) -> TrainSpec:
    told = dict(run.spec["train"])
    told |= {"as_of": date.fromisoformat(told["as_of"]), "floors": Floors(**told["floors"]), "threads": threads}
    lists = {name: tuple(told[name]) for name in ("subjects", "leads", "protected", "fixed", "boundaries")}
    return TrainSpec(**{**told, **lists})


def reading_of(run: TrainingRun) -> Reading:
    """How the records were read; whoever uses the version reads them the same way."""
    return Reading.of(run.spec["reading"])


def protected_in_use(school: School) -> tuple[str, ...]:
    return tuple(ProtectedUse.objects.in_force().filter(school=school).order_by("fact").values_list("fact", flat=True))


def schools_of(school: School) -> list[School]:
    """The school itself; of a district all schools below it."""
    if school.kind != School.Kind.DISTRICT:
        return [school]
    found: list[School] = []
    level, reached = [school.pk], {school.pk}
    while level:
        below = [each for each in School.objects.filter(parent_id__in=level).order_by("pk") if each.pk not in reached]
        found += [each for each in below if each.kind == School.Kind.SCHOOL]
        level = [each.pk for each in below]
        reached.update(level)
    return found


def grade_scale_of(school: School, subject: Subject | None = None) -> GradeScale | None:
    """The scale of the subject, else the usual one of the school or of a district's schools."""
    if subject and subject.grade_scale:
        return subject.grade_scale
    schools = Q(school__in=schools_of(school))
    return GradeScale.objects.filter(schools).order_by("-is_default", "pk").prefetch_related("boundaries").first()


def scale_of(school: School, subject: Subject | None = None) -> tuple[float, tuple[float, ...]]:
    """Pass mark and the percentages whose chances are told, rising; those of a hundred-point scale where none is kept."""
    scale = grade_scale_of(school, subject)
    if scale is None:
        return 50.0, USUAL
    marks = {float(scale.pass_mark), *(float(each.least) for each in scale.boundaries.all())}
    return float(scale.pass_mark), tuple(sorted(mark for mark in marks if 0 < mark <= 100))
