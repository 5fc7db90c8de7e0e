"""A training run from its spec to a registered version: read the records, learn, store, register.

Reading and learning hold no transaction; what they found is stored in one short one at the end, together with the job's.
"""

import time
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from mlcore.drift import drift
from mlcore.plain import plain
from mlcore.predict import predict
from mlcore.samples import samples_ahead
from mlcore.tables import SchoolTables
from mlcore.train import Outcome, train
from portal.jobs.patience import patiently
from portal.jobs.running import Progress
from portal.kit.errors import NotReady
from predictions import artifacts, frames, registry, specs
from predictions.models import ModelVersion, ProtectedUse, TrainingCause, TrainingRun
from students.models import Student

MOST_STUDENTS = (
    20_000  # of a larger school or district so many are drawn; more samples than they give are not learned from
)


@dataclass(frozen=True)
class Trained:
    """What a run found, stored but not yet registered."""

    outcome: Outcome
    sha256: str
    size: int
    probe: dict[str, Any]
    drift: dict[str, Any] | None
    seconds: float


def execute_run(run: TrainingRun, progress: Progress) -> Trained:
    """Everything but the register. Raises NotEnoughData and others whose sentence tells what is missing."""
    began = time.monotonic()
    progress(0, 1, _("Reading the records."))
    tables = read_tables(run)
    spec = specs.train_spec(run, threads=settings.TRAINING_THREADS)
    outcome = train(tables, _only_known(spec, tables), seed=run.seed, on_progress=progress)
    moved = patiently(partial(_drift_since, run, tables))  # the first question to the database since the reading
    progress.check()
    data = artifacts.written(outcome.bundle)
    sha256 = artifacts.store(data)
    return Trained(
        outcome, sha256, len(data), artifacts.probe_of(outcome.bundle), moved, round(time.monotonic() - began, 2)
    )


@transaction.atomic
def register(run: TrainingRun, trained: Trained) -> ModelVersion:
    """Store the report and give the version its number; the second time changes nothing."""
    bundle = trained.outcome.bundle
    run.report, run.drift, run.seconds = dict(bundle.report), trained.drift, trained.seconds
    run.fingerprint, run.libraries = bundle.fingerprint, dict(bundle.versions)
    run.save(update_fields=["report", "drift", "seconds", "fingerprint", "libraries"])
    passed = bool(bundle.report["verdict"]["fit_to_serve"]) and run.cause != TrainingCause.EFFECT
    if run.cause == TrainingCause.EFFECT:
        _tell_effect(run)
    return registry.register(run, sha256=trained.sha256, size=trained.size, passed_gate=passed, probe=trained.probe)


def read_tables(run: TrainingRun) -> SchoolTables:
    """The records as they were known on the run's day; of very many students a draw, the same for the same seed."""
    schools = specs.schools_of(run.school)
    if not schools:
        raise NotReady(_("This district has no schools yet, so there is nothing to learn from."), code="no_schools")
    reading = specs.reading_of(run).with_until(run.as_of)
    keys = np.fromiter(
        Student.objects.filter(school__in=schools).order_by("pk").values_list("pk", flat=True).iterator(),
        dtype=np.int64,
    )
    tallies = None
    students: Any = None
    if len(keys) > MOST_STUDENTS:
        drawn = np.random.default_rng(run.seed).permutation(len(keys))[:MOST_STUDENTS]
        students, tallies = np.sort(keys[drawn]), frames.school_tallies(schools, reading)
    return frames.school_tables(schools, students=students, reading=reading, with_demographics=True, tallies=tallies)


def _only_known(spec: Any, tables: SchoolTables) -> Any:
    """A fixed indicator of which nothing was noted yet is no fault of the run."""
    observed = set(tables.observations["indicator"].astype(str))
    return replace(spec, fixed=tuple(name for name in spec.fixed if name in observed))


def _drift_since(run: TrainingRun, tables: SchoolTables) -> dict[str, Any] | None:
    """How far today's students lie from those the present champion learned from; None where there is none to compare."""
    version = registry.champion(run.school, run.subject)
    if version is None:
        return None
    try:
        bundle = artifacts.opened(version)
    except artifacts.BadArtifact as error:
        return {"version": version.number, "sentence": error.sentence}
    samples = samples_ahead(tables, run.as_of)
    if not len(samples):
        return {"version": version.number, "sentence": "No exam lies ahead to compare with."}
    said = predict(bundle, tables.until(run.as_of), samples, with_reasons=False)
    widths = said.ranges.high_80 - said.ranges.low_80
    whose = samples.rows["student"].to_numpy()
    told = drift(bundle.reference, said.matrix.values, said.scores, widths, whose)
    moved = [asdict(column) for column in told.moved]
    facts = {"rows": told.rows, "level": str(told.level), "unlike": told.unlike, "sentence": told.sentence}
    errors = {"expected_error": told.expected_error, "usual_error": told.usual_error}
    found: dict[str, Any] = plain({"version": version.number, **facts, **errors, "moved": moved})
    return found


def _tell_effect(run: TrainingRun) -> None:
    """What the protected facts did to the error and to the groups, beside each wish that was waiting for it."""
    effect = {"run": run.pk, "fairness": (run.report or {}).get("fairness"), "errors": (run.report or {}).get("errors")}
    asked = ProtectedUse.objects.filter(school=run.school, approved_at__isnull=True, ended_at__isnull=True)
    asked.filter(measured_by=run).update(effect=effect)
