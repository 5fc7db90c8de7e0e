"""Help and notes: what may be planned, who changes it, who reads what, and what is told of it elsewhere."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.audit.models import AuditEvent, Change
from portal.kit.errors import Conflict, DomainError, NotAllowed
from students import support
from students.models import HelpState, Intervention, Note
from students.summaries.owners import owners_for
from students.summaries.support import BoardWish, help_board, help_of, under_way
from students.support import HelpPlan
from tests import make
from tests.asserts import assert_queries
from tests.cast import EVERYONE, Cast
from tests.make import TODAY, timedelta

SOON, LATER = TODAY + timedelta(days=7), TODAY + timedelta(days=30)


def wish(owner: Any, **facts: Any) -> HelpPlan:
    usual = {"kind": "tutoring", "goal": "Fractions without help", "owner": owner, "starts": TODAY, "review_on": LATER}
    return HelpPlan(**(usual | facts))


# --- planning and what follows ------------------------------------------------------------------------------
def test_a_teacher_plans_help_and_it_goes_its_way_over_the_board(school: Cast) -> None:
    planned = support.plan(school.sam, wish(school.ada, starts=SOON), by=school.ada, on=TODAY)
    assert planned.state(TODAY) == HelpState.PLANNED
    support.start(planned, by=school.ada, on=TODAY)
    assert planned.state(TODAY) == HelpState.RUNNING
    assert planned.state(LATER) == HelpState.TO_REVIEW
    support.review(planned, LATER + timedelta(days=20), by=school.ada, on=LATER)
    assert planned.state(LATER) == HelpState.RUNNING
    support.close(planned, "reached", "Came every week.", by=school.ada, on=LATER)
    assert planned.state(LATER) == HelpState.CLOSED
    support.reopen(planned, by=school.ada)
    assert (planned.state(LATER), planned.outcome, planned.went) == (HelpState.RUNNING, "", "Came every week.")
    verbs = list(AuditEvent.objects.filter(target_type="students.Intervention").values_list("verb", flat=True))
    assert sorted(verbs) == sorted(
        ["help planned", "help begun", "help reviewed", "help closed", "help reopened"]
    )  # fmt: skip


def test_the_audit_holds_no_words_and_the_history_all_of_them(school: Cast) -> None:
    note = support.write_note(school.sam, "Sleeps badly.", by=school.cora, at=timezone.now(), is_restricted=True)
    support.correct_note(note, "Sleeps better.", by=school.cora, is_restricted=True)
    told = list(AuditEvent.objects.values_list("facts", flat=True))
    assert "leeps" not in str(told)
    past = Change.objects.filter(model="students.Note", record_id=note.pk).order_by("pk")
    assert [each.after["text"] for each in past] == ["Sleeps badly.", "Sleeps better."]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"goal": "  "}, "goal"),
        ({"goal": "x" * 201}, "goal"),
        ({"goal": "a\x00b"}, "goal"),
        ({"kind": "magic"}, "kind"),
        ({"review_on": TODAY - timedelta(days=1), "starts": TODAY - timedelta(days=5)}, "review_on"),
        ({"starts": LATER, "review_on": SOON}, "review_on"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_and_changes_nothing(school: Cast, facts: Any, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        support.plan(school.sam, wish(school.ada, **facts), by=school.ada, on=TODAY)
    assert refused.value.code == code
    assert not Intervention.objects.exists()


def test_whoever_is_to_help_must_see_the_student(school: Cast) -> None:
    for stranger in (school.tess, school.gus, school.tom, school.nils):
        with pytest.raises(DomainError) as refused:
            support.plan(school.sam, wish(stranger), by=school.hana, on=TODAY)
        assert refused.value.code == "owner"


def test_a_subject_of_another_school_is_refused(school: Cast) -> None:
    with pytest.raises(DomainError, match="another school"):
        support.plan(school.sam, wish(school.ada, subject=school.next_door.subject), by=school.ada, on=TODAY)


def test_families_and_strangers_plan_nothing(school: Cast) -> None:
    for person in (school.gus, school.tess, school.tom, school.nils, school.root):
        with pytest.raises(NotAllowed):
            support.plan(school.sam, wish(school.ada), by=person, on=TODAY)
        with pytest.raises(NotAllowed):
            support.write_note(school.sam, "Hello", by=person, at=timezone.now())


def test_no_help_is_planned_for_who_left(school: Cast) -> None:
    with pytest.raises(Conflict, match="has left"):
        support.plan(school.liv, wish(school.hana), by=school.hana, on=TODAY)


def test_who_may_change_help(school: Cast) -> None:
    """Who does it, who planned it, the student's counsellor, and leaders."""
    make.make_teaching(school.tess, school.maths)
    make.make_member(school.tess, school.lakeside, "teacher")
    each = make.make_help(school.sam, school.ada, created_by=school.otto)
    seen_by = {name for name in EVERYONE if Intervention.objects.visible_to(getattr(school, name)).exists()}
    changed_by = {name for name in EVERYONE if Intervention.objects.editable_by(getattr(school, name)).exists()}
    assert seen_by == {"hana", "otto", "dora", "ada", "cora", "tess"}
    assert changed_by == {"hana", "otto", "dora", "ada", "cora"}
    with pytest.raises(NotAllowed):
        support.close(each, "reached", by=school.tess, on=TODAY)


