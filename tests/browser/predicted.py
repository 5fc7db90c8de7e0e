"""The cast in the middle of a school year: a model serves, scores are shown, one exam was predicted and sat, help is under way.

Sam's chance lies near the pass mark and moved; Mia is safe; of Zoe too little is known.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from portal.accounts.models import User
from predictions import judging, releasing, reviewing
from predictions.models import Judgement, ModelVersion, ReviewRequest
from students.models import Exam, Intervention, SchoolClass
from tests import make
from tests.cast import Cast
from tests.make import TODAY, YESTERDAY
from tests.predictions.measured import before, give_results, make_class_of, make_scoring, make_serving, past_exam, say
from tests.predictions.scored import make_prediction, make_scoring_run
from tests.predictions.test_changes import AFTER, BEFORE, row_of
from tests.trained import make_version

TOO_LITTLE = {
    "cause": "too_little_history",
    "sentence": "No earlier mark in this subject is known.",
    "remedy": "One earlier mark is needed.",
}
NEAR = {**BEFORE, "shrunken_mean": 52.0, "subject_last": 50.0, "last_comparable": 50.0, "attendance_rate": 80.0}


@dataclass
class Predicted:
    """`past` is an exam of Ada's second class that was predicted for twelve students and has its results."""

    physics: SchoolClass
    past: Exam
    helped: list[Intervention]


def fill(cast: Cast) -> Predicted:
    """Nothing is released to families yet: give_to_families() does that."""
    version = make_serving(make_version(cast.lakeside))
    _score_maths(cast, version)
    physics, past = _look_back(cast, version)
    return Predicted(physics, past, _help(cast))


def _score_maths(cast: Cast, version: ModelVersion) -> None:
    others = [make.make_student(cast.lakeside, name) for name in ("Ben Adeyemi", "Kira Novak")]
    for student in (cast.zoe, *others):
        make.make_enrolment(student, cast.maths)
    for days in (14, 0):
        run = make_scoring_run(version, [cast.final], as_of=TODAY - timedelta(days=days))
        make_prediction(run, cast.sam, cast.final, row_of(BEFORE if days else NEAR))
        make_prediction(run, cast.mia, cast.final, row_of(BEFORE))
        make_prediction(run, cast.zoe, cast.final, row_of({}), **TOO_LITTLE)
        for student in others:
            make_prediction(run, student, cast.final, row_of(AFTER))
    judging.judge(cast.mia, cast.final, 74, by=cast.ada, reason="Reads ahead.", on=TODAY)


def _look_back(cast: Cast, version: ModelVersion) -> tuple[SchoolClass, Exam]:
    physics, students = make_class_of(cast.lakeside, 12, is_home_class=True)
    make.make_teaching(cast.ada, physics)
    past, ahead = past_exam(physics, title="Optics test", is_target=True), make.make_exam(
        physics, title="Physics final", day=TODAY + timedelta(days=40), is_target=True
    )  # fmt: skip
    scores = [35 + 4 * place for place in range(12)]
    say(make_scoring(cast.lakeside, version, [past], as_of=before(past)), past, students, scores)
    say(make_scoring(cast.lakeside, version, [ahead]), ahead, students, scores)
    give_results(past, students, [score + shift for score, shift in zip(scores, (3, -4, 25, 1) * 3, strict=True)])
    at = timezone.make_aware(datetime.combine(before(past), time(12)))
    for student, score in zip(students, scores, strict=True):
        Judgement.objects.create(exam=past, student=student, by=cast.ada, percent=score + 2, at=at)
    return physics, past


def _help(cast: Cast) -> list[Intervention]:
    """One piece on each column of the board, and two notes."""
    ago = timedelta(days=40)
    reviewed: dict[str, Any] = {"starts": TODAY - ago, "review_on": YESTERDAY}
    ended = {**reviewed, "closed_on": YESTERDAY, "outcome": "reached", "went": "Fractions are no trouble now."}
    later = {"starts": TODAY + timedelta(days=5), "review_on": TODAY + timedelta(days=30)}
    make.make_note(cast.sam, cast.ada)
    make.make_note(cast.sam, cast.cora, "Sleeps badly since the move.", kind="restricted")
    return [
        make.make_help(cast.sam, cast.cora, goal="Homework twice a week", **later),
        make.make_help(cast.sam, cast.ada),
        make.make_help(cast.sam, cast.cora, goal="On time each morning", kind="attendance", **reviewed),
        make.make_help(cast.mia, cast.ada, goal="Calm before tests", **ended),
    ]


def give_to_families(cast: Cast) -> ReviewRequest:
    """Released for Ada's class, and Gus asked for a review."""
    now = timezone.now()
    releasing.release(cast.final, cast.maths, by=cast.ada, on=TODAY, at=now, comment="Ten minutes a day go a long way.")
    return reviewing.ask(cast.sam, cast.final, "He was ill in May. Was that counted?", by=cast.gus, now=now)


def newcomer(person: User) -> User:
    """As if nobody had shown them the tour."""
    person.preferences = {}
    person.save()
    return person
