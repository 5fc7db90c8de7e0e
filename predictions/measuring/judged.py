"""Teachers' own estimates beside the scores, on the same terms: the last one from before the exam's day."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from predictions import judging
from predictions.models import Judgement
from students.models import Exam


def last_before(exam: Exam, students: NDArray[np.int64]) -> NDArray[np.float64]:
    """Of each student the percentage that was estimated last, NaN without one; one that had run out by then is none."""
    start = datetime.combine(exam.day, time(), tzinfo=ZoneInfo(exam.school.timezone))
    made = Judgement.objects.filter(exam=exam, at__lt=start)
    held = judging.in_force(made, exam.day)  # of several people the last word counts
    said = {row.student_id: row.percent for row in reversed(held)}
    return np.array([float(said.get(each, "nan")) for each in students.tolist()], dtype=np.float64)
