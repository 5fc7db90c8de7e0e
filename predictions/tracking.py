"""Training runs told to an MLflow server, where a school's analysts keep one (`MLFLOW_TRACKING_URI`, extra `mlflow`).

It is told, never asked: a server that is down, slow or refuses leaves a line in the log and nothing else.
"""

import json
import logging
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from mlcore.card import as_markdown, card
from predictions import artifacts
from predictions.models import ModelVersion

logger = logging.getLogger("predictions.tracking")
FIGURES = ("errors", "baseline_errors", "gain", "coverage", "slices")
LONGEST, MOST_PARAMS, MOST_METRICS = 500, 100, 1000  # what such a server takes, of a value and at once
PATIENCE, TRIES = "10", "1"  # seconds: a worker waits no longer for a server of others


@dataclass(frozen=True)
class Told:
    """What is told of a version, as plain values and without a student's key."""

    name: str
    experiment: str
    params: dict[str, str]
    metrics: dict[str, float]
    tags: dict[str, str]
    card: str


def note(version: ModelVersion) -> None:
    """Parameters, metrics, card and artifact of a registered version. Raises nothing."""
    if not settings.MLFLOW_TRACKING_URI:
        return
    try:
        _send(told_of(version), artifacts.fetch(version), settings.MLFLOW_TRACKING_URI)
    except Exception as error:  # a server of others may fail in any way; the training has succeeded
        logger.warning("training not noted", exc_info=error, extra={"version": version.pk})


def told_of(version: ModelVersion) -> Told:
    run, school = version.run, version.school
    report: dict[str, Any] = dict(run.report or {})
    figures = {name: report[name] for name in FIGURES if name in report}
    return Told(
        name=f"{school.slug} {version.number}",
        experiment=f"foremark {school.slug}",
        params={name: _word(value) for name, value in flat(run.spec)},
        metrics={name: float(value) for name, value in flat(_named_slices(figures)) if _is_number(value)},
        tags={
            "school": school.slug,
            "number": str(version.number),
            "fingerprint": run.fingerprint,
            "subject": run.subject.code if run.subject else "",
            "sha256": version.sha256,
            "passed_gate": str(version.passed_gate),
        },
        # The worst cases name students by key, which is no concern of another machine.
        card=as_markdown(card({**report, "worst": []}, run.libraries)) if report else "",
    )


def flat(facts: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The leaves of nested facts, each under the way to it: `train.effort`."""
    if not isinstance(facts, Mapping):
        yield name, facts
        return
    for key, value in facts.items():
        yield from flat(value, f"{name}.{key}" if name else str(key))


def _named_slices(figures: dict[str, Any]) -> dict[str, Any]:
    """A list of parts by their names, so that the same part has the same name in every run."""
    parts = {f"{part['by']} {part['name']}": part["errors"] for part in figures.get("slices", ())}
    return {**figures, "slices": {_plain(name): errors for name, errors in parts.items()}}


def _plain(name: str) -> str:
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_ ") else "_" for letter in name)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _word(value: Any) -> str:
    return (value if isinstance(value, str) else json.dumps(value))[:LONGEST]


def _send(told: Told, artifact: bytes, address: str) -> None:
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Param

    _be_brief()
    client = MlflowClient(tracking_uri=address)
    there = client.get_experiment_by_name(told.experiment)
    run = client.create_run(
        there.experiment_id if there else client.create_experiment(told.experiment), tags=told.tags, run_name=told.name
    )
    key, at = run.info.run_id, run.info.start_time
    for params in _batches([Param(name, value) for name, value in told.params.items()], MOST_PARAMS):
        client.log_batch(key, params=params)
    for metrics in _batches([Metric(name, value, at, 0) for name, value in told.metrics.items()], MOST_METRICS):
        client.log_batch(key, metrics=metrics)
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (("card.md", told.card.encode()), ("model.bundle", artifact)):
            path = Path(folder) / name
            path.write_bytes(data)
            client.log_artifact(key, str(path))
    client.set_terminated(key)


def _be_brief() -> None:
    """By itself its client would go on trying for many minutes."""
    from mlflow import environment_variables as limits

    limits.MLFLOW_HTTP_REQUEST_TIMEOUT.set(PATIENCE)
    limits.MLFLOW_HTTP_REQUEST_MAX_RETRIES.set(TRIES)


def _batches(rows: list[Any], size: int) -> Iterator[list[Any]]:
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield batch


@register()
def check_installed(app_configs: Any, **more: Any) -> list[CheckMessage]:
    """Set but not installed is no error: trainings go on, and are told to nobody."""
    if not settings.MLFLOW_TRACKING_URI or find_spec("mlflow") is not None:
        return []
    hint = "Install the extra: requirements-mlflow.lock."
    return [Warning("MLFLOW_TRACKING_URI is set, but mlflow is not installed.", hint=hint, id="predictions.W001")]
