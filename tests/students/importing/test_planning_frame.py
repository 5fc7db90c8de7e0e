"""Terms, subjects, classes, exams and who is in them, held against those of a school."""

from datetime import timedelta

from students.importing.incoming import Table
from students.models import Enrolment, Exam, SchoolClass, Sitting, Subject, Term
from tests import make
from tests.students.importing.incoming_made import codes, made, planned


def step_of(incoming, school, table, **options):
    plan, findings = planned(incoming, school.lakeside, make.TODAY, **options)
    return plan.steps[table], findings


def frame(school, **more):
    """The maths class as a file without ids names it."""
    tables = {
        "terms": [{"id": "t", "name": school.maths.term.name}],
        "subjects": [{"id": "s", "name": school.maths.subject.name}],
        "classes": [{"id": "c", "name": school.maths.name.upper(), "subject": "s", "term": "t"}],
    }
    return made(**{**tables, **more})


def test_the_classes_of_a_file_without_ids_are_found_by_their_names(school):
    for table in (Table.TERMS, Table.SUBJECTS, Table.CLASSES):
        step, findings = step_of(frame(school), school, table)
        assert (step.unchanged, len(step.added), len(findings)) == (1, 0, 0)


def test_a_year_that_a_sheet_only_implies_is_the_schools_own(school):
    year = {"id": "year:1", "name": "2026", "starts": make.TODAY - timedelta(days=90), "ends": make.TODAY}
    step, findings = step_of(made(terms=[year]), school, Table.TERMS)
    assert (len(step.added), len(step.changed), len(findings)) == (0, 0, 0)
    long_ago = {**year, "starts": make.TODAY - timedelta(days=2000), "ends": make.TODAY - timedelta(days=1700)}
    step, findings = step_of(made(terms=[long_ago]), school, Table.TERMS)
    assert step.added.columns["kind"].tolist() == ["year"]


def test_a_term_of_the_same_name_on_other_days_is_not_moved_silently(school):
    days = {"starts": make.TODAY + timedelta(days=900), "ends": make.TODAY + timedelta(days=990)}
    _step, findings = step_of(made(terms=[{"name": school.maths.term.name, **days}]), school, Table.TERMS)
    assert codes(findings) == ["term_other_days"]


def test_terms_hang_on_each_other_and_fall_together(school):
    day = {"starts": make.TODAY, "ends": make.TODAY + timedelta(days=300)}
    rows = [
        {"external_id": "p", "name": "Period", "kind": "period", "parent": "t", **day},
        {"external_id": "t", "name": "Term", "kind": "term", "parent": "y", **day},
        {"external_id": "y", "name": "Year", "kind": "year", **day},
    ]
    step, findings = step_of(made(terms=rows), school, Table.TERMS)
    assert step.added.columns["parent_id"].tolist()[:2] == [-2, -3]
    rows[2] |= {"ends": make.TODAY - timedelta(days=1)}
    step, findings = step_of(made(terms=rows), school, Table.TERMS)
    assert codes(findings) == ["days_in_order", "hangs_on_refused", "hangs_on_refused"]
    assert len(step.added) == 0


def test_a_reference_to_nothing_and_one_to_a_refused_row_are_told_apart(school):
    incoming = frame(school)
    incoming.refused[Table.SUBJECTS] = {"lost"}
    from tests.students.importing.incoming_made import add

    rows = [{"name": "A", "subject": "lost", "term": "t"}, {"name": "B", "subject": "never", "term": "t"}]
    add(incoming, Table.CLASSES, [{"id": f"n{place}", **row} for place, row in enumerate(rows)])
    _step, findings = step_of(incoming, school, Table.CLASSES)
    assert codes(findings) == ["hangs_on_refused", "unknown_reference"]


def test_codes_of_new_subjects_are_their_own(school):
    Subject.objects.create(school=school.lakeside, code="PHYSICS", name="Natural philosophy")
    rows = [{"name": "Physics"}, {"name": "Fysik å la carte, long name indeed"}]
    step, findings = step_of(made(subjects=rows), school, Table.SUBJECTS)
    made_codes = step.added.columns["code"].tolist()
    assert not len(findings)
    assert made_codes[0] == "PHYSICS-2"
    assert all(len(code) <= 20 for code in made_codes)


