"""The pages of imports: the hub, the list, a new file, one import through its life, and who may come in."""

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.jobs.models import Job
from students.importing.told import TableTold
from students.models import ImportBatch, ImportProfile
from tests.asserts import assert_queries
from tests.cast import Cast
from tests.students.importing.batches_made import (
    GUARD,
    GUARDED,
    MARKS,
    NOTHING,
    PLAN,
    State,
    found,
    make_applied,
    make_batch,
    make_busy,
    make_planned,
    make_profile,
    make_undone,
)

NEXT_DOORS = (
    "",
    "columns/",
    "findings/",
    "plan/",
    "plan/students/added/",
    "undo/",
    "findings.csv",
    "changes.csv",
    "mapping.toml",
)


def at(batch: ImportBatch, suffix: str = "") -> str:
    return f"/data/imports/{batch.pk}/{suffix}"


def test_the_hub_shows_the_newest_imports_and_the_profiles(school: Cast, client_as) -> None:
    make_planned(school)
    make_profile(school)
    page = client_as(school.otto).get("/data/").text
    assert "Bring a file in" in page
    assert "Take out" in page
    assert "marks.csv" in page
    assert "Looked over" in page
    assert "Marks of SIMS" in page


def test_a_school_without_imports_is_told_what_it_can_do(school: Cast, client_as) -> None:
    client = client_as(school.otto)
    assert "Nothing was brought in yet" in client.get("/data/").text
    assert "Nothing was brought in yet" in client.get("/data/imports/").text
    assert "No profile yet" in client.get("/data/profiles/").text
    assert "There is no page 3" in client.get("/data/imports/?page=3").text


def test_the_list_is_narrowed_by_state_and_source(school: Cast, client_as) -> None:
    make_planned(school, file_name="a.csv", source="sims")
    make_applied(school, file_name="b.csv", source="aeries")
    client = client_as(school.otto)
    assert "a.csv" not in client.get("/data/imports/?state=applied").text
    assert "b.csv" not in client.get("/data/imports/?source=sims").text
    assert "No import fits that" in client.get("/data/imports/?source=sims&state=undone").text
    both = client.get("/data/imports/?source=nonsense&state=nonsense").text
    assert "a.csv" in both
    assert "b.csv" in both


def test_the_list_needs_as_many_queries_for_many_imports_as_for_few(school: Cast, client_as) -> None:
    client = client_as(school.otto)
    make_planned(school)
    for address in ("/data/", "/data/imports/", "/data/profiles/"):
        client.get(address)
    for _more in range(2):
        for number in range(12):
            make_planned(school, by=school.hana)
            make_profile(school, f"Profile {ImportProfile.objects.count()} {number}", keeper=school.hana)
        for address, most in (("/data/", 10), ("/data/imports/", 10), ("/data/profiles/", 9)):
            with assert_queries(most):
                assert client.get(address).status_code == 200


def test_pages_of_one_import_need_as_many_queries_whatever_they_tell(school: Cast, client_as) -> None:
    client = client_as(school.otto)
    for batch in (make_planned(school, NOTHING), make_planned(school, GUARDED, found(400, 300, 200))):
        for suffix in ("findings/", "plan/"):
            client.get(at(batch, suffix))
            with assert_queries(9):
                assert client.get(at(batch, suffix)).status_code == 200


def test_nobody_of_another_school_finds_an_import(school: Cast, client_as) -> None:
    batch = make_applied(school)
    for name in ("wanda", "ada", "gus", "nils"):
        client = client_as(getattr(school, name))
        assert {client.get(at(batch, suffix)).status_code for suffix in NEXT_DOORS} == {404}
    assert client_as(school.ada).get("/data/").status_code == 403
    assert "marks.csv" not in client_as(school.wanda).get("/data/imports/").text


def test_a_file_that_is_missing_or_empty_is_refused_at_the_field(school: Cast, client_as) -> None:
    client = client_as(school.otto)
    assert "Choose a file first." in client.post("/data/imports/new/").text
    empty = client.post("/data/imports/new/", {"file": SimpleUploadedFile("a.csv", b"")})
    assert empty.status_code == 422
    assert "This file is empty" in empty.text
    assert not ImportBatch.objects.exists()


