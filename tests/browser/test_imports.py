"""Bringing a file in, in a real browser: by keyboard from the first page to the plan, and every page judged in both themes."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from students.importing.mapping import Mapping
from students.importing.spreadsheet import mapping_file
from students.models import ImportBatch
from tests.browser.test_pages import TOO_WIDE, judge, judge_here
from tests.cast import Cast
from tests.students.importing.batches_made import (
    GUARDED,
    MARKS,
    NOTHING,
    State,
    found,
    make_applied,
    make_batch,
    make_busy,
    make_listed,
    make_planned,
    make_profile,
    make_received,
    make_undone,
)

pytestmark = pytest.mark.django_db(transaction=True)
READ = {"student": {"external_id": "id", "given_name": "first", "family_name": "last"}}


def faults(page: Page, addresses: list[str]) -> list[str]:
    return [fault for address in addresses for fault in judge(page, address)] + page.complaints  # type: ignore[attr-defined]  # given by the fixture


def at(batch: ImportBatch, suffix: str = "") -> str:
    return f"/data/imports/{batch.pk}/{suffix}"


def test_lists_of_imports_are_accessible_empty_and_full(school: Cast, page_as) -> None:
    page = page_as(school.hana)
    lists = ["/data/", "/data/imports/", "/data/profiles/", "/data/imports/new/"]
    assert faults(page, lists) == []
    make_applied(school)
    profile = make_profile(school, is_nightly=True)
    assert faults(page, [*lists, "/data/imports/?state=undone", f"/data/profiles/{profile.pk}/"]) == []


def test_columns_findings_and_plan_are_accessible(school: Cast, page_as) -> None:
    mapped = Mapping(**READ, indicators={"Algebra": "number"})
    received = make_received(school, mapping=mapping_file.as_json(mapped))
    bad = make_planned(school, GUARDED, found(240, 7, 3))
    addresses = [
        at(received, "columns/"),
        at(bad, "findings/"),
        at(bad, "plan/"),
        at(make_planned(school, GUARDED), "plan/"),
    ]
    page = page_as(school.otto)
    assert faults(page, addresses) == []
    page.goto(at(received, "columns/"))
    page.get_by_role("combobox", name="Algebra is", exact=True).select_option("exam")
    expect(page.get_by_role("textbox", name="Most points")).to_be_visible()
    page.locator("summary", has_text="Decimals").click()
    assert judge_here(page, "the fields of an exam") == []
    page.get_by_role("button", name="Check this file").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert judge_here(page, "columns with faults") == []


def test_every_record_of_a_plan_is_reached_by_keyboard(school: Cast, page_as) -> None:
    batch = make_listed(school)
    added, ended = at(batch, "plan/students/added/"), at(batch, "plan/enrolments/ended/")
    page = page_as(school.otto)
    asked = [f"{added}?page=2", f"{added}?page=9", f"{added}?q=nobody", at(batch, "plan/students/ended/")]
    bad = faults(page, [at(batch, "plan/"), added, ended, *asked])
    assert not bad, "\n".join(bad)
    page.goto(at(batch, "plan/"))
    page.get_by_role("link", name="Students, To add: 60").press("Enter")
    expect(page.get_by_role("heading", name="Students, To add: 60")).to_be_visible()
    page.get_by_role("link", name="More").press("Enter")
    expect(page.get_by_role("rowheader", name="Berg 59")).to_be_visible()
    page.get_by_label("Name or class").fill("berg 41")
    page.keyboard.press("Enter")
    expect(page.get_by_role("rowheader")).to_have_count(1)
    page.get_by_role("link", name="Back to the plan").press("Enter")
    expect(page.get_by_role("heading", name="What this file would do")).to_be_visible()


def test_what_became_of_a_file_is_accessible(school: Cast, page_as) -> None:
    applied, refused = make_applied(school), make_batch(school, State.REFUSED, refusal="The file is empty.")
    batches = [applied, make_undone(school), make_busy(school), make_planned(school, NOTHING), refused]
    addresses = [*(at(batch) for batch in batches), at(applied, "undo/"), at(make_batch(school, State.DISCARDED))]
    assert faults(page_as(school.otto), addresses) == []


def test_nobody_applies_a_guarded_plan_by_one_key(school: Cast, page_as) -> None:
    batch = make_planned(school, GUARDED)
    page = page_as(school.otto, java_script_enabled=False)
    page.goto(at(batch, "plan/"))
    page.get_by_role("button", name="Apply exactly this").press("Enter")
    batch.refresh_from_db()
    assert batch.state == State.PLANNED
    page.get_by_label("Yes, this is meant").press("Space")
    page.get_by_role("button", name="Apply exactly this").press("Enter")
    expect(page.get_by_role("heading", name="The plan is being applied")).to_be_visible()
    expect(page.get_by_role("link", name="See how far it is now")).to_be_visible()


def test_an_office_brings_a_file_in_by_keyboard(school: Cast, page_as, tmp_path: Path) -> None:
    file = tmp_path / "marks.csv"
    file.write_bytes(MARKS)
    page = page_as(school.otto)
    page.goto("/")
    for name in ("Data", "Bring a file in"):
        page.get_by_role("link", name=name, exact=True).first.focus()
        page.keyboard.press("Enter")
    page.get_by_label("Drop a file here").set_input_files(file)
    page.get_by_role("button", name="Upload and look").press("Enter")
    expect(page.get_by_role("heading", name="What each column is")).to_be_visible()
    page.get_by_role("combobox", name="id is", exact=True).select_option("student.external_id")
    page.get_by_role("combobox", name="first is", exact=True).select_option("student.given_name")
    page.get_by_role("combobox", name="last is", exact=True).select_option("student.family_name")
    page.get_by_role("combobox", name="Algebra is", exact=True).select_option("")
    page.get_by_role("button", name="Preview").press("Enter")
    expect(page.get_by_role("cell", name="Okafor", exact=True)).to_be_visible()
    page.get_by_role("button", name="Check this file").press("Enter")
    expect(page.get_by_role("heading", name="The file is being checked")).to_be_visible()
    stop = page.get_by_role("button", name="Stop this")
    stop.press("Enter")
    expect(page.get_by_role("heading", name="What each column is")).to_be_visible()
    assert page.complaints == []


def test_the_page_of_a_check_goes_on_by_itself(school: Cast, page_as) -> None:
    batch = make_busy(school)
    page = page_as(school.otto)
    page.goto(at(batch))
    expect(page.get_by_text("1,200 of 4,800 rows")).to_be_visible()
    ImportBatch.objects.filter(pk=batch.pk).update(state=State.PLANNED, job_id=None)
    expect(page.get_by_role("heading", name="What this file would do")).to_be_visible()
    assert page.complaints == []


def test_a_leader_finds_every_way_in_the_bar_at_1024_pixels(school: Cast, page_as) -> None:
    page = page_as(school.hana, viewport={"width": 1024, "height": 700})
    page.goto("/data/")
    bar = page.get_by_role("navigation", name="Main")
    assert bar.evaluate("each => each.scrollWidth - each.clientWidth") == 0
    expect(bar.get_by_role("link", name="Models")).to_be_in_viewport(ratio=1)
    assert page.evaluate(TOO_WIDE) == 0