def test_a_changed_name_must_not_be_another_classes(school):
    SchoolClass.objects.update(source="registrar", origin="import")
    SchoolClass.objects.filter(pk=school.maths.pk).update(external_id="c")
    make.make_class(school.lakeside, "Mathematics 9C", subject=school.maths.subject)
    _step, findings = step_of(made(classes=[{"external_id": "c", "name": "Mathematics 9C"}]), school, Table.CLASSES)
    assert codes(findings) == ["taken"]


def test_only_named_records_must_be_there(school):
    SchoolClass.objects.filter(pk=school.maths.pk).update(source="registrar", external_id="c")
    rows = [{"external_id": "c", "must_exist": 1}, {"external_id": "gone", "must_exist": 1}]
    step, findings = step_of(made(classes=rows), school, Table.CLASSES)
    assert codes(findings) == ["unknown_record"]
    assert (step.read, step.unchanged) == (0, 0)


def test_too_long_words_and_missing_ones_are_errors_with_their_columns(school):
    rows = [{"name": "x" * 81, "subject": "s", "term": "t"}, {"name": "", "subject": "s", "term": ""}]
    incoming = frame(school, classes=[{"id": f"n{place}", **row} for place, row in enumerate(rows)])
    _step, findings = step_of(incoming, school, Table.CLASSES)
    assert {(each.code, each.line, each.column) for each in findings.shown["error"]} == {
        ("too_long", 2, "name"), ("missing", 3, "name"), ("missing", 3, "term"),
    }  # fmt: skip


def test_an_enrolment_without_days_is_the_one_that_is_there(school):
    students = [{"id": "7", "given_name": "Sam", "family_name": "Okafor"}, {"id": "n", "given_name": "New"}]
    rows = [{"student": "7", "school_class": "c"}, {"student": "n", "school_class": "c"}]
    step, findings = step_of(frame(school, students=students, enrolments=rows), school, Table.ENROLMENTS)
    assert (step.unchanged, codes(findings), codes(findings, "note")) == (1, [], ["new_name"])
    assert step.added.columns["starts"].astype("datetime64[D]").tolist() == [make.TODAY]


def test_the_same_student_twice_in_a_class_on_the_same_days_is_an_error(school):
    students = [{"id": "n", "given_name": "New"}]
    rows = [{"external_id": f"e{each}", "student": "n", "school_class": "c"} for each in range(2)]
    step, findings = step_of(frame(school, students=students, enrolments=rows), school, Table.ENROLMENTS)
    assert (len(step.added), codes(findings)) == (1, ["same_record"])


def test_a_last_day_that_a_complete_list_does_not_say_any_more_is_open_again(school):
    Enrolment.objects.filter(student=school.sam).update(
        origin="import", source="registrar", external_id="e", ends=make.TODAY
    )
    students = [{"id": "7", "given_name": "Sam", "family_name": "Okafor"}]
    row = {"external_id": "e", "student": "7", "school_class": "c", "ends": None}
    step, _findings = step_of(frame(school, students=students, enrolments=[row]), school, Table.ENROLMENTS)
    assert step.changed.keys.tolist() == [school.sam.enrolments.get().pk]
    assert str(step.changed.after["ends"][0]) == "NaT"
    del row["ends"]
    step, _findings = step_of(frame(school, students=students, enrolments=[row]), school, Table.ENROLMENTS)
    assert (len(step.changed), step.unchanged) == (0, 1)


def test_an_enrolment_that_begins_after_today_ends_where_it_begins_and_only_once(school):
    ahead = make.TODAY + timedelta(days=5)
    Enrolment.objects.filter(student=school.mia).update(origin="import", source="registrar", starts=ahead)
    incoming = frame(school, complete=(Table.ENROLMENTS,), enrolments=[])
    step, _findings = step_of(incoming, school, Table.ENROLMENTS)
    assert step.ended.after["ends"].astype("datetime64[D]").tolist() == [ahead]
    Enrolment.objects.filter(student=school.mia).update(ends=ahead)
    step, _findings = step_of(frame(school, complete=(Table.ENROLMENTS,)), school, Table.ENROLMENTS)
    assert len(step.ended) == 0


