"""Stored models: kept once, named by their content, and refused with a sentence when they are not what they were."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, storages

from predictions import artifacts
from predictions.models import ModelVersion
from tests.cast import Cast
from tests.trained import make_version, trained_bundle, written

pytestmark = pytest.mark.django_db


def path_of(version: ModelVersion) -> Path:
    return Path(storages["artifacts"].path(artifacts.name_of(version.sha256)))


@pytest.fixture
def version(school: Cast) -> ModelVersion:
    artifacts.forget_opened()
    return make_version(school.lakeside)


def test_a_version_opens_and_says_what_it_said_when_it_was_made(version: ModelVersion) -> None:
    bundle = artifacts.opened(version)
    assert bundle.fingerprint == trained_bundle().fingerprint
    assert artifacts.probe_of(bundle) == version.probe


def test_the_same_model_is_stored_once(version: ModelVersion) -> None:
    before = path_of(version).stat().st_mtime_ns
    assert artifacts.store(written()[0]) == version.sha256
    assert path_of(version).stat().st_mtime_ns == before


def test_only_this_user_reads_the_stored_file(version: ModelVersion) -> None:
    assert path_of(version).stat().st_mode & 0o077 == 0


def test_half_a_file_of_a_killed_worker_is_replaced(version: ModelVersion) -> None:
    path_of(version).write_bytes(written()[0][:1000])
    artifacts.store(written()[0])
    assert artifacts.opened(version)


def test_a_changed_artifact_is_not_opened(version: ModelVersion) -> None:
    data = bytearray(path_of(version).read_bytes())
    data[-500] ^= 1
    path_of(version).write_bytes(bytes(data))
    with pytest.raises(artifacts.BadArtifact, match="was changed since it was made") as told:
        artifacts.opened(version)
    assert told.value.code == "tampered_artifact"
    path_of(version).unlink()


def test_a_missing_artifact_is_told_as_a_sentence(version: ModelVersion) -> None:
    path_of(version).unlink()
    with pytest.raises(artifacts.BadArtifact, match="its stored model is missing"):
        artifacts.opened(version)


def test_a_model_signed_elsewhere_is_not_opened(school: Cast, settings: Any) -> None:
    settings.ARTIFACT_KEYS = ["somebody else's"]
    data = artifacts.written(trained_bundle())
    settings.ARTIFACT_KEYS = ["ours"]
    forged = make_version(school.lakeside)
    forged.sha256 = artifacts.store(data)
    with pytest.raises(artifacts.BadArtifact, match="signed with a key that is not known here"):
        artifacts.opened(forged)


def test_after_the_key_was_rotated_older_models_still_open(school: Cast, settings: Any) -> None:
    settings.ARTIFACT_KEYS = ["the old one"]
    data = artifacts.written(trained_bundle())
    version = make_version(school.lakeside)
    version.sha256 = artifacts.store(data)
    settings.ARTIFACT_KEYS = ["the new one", "the old one"]
    artifacts.forget_opened()
    assert artifacts.opened(version)
    assert artifacts.written(trained_bundle()) != data, "new models are signed with the new key"


def test_a_model_that_no_longer_says_what_it_said_is_not_used(version: ModelVersion) -> None:
    version.probe["says"][0] += 1
    with pytest.raises(artifacts.BadArtifact, match="no longer says what it said") as told:
        artifacts.opened(version)
    assert told.value.code == "other_answer"


class FullDisk(FileSystemStorage):
    """A storage that takes some bytes and then finds no space, as a full disk does."""

    def _save(self, name: str, content: Any) -> str:
        super()._save(name, type(content)(content.read()[:5000]))
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_leaves_no_half_model(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    monkeypatch.setattr(artifacts, "storage", lambda: FullDisk(location=tmp_path))
    with pytest.raises(artifacts.NotStored, match="there is no space left"):
        artifacts.store(artifacts.written(trained_bundle()))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_two_workers_that_store_the_same_model_do_not_take_it_from_each_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data = artifacts.written(trained_bundle())

    class Other(FileSystemStorage):
        """While one writes, the other has written already."""

        def _save(self, name: str, content: Any) -> str:
            kept = super()._save(name, content)
            monkeypatch.setattr(artifacts, "storage", lambda: FileSystemStorage(location=tmp_path))
            artifacts.store(data)
            return kept

    monkeypatch.setattr(artifacts, "storage", lambda: Other(location=tmp_path))
    sha256 = artifacts.store(data)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [f"{sha256}.bundle"]


def test_what_a_killed_worker_left_is_gone_a_day_later(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    data = artifacts.written(trained_bundle())
    monkeypatch.setattr(artifacts, "storage", lambda: FileSystemStorage(location=tmp_path))
    name = artifacts.name_of(artifacts.checksum(data))
    old, new = tmp_path / f"{name}.old.part", tmp_path / f"{name}.new.part"
    old.parent.mkdir()
    for part in (old, new):
        part.write_bytes(b"half")
    os.utime(old, (1, 1))
    artifacts.store(data)
    assert not old.exists()
    assert new.exists(), "somebody may be writing it"
