"""Faults at known lines: each is told at its line, nothing else is but what hangs on it, and without those rows all the rest is applied."""

import csv
import random
from io import TextIOWrapper

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from portal.accounts.models import User
from students.importing import batches, told
from students.models import ImportBatch
from tests import make
from tests.students.importing.bundles import make_bundle, vary
from tests.students.importing.bundles_facts import counted, on_record, told_by
from tests.students.importing.bundles_seeded import KINDS, Line, Seeded
from tests.students.importing.bundles_sent import new_office

pytestmark = pytest.mark.django_db
# An example takes a second: what fails is told as it was drawn, and not made smaller for minutes.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
SETTINGS = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)


def errors_of(batch: ImportBatch, by: User) -> dict[Line, str]:
    """From the file of findings, which holds all of them; of each line one code."""
    with batches.opened_findings(batch, by=by) as file:
        rows = list(csv.reader(TextIOWrapper(file, "utf-8-sig")))[1:]
    found = [((row[1].removesuffix(".csv"), int(row[2])), row[6]) for row in rows if row[0] == "error"]
    assert len(dict(found)) == len(found), "no line is told twice"
    return dict(found)


def seeded(kinds: list[str], drawn: random.Random) -> Seeded:
    bundle = make_bundle(drawn.randint(8, 16), class_size=6, items_each=2, seed=drawn.random(), on=make.TODAY)
    made = Seeded(vary(bundle, drawn, on=make.TODAY))
    for kind in kinds:
        made.seed(kind, drawn)
    return made


@SETTINGS
@given(st.lists(st.sampled_from(KINDS), min_size=1, max_size=8), st.integers(0, 10**6))
def test_every_fault_is_told_at_its_line_and_the_rest_is_applied_without_it(kinds: list[str], seed: int) -> None:
    check(seeded(kinds, random.Random(seed)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_of_each_kind(kind: str) -> None:
    for seed in range(3):
        check(seeded([kind], random.Random(seed)))


def check(made: Seeded) -> None:
    with new_office() as office:
        before = counted()
        batch = office.plan(made.bundle)
        assert errors_of(batch, office.otto) == made.told
        assert batches.may_apply(batch)
        assert counted() == before
        batch = office.plan(made.bundle, set_aside=True)
        assert told.read_findings(batch.findings).rows_set_aside == len(made.told)
        office.apply(batch)
        assert on_record(office.school) == told_by(made.rest)
        again = office.plan(made.bundle, set_aside=True)
        assert told.read_plan(again.plan).does == 0
        office.undo(batch)
        assert counted() == before
