"""Slow work of this app: each task a few lines that call a room. Celery finds them here."""

from predictions.tasks.letters import print_letters
from predictions.tasks.measuring import measure_school, score_changed
from predictions.tasks.scoring import score_chunk, score_school
from predictions.tasks.training import train_model

__all__ = ["measure_school", "print_letters", "score_changed", "score_chunk", "score_school", "train_model"]
