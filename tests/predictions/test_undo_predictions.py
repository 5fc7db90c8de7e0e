"""What is only worked out from records goes with them when they are taken back; what a person said about it keeps them."""

from uuid import uuid4

import pytest

from portal.audit import hanging, history
from portal.audit.undo import undo
from predictions.models import CurrentPrediction, Feedback, Prediction
from students.models import Enrolment, Student
from tests import make
from tests.cast import Cast
from tests.predictions.scored import make_scoring_run
from tests.trained import make_version


@pytest.fixture
def newcomer(school: Cast) -> tuple[Student, Prediction]:
    """A student who came in by an import and of whom something is predicted already."""
    student = make.make_student(school.lakeside, "Ben Ng")
    enrolment = make.make_enrolment(student, school.maths)
    batch = uuid4()
    history.note_added([student], by=school.otto, batch=batch)
    history.note_added([enrolment], by=school.otto, batch=batch, school_id=school.lakeside.pk)
    run = make_scoring_run(make_version(school.lakeside), [school.final])
    prediction = Prediction.objects.create(
        run=run, student=student, exam=school.final, score=50, chances=b"", reasons=b"", inputs=b""
    )
    shown = {"prediction": prediction, "as_of": run.as_of, "run_id": run.pk}
    CurrentPrediction.objects.create(exam=school.final, student=student, **shown)
    student.batch = batch  # type: ignore[attr-defined]  # for the tests below
    return student, prediction


def test_a_prediction_does_not_keep_a_student_whom_an_import_brought(
    school: Cast, newcomer: tuple[Student, Prediction]
) -> None:
    student, prediction = newcomer
    done = undo(student.batch, by=school.otto)  # type: ignore[attr-defined]  # set above
    assert (done.left, done.removed) == ([], 2)
    assert not Student.objects.filter(pk=student.pk).exists()
    assert not Prediction.objects.filter(pk=prediction.pk).exists()
    assert not CurrentPrediction.objects.exists()


def test_what_a_teacher_said_about_the_prediction_keeps_the_student(
    school: Cast, newcomer: tuple[Student, Prediction]
) -> None:
    student, prediction = newcomer
    said = Feedback.objects.create(prediction=prediction, by=school.ada, kind="useful")
    done = undo(student.batch, by=school.otto)  # type: ignore[attr-defined]  # set above
    assert done.removed == 1
    assert "Ben Ng" in done.left[0]
    assert not Enrolment.objects.filter(student=student).exists()
    assert Feedback.objects.get(pk=said.pk).prediction.shown


def test_what_hangs_on_a_student_is_known_however_it_is_named(school: Cast) -> None:
    paths = {(model._meta.label, path) for model, path in hanging.holders(Student)}
    assert {("students.Note", "student"), ("predictions.Feedback", "prediction__student")} <= paths
    assert not any(label == "predictions.Prediction" for label, _path in paths)
    assert [path for _model, path in hanging.derived(Student)] == ["prediction__student", "student", "student"]
