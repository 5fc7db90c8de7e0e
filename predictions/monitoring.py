"""From measures to alerts: which versions serve, whether their figures can be judged, and what is raised or closed."""

from datetime import datetime

from predictions import alerting, faults, registry
from predictions.models import Alert, AlertKind, MeasureKind, Measurement, ModelPolicy, ModelVersion
from students.models import School, Subject

OF_A_SERVING_VERSION = (*faults.BY_RESULTS, AlertKind.DRIFT)


def follow_up(school: School, measures: list[Measurement], *, now: datetime) -> list[Alert]:
    """Only of versions that serve: of others there is nothing to do. Returns the alerts that are new."""
    policy, serve = ModelPolicy.of(school), serving(school)
    raised: list[Alert] = []
    for measured in measures:
        if measured.exam_id is None and measured.version in serve:
            raised += _judge(school, measured, policy, now)
    for alert in Alert.objects.open().filter(school=school, kind__in=OF_A_SERVING_VERSION).select_related("version"):
        if alert.version not in serve:
            alerting.settle(alert, now=now)
    return raised


def _judge(school: School, measured: Measurement, policy: ModelPolicy, now: datetime) -> list[Alert]:
    version: ModelVersion = measured.version
    if measured.kind == MeasureKind.RESULTS and faults.can_judge(measured):
        found = faults.by_results(measured, policy)
        return alerting.follow(school, version, faults.BY_RESULTS, found, now=now)
    if measured.kind == MeasureKind.DRIFT and measured.facts.get("enough"):
        return alerting.follow(school, version, (AlertKind.DRIFT,), faults.by_drift(measured), now=now)
    return []


def serving(school: School) -> set[ModelVersion]:
    """The champions of a school: of all subjects together, and of those that have one of their own."""
    subjects: list[Subject | None] = [None, *Subject.objects.filter(school=school)]
    return {version for subject in subjects if (version := registry.champion(school, subject)) is not None}
