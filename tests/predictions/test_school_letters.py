"""The letters of a school: ordered by who may, printed by a worker with the rights of who ordered, whole or not at all."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client

from portal.audit.models import AccessEvent, AuditEvent
from portal.jobs import running
from portal.jobs.models import Job, JobFile, JobState
from portal.kit.errors import NotAllowed, NotReady
from predictions.orders.letters import order_letters
from predictions.reports import school_letters
from predictions.reports.school_letters import LettersForm, LettersWish
from predictions.tasks import print_letters
from tests import make
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.predictions.printed import is_accessible, pages_of, text_of
from tests.predictions.released import predict

As = Callable[[Any], Client]


@pytest.fixture
def ready(school: Cast) -> Cast:
    """Maths and art both sit an exam ahead; Sam and Mia have a prediction in maths, Zoe none in art."""
    predict(school)
    school.people["drawing"] = make.make_exam(  # type: ignore[assignment]  # an exam kept beside the people
        school.art, title="Drawing exam", day=make.TODAY + make.timedelta(days=30), is_target=True
    )
    return school


def wish(school: Cast, form: str = LettersForm.ONE, **facts: Any) -> LettersWish:
    return LettersWish(school.lakeside, [school.final.pk, school.drawing.pk], form, **facts)


def printed(school: Cast, by: Any = None, **facts: Any) -> Job:
    job = order_letters(wish(school, **facts), by=by or school.hana)
    print_letters(job_id=str(job.pk), **job.arguments)
    job.refresh_from_db()
    return job


def content_of(client: Client, job: Job) -> bytes:
    file = JobFile.objects.get(job=job)
    return b"".join(client.get(f"/jobs/{job.pk}/files/{file.pk}/").streaming_content)


def test_a_leader_gets_all_letters_in_one_pdf_class_by_class(ready: Cast, client_as: As) -> None:
    job = printed(ready)
    assert (job.state, job.sentence) == (JobState.SUCCEEDED, "3 letters.")
    content = content_of(client_as(ready.hana), job)
    assert [next(name for name in ("Zoe", "Mia", "Sam") if name in page) for page in pages_of(content)] == [
        "Zoe",
        "Mia",
        "Sam",
    ]
    assert is_accessible(content)


def test_or_a_zip_with_a_pdf_for_each_class_under_plain_names(ready: Cast, client_as: As) -> None:
    ready.art.name = "../../Kunst/9B ü"
    ready.art.save()
    job = printed(ready, form=LettersForm.CLASSES)
    assert JobFile.objects.get(job=job).content_type == "application/zip"
    bundle = ZipFile(BytesIO(content_of(client_as(ready.hana), job)))
    assert bundle.testzip() is None
    assert sorted(bundle.namelist()) == ["kunst9b-u-drawing-exam.pdf", "mathematics-9b-final-exam.pdf"]
    assert "Lindqvist" not in text_of(bundle.read("kunst9b-u-drawing-exam.pdf"))


def test_classes_of_one_name_have_files_of_their_own(ready: Cast, client_as: As) -> None:
    ready.art.name, ready.drawing.title = ready.maths.name, ready.final.title  # type: ignore[attr-defined]  # an exam
    ready.art.save()
    ready.drawing.save()
    names = ZipFile(BytesIO(content_of(client_as(ready.hana), printed(ready, form=LettersForm.CLASSES)))).namelist()
    assert len(set(names)) == 2


def test_many_letters_come_in_several_documents(
    ready: Cast, client_as: As, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(school_letters, "MOST_IN_ONE", 2)
    bundle = ZipFile(BytesIO(content_of(client_as(ready.hana), printed(ready))))
    assert {name: len(pages_of(bundle.read(name))) for name in bundle.namelist()} == {
        "letters-01.pdf": 1, "letters-02.pdf": 2,
    }  # fmt: skip


def test_a_counsellor_gets_the_letters_of_their_own_students(ready: Cast, client_as: As) -> None:
    (page,) = pages_of(content_of(client_as(ready.cora), printed(ready, ready.cora)))
    assert "Sam Okafor" in page
    assert "Lindqvist" not in page


def test_one_grade_alone(ready: Cast, client_as: As) -> None:
    ready.art.grade_level = 10
    ready.art.save()
    pages = pages_of(content_of(client_as(ready.hana), printed(ready, grade_level=10)))
    assert [("Zoe" in page) for page in pages] == [True]


@pytest.mark.parametrize("person", ["ada", "otto", "nils", "gus", "mina", "wanda", "root"])
def test_nobody_else_orders_them(ready: Cast, person: str) -> None:
    with pytest.raises(NotAllowed):
        order_letters(wish(ready), by=getattr(ready, person))
    assert not Job.objects.filter(kind="letters").exists()


def test_whose_right_ends_before_they_are_printed_gets_none(ready: Cast) -> None:
    job = order_letters(wish(ready), by=ready.hana)
    ready.hana.memberships.update(ends=make.YESTERDAY)
    print_letters(job_id=str(job.pk), **job.arguments)
    job.refresh_from_db()
    assert (job.state, job.is_our_fault) == (JobState.FAILED, False)
    assert "no letter to print" in job.sentence
    assert not JobFile.objects.exists()
    assert not AccessEvent.objects.filter(what="letter").exists()


def test_exams_of_another_school_are_not_among_them(ready: Cast) -> None:
    physics = make.make_exam(ready.next_door, day=make.TODAY + make.timedelta(days=9), is_target=True)
    with pytest.raises(NotReady):
        order_letters(LettersWish(ready.lakeside, [physics.pk]), by=ready.hana)


def test_each_student_leaves_one_trace_and_the_order_a_line(ready: Cast) -> None:
    printed(ready)
    events = AccessEvent.objects.filter(what="letter", door="print", user_id=ready.hana.pk)
    assert sorted(events.values_list("student_id", flat=True)) == sorted([ready.sam.pk, ready.mia.pk, ready.zoe.pk])
    assert AuditEvent.objects.get(verb="letters ordered").facts == {"exams": 2, "classes": 2}


def test_stopped_half_way_there_is_no_file_and_no_trace(ready: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    real = school_letters.class_letters

    def stopped(*args: Any, **facts: Any) -> Any:
        running.cancel(Job.objects.get(kind="letters"), by=ready.hana)
        raise running.Cancelled

    monkeypatch.setattr(school_letters, "class_letters", stopped)
    job = printed(ready)
    assert job.state == JobState.CANCELLED
    assert not JobFile.objects.exists()
    assert not AccessEvent.objects.filter(what="letter").exists()
    monkeypatch.setattr(school_letters, "class_letters", real)


def test_work_that_breaks_leaves_no_half_file(ready: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(school_letters, "letters_pdf", lambda *args, **facts: 1 / 0)
    job = printed(ready)
    assert (job.state, job.is_our_fault) == (JobState.FAILED, True)
    assert not JobFile.objects.exists()


def test_a_job_that_is_run_again_after_its_worker_was_killed_makes_one_file(ready: Cast) -> None:
    job = printed(ready)
    with pytest.raises(running.AlreadyTaken):  # Celery drops such a second message
        print_letters(job_id=str(job.pk), **job.arguments)
    assert JobFile.objects.count() == 1


def test_the_page_offers_the_exams_ahead_and_leads_to_the_job(ready: Cast, client_as: As) -> None:
    hana = client_as(ready.hana)
    page = hana.get("/letters/")
    assert "Mathematics · Final exam" in page.text
    assert "Art · Drawing exam" in page.text
    assert "Algebra test" not in page.text
    answer = hana.post("/letters/", {"exams": [ready.final.pk], "grade": "", "form": "one"})
    job = Job.objects.get(kind="letters")
    assert answer["Location"] == f"/jobs/{job.pk}/"
    print_letters(job_id=str(job.pk), **job.arguments)
    assert "letters.pdf" in hana.get(f"/jobs/{job.pk}/").text
    assert "2 letters." in hana.get("/letters/").text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"form": "one"}, "Choose at least one exam."),
        ({"form": "one", "exams": ["999999"]}, "999999"),
        ({"form": "one", "exams": ["' OR 1=1"]}, "Select a valid choice"),
        ({"form": "paper", "exams": ["FINAL"]}, "Select a valid choice"),
        ({"form": "one", "exams": ["FINAL"], "grade": "99"}, "Select a valid choice"),
        ({"form": "one", "exams": ["FINAL"], "subject": "99999"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_ordered_is_told_and_changes_nothing(
    ready: Cast, client_as: As, sent: dict[str, Any], sentence: str
) -> None:
    if sent.get("exams") == ["FINAL"]:
        sent = {**sent, "exams": [ready.final.pk]}
    answer = client_as(ready.hana).post("/letters/", sent)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not Job.objects.filter(kind="letters").exists()


def test_exams_of_one_title_are_one_choice_that_a_subject_narrows(ready: Cast, client_as: As) -> None:
    ready.drawing.title = "Final exam"
    ready.drawing.save()
    hana = client_as(ready.hana)
    assert "2 exams" in hana.get("/letters/").text
    both = {"exams": [ready.drawing.pk], "form": "one"}
    hana.post("/letters/", both)
    hana.post("/letters/", {**both, "subject": ready.maths.subject_id})
    asked = Job.objects.filter(kind="letters").order_by("requested_at")
    assert [job.arguments["exams"] for job in asked] == [[ready.drawing.pk, ready.final.pk], [ready.final.pk]]


def test_a_school_without_exams_ahead_says_what_to_do(school: Cast, client_as: As) -> None:
    school.final.is_target = False
    school.final.save()
    page = client_as(school.hana).get("/letters/")
    assert "No exam lies ahead that is to be predicted" in page.text
    assert 'href="/exams/"' in page.text


def test_queries_of_the_page_do_not_grow_with_exams(ready: Cast, client_as: As) -> None:
    hana = client_as(ready.hana)
    hana.get("/letters/")
    with assert_queries(most=12) as first:
        hana.get("/letters/")
    count = len(first)
    for number in range(8):
        make.make_exam(ready.maths, ready.art, day=make.TODAY + make.timedelta(days=40 + number), is_target=True)
    with assert_queries(most=count):
        hana.get("/letters/")


def test_a_file_is_handed_out_only_while_each_student_in_it_is_theirs_to_see(ready: Cast, client_as: As) -> None:
    job = printed(ready, by=ready.cora)
    place = f"/jobs/{job.pk}/files/{JobFile.objects.get(job=job).pk}/"
    assert content_of(client_as(ready.cora), job)
    ready.cora.caseload.update(starts=make.YESTERDAY, ends=make.YESTERDAY)
    make.make_caseload(ready.cora, ready.mia)
    assert client_as(ready.cora).get(place).status_code == 404
    ready.cora.caseload.update(ends=None)
    assert content_of(client_as(ready.cora), job)


def test_who_led_the_school_and_now_counsels_has_no_longer_the_letters_of_all(ready: Cast, client_as: As) -> None:
    job = printed(ready)
    place = f"/jobs/{job.pk}/files/{JobFile.objects.get(job=job).pk}/"
    ready.hana.memberships.update(role="counsellor")
    make.make_caseload(ready.hana, ready.sam)
    assert client_as(ready.hana).get(place).status_code == 404
