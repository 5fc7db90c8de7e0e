"""Teachers' own estimates beside the scores, on the same terms: the last one from before the exam's day."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from predictions import judging
from predictions.models import Judgement
from students.models import Exam


def last_before(exam: Exam, students: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Of each student the percentage that was estimated last, NaN without one, and who said it, 0 for nobody.

    One that had run out by then is none.
    """
    start = datetime.combine(exam.day, time(), tzinfo=ZoneInfo(exam.school.timezone))
    made = Judgement.objects.filter(exam=exam, at__lt=start)
    held = judging.in_force(made, exam.day)  # of several people the last word counts
    said = {row.student_id: row for row in reversed(held)}
    rows = [said.get(each) for each in students.tolist()]
    percents = np.array([np.nan if row is None else float(row.percent) for row in rows], dtype=np.float64)
    return percents, np.array([0 if row is None else row.by_id for row in rows], dtype=np.int64)
