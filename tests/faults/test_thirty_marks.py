"""A teacher enters thirty marks: real workers score those students, once, and within a minute it can be seen."""

import time
from collections import defaultdict
from datetime import date
from itertools import product

import pytest
from django.utils import timezone

from portal.accounts.models import User
from portal.jobs.models import JobState
from predictions.models import CurrentPrediction, ScoringCause, ScoringRun
from students.gradebook import marks
from students.gradebook.outcomes import Cell, State
from students.marksheet import token
from students.models import Exam, Result, School, SchoolClass, Teaching
from tests.demo import make_demo, make_demo_version
from tests.faults.moments import dies_at
from tests.faults.predicting import order_whole_school
from tests.workers import Worker, wait_for, wait_for_state

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("workers")]


def cells_of(school_class: SchoolClass, day: date) -> list[Cell]:
    """Every mark of the class so far, each another one than before."""
    exams = Exam.objects.filter(sittings__school_class=school_class, sittings__locked_at=None, day__lt=day)
    students = list(school_class.enrolments.active(day).values_list("student_id", flat=True))
    there = {(each.exam_id, each.student_id): each for each in Result.objects.filter(exam__in=exams)}
    places = [place for place in product((exam.pk for exam in exams), students) if place in there]
    return [Cell(*place, "7", token(there[place])) for place in places]


def thirty_of(school: School, day: date) -> tuple[User, list[tuple[SchoolClass, Cell]]]:
    """A teacher, and thirty marks of the classes they teach."""
    found: dict[User, list[tuple[SchoolClass, Cell]]] = defaultdict(list)
    taught = Teaching.objects.active(day).filter(school_class__school=school).select_related("teacher", "school_class")
    for each in taught.order_by("pk"):
        mine = found[each.teacher]
        mine += [(each.school_class, cell) for cell in cells_of(each.school_class, day)]
        if len(mine) >= 30:
            return each.teacher, mine[:30]
    raise LookupError("nobody has thirty marks")


def test_thirty_marks_are_one_scoring_seen_within_a_minute(worker: Worker) -> None:
    school = make_demo()
    make_demo_version(school)
    dies_at()
    wait_for_state(order_whole_school(school).job, JobState.SUCCEEDED, 60)
    everybody = set(CurrentPrediction.objects.values_list("student_id", flat=True))
    today = school.today()
    teacher, cells = thirty_of(school, today)
    for school_class, cell in cells:
        told = marks.record_cells(school_class, [cell], by=teacher, on=today, at=timezone.now())
        assert told.counted(State.SAVED) == 1, told.outcomes
    began = time.monotonic()
    touched = {cell.student for _class, cell in cells}
    assert touched & everybody, "some of them had been predicted before"
    shown = CurrentPrediction.objects.filter(student__in=touched)
    old = shown.exclude(prediction__run__cause=ScoringCause.EVIDENCE)
    wait_for(lambda: not old.exists(), 60 - (time.monotonic() - began))
    run = ScoringRun.objects.get(cause=ScoringCause.EVIDENCE)
    assert set(run.students) == touched
    wait_for_state(run.job, JobState.SUCCEEDED)
