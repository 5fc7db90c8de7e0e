"""Predictions reach families only by a release, which a teacher of the class or a leader makes and takes back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.audit.models import AuditEvent, Change
from portal.kit.errors import Conflict, DomainError, NotAllowed, NotReady
from predictions import releasing
from predictions.models import Prediction, PredictionRelease
from tests import make
from tests.cast import Cast
from tests.predictions.released import give, predict


def release(cast: Cast, by, school_class=None, exam=None, **facts) -> PredictionRelease:
    where = (exam or cast.final, school_class or cast.maths)
    return releasing.release(*where, by=by, on=facts.pop("on", make.TODAY), at=timezone.now(), **facts)


def seen_by(person) -> set[str]:
    return {each.student.given_name for each in Prediction.objects.visible_to(person).select_related("student")}


def test_families_see_their_own_child_after_release_and_nobody_elses(school: Cast) -> None:
    predict(school)
    assert seen_by(school.gus) == seen_by(school.mina) == set()
    made = release(school, school.ada, comment="  Keep going.  ")
    assert (seen_by(school.gus), seen_by(school.mina), seen_by(school.lena)) == ({"Sam"}, {"Mia"}, set())
    assert (made.comment, made.by) == ("Keep going.", school.ada)
    event = AuditEvent.objects.get(verb="predictions released")
    assert (event.facts, event.school_id) == ({"school_class": school.maths.pk}, school.lakeside.pk)
    assert Change.objects.get(model="predictions.PredictionRelease").kind == "added"


def test_a_new_scoring_takes_nothing_back_and_is_seen_at_once(school: Cast) -> None:
    give(school)
    newer = predict(school)
    assert Prediction.objects.visible_to(school.gus).get().run_id == newer[0].run_id


def test_taking_back_hides_everything_and_stays_in_the_history(school: Cast) -> None:
    given = give(school)
    releasing.take_back(given, by=school.hana)
    assert seen_by(school.gus) == seen_by(school.mina) == set()
    assert seen_by(school.ada) == {"Sam", "Mia"}
    assert Change.objects.filter(model="predictions.PredictionRelease", kind="removed").count() == 1
    assert AuditEvent.objects.filter(verb="predictions taken back", actor_id=school.hana.pk).count() == 1
    with pytest.raises(Conflict, match="not released any more"):
        releasing.take_back(given, by=school.hana)


@pytest.mark.parametrize("person", ["hana", "dora", "ada"])
def test_leaders_and_the_teacher_release(school: Cast, person: str) -> None:
    predict(school)
    assert releasing.may_release(getattr(school, person), school.maths)
    assert release(school, getattr(school, person)).pk


@pytest.mark.parametrize("person", ["otto", "cora", "tom", "gus", "mina", "nils", "wanda", "tess", "root"])
def test_nobody_else_does(school: Cast, person: str) -> None:
    given = give(school)
    user = getattr(school, person)
    for wish in (
        lambda: releasing.take_back(given, by=user),
        lambda: releasing.change_comment(given, "Mine", by=user, on=make.TODAY),
        lambda: release(school, user),
    ):
        with pytest.raises(NotAllowed, match="Only who teaches"):
            wish()
    assert PredictionRelease.objects.get().comment == "Ten minutes of revision a day go a long way."


def test_a_class_that_does_not_sit_the_exam_gets_nothing(school: Cast) -> None:
    predict(school)
    with pytest.raises(Conflict, match="Art 9B does not sit this exam"):
        release(school, school.hana, school.art)


def test_nothing_predicted_nothing_released(school: Cast) -> None:
    with pytest.raises(NotReady, match="Nothing is predicted"):
        release(school, school.ada)
    left = predict(school, students=[school.liv])  # somebody who is not in the class any more
    assert left
    with pytest.raises(NotReady, match="Nothing is predicted"):
        release(school, school.ada)


def test_an_exam_that_is_over_is_neither_released_nor_commented_again(school: Cast) -> None:
    given = give(school)
    later = school.final.day + timedelta(days=1)
    with pytest.raises(NotReady, match="is over"):
        releasing.change_comment(given, "I always knew.", by=school.ada, on=later)
    releasing.take_back(given, by=school.ada)
    with pytest.raises(NotReady, match="is over"):
        release(school, school.ada, on=later)


def test_the_second_release_is_refused_by_the_room_and_by_the_database(school: Cast) -> None:
    give(school)
    with pytest.raises(Conflict, match="released already"):
        release(school, school.hana)
    with pytest.raises(IntegrityError), transaction.atomic():
        PredictionRelease.objects.create(exam=school.final, school_class=school.maths)


def test_a_comment_is_changed_with_a_trace_and_never_longer_than_it_may_be(school: Cast) -> None:
    given = give(school)
    releasing.change_comment(given, "New words", by=school.ada, on=make.TODAY)
    assert releasing.released(school.final, school.maths).comment == "New words"
    assert AuditEvent.objects.filter(verb="released comment changed").count() == 1
    releasing.change_comment(given, "New words", by=school.ada, on=make.TODAY)
    assert AuditEvent.objects.filter(verb="released comment changed").count() == 1
    with pytest.raises(DomainError, match="at most 600"):
        releasing.change_comment(given, "x" * 601, by=school.ada, on=make.TODAY)


def test_who_changed_class_sees_nothing_of_the_old_one(school: Cast) -> None:
    """Released in 9B only; Sam sits the same exam in 9C since today."""
    give(school)
    parallel = make.make_class(school.lakeside, "Mathematics 9C", subject=school.maths.subject)
    school.final.sittings.create(school_class=parallel)
    school.sam.enrolments.filter(school_class=school.maths).update(ends=make.YESTERDAY)
    make.make_enrolment(school.sam, parallel, starts=make.TODAY)
    assert seen_by(school.gus) == set()
    assert seen_by(school.mina) == {"Mia"}
    release(school, school.hana, parallel)
    assert seen_by(school.gus) == {"Sam"}


def test_what_ended_ends_it(school: Cast) -> None:
    give(school)
    school.sam.guardianships.update(ends=make.YESTERDAY)
    assert seen_by(school.gus) == set()
    school.mia.enrolments.update(ends=make.YESTERDAY)
    assert seen_by(school.mina) == set()


def test_a_release_to_a_class_tells_nothing_of_another_exam_or_class(school: Cast) -> None:
    give(school)
    other = make.make_exam(school.maths, title="Not released", day=make.TODAY + timedelta(days=9), is_target=True)
    predict(school, other)
    assert {each.exam for each in Prediction.objects.visible_to(school.gus)} == {school.final}
    make.make_guardianship(school.gus, school.zoe)
    predict(school, students=[school.zoe])  # somebody predicted her for this exam, which her class does not sit
    assert seen_by(school.gus) == {"Sam"}


def test_the_families_of_the_class_read_the_comment_and_no_others(school: Cast) -> None:
    given = give(school)
    seeing = [name for name in school.people if given in PredictionRelease.objects.visible_to(getattr(school, name))]
    assert sorted(seeing) == sorted(["hana", "otto", "dora", "ada", "cora", "gus", "mina"])
    changing = [name for name in school.people if given in PredictionRelease.objects.editable_by(getattr(school, name))]
    assert sorted(changing) == sorted(["hana", "dora", "ada"])
