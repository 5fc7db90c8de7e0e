"""Under which headings a version tells its reasons, in the order in which predictions keep their points."""

from dataclasses import dataclass

from portal.kit.memory import remembered
from predictions import artifacts
from predictions.models import ModelVersion

KEPT_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Group:
    """`label` in the words of mlcore. `is_changeable`: somebody could still act on something in it that is not protected."""

    label: str
    is_changeable: bool


def groups_of(version: ModelVersion) -> tuple[Group, ...]:
    """A stored model never changes, so it is opened for this once a day at most. Raises BadArtifact."""
    return remembered(f"reason-groups:{version.sha256}", KEPT_SECONDS, lambda: _read(version))


def _read(version: ModelVersion) -> tuple[Group, ...]:
    schema = artifacts.opened(version).schema
    changeable = {feature.group for feature in schema.features if feature.changeable and not feature.protected}
    return tuple(Group(label, label in changeable) for label in schema.groups)
