"""Scoring a school: everybody who sits an exam gets a score or a cause, once, and what is shown only moves forward."""

from datetime import timedelta
from typing import Any

import pytest

from mlcore.predict import predict
from mlcore.samples import samples_ahead
from portal.jobs.models import Job, JobState
from portal.kit.errors import Conflict, NotReady
from predictions import artifacts, frames, registry, specs, tasks
from predictions.models import CurrentPrediction, ModelVersion, Prediction, ScoringCause, ScoringKind, ScoringRun
from predictions.orders.scoring import order_replay, order_run, order_scoring
from predictions.packing import unpacked
from students.models import Enrolment, Exam, School, SchoolClass
from tests.demo import make_demo, make_demo_version
from tests.make import TODAY
from tests.workers import work_off

pytestmark = pytest.mark.django_db
RANGES = ("low_95", "low_80", "score", "high_80", "high_95")


@pytest.fixture
def lakeside(db: None, django_capture_on_commit_callbacks: Any) -> School:
    return make_demo()


@pytest.fixture
def version(lakeside: School) -> ModelVersion:
    return make_demo_version(lakeside)


def score(school: School, **wish: Any) -> list[ScoringRun]:
    runs = order_scoring(school, by=None, as_of=TODAY, **wish)
    finish()
    return runs


def finish() -> None:
    while Job.objects.filter(state=JobState.QUEUED).exists():
        work_off()


def exams_ahead(school: School) -> Any:
    return Exam.objects.filter(school=school, day__gt=TODAY, is_target=True)


def sitting(exam: Exam) -> set[int]:
    enrolled = Enrolment.objects.active(TODAY).filter(school_class__sittings__exam=exam)
    return set(enrolled.values_list("student_id", flat=True))


def test_everybody_who_sits_an_exam_ahead_gets_a_score_or_the_cause_why_there_is_none(version: ModelVersion) -> None:
    [run] = score(version.school)
    run.refresh_from_db()
    for exam in exams_ahead(version.school):
        told = set(Prediction.objects.filter(exam=exam).values_list("student_id", flat=True))
        assert told == sitting(exam)
    rows = Prediction.objects.filter(run=run)
    scored = rows.filter(cause="")
    assert scored.count() == run.scored > 100
    assert rows.exclude(cause="").count() == run.unscored
    for row in rows.exclude(cause=""):
        assert row.score is None
        assert row.sentence
        assert row.remedy
    assert run.job.state == JobState.SUCCEEDED
    assert run.ended_at
    assert run.job.sentence.startswith(f"{run.scored:,} predictions")


def test_what_is_stored_is_what_mlcore_says(version: ModelVersion) -> None:
    [run] = score(version.school)
    bundle = artifacts.opened(version)
    tables = frames.school_tables([version.school], reading=specs.reading_of(version.run).with_until(TODAY))
    samples = samples_ahead(tables, TODAY, exams=run.exams)
    said = predict(bundle, tables.until(TODAY), samples, boundaries=tuple(run.boundaries[str(run.exams[0])]))
    rows = {(row.student_id, row.exam_id): row for row in Prediction.objects.filter(run=run)}
    assert len(rows) == len(samples)
    for place, (student, exam) in enumerate(zip(samples.rows["student"], samples.rows["exam"], strict=True)):
        row = rows[int(student), int(exam)]
        if said.causes[place]:
            assert (row.cause, row.remedy) == (said.causes[place].code, said.causes[place].change)
            continue
        assert row.score == pytest.approx(said.scores[place], abs=0.01)
        assert unpacked(row.chances) == pytest.approx(said.chances[place], abs=0.001)
        assert unpacked(row.reasons) == pytest.approx(said.reasons[place], abs=0.01)
        assert unpacked(row.inputs) == pytest.approx(said.matrix.values[place], rel=1e-6, nan_ok=True)


