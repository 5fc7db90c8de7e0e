"""A bundle of which every fact is known, through all the rooms: the records say exactly that, once, and undoing leaves nothing."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from students.importing import batches, told
from students.importing.told import PlanTold
from students.models import ImportBatch
from tests.students.importing.bundles import Bundle, make_bundle, vary
from tests.students.importing.bundles_facts import Facts, counted, on_record, told_by
from tests.students.importing.bundles_sent import Office, new_office

pytestmark = pytest.mark.django_db
SETTINGS = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
TABLES = ("students", "classes", "enrolments", "teachings", "exams", "sittings", "results")


@st.composite
def sizes(draw: st.DrawFn) -> dict[str, int]:
    return {
        "students": draw(st.integers(6, 20)),
        "classes_each": draw(st.integers(1, 3)),
        "class_size": draw(st.integers(2, 9)),
        "items_each": draw(st.integers(0, 3)),
        "seed": draw(st.integers(0, 10**6)),
    }


def bundle_of(office: Office, drawn: dict[str, int]) -> Bundle:
    on = office.school.today()
    return vary(make_bundle(**drawn, on=on), random.Random(drawn["seed"]), on=on)


def planned(batch: ImportBatch) -> PlanTold:
    assert told.read_findings(batch.findings).errors == 0
    return told.read_plan(batch.plan)


def added(plan: PlanTold) -> dict[str, int]:
    return {table.table: table.added for table in plan.tables if table.table in TABLES and table.read}


def sizes_of(facts: Facts) -> dict[str, int]:
    return {name: len(facts[name]) for name in TABLES if facts[name]}


@SETTINGS
@given(sizes())
def test_the_records_say_what_the_bundle_knows_and_nothing_after_it_is_undone(drawn: dict[str, int]) -> None:
    with new_office() as office:
        bundle = bundle_of(office, drawn)
        before = counted()
        batch = office.plan(bundle)
        assert counted() == before, "a plan changes nothing"
        assert added(planned(batch)) == sizes_of(told_by(bundle))
        office.apply(batch)
        assert on_record(office.school) == told_by(bundle)
        again = office.plan(bundle)
        assert planned(again).does == 0
        assert batches.may_apply(again) == ["There is nothing to do: the records say all of this already."]
        office.undo(batch)
        assert counted() == before
        assert told.read_plan(batch.plan).total("changed") == 0


@SETTINGS
@given(sizes(), sizes())
def test_the_bundle_of_another_year_changes_what_it_says_otherwise(
    drawn: dict[str, int], later: dict[str, int]
) -> None:
    """Students of the same ids under other names, in the same classes, with other marks."""
    with new_office() as office:
        first, second = bundle_of(office, drawn), bundle_of(office, {**drawn, "seed": later["seed"]})
        office.apply(office.plan(first))
        before, records = counted(), on_record(office.school)
        batch = office.plan(second)
        if not planned(batch).does:
            assert told_by(first) == told_by(second)
            return
        office.apply(batch)
        kept = kept_birthdays(told_by(first), told_by(second))
        assert on_record(office.school) == {**told_by(second), "students": kept}
        office.undo(batch)
        assert (counted(), on_record(office.school)) == (before, records)


def kept_birthdays(first: Facts, second: Facts) -> set[tuple[object, ...]]:
    """An empty cell clears nothing: a day of birth that only the first bundle says stays."""
    known = {student[0]: student[-1] for student in first["students"]}
    return {(*student[:-1], student[-1] or known[student[0]]) for student in second["students"]}