def test_what_one_owns_is_ones_own_only_as_long_as_one_sees_the_student(school: Cast) -> None:
    make.make_help(school.sam, school.ada)
    make.make_note(school.sam, school.ada, kind="restricted")
    school.ada.teachings.update(ends=make.YESTERDAY)
    for model in (Intervention, Note):
        assert not model.objects.visible_to(school.ada).exists()
        assert not model.objects.editable_by(school.ada).exists()


@pytest.mark.parametrize("person", EVERYONE)
def test_what_may_be_changed_is_part_of_what_is_seen(school: Cast, person: str) -> None:
    user = getattr(school, person)
    for writer in (school.hana, school.otto, school.ada, school.cora, school.tom, school.dora):
        for kind in ("normal", "restricted"):
            make.make_note(school.sam, writer, kind=kind)
            make.make_note(school.zoe, writer, kind=kind)
        make.make_help(school.sam, writer, created_by=school.ada)
        make.make_help(school.mia, school.ada, created_by=writer)
    for model in (Intervention, Note):
        assert set(model.objects.editable_by(user)) <= set(model.objects.visible_to(user)), model.__name__


def test_restricted_notes_are_for_leaders_the_counsellor_and_their_author(school: Cast) -> None:
    by_ada = make.make_note(school.sam, school.ada, kind="restricted")
    by_cora = make.make_note(school.sam, school.cora, kind="restricted")
    plain = make.make_note(school.sam, school.hana)
    read = {name: set(Note.objects.visible_to(getattr(school, name))) for name in EVERYONE}
    assert {name: notes for name, notes in read.items() if notes} == {
        "hana": {by_ada, by_cora, plain},
        "dora": {by_ada, by_cora, plain},
        "cora": {by_ada, by_cora, plain},
        "ada": {by_ada, plain},
        "otto": {plain},
    }


def test_closed_help_is_opened_before_it_is_changed(school: Cast) -> None:
    each = make.make_help(school.sam, school.ada, outcome="partly", closed_on=TODAY)
    for act in (
        lambda: support.change(each, wish(school.ada), by=school.ada),
        lambda: support.close(each, "reached", by=school.ada, on=TODAY),
        lambda: support.review(each, LATER, by=school.ada, on=TODAY),
        lambda: support.start(each, by=school.ada, on=TODAY),
    ):
        with pytest.raises(Conflict):
            act()
    support.reopen(each, by=school.ada)
    with pytest.raises(Conflict):
        support.reopen(each, by=school.ada)


def test_help_that_never_began_can_only_be_stopped(school: Cast) -> None:
    each = make.make_help(school.sam, school.ada, starts=SOON, review_on=LATER)
    with pytest.raises(DomainError, match="has not begun"):
        support.close(each, "reached", by=school.ada, on=TODAY)
    support.close(each, "stopped", by=school.ada, on=TODAY)
    assert each.state(TODAY) == HelpState.CLOSED


def test_two_people_do_not_write_over_each_other(school: Cast) -> None:
    each = make.make_help(school.sam, school.ada)
    other = Intervention.objects.get(pk=each.pk)
    support.review(each, LATER + timedelta(days=3), by=school.ada, on=TODAY)
    with pytest.raises(Conflict) as refused:
        support.close(other, "reached", by=school.cora, on=TODAY)
    assert refused.value.code == "stale"


def test_a_note_is_corrected_by_its_author_and_taken_back_by_a_leader_too(school: Cast) -> None:
    note = make.make_note(school.sam, school.ada)
    with pytest.raises(NotAllowed):
        support.correct_note(note, "Other words", by=school.hana, is_restricted=False)
    with pytest.raises(NotAllowed):
        support.take_back_note(note, by=school.cora)
    support.correct_note(note, "Other words", by=school.ada, is_restricted=True)
    support.take_back_note(note, by=school.hana)
    assert not Note.objects.exists()


def test_a_note_is_about_help_for_the_same_student(school: Cast) -> None:
    other = make.make_help(school.mia, school.ada)
    with pytest.raises(DomainError, match="not for this student"):
        support.write_note(school.sam, "Hello", by=school.ada, at=timezone.now(), about=other)