def test_ranges_lie_round_the_score_and_reasons_add_up_to_it(version: ModelVersion) -> None:
    [run] = score(version.school)
    base = artifacts.opened(version).explainer.base
    for row in Prediction.objects.filter(run=run, cause=""):
        edges = [getattr(row, name) for name in RANGES]
        assert edges == sorted(edges)
        assert base + unpacked(row.reasons).sum() == pytest.approx(row.score, abs=0.001)
        chances = unpacked(row.chances)
        assert list(chances) == sorted(chances, reverse=True)


def test_many_chunks_say_the_same_as_one(version: ModelVersion, settings: Any) -> None:
    [whole] = score(version.school)
    settings.SCORE_CHUNK = 7
    [parts] = score(version.school)
    assert Job.objects.filter(part_of=parts.job).count() > 5
    same = {(row.student_id, row.exam_id): row for row in Prediction.objects.filter(run=whole)}
    for row in Prediction.objects.filter(run=parts):
        other = same.pop((row.student_id, row.exam_id))
        assert bytes(row.inputs) == bytes(other.inputs)
        # The last bits of a product hang on how many rows are multiplied at once.
        assert row.score == pytest.approx(other.score, abs=1e-9)
    assert not same


def test_one_class_or_one_exam_may_be_scored_alone(version: ModelVersion) -> None:
    exam = exams_ahead(version.school).first()
    score(version.school, exam=exam)
    assert set(Prediction.objects.values_list("exam_id", flat=True)) == {exam.pk}
    Prediction.objects.all().delete()
    school_class = SchoolClass.objects.filter(sittings__exam=exam).first()
    score(version.school, school_class=school_class)
    enrolled = set(school_class.enrolments.active(TODAY).values_list("student_id", flat=True))
    assert set(Prediction.objects.values_list("student_id", flat=True)) <= enrolled
    assert Prediction.objects.filter(exam=exam).exists()


def test_a_chunk_whose_message_comes_twice_changes_nothing(version: ModelVersion) -> None:
    [run] = score(version.school)
    before = Prediction.objects.count()
    part = Job.objects.filter(part_of=run.job).first()
    with pytest.raises(Exception, match=str(part.pk)):
        tasks.score_chunk(job_id=str(part.pk), **part.arguments)
    assert Prediction.objects.count() == before


def test_the_newest_prediction_is_shown_and_the_old_one_stays(version: ModelVersion) -> None:
    [first] = score(version.school)
    [second] = score(version.school)
    assert Prediction.objects.filter(run=first).count() == Prediction.objects.filter(run=second).count()
    assert set(CurrentPrediction.objects.values_list("run_id", flat=True)) == {second.pk}
    assert Prediction.objects.current().count() == Prediction.objects.filter(run=second).count()


def test_an_older_run_that_ends_late_does_not_take_back_what_is_shown(version: ModelVersion) -> None:
    older = order_run(version, version.school, list(exams_ahead(version.school)), by=None, as_of=TODAY,
                      cause=ScoringCause.PERSON)  # fmt: skip
    waits = Job.objects.get(pk=older.job_id)
    Job.objects.filter(pk=waits.pk).update(state=JobState.CANCELLED)
    [newer] = score(version.school)
    Job.objects.filter(pk=waits.pk).update(state=JobState.QUEUED)
    finish()
    assert Prediction.objects.filter(run=older).exists()
    assert set(CurrentPrediction.objects.values_list("run_id", flat=True)) == {newer.pk}


def test_the_challenger_scores_the_same_students_and_is_never_shown(version: ModelVersion) -> None:
    challenger = make_demo_version(version.school, promoted=False)
    registry.challenge(challenger, by=None, why="newest")
    [live] = score(version.school)
    shadow = ScoringRun.objects.get(kind=ScoringKind.SHADOW)
    assert shadow.version == challenger
    assert Prediction.objects.filter(run=shadow).count() == Prediction.objects.filter(run=live).count()
    assert set(CurrentPrediction.objects.values_list("run_id", flat=True)) == {live.pk}


