"""What changed about what is shown, against a week before, and by what most: for many students and exams in one query."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import BooleanField, Case, F, Q, Value, When, Window
from django.db.models.functions import RowNumber

from predictions.changes import Change, changes
from predictions.changes_in_words import in_words
from predictions.models import Prediction
from predictions.outlooks.contract import Moved

WEEK = timedelta(days=7)


def moves_of(predictions: Sequence[Prediction], *, user: Any) -> dict[int, Moved]:
    """By the key of each prediction that is shown now. A stored model is opened only where the version changed."""
    if not predictions:
        return {}
    before = {(row.student_id, row.exam_id): row for row in _before(predictions, user)}
    pairs = [(before.get((each.student_id, each.exam_id)), each) for each in predictions]
    return {each.after.pk: moved(each) for each in changes(pairs)}


def moved(change: Change) -> Moved:
    kinds = change.by_kind()
    cause = str(next(iter(kinds)).label) if kinds else ""
    return Moved(change.points, in_words(change), cause, change.before.run.as_of if change.before else None)


def _before(predictions: Sequence[Prediction], user: Any) -> Any:
    """Of each student and exam what was shown a week before the newest of these, else what was shown last before it."""
    until = max(each.run.as_of for each in predictions) - WEEK
    rows = Prediction.objects.visible_to(user).filter(
        exam__in={each.exam_id for each in predictions},
        student__in={each.student_id for each in predictions},
        run__is_shown=True,
    )
    is_old = Case(When(Q(run__as_of__lte=until), Value(True)), default=Value(False), output_field=BooleanField())
    newest = [is_old.desc(), F("run__as_of").desc(), F("run_id").desc()]
    earlier = rows.exclude(pk__in=[each.pk for each in predictions])
    placed = earlier.annotate(place=Window(RowNumber(), partition_by=["exam_id", "student_id"], order_by=newest))
    return Prediction.objects.filter(pk__in=placed.filter(place=1).values("pk")).select_related("run__version")
