"""Who teaches which class of the made-up school, and the classes left without a teacher."""

import numpy as np

from mlcore.synth.draw import FAR, Array, Columns, joined, stream
from mlcore.synth.subjects import GRADES, HOME, SUBJECTS

CLASSES_PER_TEACHER = 5
GAP_DAYS = 42


def teachers_per_subject(letters: int) -> int:
    """At five classes each, and five grades, as many teachers of a subject as there are letters."""
    return -(-len(GRADES) * letters // CLASSES_PER_TEACHER)


def teacher_of(classes: Columns, letters: int) -> Array:
    """The teacher of each class. They change from year to year; the home group is led by one of
    its own teachers."""
    each = teachers_per_subject(letters)
    subject = classes["subject"]
    leads = (classes["letter"] + classes["grade"]) % HOME
    subject = np.where(subject == HOME, leads, subject)
    group = classes["grade"] * letters + classes["letter"]
    return np.asarray(subject * each + (group + classes["year"]) % each, dtype=np.int32)


def gap_starts(seed: int, classes: Columns, days: Array, day_year: Array, today: int) -> Array:
    """For each class the day from which it has no teacher for six weeks; FAR for nearly all."""
    rng = stream(seed, "gaps")
    count = len(classes["subject"])
    starts = np.full(count, FAR, dtype=np.int32)
    with_exams = np.flatnonzero([SUBJECTS[s].sets_exams for s in classes["subject"]])
    for row in rng.choice(with_exams, size=2 + count // 500, replace=False):
        inside = days[day_year == classes["year"][row]]
        starts[row] = inside[int(rng.uniform(0.2, 0.6) * len(inside))]
    starts[starts > today] = FAR
    return starts


def teachings(classes: Columns, gaps: Array, year_spans: Array, today: int) -> Columns:
    """Teacher, class, first and last day; a class with a gap has two rows, if the gap is over."""
    starts, ends = year_spans[classes["year"]].T
    rows = np.arange(len(gaps), dtype=np.int32)
    whole = {"teacher": classes["teacher"], "school_class": rows, "starts": starts, "ends": ends}
    broken = gaps < FAR
    whole["ends"] = np.where(broken, gaps - 1, ends)
    again = broken & (gaps + GAP_DAYS <= np.minimum(ends, today))
    after = {name: values[again] for name, values in whole.items()}
    after["starts"], after["ends"] = gaps[again] + GAP_DAYS, ends[again]
    return {name: v.astype(np.int32) for name, v in joined([whole, after]).items()}
