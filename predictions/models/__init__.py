"""The records of training, models and predictions. Import from here, not from the files."""

from predictions.models.enquiries import Enquiry
from predictions.models.judgements import Judgement
from predictions.models.measures import Alert, AlertKind, MeasureKind, Measurement
from predictions.models.policy import Effort, IndicatorRule, ModelPolicy, ProtectedUse, Weekday
from predictions.models.predictions import CurrentPrediction, Prediction
from predictions.models.releases import Feedback, FeedbackKind, PredictionRelease, ReviewRequest
from predictions.models.scoring import ScoringCause, ScoringKind, ScoringRun, Touched, TouchedKind
from predictions.models.training import TrainingCause, TrainingRun
from predictions.models.versions import Alias, AliasMove, Approval, ModelAlias, ModelVersion, VersionState

__all__ = [
    "Alert",
    "AlertKind",
    "Alias",
    "AliasMove",
    "Approval",
    "CurrentPrediction",
    "Effort",
    "Enquiry",
    "Feedback",
    "FeedbackKind",
    "IndicatorRule",
    "Judgement",
    "MeasureKind",
    "Measurement",
    "ModelAlias",
    "ModelPolicy",
    "ModelVersion",
    "Prediction",
    "PredictionRelease",
    "ProtectedUse",
    "ReviewRequest",
    "ScoringCause",
    "ScoringKind",
    "ScoringRun",
    "Touched",
    "TouchedKind",
    "TrainingCause",
    "TrainingRun",
    "VersionState",
    "Weekday",
]
