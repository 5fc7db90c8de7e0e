"""A plan is written exactly as it stands: every table, every kind of change, with its history and nothing beside it."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

from portal.accounts.models import User
from portal.audit import history
from portal.audit.models import Change
from students.importing.incoming import Table
from students.models import (
    AttendanceMark,
    Demographics,
    Enrolment,
    Exam,
    Guardianship,
    Indicator,
    Membership,
    Observation,
    Result,
    SchoolClass,
    Sitting,
    Student,
    Subject,
    Teaching,
    Term,
)
from tests import make
from tests.cast import Cast
from tests.students.importing.plans_made import SOURCE, Draft, stand

TODAY = make.TODAY


def whole(school: Cast) -> Draft:
    """One or two new records in every table, each pointing to new ones."""
    draft = Draft(school.lakeside)
    days = {"starts": date(2030, 9, 1), "ends": date(2031, 7, 20)}
    draft.add(
        Table.TERMS,
        {"name": "2030", "kind": "year", "parent_id": None, "external_id": "t1", **days},
        {"name": "Autumn 2030", "kind": "term", "parent_id": -1, "external_id": "t2", **days},
    )
    draft.add(Table.SUBJECTS, {"code": "BIO", "name": "Biology", "external_id": "s1"})
    classes = {"subject_id": -1, "term_id": -2}
    draft.add(
        Table.CLASSES,
        {"name": "Biology 9B", **classes, "grade_level": 9, "is_home_class": True},
        {"name": "Biology club", **classes, "grade_level": -1, "is_home_class": False},
    )
    draft.add(Table.PEOPLE, {"email": "Noa.New@Lakeside.example", "name": "Noa Çelik"})
    draft.add(Table.MEMBERSHIPS, {"user_id": -1, "role": "teacher", "starts": TODAY, "ends": None})
    names = {"preferred_name": "", "status": "enrolled", "starts": TODAY, "grade_level": 9}
    draft.add(
        Table.STUDENTS,
        {"given_name": "Zoë", "family_name": "Đorđević", "birth_date": date(2011, 2, 3), "external_id": "1", **names},
        {"given_name": "Ben", "family_name": "Ng", "birth_date": None, "external_id": "2", **names},
    )
    draft.add(Table.DEMOGRAPHICS, {"student_id": -1, "gender": "female"})
    draft.add(
        Table.GUARDIANSHIPS, {"student_id": -1, "guardian_id": school.gus.pk, "relation": "carer", "starts": TODAY}
    )
    draft.add(
        Table.ENROLMENTS,
        {"student_id": -1, "school_class_id": -1, "starts": TODAY, "ends": None},
        {"student_id": school.sam.pk, "school_class_id": -2, "starts": TODAY, "ends": None},
    )
    draft.add(Table.TEACHINGS, {"teacher_id": -1, "school_class_id": -1, "starts": TODAY, "is_lead": False})
    exam = {"subject_id": -1, "term_id": -2, "kind": "test", "is_target": False, "weight": 1.5}
    draft.add(Table.EXAMS, {"title": "Cells", "day": TODAY - timedelta(days=3), "maximum": 20000.0, **exam})
    draft.add(Table.SITTINGS, {"exam_id": -1, "school_class_id": -1})
    draft.add(
        Table.RESULTS,
        {"exam_id": -1, "student_id": -1, "status": "scored", "score": 12345.25, "known_on": TODAY},
        {"exam_id": -1, "student_id": -2, "status": "not_submitted", "score": None, "known_on": None},
    )
    mark = {"school_class_id": -1, "day": TODAY - timedelta(days=2)}
    draft.add(Table.ATTENDANCE, {"student_id": -1, "status": "L", **mark}, {"student_id": -2, "status": "P", **mark})
    draft.add(Table.INDICATORS, {"code": "hours", "name": "Hours", "kind": "number", "is_protected": False})
    draft.add(Table.OBSERVATIONS, {"student_id": -2, "indicator_id": -1, "day": TODAY, "number": 3.125, "category": ""})
    return draft


def test_a_whole_new_school_year_comes_in_with_everything_that_hangs_together(school: Cast) -> None:
    written = whole(school).write(school.otto)
    term = Term.objects.get(name="Autumn 2030")
    assert (term.parent.name, term.source, term.external_id, term.origin) == ("2030", SOURCE, "t2", "import")
    nines, club = SchoolClass.objects.filter(subject__code="BIO", term=term).order_by("name")
    assert (nines.is_home_class, nines.grade_level, club.grade_level) == (True, 9, None)
    zoe = Student.objects.named("dordevic").get()
    assert (zoe.birth_date, zoe.status, zoe.version, zoe.school) == (date(2011, 2, 3), "enrolled", 1, school.lakeside)
    assert Demographics.objects.get(student=zoe).gender == "female"
    assert Guardianship.objects.get(student=zoe).guardian == school.gus
    assert Enrolment.objects.get(student=zoe).school_class == nines
    assert Enrolment.objects.get(student=school.sam, school_class=club).ends is None
    exam = Exam.objects.get(title="Cells")
    assert (exam.maximum, exam.weight, exam.subject, exam.term) == (Decimal(20000), Decimal("1.5"), nines.subject, term)
    assert Sitting.objects.get(exam=exam).school_class == nines
    scored, missing = Result.objects.filter(exam=exam).order_by("student_id")
    assert (scored.score, scored.known_on, scored.recorded_by) == (Decimal("12345.25"), TODAY, None)
    assert (missing.score, missing.status, missing.known_on) == (None, "not_submitted", None)
    late = AttendanceMark.objects.get(student=zoe)
    assert (late.status, late.known_on) == ("L", late.day)
    value = Observation.objects.get(indicator__code="hours")
    assert (value.number, value.known_on, value.student.family_name) == (Decimal("3.125"), TODAY, "Ng")
    assert Indicator.objects.get(code="hours").categories == []
    assert written.counts["students"] == {"added": 2}
    assert written.students == {zoe.pk, value.student_id, school.sam.pk}
    assert written.kinds == {"roster", "marks", "attendance", "observations"}


def test_what_is_searched_by_name_is_found_by_name(school: Cast) -> None:
    whole(school).write(school.otto)
    assert Student.objects.named("zoe dordevic").count() == 1
    assert User.objects.get(email="noa.new@lakeside.example").search_name == " noa celik noa new"
    assert SchoolClass.objects.get(name="Biology club").search_name == " biology club"
    assert Exam.objects.get(title="Cells").search_name == " cells"


def test_nobody_can_sign_in_with_an_account_that_an_import_made(school: Cast) -> None:
    whole(school).write(school.otto)
    noa = User.objects.get(email="noa.new@lakeside.example")
    assert not noa.has_usable_password()
    assert (noa.emailaddress_set.count(), noa.is_superuser, noa.is_active, noa.preferences) == (0, False, True, {})
    assert Teaching.objects.get(teacher=noa).is_lead is False
    assert Membership.objects.get(user=noa).role == "teacher"


def test_every_new_record_has_a_line_in_the_history_under_the_name_of_who_applied_it(school: Cast) -> None:
    before, mark = stand(), uuid4()
    whole(school).write(school.otto, mark)
    after = stand()
    new = {(label, key) for label, rows in after.items() for key in rows if key not in before[label]}
    changes = Change.objects.filter(batch=mark, kind="added", actor=school.otto, school_id=school.lakeside.pk)
    assert {(each.model, each.record_id) for each in changes} == new
    assert Change.objects.filter(batch=mark).count() == len(new)
    ben = Student.objects.get(family_name="Ng")
    assert history.history_of(ben).get().after == history.facts_of(ben)
    assert {each.student_id for each in changes if each.model == "students.Result"} == {
        each.student_id for each in Result.objects.filter(exam__title="Cells")
    }


def test_what_a_plan_does_not_name_stays_as_it_is(school: Cast) -> None:
    before = stand()
    whole(school).write(school.otto)
    after = stand()
    assert all(after[label][key] == row for label, rows in before.items() for key, row in rows.items())


def test_only_the_fields_that_differ_are_changed_and_names_are_found_under_their_new_form(school: Cast) -> None:
    mark = uuid4()
    draft = Draft(school.lakeside).change(
        Table.STUDENTS,
        [school.sam, school.mia, school.zoe],
        given_name=["Sám", "Mia", "Zoe"],
        grade_level=[9, 10, 11],
        birth_date=[date(2010, 1, 2), None, None],
    )
    written = draft.write(school.otto, mark)
    sam, mia = (Student.objects.get(pk=each.pk) for each in (school.sam, school.mia))
    assert (sam.given_name, sam.grade_level, sam.birth_date, sam.version) == ("Sám", 9, date(2010, 1, 2), 2)
    assert Student.objects.named("sam okafor").get() == sam
    assert sam.search_name == " sam okafor"
    assert (mia.grade_level, mia.origin) == (10, "hand")
    change = Change.objects.get(batch=mark, record_id=sam.pk)
    assert change.before == {"given_name": "Sam", "birth_date": None}
    assert change.after == {"given_name": "Sám", "birth_date": "2010-01-02"}
    assert Change.objects.get(batch=mark, record_id=mia.pk).after == {"grade_level": 10}
    assert written.counts == {"students": {"changed": 3}}


def test_an_enrolment_ends_on_its_day_and_another_one_begins(school: Cast) -> None:
    old = Enrolment.objects.get(student=school.sam)
    draft = Draft(school.lakeside).end(Table.ENROLMENTS, [old], ends=[make.YESTERDAY])
    draft.add(
        Table.ENROLMENTS,
        {"student_id": school.sam.pk, "school_class_id": school.maths.pk, "starts": TODAY, "ends": None},
    )
    written = draft.write(school.otto)
    assert [(each.starts, each.ends) for each in Enrolment.objects.filter(student=school.sam).order_by("starts")] == [
        (old.starts, make.YESTERDAY),
        (TODAY, None),
    ]
    assert written.counts == {"enrolments": {"ended": 1, "added": 1}}


def test_removed_marks_stand_in_the_history_as_they_were(school: Cast) -> None:
    mark = uuid4()
    result, roll = Result.objects.get(student=school.sam), AttendanceMark.objects.get(student=school.sam)
    facts = history.facts_of(result)
    draft = Draft(school.lakeside).remove(Table.RESULTS, result).remove(Table.ATTENDANCE, roll)
    written = draft.write(school.otto, mark)
    assert not Result.objects.filter(pk=result.pk).exists()
    change = Change.objects.get(batch=mark, model="students.Result")
    assert (change.kind, change.before, change.after, change.student_id) == ("removed", facts, {}, school.sam.pk)
    assert written.kinds == {"marks", "attendance"}


def test_the_history_of_a_cell_shows_the_import(school: Cast) -> None:
    result = Result.objects.get(student=school.sam)
    Draft(school.lakeside).change(Table.RESULTS, [result], score=[40.5]).write(school.otto)
    newest = history.history_of(result).first()
    assert (newest.before, newest.after, newest.actor) == ({"score": "31.00"}, {"score": "40.50"}, school.otto)


def test_the_clock_applies_under_nobodys_name(school: Cast) -> None:
    mark = uuid4()
    whole(school).write(None, mark)
    assert set(Change.objects.filter(batch=mark).values_list("actor", flat=True)) == {None}


def test_an_empty_plan_writes_nothing(school: Cast) -> None:
    before = stand()
    written = Draft(school.lakeside).add(Table.STUDENTS).write(school.otto)
    assert (stand(), written.students, written.counts) == (before, frozenset(), {})
    assert not Change.objects.exists()


def test_a_record_saved_by_hand_afterwards_gets_a_key_of_its_own(school: Cast) -> None:
    whole(school).write(school.otto)
    newest = Subject.objects.latest("pk").pk
    assert make.make_subject(school.lakeside, "Chess").pk > newest
