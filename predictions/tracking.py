"""Training runs told to an MLflow server, where a school's analysts keep one (`MLFLOW_TRACKING_URI`, extra `mlflow`)."""

from predictions.models import ModelVersion


def note(version: ModelVersion) -> None:
    """Parameters, metrics, card and artifact of a registered version."""
