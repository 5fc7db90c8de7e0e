"""The wish for scores: which exams, for whom, as of which day, by which version; one run for each version that serves."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.jobs.models import ENDED
from portal.jobs.running import enqueue
from portal.kit.errors import Conflict, NotReady
from predictions import registry, tasks
from predictions.models import ModelVersion, ScoringCause, ScoringKind, ScoringRun
from predictions.specs import scale_of, schools_of
from students.models import Exam, School, SchoolClass


@transaction.atomic
def order_scoring(  # a wish has these parts, each named at the call
    school: School,
    *,
    by: Any,
    as_of: date,
    exam: Exam | None = None,
    school_class: SchoolClass | None = None,
    students: Iterable[int] | None = None,
    cause: ScoringCause = ScoringCause.PERSON,
) -> list[ScoringRun]:
    """Score what lies ahead by the champion, and by the challenger in shadow. Returns the runs that are shown.

    Raises NotReady where no model serves, Conflict where the exam does not lie ahead.
    """
    exams = _exams_ahead(school, as_of, exam, school_class)
    whom = _whom(students, school_class, as_of)
    champions = _by_version(exams, registry.champion)
    if exams and not champions:
        raise NotReady(_("No model serves %s yet. Train one and promote it first.") % school, code="no_model")
    runs = [
        order_run(version, school, part, by=by, as_of=as_of, students=whom, cause=cause)
        for version, part in champions.items()
    ]
    for version, part in _by_version(exams, registry.challenger).items():
        order_run(version, school, part, by=by, as_of=as_of, students=whom, cause=cause, kind=ScoringKind.SHADOW)
    return runs


@transaction.atomic
def order_everybody(school: School, *, by: Any) -> list[ScoringRun]:
    """At a press. While the runs of the last press go on, they are the answer: each has every student read once more."""
    School.objects.select_for_update().get(pk=school.pk)
    pressed = ScoringRun.objects.filter(school=school, cause=ScoringCause.PERSON, students__isnull=True, is_shown=True)
    going = list(pressed.exclude(job__state__in=ENDED))
    return going or order_scoring(school, by=by, as_of=school.today())


def order_scoring_of_all(
    school: School, *, by: Any, cause: ScoringCause, kind: ScoringKind = ScoringKind.LIVE
) -> list[ScoringRun]:
    """Every exam ahead of a school, or of all schools of a district. Nothing ahead, or no model, is no error here."""
    runs = []
    for each in schools_of(school):
        as_of = each.today()
        exams = _exams_ahead(each, as_of, None, None)
        find = registry.challenger if kind == ScoringKind.SHADOW else registry.champion
        for version, part in _by_version(exams, find).items():
            runs.append(order_run(version, each, part, by=by, as_of=as_of, cause=cause, kind=kind))
    return runs


@transaction.atomic
def order_replay(
    exam: Exam,
    *,
    by: Any,
    as_of: date,
    version: ModelVersion | None = None,
    school_class: SchoolClass | None = None,
    cause: ScoringCause,
    shown: bool = False,
) -> ScoringRun:
    """What would have been said of an exam on an earlier day, by a version or by the one that served then.

    Raises NotReady where none served, Conflict where the day does not lie before the exam.
    """
    if as_of >= exam.day:
        told = {"day": exam.day, "as_of": as_of}
        raise Conflict(
            _("The exam is on %(day)s, so nothing can be predicted as of %(as_of)s.") % told, code="not_ahead"
        )
    then = version or registry.in_force(exam.school, exam.subject, as_of)
    if then is None:
        raise NotReady(_("No model served on %s; name a version.") % as_of, code="no_model")
    whom = _whom(None, school_class, as_of)
    return order_run(
        then, exam.school, [exam], by=by, as_of=as_of, students=whom, cause=cause, kind=ScoringKind.REPLAY, shown=shown
    )


@transaction.atomic
def order_run(  # noqa: PLR0913  # a run has these parts, each named at the call
    version: ModelVersion,
    school: School,
    exams: list[Exam],
    *,
    by: Any,
    as_of: date,
    cause: ScoringCause,
    students: list[int] | None = None,
    kind: ScoringKind = ScoringKind.LIVE,
    shown: bool = False,
) -> ScoringRun:
    """One run by one version; rights and days are the caller's to check."""
    run = ScoringRun(
        school=school, version=version, kind=kind, is_shown=shown or kind == ScoringKind.LIVE, cause=cause,
        exams=[exam.pk for exam in exams], students=students, as_of=as_of,
        boundaries={str(exam.pk): list(scale_of(school, exam.subject)[1]) for exam in exams},
    )  # fmt: skip
    run.job = enqueue(
        tasks.score_school,
        kind="scoring",
        title=_title(school, exams, kind),
        by=by,
        arguments={},
        school_id=school.pk,
        queue="score",
        back_to=reverse("models"),
    )
    run.save()
    run.job.arguments = {"run_id": run.pk}
    run.job.save(update_fields=["arguments"])
    return run


def _title(school: School, exams: list[Exam], kind: ScoringKind) -> str:
    what = exams[0].title if len(exams) == 1 else ngettext("%s exam", "%s exams", len(exams)) % len(exams)
    told = {"school": school, "what": what}
    if kind == ScoringKind.SHADOW:
        return _("%(school)s: predict %(what)s in shadow") % told
    return _("%(school)s: predict %(what)s") % told


def _exams_ahead(school: School, as_of: date, exam: Exam | None, school_class: SchoolClass | None) -> list[Exam]:
    """A named exam is predicted because somebody asks; otherwise those are that the school marked so."""
    if exam is not None:
        if exam.day <= as_of:
            raise Conflict(_("“%s” does not lie ahead, so there is nothing to predict.") % exam, code="not_ahead")
        return [exam]
    ahead = Exam.objects.filter(school=school, day__gt=as_of, is_target=True)
    if school_class is not None:
        ahead = ahead.filter(sittings__school_class=school_class)
    return list(ahead.select_related("subject__grade_scale", "school").order_by("pk"))


def _whom(students: Iterable[int] | None, school_class: SchoolClass | None, as_of: date) -> list[int] | None:
    if students is not None:
        return sorted(set(students))
    if school_class is None:
        return None
    enrolled = school_class.enrolments.active(as_of)
    return sorted(enrolled.values_list("student_id", flat=True).distinct())


def _by_version(exams: list[Exam], find: Any) -> dict[ModelVersion, list[Exam]]:
    """The exams by the version that is to score them; those for which there is none are left out."""
    found: dict[int | None, ModelVersion | None] = {}
    parts: dict[ModelVersion, list[Exam]] = {}
    for exam in exams:
        if exam.subject_id not in found:
            found[exam.subject_id] = find(exam.school, exam.subject)
        if version := found[exam.subject_id]:
            parts.setdefault(version, []).append(exam)
    return parts
