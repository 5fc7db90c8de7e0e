"""A version that falls under what it promised raises one alert, mails the leaders without a name, and may train anew."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.audit.models import AuditEvent
from portal.kit.errors import Conflict, DomainError
from predictions import alerting, artifacts, registry, tasks
from predictions.alerting import Fault
from predictions.models import Alert, AlertKind, ModelPolicy, TrainingRun
from predictions.orders.measuring import order_measuring
from students.models import Membership
from tests import make
from tests.cast import Cast
from tests.predictions.measured import before, give_results, make_class_of, make_scoring, make_serving, past_exam, say
from tests.trained import make_version

RNG = np.random.default_rng(2)


@pytest.fixture
def sat(school: Cast) -> SimpleNamespace:
    version = make_serving(make_version(school.lakeside))
    school_class, students = make_class_of(school.lakeside, 60)
    return SimpleNamespace(
        version=version, students=students, exam=past_exam(school_class), actual=RNG.uniform(40, 90, 60), school=school
    )


def come(sat: SimpleNamespace, off: Any, *, count: int = 60, **facts: Any) -> None:
    """Results, where before somebody was told scores so far off."""
    run = make_scoring(sat.school.lakeside, sat.version, [sat.exam], as_of=before(sat.exam))
    say(run, sat.exam, sat.students[:count], (sat.actual + off)[:count], **facts)
    give_results(sat.exam, sat.students[:count], sat.actual[:count])


def measure(sat: SimpleNamespace, capture: Any) -> None:
    """As the night does it, mails after commit included."""
    with capture(execute=True):
        job = order_measuring(sat.school.lakeside, by=None)
        tasks.measure_school(str(job.pk), **job.arguments)
    job.refresh_from_db()
    assert job.state == "succeeded", job.sentence


def kinds(**facts: Any) -> list[str]:
    return sorted(Alert.objects.open().filter(**facts).values_list("kind", flat=True))


@pytest.fixture
def capture(django_capture_on_commit_callbacks: Any) -> Any:
    return django_capture_on_commit_callbacks


def test_a_version_that_keeps_its_promise_raises_nothing(sat: SimpleNamespace, capture: Any) -> None:
    come(sat, RNG.normal(0, 7.5, 60))
    measure(sat, capture)
    assert kinds() == []
    assert mail.outbox == []


def test_one_worse_than_the_simplest_guess_raises_an_alert_and_mails_the_leaders_once(
    sat: SimpleNamespace, capture: Any
) -> None:
    come(sat, RNG.choice([-40.0, 40.0], 60), width=120)
    measure(sat, capture)
    assert "baseline" in kinds()
    told = len(mail.outbox)
    assert {letter.to[0] for letter in mail.outbox} == {sat.school.hana.email}
    letter = next(letter for letter in mail.outbox if "simplest guess" in letter.body)
    assert letter.subject == "Lakeside School: Version 1 needs a look"
    assert "What you can do" in letter.body
    assert "/models/accuracy/" in letter.body
    for student in sat.students:
        assert student.given_name not in letter.body + str(letter.alternatives)
    assert AuditEvent.objects.filter(verb="alert raised").count() == told
    measure(sat, capture)
    assert len(mail.outbox) == told


def test_ranges_that_do_not_hold_raise_one_of_their_own(sat: SimpleNamespace, capture: Any) -> None:
    come(sat, RNG.normal(0, 7.5, 60), width=4)
    measure(sat, capture)
    assert kinds() == ["coverage"]
    assert "promises 80" in Alert.objects.get().sentence


def test_what_the_school_asks_for_is_its_gate(sat: SimpleNamespace, capture: Any) -> None:
    ModelPolicy.objects.create(school=sat.school.lakeside, most_error=5.0)
    come(sat, RNG.normal(0, 7.5, 60))
    measure(sat, capture)
    assert kinds() == ["error"]
    ModelPolicy.objects.update(most_error=None, least_r2=0.99)
    measure(sat, capture)
    assert kinds() == ["error"]
    assert Alert.objects.count() == 1


def test_few_results_raise_nothing_and_take_nothing_back(sat: SimpleNamespace, capture: Any) -> None:
    come(sat, 40.0, count=49)
    alerting.raise_alert(sat.school.lakeside, sat.version, Fault(AlertKind.ERROR, "Off."), now=timezone.now())
    measure(sat, capture)
    assert kinds() == ["error"]


def test_an_alert_closes_by_itself_when_its_fault_is_gone(sat: SimpleNamespace, capture: Any) -> None:
    come(sat, RNG.normal(0, 7.5, 60))
    now = timezone.now()
    alerting.raise_alert(sat.school.lakeside, sat.version, Fault(AlertKind.ERROR, "Off."), now=now)
    measure(sat, capture)
    alert = Alert.objects.get()
    assert (alert.closed_by, alert.closed_why) == (None, "The last look found the fault gone.")
    assert AuditEvent.objects.filter(verb="alert closed").count() == 1


def test_of_a_version_that_serves_no_longer_nothing_is_raised_and_the_old_is_closed(
    sat: SimpleNamespace, capture: Any
) -> None:
    come(sat, 40.0)
    alerting.raise_alert(sat.school.lakeside, sat.version, Fault(AlertKind.ERROR, "Off."), now=timezone.now())
    make_serving(make_version(sat.school.lakeside))
    measure(sat, capture)
    assert kinds() == []
    assert Alert.objects.get().closed_why == "This version serves no longer."


def test_a_leader_closes_one_with_a_reason(sat: SimpleNamespace) -> None:
    now = timezone.now()
    alert = alerting.raise_alert(sat.school.lakeside, sat.version, Fault(AlertKind.ERROR, "Off."), now=now)
    assert alert is not None
    with pytest.raises(DomainError):
        alerting.close(alert, by=sat.school.hana, why=" ", now=now)
    alerting.close(alert, by=sat.school.hana, why="One hard exam.", now=now)
    alert.refresh_from_db()
    assert (alert.closed_by, alert.closed_why) == (sat.school.hana, "One hard exam.")
    with pytest.raises(Conflict):
        alerting.close(alert, by=sat.school.hana, why="Again.", now=now)
    assert alerting.raise_alert(sat.school.lakeside, sat.version, Fault(AlertKind.ERROR, "Off."), now=now) is not None


def test_the_database_keeps_one_open_alert_of_a_kind_and_a_slower_worker_is_told_so(sat: SimpleNamespace) -> None:
    fault = Fault(AlertKind.DRIFT, "Far.")
    facts: dict[str, Any] = {"school": sat.school.lakeside, "version": sat.version, "kind": "drift"}
    Alert.objects.create(**facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.create(**facts)
    with patch.object(type(Alert.objects.all()), "exists", return_value=False):
        assert alerting.raise_alert(sat.school.lakeside, sat.version, fault, now=timezone.now()) is None
    assert Alert.objects.count() == 1


def test_a_mail_server_that_is_away_loses_no_alert(sat: SimpleNamespace, capture: Any) -> None:
    come(sat, 40.0)
    with patch("django.core.mail.backends.locmem.EmailBackend.send_messages", side_effect=OSError("no route")):
        measure(sat, capture)
    assert "coverage" in kinds()
    assert mail.outbox == []


def test_a_training_is_ordered_where_the_school_wants_it_once_a_week(sat: SimpleNamespace, capture: Any) -> None:
    come(sat, 40.0)
    measure(sat, capture)
    assert not TrainingRun.objects.filter(cause="alert").exists()
    ModelPolicy.objects.create(school=sat.school.lakeside, retrain_on_alert=True)
    for _night in range(2):
        Alert.objects.all().delete()
        measure(sat, capture)
    run = TrainingRun.objects.get(cause="alert")
    TrainingRun.objects.filter(pk=run.pk).update(ordered_at=timezone.now() - timedelta(days=8))
    run.job.state = "succeeded"
    run.job.save()
    Alert.objects.all().delete()
    measure(sat, capture)
    assert TrainingRun.objects.filter(cause="alert").count() == 2


def spoil(version: Any) -> None:
    """The file of this version's model is gone, and no process has it open."""
    artifacts.forget_opened()
    artifacts.storage().delete(artifacts.name_of(version.sha256))