def test_who_came_from_elsewhere_is_not_ended_nor_is_anybody_by_a_partial_list(school):
    Enrolment.objects.filter(student=school.mia).update(origin="import", source="another")
    step, _findings = step_of(frame(school, complete=(Table.ENROLMENTS,)), school, Table.ENROLMENTS)
    assert len(step.ended) == 0
    Enrolment.objects.filter(student=school.mia).update(source="registrar")
    step, _findings = step_of(frame(school), school, Table.ENROLMENTS)
    assert len(step.ended) == 0


def test_an_empty_complete_list_asks_for_a_yes(school):
    Enrolment.objects.filter(student=school.mia).update(origin="import", source="registrar")
    plan, _findings = planned(frame(school, complete=(Table.ENROLMENTS,)), school.lakeside, make.TODAY)
    assert "empty_file" in [guard.code for guard in plan.told.guards]


def test_half_a_class_of_five_asks_for_a_yes_and_is_named(school):
    for number in range(8):
        student = make.make_student(school.lakeside, f"Pupil{number} Ten")
        make.make_enrolment(student, school.art, origin="import", source="registrar")
    plan, _findings = planned(made(complete=(Table.ENROLMENTS,)), school.lakeside, make.TODAY)
    sentences = {guard.code: guard.sentence for guard in plan.told.guards}
    assert "Art 9B (8 of 9)" in sentences["class_halved"]
    (told,) = plan.told.classes
    assert (told.key, told.now, told.ended, told.after) == (school.art.pk, 9, 8, 1)


def test_an_exam_without_a_term_belongs_to_the_term_of_its_day(school):
    period = make.make_term(
        school.lakeside, kind=Term.Kind.PERIOD, starts=make.YESTERDAY, ends=make.TODAY + timedelta(days=9)
    )
    rows = [
        {"id": "a", "title": "Quick test", "subject": "s", "day": make.TODAY, "kind": "quiz"},
        {"id": "b", "title": "Nowhere", "subject": "s", "day": make.TODAY + timedelta(days=4000)},
        {"id": "c", "title": "Outside", "subject": "s", "day": make.TODAY - timedelta(days=200), "term": "t"},
        {"id": "d", "title": "Free", "subject": "s", "day": make.TODAY, "maximum": 0},
    ]
    step, findings = step_of(frame(school, exams=rows), school, Table.EXAMS)
    assert step.added.columns["term_id"].tolist() == [period.pk, school.maths.term.pk]
    assert (codes(findings), codes(findings, "note")) == (["maximum", "missing"], ["outside_term"])


def test_exams_and_sittings_that_are_there_stay_as_they_are(school):
    Exam.objects.update(origin="import")
    rows = [{"id": "x", "title": "Algebra test", "subject": "s", "day": school.test.day, "maximum": 60}]
    incoming = frame(school, exams=rows, sittings=[{"exam": "x", "school_class": "c"}])
    plan, _findings = planned(incoming, school.lakeside, make.TODAY)
    assert plan.steps[Table.EXAMS].changed.after["maximum"].tolist() == [60.0]
    assert plan.steps[Table.SITTINGS].unchanged == Sitting.objects.filter(exam=school.test).count()


def test_a_class_that_is_only_named_and_not_there_is_told_by_its_name(school):
    subjects = [{"id": "s", "name": school.maths.subject.name}]
    terms = [{"id": "t", "name": school.maths.term.name, "must_exist": 1}]
    classes = [{"id": "c", "name": "Nowhere 9", "subject": "s", "term": "t", "must_exist": 1}]
    incoming = made(subjects=subjects, terms=terms, classes=classes)
    incoming.heads[Table.CLASSES] = {"name": "Klasse"}
    _plan, findings = planned(incoming, school.lakeside, make.TODAY)
    (told,) = findings.shown["error"]
    assert (told.column, told.value) == ("Klasse", "Nowhere 9")
    assert "no class of this name" in told.expected
