"""A training told to an MLflow server: what is told, and that a server which fails fails nobody here."""

import logging
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from predictions import artifacts, tracking
from predictions.models import ModelVersion
from tests.cast import Cast
from tests.trained import make_version


@pytest.fixture
def version(school: Cast) -> ModelVersion:
    return make_version(school.lakeside)


class Server:
    """Takes note of what a client is told, and may be down."""

    def __init__(self) -> None:
        self.params: dict[str, str] = {}
        self.metrics: dict[str, float] = {}
        self.files: dict[str, bytes] = {}
        self.tags: dict[str, str] = {}
        self.ended = False
        self.is_down = False

    def __call__(self, *, tracking_uri: str) -> "Server":
        self.address = tracking_uri
        return self

    def get_experiment_by_name(self, name: str) -> None:
        if self.is_down:
            raise ConnectionError("refused")
        self.experiment = name

    def create_experiment(self, name: str) -> str:
        return "7"

    def create_run(self, experiment: str, *, tags: dict[str, str], run_name: str) -> Any:
        self.tags, self.name = tags, run_name
        return SimpleNamespace(info=SimpleNamespace(run_id="r", start_time=1))

    def log_batch(self, run: str, *, params: Any = (), metrics: Any = ()) -> None:
        assert len(params) <= 100
        self.params |= {each.key: each.value for each in params}
        self.metrics |= {each.key: each.value for each in metrics}

    def log_artifact(self, run: str, path: str) -> None:
        from pathlib import Path

        self.files[Path(path).name] = Path(path).read_bytes()

    def set_terminated(self, run: str) -> None:
        self.ended = True


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Server:
    """Stands where the library would, which is an extra."""
    settings.MLFLOW_TRACKING_URI = "http://tracking.example"
    asked = Server()
    limit = SimpleNamespace(set=lambda value: None)
    limits = SimpleNamespace(MLFLOW_HTTP_REQUEST_TIMEOUT=limit, MLFLOW_HTTP_REQUEST_MAX_RETRIES=limit)
    library, entities = ModuleType("mlflow"), ModuleType("mlflow.entities")
    vars(library).update(MlflowClient=asked, entities=entities, environment_variables=limits)
    vars(entities).update(
        Param=lambda key, value: SimpleNamespace(key=key, value=value),
        Metric=lambda key, value, at, step: SimpleNamespace(key=key, value=value),
    )
    monkeypatch.setitem(sys.modules, "mlflow", library)
    monkeypatch.setitem(sys.modules, "mlflow.entities", entities)
    return asked


def test_spec_figures_card_and_artifact_are_told(version: ModelVersion, server: Server) -> None:
    tracking.note(version)
    report = version.run.report or {}
    assert (server.address, server.experiment, server.ended) == (
        "http://tracking.example",
        "foremark lakeside-school",
        True,
    )
    assert server.params["train.pass_mark"] == "50.0"
    assert server.metrics["errors.mae.value"] == report["errors"]["mae"]["value"]
    assert server.metrics["coverage.hit_80.value"] == report["coverage"]["hit_80"]["value"]
    assert any(name.startswith("slices.subject ") for name in server.metrics)
    assert server.tags["school"] == "lakeside-school"
    assert server.tags["fingerprint"] == version.run.fingerprint
    assert server.files["model.bundle"] == artifacts.fetch(version)
    assert b"# " in server.files["card.md"]


def test_no_student_s_key_is_told(version: ModelVersion) -> None:
    report = version.run.report or {}
    assert report["worst"]
    for case in report["worst"]:
        case["student"] = "key-of-sam"
    told = tracking.told_of(version)
    assert "key-of-sam" not in f"{told}"


def test_names_and_values_are_such_as_a_server_takes(version: ModelVersion) -> None:
    told = tracking.told_of(version)
    allowed = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-. /")
    assert all(set(name) <= allowed for name in [*told.params, *told.metrics])
    assert all(len(value) <= 500 for value in told.params.values())
    assert all(isinstance(value, float) for value in told.metrics.values())


def test_a_server_that_is_down_leaves_a_line_in_the_log_and_nothing_else(
    version: ModelVersion, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.is_down = True
    with caplog.at_level(logging.WARNING, "predictions.tracking"):
        tracking.note(version)
    assert [line.message for line in caplog.records] == ["training not noted"]


def test_without_an_address_nobody_is_told(version: ModelVersion, server: Server, settings: Any) -> None:
    settings.MLFLOW_TRACKING_URI = ""
    tracking.note(version)
    assert not server.ended


def test_an_address_without_the_library_is_a_warning_of_the_system_check(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tracking.check_installed(None) == []
    settings.MLFLOW_TRACKING_URI = "http://tracking.example"
    monkeypatch.setattr(tracking, "find_spec", lambda name: None)
    assert [each.id for each in tracking.check_installed(None)] == ["predictions.W001"]
    monkeypatch.setattr(tracking, "find_spec", lambda name: object())
    assert tracking.check_installed(None) == []


def test_the_library_itself_keeps_it_in_a_folder(
    version: ModelVersion, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the extra is installed; the other tests hold without it."""
    mlflow = pytest.importorskip("mlflow")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    settings.MLFLOW_TRACKING_URI = tmp_path.as_uri()
    tracking.note(version)
    client = mlflow.MlflowClient(tracking_uri=settings.MLFLOW_TRACKING_URI)
    experiment = client.get_experiment_by_name("foremark lakeside-school")
    (run,) = client.search_runs([experiment.experiment_id])
    assert run.data.params["train.pass_mark"] == "50.0"
    assert run.data.metrics == tracking.told_of(version).metrics
    assert {each.path for each in client.list_artifacts(run.info.run_id)} == {"card.md", "model.bundle"}
    assert run.info.status == "FINISHED"
