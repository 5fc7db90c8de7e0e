"""A family asks a person to look again: who may, whom it reaches, the clock, the answer, and who reads which words."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.audit.models import AuditEvent
from portal.kit.errors import Conflict, DomainError, NotAllowed, NotReady
from predictions import releasing, reviewing
from predictions.models import ReviewRequest
from predictions.summaries.reviews import review_of, waiting_for
from predictions.timers import remind_reviews
from students.roles import Role
from tests import make
from tests.asserts import assert_queries
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
    with pytest.raises(NotAllowed, match="the own request"):
        reviewing.answer(asked, "All well.", by=given.ada, now=NOW())
    assert not waiting_for(given.ada).open
    assert waiting_for(given.hana).open == 1


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


# --- pages ------------------------------------------------------------------------------------------------------


def where(cast: Cast) -> str:
    return f"/my/outlook/{cast.sam.pk}/{cast.final.pk}/"


def test_asking_and_answering_on_the_pages(given: Cast, client_as) -> None:
    gus, ada = client_as(given.gus), client_as(given.ada)
    sent = gus.post(f"{where(given)}review/", {"text": WORDS}, follow=True)
    assert "Your request has reached the school" in sent.text
    assert "30 days left" in sent.text
    assert 'name="text"' not in sent.text  # one at a time
    asked = ReviewRequest.objects.get()
    assert "1 family waits for a review" in ada.get("/reviews/brief/").text
    page = ada.get(f"/reviews/{asked.pk}/")
    assert WORDS in page.text
    assert "Probably between 51 and 71" in page.text
    assert f"/classes/{given.maths.pk}/marks/" in page.text
    ada.post(f"/reviews/{asked.pk}/", {"text": "It counts now."})
    assert ada.get("/reviews/brief/").text.strip() == ""
    assert "answered on" in ada.get("/reviews/").text
    assert "It counts now." in gus.get(where(given)).text
    again = ada.post(f"/reviews/{asked.pk}/", {"text": "And again."})
    assert again.status_code == 422
    assert "answered already" in again.text


@pytest.mark.parametrize("text", ["", "   ", "x" * 1001])
def test_bad_words_are_told_on_the_page_and_change_nothing(given: Cast, client_as, text: str) -> None:
    refused = client_as(given.gus).post(f"{where(given)}review/", {"text": text})
    assert refused.status_code == 422
    assert "Nothing was sent yet" in refused.text
    assert not ReviewRequest.objects.exists()
    asked = ask(given)
    refused = client_as(given.ada).post(f"/reviews/{asked.pk}/", {"text": text})
    assert refused.status_code == 422
    assert ReviewRequest.objects.open().exists()


def test_the_second_request_is_refused_in_a_sentence(given: Cast, client_as) -> None:
    ask(given)
    refused = client_as(given.gus).post(f"{where(given)}review/", {"text": "Once more"})
    assert refused.status_code == 422
    assert "already" in refused.text


def test_hostile_words_stay_words_everywhere(given: Cast, client_as) -> None:
    asked = ask(given, text="<img src=x onerror=alert(1)>")
    reviewing.answer(asked, "<script>alert(2)</script>", by=given.ada, now=NOW())
    for client, address in (
        (given.ada, f"/reviews/{asked.pk}/"),
        (given.gus, where(given)),
        (given.gus, "/my/outlook/"),
    ):
        page = client_as(client).get(address).text
        assert "&lt;img src=x" in page
        assert "<img src=x" not in page
        assert "<script>alert" not in page


def test_overdue_is_marked_and_counted(given: Cast, client_as) -> None:
    ask(given)
    ReviewRequest.objects.update(due_on=make.TODAY - timedelta(days=3))
    assert "3 days overdue" in client_as(given.hana).get("/reviews/").text
    assert waiting_for(given.hana).overdue == 1
    ReviewRequest.objects.update(due_on=make.TODAY)
    assert review_of(ReviewRequest.objects.get()).clock == "last day today"


def test_a_request_about_another_class_is_not_on_the_first_page_of_a_teacher(given: Cast) -> None:
    ask(given)
    make.make_enrolment(given.sam, given.art)
    other = make.make_user("Arno Art", "arno@lakeside.example")
    make.make_member(other, given.lakeside, Role.TEACHER)
    make.make_teaching(other, given.art)
    assert waiting_for(other).open == 0
    assert waiting_for(given.ada).open == 1


@pytest.mark.parametrize("person", ["gus", "mina", "nils", "root", "lena"])
def test_families_and_others_have_no_pages_of_staff(given: Cast, client_as, person: str) -> None:
    asked = ask(given)
    client = client_as(getattr(given, person))
    for address in ("/reviews/", "/reviews/brief/", f"/reviews/{asked.pk}/"):
        assert client.get(address).status_code == 404, address


def many(cast: Cast, count: int) -> None:
    for number in range(count):
        student = make.make_student(cast.lakeside, f"Kid{number} Many")
        make.make_enrolment(student, cast.maths)
        person = make.make_user(f"Parent {number}", f"parent{number}@lakeside.example")
        facts = {"text": WORDS, "due_on": make.TODAY + timedelta(days=number)}
        ReviewRequest.objects.create(exam=cast.final, student=student, by=person, **facts)


@pytest.mark.parametrize("address", ["/reviews/", "/reviews/brief/"])
@pytest.mark.parametrize("count", [3, 20])
def test_as_many_queries_for_many_as_for_few(given: Cast, client_as, address: str, count: int) -> None:
    many(given, count)
    client = client_as(given.hana)
    client.get(address)
    with assert_queries(13):
        client.get(address)
