"""A family asks a person to look again: who may, whom it reaches, the clock, the answer, and who reads which words."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.audit.models import AuditEvent
from portal.kit.errors import Conflict, DomainError, NotAllowed, NotReady
from predictions import releasing, reviewing
from predictions.models import ReviewRequest
from predictions.summaries.reviews import waiting_for
from predictions.timers import remind_reviews
from students.roles import Role
from tests import make
from tests.cast import Cast
from tests.predictions.released import give, predict

NOW = timezone.now
WORDS = "The test of May is missing."


def ask(cast: Cast, by=None, student=None, text: str = WORDS, **facts) -> ReviewRequest:
    return reviewing.ask(student or cast.sam, cast.final, text, by=by or cast.gus, now=facts.get("now", NOW()))


@pytest.fixture
def given(school: Cast) -> Cast:
    give(school)
    return school


@pytest.fixture
def delivered(django_capture_on_commit_callbacks):
    """Runs what waits for the commit, as a request would."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_asking_starts_a_clock_of_thirty_days_and_reaches_teacher_and_leader(
    given: Cast, delivered, mailoutbox
) -> None:
    with delivered():
        asked = ask(given)
    assert asked.due_on == make.TODAY + timedelta(days=30)
    assert sorted(mail.to[0] for mail in mailoutbox) == ["ada@lakeside.example", "hana@lakeside.example"]
    for mail in mailoutbox:
        body = mail.subject + mail.body + str(mail.alternatives)
        assert f"/reviews/{asked.pk}/" in body
        assert not [word for word in ("Sam", "Okafor", "Gus", "61", WORDS) if word in body]
    assert AuditEvent.objects.get(verb="review asked").facts == {"exam": given.final.pk}
    assert [each.asked for each in waiting_for(given.ada).reviews] == [asked]
    assert [each.asked for each in waiting_for(given.hana).reviews] == [asked]


def test_the_day_is_that_of_the_school(given: Cast) -> None:
    type(given.lakeside).objects.filter(pk=given.lakeside.pk).update(timezone="Pacific/Auckland")
    given.sam.refresh_from_db()
    late = timezone.now().replace(hour=23, minute=30)
    assert ask(given, now=late).due_on == late.date() + timedelta(days=31)


def test_the_own_request_counts_once_while_it_is_open(given: Cast) -> None:
    asked = ask(given)
    with pytest.raises(Conflict, match="already"):
        ask(given)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewRequest.objects.create(exam=given.final, student=given.sam, by=given.gus, text="x", due_on=make.TODAY)
    other = make.make_user("Gita Guardian", "gita@lakeside.example")
    make.make_member(other, given.lakeside, Role.GUARDIAN)
    make.make_guardianship(other, given.sam)
    assert ask(given, by=other).pk != asked.pk
    reviewing.answer(asked, "Looked at.", by=given.ada, now=NOW())
    assert ask(given).pk != asked.pk


@pytest.mark.parametrize("person", ["hana", "ada", "cora", "otto", "mina", "nils", "wanda", "lena", "root"])
def test_only_the_family_asks(given: Cast, person: str) -> None:
    with pytest.raises(NotAllowed, match="Only the student"):
        ask(given, by=getattr(given, person))


def test_nothing_released_nothing_to_ask(school: Cast) -> None:
    predict(school)
    with pytest.raises(NotReady, match="Nothing was released"):
        ask(school)
    make.make_member(school.ada, school.lakeside, Role.GUARDIAN)
    make.make_guardianship(school.ada, school.mia)
    with pytest.raises(NotReady, match="Nothing was released"):  # though she sees it at work
        ask(school, by=school.ada, student=school.mia)


@pytest.mark.parametrize(("text", "told"), [("", "Write what"), (" \n ", "Write what"), ("x" * 1001, "At most 1000")])
def test_words_are_needed_and_not_too_many(given: Cast, text: str, told: str) -> None:
    with pytest.raises(DomainError, match=told):
        ask(given, text=text)
    asked = ask(given)
    with pytest.raises(DomainError, match=told.replace("Write what", "Write an answer")):
        reviewing.answer(asked, text, by=given.ada, now=NOW())
    assert ReviewRequest.objects.open().count() == 1


@pytest.mark.parametrize("person", ["hana", "dora", "ada", "cora"])
def test_teacher_counsellor_and_leader_answer_and_the_family_is_told(
    given: Cast, delivered, mailoutbox, person: str
) -> None:
    asked = ask(given)
    with delivered():
        reviewing.answer(asked, "You are right, it counts now.", by=getattr(given, person), now=NOW())
    (mail,) = mailoutbox
    assert mail.to == ["gus@lakeside.example"]
    assert "/my/outlook/" in mail.body
    assert "it counts now" not in mail.body + str(mail.alternatives)
    asked.refresh_from_db()
    assert (asked.answered_by, asked.answer) == (getattr(given, person), "You are right, it counts now.")
    assert AuditEvent.objects.filter(verb="review answered", actor_id=asked.answered_by_id).count() == 1
    with pytest.raises(Conflict, match="answered already"):
        reviewing.answer(asked, "Again", by=given.hana, now=NOW())