def test_a_file_that_is_no_table_is_refused_with_its_sentence(school: Cast, client_as) -> None:
    page = client_as(school.otto).post(
        "/data/imports/new/", {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7\n\x00\x01")}
    )
    assert page.status_code == 422
    assert 'class="errors"' in page.text
    assert not ImportBatch.objects.exists()


def test_an_upload_leads_to_its_columns(school: Cast, client_as) -> None:
    page = client_as(school.otto).post(
        "/data/imports/new/", {"file": SimpleUploadedFile("marks.csv", MARKS)}, follow=True
    )
    batch = ImportBatch.objects.get()
    assert page.redirect_chain[-1][0] == at(batch, "columns/")
    assert "What each column is" in page.text


def test_the_profile_of_another_school_cannot_be_chosen(school: Cast, client_as) -> None:
    other = make_profile(school, school=school.hillside)
    facts = {"file": SimpleUploadedFile("marks.csv", MARKS), "profile": other.pk}
    assert client_as(school.otto).post("/data/imports/new/", facts).status_code == 422
    assert not ImportBatch.objects.exists()


def test_each_state_shows_its_own_step(school: Cast, client_as) -> None:
    client = client_as(school.otto)
    told = {
        make_planned(school): "What this file would do",
        make_planned(school, findings=found(2)): "2 errors were found",
        make_batch(school, State.REFUSED, refusal="Line 3 is cut off."): "Line 3 is cut off.",
        make_batch(school, State.DISCARDED): "This file was discarded",
        make_applied(school): "2.4 seconds",
        make_undone(school): "1 record was changed since",
    }
    for batch, words in told.items():
        assert words in client.get(at(batch), follow=True).text, batch.state


def test_while_a_file_is_checked_its_page_tells_how_far(school: Cast, client_as) -> None:
    batch = make_busy(school)
    page = client_as(school.otto).get(at(batch)).text
    assert "1,200 of 4,800 rows" in page
    assert "Stop this" in page
    assert "Stop this" not in client_as(school.hana).get(at(batch)).text
    part = client_as(school.hana).get(at(batch), headers={"HX-Request": "true"}).text
    assert part.strip().startswith("<section")


def test_a_poll_after_the_end_leads_on(school: Cast, client_as) -> None:
    batch = make_busy(school)
    Job.objects.update(state=Job.State.SUCCEEDED)
    ImportBatch.objects.update(state=State.PLANNED)
    answer = client_as(school.otto).get(at(batch), headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == at(batch, "plan/")
    ImportBatch.objects.update(state=State.APPLIED, applied_at=batch.received_at)
    assert client_as(school.otto).get(at(batch), headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_who_ordered_it_stops_it_and_the_import_is_what_it_was(school: Cast, client_as) -> None:
    batch = make_busy(school)
    assert client_as(school.hana).post(at(batch, "stop/")).status_code == 404
    Job.objects.update(state=Job.State.QUEUED)
    page = client_as(school.otto).post(at(batch, "stop/"), follow=True)
    assert Job.objects.get().state == Job.State.CANCELLED
    batch.refresh_from_db()
    assert batch.state == State.RECEIVED
    assert page.status_code == 200


def test_a_failed_job_leaves_its_sentence_on_the_next_page(school: Cast, client_as) -> None:
    batch = make_busy(school, State.APPLYING)
    Job.objects.update(state=Job.State.FAILED, sentence="The database was away.")
    page = client_as(school.otto).get(at(batch), follow=True).text
    assert "The database was away." in page
    assert "What this file would do" in page


def test_nothing_is_applied_without_a_yes_to_each_guard(school: Cast, client_as) -> None:
    batch = make_planned(school, GUARDED)
    client = client_as(school.otto)
    assert GUARD in client.get(at(batch, "plan/")).text
    page = client.post(at(batch, "apply/"), {"fingerprint": batch.fingerprint})
    assert page.status_code == 422
    assert "Say yes to each of these first" in page.text
    assert not Job.objects.exists()
    client.post(at(batch, "apply/"), {"fingerprint": batch.fingerprint, "yes": "0"})
    assert Job.objects.get().arguments["accepted_guards"] is True


def test_a_plan_that_is_no_longer_the_newest_is_not_applied(school: Cast, client_as) -> None:
    batch = make_planned(school)
    page = client_as(school.otto).post(at(batch, "apply/"), {"fingerprint": "older"}, follow=True)
    assert "There is a newer plan" in page.text
    assert not Job.objects.exists()


def test_what_cannot_be_applied_says_why(school: Cast, client_as) -> None:
    client = client_as(school.otto)
    page = client.get(at(make_planned(school, NOTHING), "plan/")).text
    assert "There is nothing to do" in page
    assert "Apply exactly this" not in page
    errors = client.get(at(make_planned(school, findings=found(2)), "plan/")).text
    assert "2 errors were found" in errors
    assert "Apply exactly this" not in errors


def test_the_button_says_what_it_does(school: Cast, client_as) -> None:
    page = client_as(school.otto).get(at(make_planned(school), "plan/")).text
    assert "Apply exactly this: add 1,204 records, change 1, end 4" in page
    assert "loses 4, half or more" in page
    assert "loses 1<" in page
    assert "1 class stays as it is" in page


def test_rows_with_errors_are_left_out_only_if_somebody_says_so(school: Cast, client_as) -> None:
    batch = make_planned(school, findings=found(3))
    client = client_as(school.otto)
    assert "Leave these 3 rows out" in client.get(at(batch, "findings/")).text
    client.post(at(batch, "check/"), {"rows": ["as-it-is", "leave-out"]})
    batch.refresh_from_db()
    assert batch.is_set_aside
    assert batch.state == State.READING


def test_a_discarded_file_brings_nothing(school: Cast, client_as) -> None:
    batch = make_planned(school)
    page = client_as(school.otto).post(at(batch, "discard/"), follow=True)
    assert "Nothing of it was brought in" in page.text
    batch.refresh_from_db()
    assert batch.state == State.DISCARDED
    assert client_as(school.otto).post(at(batch, "discard/")).status_code == 409


def test_undoing_asks_first_and_says_what_will_happen(school: Cast, client_as) -> None:
    batch = make_applied(school)
    client = client_as(school.otto)
    page = client.get(at(batch, "undo/")).text
    assert "1,204 records that were added are removed again" in page
    assert not Job.objects.exists()
    client.post(at(batch, "undo/"))
    assert Job.objects.get().school_id == school.lakeside.pk
    assert client.get(at(make_planned(school), "undo/")).status_code == 302


@pytest.mark.parametrize("suffix", ["findings.csv", "changes.csv"])
def test_a_file_that_is_gone_says_so(school: Cast, client_as, suffix: str) -> None:
    page = client_as(school.otto).get(at(make_applied(school), suffix))
    assert page.status_code == 410


def test_a_person_who_looks_at_data_finds_it_in_the_bar(school: Cast, client_as) -> None:
    assert reverse("data") in client_as(school.otto).get("/").text
    assert reverse("data") not in client_as(school.ada).get("/").text


def test_where_something_was_found_names_the_file_only_where_there_are_several(school: Cast, client_as) -> None:
    client = client_as(school.otto)
    sheet, bundle = make_planned(school, findings=found(2)), make_planned(school, findings=found(2), kind="oneroster")
    assert '<td class="break muted">' not in client.get(at(sheet, "findings/")).text
    assert '<td class="break muted">marks.csv</td>' in client.get(at(bundle, "findings/")).text


def test_undoing_says_only_what_it_would_do(school: Cast, client_as) -> None:
    batch = make_applied(school, plan=replace(PLAN, tables=(TableTold("students", "students", read=2, added=2),)))
    text = client_as(school.otto).get(at(batch, "undo/")).text
    assert "2 records that were added are removed again." in text
    assert "become what they were before" not in text