def test_a_stored_model_that_is_missing_raises_an_alert_and_its_return_closes_it(
    sat: SimpleNamespace, capture: Any
) -> None:
    data = artifacts.fetch(sat.version)
    spoil(sat.version)
    with pytest.raises(artifacts.BadArtifact):
        registry.serving(sat.school.lakeside)
    assert kinds() == ["artifact"]
    assert "missing" in Alert.objects.get().sentence
    run = make_scoring(sat.school.lakeside, sat.version, [sat.school.final], as_of=make.TODAY)
    say(run, sat.school.final, [sat.school.sam], [60])
    measure(sat, capture)
    assert kinds() == ["artifact"]
    artifacts.store(data)
    measure(sat, capture)
    assert kinds() == []


def test_a_missing_model_is_found_and_stays_told_though_this_process_has_it_open(
    sat: SimpleNamespace, capture: Any
) -> None:
    artifacts.opened(sat.version)
    artifacts.storage().delete(artifacts.name_of(sat.version.sha256))
    run = make_scoring(sat.school.lakeside, sat.version, [sat.school.final], as_of=make.TODAY)
    say(run, sat.school.final, [sat.school.sam], [60])
    for _ in range(2):
        measure(sat, capture)
        assert kinds() == ["artifact"]


def test_leaders_of_the_district_hear_of_a_district_s_version(school: Cast, capture: Any) -> None:
    version = make_version(school.district)
    with capture(execute=True):
        alerting.raise_alert(school.lakeside, version, Fault(AlertKind.ERROR, "Off."), now=timezone.now())
    assert {letter.to[0] for letter in mail.outbox} == {school.hana.email, school.dora.email}


def test_a_district_s_version_that_falls_short_in_two_schools_is_told_in_both(school: Cast, capture: Any) -> None:
    version, fault = make_version(school.district), Fault(AlertKind.COVERAGE, "Too narrow.")
    with capture(execute=True):
        for each in (school.lakeside, school.hillside, school.lakeside):
            alerting.raise_alert(each, version, fault, now=timezone.now())
    assert sorted(Alert.objects.open().values_list("school", flat=True)) == sorted(
        [school.lakeside.pk, school.hillside.pk]
    )
    assert {school.hana.email, school.wanda.email} <= {letter.to[0] for letter in mail.outbox}


def test_who_leads_is_asked_of_the_day_it_is_at_the_school(sat: SimpleNamespace, capture: Any) -> None:
    sat.school.lakeside.timezone = "Pacific/Auckland"
    Membership.objects.filter(user=sat.school.hana).update(starts=date(2026, 3, 3))
    night = datetime(2026, 3, 2, 20, tzinfo=UTC)  # the morning of the third there
    with capture(execute=True):
        alerting.raise_alert(sat.school.lakeside, sat.version, Fault(AlertKind.ERROR, "Off."), now=night)
    assert [letter.to[0] for letter in mail.outbox] == [sat.school.hana.email]