def test_a_replay_is_kept_apart_from_what_is_shown(version: ModelVersion) -> None:
    score(version.school)
    past = Exam.objects.filter(school=version.school, day__lt=TODAY, is_target=True).order_by("-day").first()
    run = order_replay(past, by=None, as_of=past.day - timedelta(days=14), version=version, cause=ScoringCause.COMMAND)
    finish()
    assert Prediction.objects.filter(run=run, exam=past).exists()
    assert not CurrentPrediction.objects.filter(exam=past).exists()
    with pytest.raises(Conflict, match="nothing can be predicted as of"):
        order_replay(past, by=None, as_of=past.day, version=version, cause=ScoringCause.COMMAND)


def test_without_a_model_nothing_is_ordered_and_a_sentence_says_so(lakeside: School) -> None:
    with pytest.raises(NotReady, match="No model serves"):
        order_scoring(lakeside, by=None, as_of=TODAY)
    assert not Job.objects.exists()


def test_an_exam_that_was_sat_is_not_predicted(version: ModelVersion) -> None:
    past = Exam.objects.filter(school=version.school, day__lt=TODAY).first()
    with pytest.raises(Conflict, match="does not lie ahead"):
        order_scoring(version.school, by=None, as_of=TODAY, exam=past)


def test_while_a_model_cannot_be_opened_the_last_good_one_serves(version: ModelVersion) -> None:
    from tests.predictions.test_artifacts import path_of

    lost = make_demo_version(version.school, seed=1)
    artifacts.forget_opened()
    path_of(lost).unlink()
    [run] = score(version.school)
    run.refresh_from_db()
    assert run.version == version
    assert run.scored > 100
    kept = artifacts.fetch(version)
    path_of(version).unlink()
    artifacts.forget_opened()
    [run] = score(version.school)
    run.job.refresh_from_db()
    assert run.job.state == JobState.FAILED
    assert "can be opened" in run.job.sentence
    artifacts.store(kept)


def test_students_of_other_schools_are_in_no_run(version: ModelVersion) -> None:
    from tests.cast import build_cast

    cast = build_cast()
    Enrolment.objects.create(
        student=cast.wim, school_class=SchoolClass.objects.filter(school=version.school).first(), starts=TODAY
    )
    score(version.school)
    assert not Prediction.objects.filter(student=cast.wim).exists()


def test_an_exam_that_is_called_off_takes_what_was_said_of_it_along(version: ModelVersion) -> None:
    from students.gradebook import scheduling
    from tests.make import Role, make_member, make_user

    exam = exams_ahead(version.school).first()
    score(version.school, exam=exam)
    leader = make_user("Lea Leader", "lea@lakeside.example")
    make_member(leader, version.school, Role.LEADER)
    scheduling.call_off(exam, by=leader, on=TODAY)
    assert not Prediction.objects.filter(exam_id=exam.pk).exists()


def test_who_no_longer_sits_an_exam_is_shown_no_score_any_more(version: ModelVersion) -> None:
    exam = exams_ahead(version.school).first()
    score(version.school)
    leaves, stays = sorted(sitting(exam))[:2]
    Enrolment.objects.filter(student=leaves, school_class__sittings__exam=exam).update(ends=TODAY - timedelta(days=1))
    score(version.school, students=[stays])
    assert CurrentPrediction.objects.filter(exam=exam, student=leaves).exists(), "that run was not for this student"
    score(version.school, students=[leaves])
    assert not CurrentPrediction.objects.filter(exam=exam, student=leaves).exists()
    assert Prediction.objects.filter(exam=exam, student=leaves).exists(), "what was said stays"
    assert CurrentPrediction.objects.filter(exam=exam, student=stays).exists()


def test_a_class_taken_off_an_exam_is_shown_no_scores_of_it_after_the_next_whole_run(version: ModelVersion) -> None:
    exam = exams_ahead(version.school).first()
    score(version.school)
    taken_off = exam.sittings.first()
    students = set(taken_off.school_class.enrolments.active(TODAY).values_list("student_id", flat=True))
    taken_off.delete()
    score(version.school)
    assert students
    assert not CurrentPrediction.objects.filter(exam=exam, student__in=students - sitting(exam)).exists()
