"""What the demo's teachers thought: made before the exams, near what came, and made once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from predictions.demo.opinions import write_opinions
from predictions.models import Feedback, FeedbackKind, Judgement
from tests import make
from tests.cast import Cast
from tests.predictions.measured import before, give_results, make_class_of, make_scoring, past_exam, say
from tests.predictions.outlooked import make_outlook
from tests.trained import make_version

pytestmark = pytest.mark.django_db


def test_estimates_lie_before_the_exam_and_near_what_came(school: Cast) -> None:
    version = make_version(school.lakeside)
    school_class, students = make_class_of(school.lakeside, 30)
    make.make_teaching(school.ada, school_class)
    exam = past_exam(school_class, is_target=True)
    say(make_scoring(school.lakeside, version, [exam], as_of=before(exam)), exam, students, [60.0] * 30)
    give_results(exam, students, [50.0 + place for place in range(30)])
    assert write_opinions(school.lakeside, now=timezone.now()) == Judgement.objects.count() > 5
    for each in Judgement.objects.all():
        assert each.at.date() < exam.day
        assert each.by == school.ada
        assert abs(float(each.percent) - 65) < 60
    assert write_opinions(school.lakeside, now=timezone.now()) == 0


def test_the_next_exam_has_some_estimates_and_feedback_says_why(school: Cast) -> None:
    school_class, exam, _students = make_outlook(school.lakeside, 30)
    make.make_teaching(school.ada, school_class, starts=make.TODAY - timedelta(days=30))
    write_opinions(school.lakeside, now=timezone.now())
    assert 0 < Judgement.objects.filter(exam=exam).count() < 20
    assert Feedback.objects.count() == 6
    assert not Feedback.objects.filter(kind=FeedbackKind.WRONG, because="").exists()


def test_where_nothing_is_predicted_nobody_thinks_anything(school: Cast) -> None:
    assert write_opinions(school.lakeside, now=timezone.now()) == 0
    assert not Feedback.objects.exists()
