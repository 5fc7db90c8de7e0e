"""Were we right: what leaders, the office and analysts read of it, and who may close an alert."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone

from predictions import alerting
from predictions.alerting import Fault
from predictions.measuring import keeping, looking
from predictions.models import Alert, AlertKind, Alias, Measurement
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.make import TODAY
from tests.predictions.measured import before, give_results, make_class_of, make_scoring, make_serving, past_exam, say
from tests.predictions.test_measuring import drift_rows
from tests.trained import make_version

PARTS = ("short", "parts", "groups", "exams", "challenger", "students")
RNG = np.random.default_rng(1)
As = Callable[[Any], Client]


def look(school: Cast) -> None:
    found = looking.measure(school.lakeside, on=TODAY, progress=lambda *told: None)  # type: ignore[arg-type]  # it only calls it
    keeping.keep(school.lakeside, found, at=timezone.now())


@pytest.fixture
def measured(school: Cast) -> SimpleNamespace:
    version = make_serving(make_version(school.lakeside))
    rival = make_serving(make_version(school.lakeside), Alias.CHALLENGER)
    school_class, students = make_class_of(school.lakeside, 60)
    for place, student in enumerate(students):
        make.make_demographics(student, gender="female" if place < 40 else "male" if place < 55 else "other")
    exam, actual = past_exam(school_class, title="Waves test"), RNG.uniform(40, 90, 60)
    give_results(exam, students, actual)
    run = make_scoring(school.lakeside, version, [exam], as_of=before(exam))
    say(run, exam, students[:58], (actual + 6)[:58])
    shadow = make_scoring(school.lakeside, rival, [exam], as_of=before(exam), kind="shadow")
    say(shadow, exam, students, actual + 1)
    look(school)
    return SimpleNamespace(version=version, exam=exam, students=students)


def test_the_page_says_in_plain_sentences_how_far_off_it_was(
    school: Cast, measured: SimpleNamespace, client_as: As
) -> None:
    pages = {part: client_as(school.otto).get(f"/models/accuracy/?part={part}").text for part in PARTS}
    page = pages["short"]
    assert "On 58 results of 58 students scores were off by 6.0 points on average" in page
    assert "Waves test" in pages["exams"]
    assert "By gender" in pages["groups"]
    assert "By gender" not in pages["parts"]
    assert "Held by the 8-of-10 range" in pages["challenger"]
    assert "Version 2 is 5.0 points nearer on average (5.0 to 5.0) on 58 results: more than noise." in page
    assert "fewer than 10 students, so no figures are shown" in pages["groups"]
    for student in measured.students:
        assert student.given_name not in "".join(pages.values())


def test_one_exam_has_a_page_with_what_was_not_said(school: Cast, measured: SimpleNamespace, client_as: As) -> None:
    page = client_as(school.nils).get(f"/models/accuracy/exams/{measured.exam.pk}/").text
    assert "For 2 more results no score had been said." in page
    assert "Did chances come true?" in page
    assert client_as(school.wanda).get(f"/models/accuracy/exams/{measured.exam.pk}/").status_code == 404
    assert client_as(school.ada).get("/models/accuracy/").status_code == 403


def test_before_there_is_anything_the_page_says_what_will_stand_there(school: Cast, client_as: As) -> None:
    page = client_as(school.hana).get("/models/accuracy/").text
    assert "Nothing to hold against results yet" in page


def test_drift_and_exams_with_few_students_are_told_without_figures(school: Cast, client_as: As) -> None:
    _class, students = make_class_of(school.lakeside, 60)
    found = drift_rows(school, students)
    few = past_exam(school.maths, title="Small test")
    give_results(few, [school.sam, school.mia], [50, 60])
    run = make_scoring(school.lakeside, found.version, [few], as_of=before(few))
    say(run, few, [school.sam, school.mia], [55, 65])
    look(school)
    page = client_as(school.hana).get("/models/accuracy/?part=students").text
    assert "What moved since training" in page
    assert "Only 2 students had both a prediction and a result" in client_as(school.hana).get("/models/accuracy/").text


def test_a_leader_closes_an_alert_with_a_reason_and_others_read_it(
    school: Cast, measured: SimpleNamespace, client_as: As
) -> None:
    fault = Fault(AlertKind.COVERAGE, "Ranges did not hold.")
    alert = alerting.raise_alert(school.lakeside, measured.version, fault, now=timezone.now())
    assert alert is not None
    address = f"/models/accuracy/alerts/{alert.pk}/close/"
    assert "Why it can be closed" not in client_as(school.otto).get("/models/accuracy/").text
    assert client_as(school.otto).post(address, {"why": "x"}).status_code == 403
    hana = client_as(school.hana)
    page = hana.get("/models/accuracy/").text
    assert "Ranges did not hold." in page
    assert "Why it can be closed" in page
    assert "Say in a few words" in hana.post(address, {"why": " "}, follow=True).text
    assert Alert.objects.open().count() == 1
    assert "The alert is closed" in hana.post(address, {"why": "One odd exam."}, follow=True).text
    assert Alert.objects.get().closed_by == school.hana


def test_the_page_takes_as_many_queries_for_many_exams_as_for_few(
    school: Cast, measured: SimpleNamespace, client_as: As
) -> None:
    hana = client_as(school.hana)
    hana.get("/models/accuracy/")
    with assert_queries(20):
        hana.get("/models/accuracy/")
    first = Measurement.objects.get(exam=measured.exam)
    school_class = measured.exam.sittings.get().school_class
    for days in range(20, 34):
        exam = past_exam(school_class, days)
        facts = first.facts | {"day": (TODAY - timedelta(days=days)).isoformat()}
        Measurement.objects.create(
            school=first.school, version=first.version, exam=exam, kind="results", rows=first.rows, facts=facts
        )
    with assert_queries(20):
        page = hana.get("/models/accuracy/").text
    assert "In the last 5 exams scores were off by 6.0 points on average, in the 5 before by 6.0." in page
