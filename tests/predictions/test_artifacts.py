"""Stored models: kept once, named by their content, and refused with a sentence when they are not what they were."""

import errno
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages

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


class FullDisk:
    """A storage that takes some bytes and then finds no space, as a full disk does."""

    def __init__(self, place: Any) -> None:
        self.place = place

    def __getattr__(self, name: str) -> Any:
        return getattr(self.place, name)

    def save(self, name: str, content: Any) -> str:
        self.place.save(name, type(content)(content.read()[:5000]))
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_leaves_no_half_model(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.ARTIFACT_KEYS = ["for this test"]
    data = artifacts.written(trained_bundle())
    place = storages["artifacts"]
    monkeypatch.setattr(artifacts, "storage", lambda: FullDisk(place))
    with pytest.raises(artifacts.NotStored, match="there is no space left"):
        artifacts.store(data)
    assert not place.exists(artifacts.name_of(artifacts.checksum(data)))
