"""Champion and challenger on the same students and exams: who was nearer, and whether that is more than noise."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from predictions import comparing
from predictions.measuring import looking
from predictions.measuring.findings import Finding
from predictions.models import Alias, ModelVersion
from tests.cast import Cast
from tests.make import TODAY
from tests.predictions.measured import before, give_results, make_class_of, make_scoring, make_serving, past_exam, say
from tests.trained import make_version

RNG = np.random.default_rng(8)


@pytest.fixture
def sat(school: Cast) -> SimpleNamespace:
    champion = make_serving(make_version(school.lakeside))
    challenger = make_serving(make_version(school.lakeside), Alias.CHALLENGER)
    school_class, students = make_class_of(school.lakeside, 60)
    actual = RNG.uniform(40, 90, 60)
    exam = past_exam(school_class)
    give_results(exam, students, actual)
    return SimpleNamespace(
        champion=champion, challenger=challenger, students=students, actual=actual, exam=exam,
        school_class=school_class, school=school.lakeside,
    )  # fmt: skip


def score(
    sat: SimpleNamespace, version: ModelVersion, off: Any, *, kind: str = "live", days: int = 3, count: int = 60
) -> None:
    run = make_scoring(sat.school, version, [sat.exam], kind=kind, as_of=before(sat.exam, days))
    say(run, sat.exam, sat.students[:count], (sat.actual + off)[:count])


def shadow(sat: SimpleNamespace) -> Finding:
    found = looking.measure(sat.school, on=TODAY, progress=lambda *told: None)  # type: ignore[arg-type]  # it only calls it
    (told,) = [each for each in found if each.kind == "shadow"]
    return told


def test_a_challenger_that_is_clearly_nearer_is_told_so(sat: SimpleNamespace) -> None:
    score(sat, sat.champion, RNG.normal(0, 8, 60))
    score(sat, sat.challenger, RNG.normal(0, 2, 60), kind="shadow")
    found = shadow(sat)
    facts = found.facts
    assert (found.version, found.rows, facts["champions"]) == (sat.challenger, 60, [1])
    assert facts["difference"]["low"] > 0
    nearer = facts["champion"]["mae"]["value"] - facts["challenger"]["mae"]["value"]
    assert facts["difference"]["value"] == pytest.approx(nearer)
    assert facts["sentence"].startswith(f"Version 2 is {nearer:.1f} points nearer on average")
    assert facts["sentence"].endswith("on 60 results: more than noise.")


def test_one_that_is_clearly_further_off_is_told_so(sat: SimpleNamespace) -> None:
    score(sat, sat.champion, RNG.normal(0, 2, 60))
    score(sat, sat.challenger, RNG.normal(0, 8, 60), kind="shadow")
    assert "further off on average" in shadow(sat).facts["sentence"]


def test_what_luck_can_make_is_called_noise(sat: SimpleNamespace) -> None:
    score(sat, sat.champion, RNG.normal(0, 6, 60))
    score(sat, sat.challenger, RNG.normal(0, 6, 60), kind="shadow")
    facts = shadow(sat).facts
    assert facts["difference"]["low"] < 0 < facts["difference"]["high"]
    assert facts["sentence"].endswith("is no more than noise.")


def test_with_few_results_it_says_how_many_are_needed(sat: SimpleNamespace) -> None:
    score(sat, sat.champion, 1.0)
    score(sat, sat.challenger, 2.0, kind="shadow", count=12)
    facts = shadow(sat).facts
    assert (facts["enough"], facts["sentence"]) == (False, "Too few results yet: 12 of 50 needed.")
    assert "champion" not in facts


def test_only_the_last_word_of_each_from_before_the_exam_counts(sat: SimpleNamespace) -> None:
    score(sat, sat.champion, 5.0, days=20)
    score(sat, sat.champion, 1.0, days=2)
    score(sat, sat.challenger, 30.0, kind="shadow", days=20)
    score(sat, sat.challenger, 2.0, kind="shadow", days=2)
    score(sat, sat.challenger, 0.0, kind="shadow", days=0)
    facts = shadow(sat).facts
    assert facts["champion"]["mae"]["value"] == pytest.approx(1, abs=0.02)
    assert facts["challenger"]["mae"]["value"] == pytest.approx(2, abs=0.02)


def test_what_an_earlier_champion_said_is_not_held_for_the_present_one(sat: SimpleNamespace) -> None:
    third = make_serving(make_version(sat.school))
    score(sat, sat.champion, 1.0)
    score(sat, third, 1.0, days=2, count=20)
    score(sat, sat.challenger, 2.0, kind="shadow")
    facts = shadow(sat).facts
    assert (facts["rows"], facts["champions"]) == (20, [third.number])


def test_many_results_of_few_students_are_too_few(sat: SimpleNamespace) -> None:
    exams = [past_exam(sat.school_class, 10 + place) for place in range(8)]
    for exam in exams:
        give_results(exam, sat.students[:8], sat.actual[:8])
        for version, kind in ((sat.champion, "live"), (sat.challenger, "shadow")):
            run = make_scoring(sat.school, version, [exam], kind=kind, as_of=exam.day - timedelta(days=2))
            say(run, exam, sat.students[:8], sat.actual[:8])
    assert shadow(sat).facts["sentence"] == "Too few students yet: 8 of 10 needed."


def test_without_a_challenger_there_is_nothing_to_compare(school: Cast) -> None:
    make_serving(make_version(school.lakeside))
    assert comparing.shadows(school.lakeside, [], None) == []  # type: ignore[arg-type]