@pytest.mark.parametrize(
    "facts",
    [
        {"closed_on": TODAY},
        {"outcome": "reached"},
        {"kind": "magic"},
        {"goal": ""},
        {"starts": TODAY, "review_on": make.YESTERDAY},
    ],
)
def test_the_database_keeps_help_whole(school: Cast, facts: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.make_help(school.sam, school.ada, **facts)


# --- what is told -------------------------------------------------------------------------------------------
def _fill(school: Cast, times: int) -> None:
    past = {"starts": TODAY - timedelta(days=40)}
    for number in range(times):
        student = make.make_student(school.lakeside, f"Nr{number} Helped", grade_level=8 + number % 3)
        make.make_enrolment(student, school.maths)
        make.make_help(student, school.ada, starts=SOON, review_on=LATER)
        make.make_help(student, school.ada, kind="family")
        make.make_help(student, school.cora, **past, review_on=TODAY)
        make.make_help(student, school.ada, **past, review_on=SOON, outcome="reached", closed_on=TODAY)


def test_the_board_has_four_columns_and_as_many_queries_for_many_as_for_few(school: Cast) -> None:
    _fill(school, 3)
    with assert_queries(9):  # two of them read the person's roles
        board = help_board(school.lakeside, user=school.hana, on=TODAY)
    assert [(each.state.value, each.count) for each in board.columns] == [
        ("planned", 3), ("running", 3), ("to_review", 3), ("closed", 3),
    ]  # fmt: skip
    _fill(school, 25)
    with assert_queries(9):  # two of them read the person's roles
        board = help_board(school.lakeside, user=school.hana, on=TODAY)
        assert all(card.intervention.student.name and card.what for each in board.columns for card in each.cards)
    assert [each.more for each in board.columns] == [8, 8, 8, 8]


def test_the_board_is_narrowed(school: Cast) -> None:
    _fill(school, 3)
    for narrowed, count in (
        (BoardWish(kind="family"), 3),
        (BoardWish(owner=school.cora.pk), 3),
        (BoardWish(grade=8), 4),
        (BoardWish(mine=True), 0),
    ):
        assert help_board(school.lakeside, user=school.hana, on=TODAY, filters=narrowed).count == count
    assert help_board(school.lakeside, user=school.cora, on=TODAY).count == 0  # none of them is on her caseload
    assert help_board(school.hillside, user=school.hana, on=TODAY).count == 0


def test_help_and_notes_of_a_student_stand_on_one_line_of_time(school: Cast) -> None:
    first = make.make_help(school.sam, school.ada, starts=TODAY - timedelta(days=30))
    note = make.make_note(school.sam, school.cora, kind="restricted")
    then = make.make_help(school.sam, school.ada, starts=SOON, review_on=LATER)
    with assert_queries(7):  # four of them read the person's roles, which a request does once
        told = help_of(school.sam, user=school.cora, on=TODAY)
    assert [each.pk for each in told.in_time_order] == [first.pk, note.pk, then.pk]
    assert [each.pk for each in told.open] == [then.pk, first.pk]
    assert help_of(school.sam, user=school.ada, on=TODAY).notes == ()
    family = help_of(school.sam, user=school.gus, on=TODAY)
    assert (family.interventions, family.notes) == ((), ())


def test_what_is_under_way_is_told_in_few_words_and_one_query(school: Cast) -> None:
    make.make_help(school.sam, school.ada, review_on=TODAY + timedelta(days=5))
    make.make_help(school.sam, school.ada, starts=SOON, review_on=LATER, kind="family")
    make.make_help(school.mia, school.ada, starts=TODAY - timedelta(days=9), review_on=TODAY)
    make.make_help(school.zoe, school.hana)
    make.make_help(school.liv, school.hana, outcome="stopped", closed_on=TODAY)
    with assert_queries(2):  # one for the roles of the person, which a request reads once
        told = under_way([school.sam, school.mia, school.zoe.pk, school.liv], user=school.ada, on=TODAY)
    day = TODAY + timedelta(days=5)
    assert told == {
        school.sam.pk: f"tutoring until {day.day} {day:%B}, and 1 more",
        school.mia.pk: "tutoring, to review",
    }
    assert under_way([], user=school.ada, on=TODAY) == {}
    assert under_way([school.sam], user=school.gus, on=TODAY) == {}


def test_who_may_be_asked_to_help(school: Cast) -> None:
    names = {each.name for each in owners_for(school.sam, on=TODAY)}
    assert names == {school.ada.name, school.cora.name, school.hana.name}
    with assert_queries(2):
        owners_for(school.sam, on=TODAY, also=(school.otto.pk,))
