"""What a record was before: one line per edit, readable by record, by school and by batch, never overwritten in silence."""

from datetime import timedelta
from uuid import uuid4

import pytest

from portal.audit import history
from portal.audit.models import Change, Unchangeable
from portal.kit.errors import Conflict
from students import staffing
from students.models import Student
from tests import make
from tests.cast import Cast


def test_an_edit_tells_only_the_fields_that_changed(school: Cast) -> None:
    school.sam.grade_level = 10
    assert history.save(school.sam, by=school.otto)
    change = history.history_of(school.sam)[0]
    assert (change.before, change.after) == ({"grade_level": 9}, {"grade_level": 10})
    assert (change.actor, change.school_id, change.student_id) == (school.otto, school.lakeside.pk, school.sam.pk)


def test_saving_without_a_change_leaves_no_line(school: Cast) -> None:
    assert not history.save(school.sam, by=school.otto)
    assert not Change.objects.exists()


def test_two_people_never_overwrite_each_other_in_silence(school: Cast) -> None:
    hers, his = (Student.objects.get(pk=school.sam.pk) for _ in range(2))
    hers.grade_level, his.grade_level = 10, 11
    history.save(hers, by=school.hana)
    with pytest.raises(Conflict, match="Somebody else changed this"):
        history.save(his, by=school.otto)
    assert Student.objects.get(pk=school.sam.pk).grade_level == 10


def test_who_teaches_and_looks_after_whom_stands_in_the_feed_of_the_school(school: Cast) -> None:
    tomorrow = make.TODAY + timedelta(days=1)
    staffing.assign(school.ada, school.art, by=school.otto, starts=tomorrow)
    staffing.look_after(school.mia, school.cora, by=school.otto, starts=tomorrow)
    staffing.name_guardian(school.mia, school.gus, by=school.otto, starts=tomorrow)
    feed = Change.objects.filter(school_id=school.lakeside.pk).values_list("model", flat=True)
    assert {"students.Teaching", "students.Caseload", "students.Guardianship"} <= set(feed)
    assert not Change.objects.filter(school_id=None).exists()


def test_what_a_bulk_writer_did_is_found_by_its_batch(school: Cast) -> None:
    batch = uuid4()
    history.note_added([school.sam, school.mia], by=school.otto, batch=batch)
    history.note_changed([(school.sam, {"grade_level": 8})], by=school.otto, batch=batch)
    assert Change.objects.filter(batch=batch).count() == 3
    assert history.history_of(school.sam)[0].after == {"grade_level": 9}


def test_what_was_removed_can_be_read_afterwards(school: Cast) -> None:
    key = school.test.results.get(student=school.sam).pk
    history.remove(school.test.results.get(student=school.sam), by=school.otto, school_id=school.lakeside.pk)
    change = Change.objects.get(record_id=key, model="students.Result")
    assert (change.kind, change.before["score"]) == (Change.Kind.REMOVED, "31.00")


def test_history_cannot_be_rewritten(school: Cast) -> None:
    school.sam.grade_level = 10
    history.save(school.sam, by=school.otto)
    change = Change.objects.get()
    change.after = {}
    for attempt in (change.save, change.delete, Change.objects.all().delete, lambda: Change.objects.update(after={})):
        with pytest.raises(Unchangeable):
            attempt()
