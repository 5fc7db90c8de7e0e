"""What if something were different: asked of the model only for what can still change, and never told as a cause."""

import numpy as np
import pytest

from mlcore.explain import CAVEAT, explainer, suggestions, what_if
from mlcore.typed import BadValues
from tests.mlcore.explaining import LEARNT, NEW, PLACES, SCHEMA, champion

MODEL = champion("ridge")
USUAL = explainer(MODEL, SCHEMA, LEARNT).usual


def a_student(**values):
    row = NEW.values[100].copy()
    row[[PLACES[name] for name in values]] = list(values.values())
    return row


def refused(**changes):
    with pytest.raises(BadValues) as caught:
        what_if(MODEL, SCHEMA, a_student(), changes)
    return str(caught.value)


def test_more_study_hours_give_the_score_of_a_student_who_studies_more():
    row = a_student(hours=2)
    told = what_if(MODEL, SCHEMA, row, {"hours": 12})
    assert told.before == pytest.approx(MODEL.predict(row[None])[0])
    assert told.after == pytest.approx(MODEL.predict(a_student(hours=12)[None])[0])
    assert told.difference == told.after - told.before > 2
    assert told.sentence == (
        f"If study hours were 12 hours (now 2 hours), the model's score would be {told.after:.1f}, "
        f"{told.difference:.1f} points higher than now."
    )


def test_several_changes_are_asked_at_once_and_words_and_yes_are_told_as_such():
    chess = SCHEMA.words[PLACES["club"]].index("chess")
    row = a_student(tutored=0, club=chess, hours=np.nan)
    told = what_if(MODEL, SCHEMA, row, {"tutored": 1, "club": "choir", "hours": 0})
    assert "has a tutor were yes (now no) and club were choir (now chess)" in told.sentence
    assert "study hours were 0 hours (now not known)" in told.sentence


def test_no_change_makes_no_difference():
    told = what_if(MODEL, SCHEMA, a_student(hours=5), {"hours": 5})
    assert told.difference == 0
    assert "no different from now" in told.sentence


def test_a_score_stays_inside_the_scale():
    assert what_if(MODEL, SCHEMA, a_student(shrunken_mean=100), {"hours": 60}).after <= 100


def test_what_cannot_be_tried_out_is_refused_with_its_own_sentence():
    assert refused(wealth=3) == "wealth: the model does not know a value of this name."
    assert "home language: this is a protected fact" in refused(language="a")
    assert "last result: nobody can change this any more" in refused(last=90)
    assert refused(hours=999) == "study hours: expected a number from 0 to 60, but it says 999."
    assert "expected a number from 0 to 60" in refused(hours="many")
    assert "expected a number from 0 to 60" in refused(hours=np.nan)
    assert refused(hours=None) == "study hours: a value is needed to try it out."
    assert refused(club="rowing") == "club: the model has never met rowing."
    assert refused(last=90, language="a").count("cannot be tried out") == 2


def test_suggestions_move_each_thing_that_can_change_to_what_is_usual_elsewhere():
    row = a_student(hours=1, tutored=0)
    told = suggestions(MODEL, SCHEMA, row, USUAL)
    moved = {(one.changes[0].name, one.changes[0].then) for one in told}
    low, high = USUAL["hours"]
    assert {("hours", f"{low:g} hours"), ("hours", f"{high:g} hours"), ("tutored", "yes")} <= moved
    assert {name for name, _ in moved} == {"attendance", "hours", "tutored", "club"}
    assert ("tutored", "no") not in moved
    assert [one.difference for one in told] == sorted((one.difference for one in told), reverse=True)
    again = what_if(MODEL, SCHEMA, row, {"tutored": 1})
    assert next(one for one in told if one.changes[0].name == "tutored").after == pytest.approx(again.after)


def test_suggestions_are_values_that_students_really_have():
    hours = LEARNT.column("hours")
    assert USUAL["hours"] == tuple(np.quantile(hours, [0.25, 0.75], method="nearest"))
    assert USUAL["tutored"] == (0.0, 1.0)
    assert set(USUAL) == {"attendance", "hours", "tutored", "club"}


def test_nobody_is_told_that_a_change_would_bring_the_score_about():
    words = (CAVEAT + what_if(MODEL, SCHEMA, a_student(), {"hours": 9}).sentence).lower()
    assert "does not say that the change would bring it about" in words
    assert not any(claim in words for claim in ("because", "improve", "raise", "lead to", "effect"))