@pytest.mark.parametrize("person", ["otto", "gus", "mina", "tom", "nils", "wanda", "tess", "root"])
def test_nobody_else_answers(given: Cast, person: str) -> None:
    asked = ask(given)
    with pytest.raises(NotAllowed):
        reviewing.answer(asked, "No.", by=getattr(given, person), now=NOW())
    assert ReviewRequest.objects.open().exists()


def test_nobody_answers_the_own_request(given: Cast) -> None:
    make.make_member(given.ada, given.lakeside, Role.GUARDIAN)
    make.make_guardianship(given.ada, given.mia)
    asked = ask(given, by=given.ada, student=given.mia)
    with pytest.raises(NotAllowed, match="the own child"):
        reviewing.answer(asked, "All well.", by=given.ada, now=NOW())
    assert not waiting_for(given.ada).open
    assert waiting_for(given.hana).open == 1


def test_a_leader_does_not_answer_what_the_other_parent_asked_about_the_own_child(given: Cast) -> None:
    asked = ask(given)
    make.make_member(given.hana, given.lakeside, Role.GUARDIAN)
    make.make_guardianship(given.hana, given.sam)
    with pytest.raises(NotAllowed, match="the own child"):
        reviewing.answer(asked, "All is well.", by=given.hana, now=NOW())


def test_the_words_are_read_by_who_asked_and_by_staff_of_the_student(given: Cast) -> None:
    asked = ask(given)
    other = make.make_user("Gita Guardian", "gita@lakeside.example")
    make.make_member(other, given.lakeside, Role.GUARDIAN)
    make.make_guardianship(other, given.sam)
    given.sam.account = make.make_user("Sam Account", "sam@lakeside.example")
    given.sam.save()
    make.make_member(given.sam.account, given.lakeside, Role.STUDENT)
    readers = [name for name in given.people if asked in ReviewRequest.objects.visible_to(getattr(given, name))]
    assert sorted(readers) == sorted(["hana", "otto", "dora", "ada", "cora", "gus"])
    for person in (other, given.sam.account):  # not even the other guardian, nor the child
        assert asked not in ReviewRequest.objects.visible_to(person)


def test_who_no_longer_cares_for_the_child_reads_no_answer_and_gets_no_mail(given: Cast, delivered, mailoutbox) -> None:
    asked = ask(given)
    given.sam.guardianships.update(ends=make.YESTERDAY)
    make.make_guardianship(given.gus, given.zoe)  # still a guardian here, of another child
    assert asked not in ReviewRequest.objects.visible_to(given.gus)
    with delivered():
        reviewing.answer(asked, "About Sam.", by=given.ada, now=NOW())
    assert mailoutbox == []


def test_taking_back_leaves_the_request_and_its_answer_to_who_asked(given: Cast, client_as) -> None:
    asked = ask(given)
    releasing.take_back(releasing.released(given.final, given.maths), by=given.hana)
    reviewing.answer(asked, "We took it back.", by=given.hana, now=NOW())
    page = client_as(given.gus).get("/my/outlook/")
    assert "We took it back." in page.text
    assert "Probably between" not in page.text


def test_a_reminder_comes_a_week_before_and_once_overdue_to_teacher_and_leader(
    given: Cast, delivered, mailoutbox
) -> None:
    asked = ask(given)
    moments = [
        timedelta(days=22),
        timedelta(days=23),
        timedelta(days=24),
        timedelta(days=30),
        timedelta(days=31),
        timedelta(days=40),
    ]
    told = []
    for later in moments:
        with delivered():
            told.append(reviewing.remind(NOW() + later))
    assert told == [0, 1, 0, 0, 1, 0]
    subjects = [mail.subject for mail in mailoutbox]
    assert subjects == ["Lakeside School: a review is due in a week"] * 2 + ["Lakeside School: a review is overdue"] * 2
    assert {event.target_id for event in AuditEvent.objects.filter(verb__startswith="review ")} == {asked.pk}
    assert [name for mail in mailoutbox for name in ("Sam", "Okafor") if name in mail.body] == []


def test_a_missed_turn_is_made_up_for_and_answers_end_it(given: Cast) -> None:
    asked = ask(given)
    assert reviewing.remind(NOW() + timedelta(days=26)) == 1
    reviewing.answer(asked, "Done.", by=given.ada, now=NOW())
    assert reviewing.remind(NOW() + timedelta(days=60)) == 0
    remind_reviews()  # the timer itself


def test_a_mail_server_that_is_away_undoes_nothing(given: Cast, delivered, monkeypatch) -> None:
    def away(*args, **facts):
        raise OSError("no route")

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", away)
    with delivered():
        ask(given)
    assert ReviewRequest.objects.count() == 1
