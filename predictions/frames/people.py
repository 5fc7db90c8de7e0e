"""Who the students are and in which classes they learn; protected facts only where they are asked for by name."""

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from mlcore.schema import TABLES, empty_table
from portal.kit.reading import Letter
from predictions.frames.asked import Chosen
from predictions.frames.cells import days, first_known, framed, kept, texts
from predictions.frames.plans import Plans
from students.models import Demographics, Enrolment

FACTS = tuple(column.name for column in TABLES["demographics"].columns if column.name != "student")
AGE = "age"  # the name under which the birthday is turned on


def framed_students(chosen: Chosen) -> pd.DataFrame:
    """Today's grade level is not among the facts: in the past it would tell who was kept back later."""
    rows = chosen.students
    return framed({name: column if name == "student" else days(column) for name, column in rows.items()})


def read_enrolments(chosen: Chosen, plans: Plans) -> pd.DataFrame:
    classes = plans.classes
    names = {name: name for name in ("student", "school_class", "starts", "ends", "created_at")}
    rows = chosen.read(Enrolment.objects.all(), {"origin": Letter("origin"), **names})
    rows = kept(rows, classes.places(rows["school_class"]) >= 0)
    place = classes.places(rows["school_class"])
    starts = days(rows["starts"])
    return framed(
        {
            "student": rows["student"],
            "school_class": rows["school_class"],
            "subject": plans.subjects.named(classes.facts["subject"][place]),
            "term": classes.facts["term"][place],
            "grade_level": classes.grade_levels(place),
            "starts": starts,
            "ends": days(rows["ends"]),
            "known_on": first_known(rows, starts, chosen.zone),
        }
    )


def read_demographics(chosen: Chosen, wanted: Collection[str]) -> pd.DataFrame:
    """The wanted facts; the others are not read, and their columns are blank. Without any, no query is made."""
    asked = [name for name in FACTS if name in wanted]
    if not asked:
        return empty_table("demographics")
    rows = chosen.read(Demographics.objects.all(), {name: name for name in ("student", *asked)})
    blank: Any = pd.Categorical.from_codes(np.full(len(rows["student"]), -1), categories=pd.Index([], dtype=object))
    told = {name: texts(rows[name]) if name in asked else blank for name in FACTS}
    return framed({"student": rows["student"], **told})
