"""Whatever mlcore says on a page can be put into the reader's language: its words, and its sentences with their figures."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.translation import trans_real

from mlcore import fairness, gate, sufficiency
from mlcore.card import card
from mlcore.causes import EXAM_PASSED, NOT_ON_ROLL, _not_learned, _too_far
from mlcore.explain.whatif import CAVEAT, Change, WhatIf
from mlcore.features.matrix import build_matrix
from mlcore.report import Coverage, Errors, Figure, HistoryStep, Slice, Sufficiency
from mlcore.samples import samples_ahead
from mlcore.spec import Floors
from mlcore.typed import BadValues, row_of
from predictions import comparing, faults
from predictions.measuring import drifting
from predictions.models import Prediction
from predictions.phrases import PHRASES, stored
from predictions.summaries.card import card_in_words
from predictions.wording import HOLE, cause_in_words, cell_in_words, in_own_words, is_known
from tests.house.marked import CODE, Marked, outside
from tests.trained import LEARNED_ON, trained_bundle, trained_tables

ROOT = Path(__file__).parents[2]
SOURCES = (
    "causes", "sufficiency", "gate", "fairness", "drift", "explain/whatif", "typed", "card/quality", "card/sections",
    "card/wording", "estimators", "train", "trial", "search", "search_fits", "search_rounds", "lesson", "bundle", "versions",
    "pickling", "ranges/learning", "metrics", *(f"features/{path.stem}" for path in (ROOT / "mlcore/features").glob("*.py")),
)  # fmt: skip
# Pieces of sentences, of which the whole ones are asked about below; and two that only the log and the terminal tell.
PIECES = """
The model has not learned from any exam {}. | of the kind {} | {} {} a range is {} % narrower than if nothing were known of a student.
A student needs at least {} earlier {} for a score. | No earlier result is known | Only one earlier result is known
Only {} earlier results are known | {}; a score needs at least {}. | Even without any earlier result | {} Nobody it learned from had fewer.
It was judged on {} scores for {} students, whose results it had not seen | the best simple guess ({})
Of 100 results {} lay in the range that promises {} | On the whole scores were {} points {} | {}; at least {} are needed.
Its error is {} smaller than that of {}{}; {}. | is much wider than it need be | falls short by more than {} | too high | too low
, {} points against {} | It is no better than {}{}. | from {} larger to {} smaller
It is not clearly better than {}{}: its error may be anything {}. | The range that promises {} of 100 holds in {}.
the one part | each of the {} parts | Leaving the protected features out costs nothing that could be told from chance: {}.
The version {} protected features; the other way was not measured. | Leaving the protected features out costs {} points: {}.
Leaving the protected features out makes scores better by {} points: {}. | does not use | a word that training did not meet
a number beyond all that training met | {} {} {} than now | expected {}, but it says {}. | expected one of {}, but it says {}.
Typical error (RMSE) {} protected features: {} points. | Chosen by cross-validation on {}: {}. Errors in points, smallest first.
earlier results only | students it had not met | Best so far: {}, typically {} points off. | its scores are not numbers.
There are {} earlier results{} of {} students to learn from until {}; at least {} of {} students are needed.
Made with {} {}; here is {}. | of an unknown version | attendance in the last {} days | average of earlier results in {}
average of earlier results in {}, recent ones counting more | trend of earlier results in {} | how much earlier results in {} differ
number of earlier results in {} | days since the last result in {} | this subject | number of {}s
"""
LABEL = "the average of the class"
FIGURE = Figure(0.8, 0.7, 0.9)


def pieces() -> set[str]:
    return {piece.strip() for line in PIECES.strip().splitlines() for piece in line.split(" | ")}


def texts_in(source: str) -> Iterator[tuple[str, list[str]]]:
    """Each text of two words or more, its holes open, and filled in several ways."""
    tree = ast.parse(source)
    skipped = {id(node.body[0].value) for node in ast.walk(tree) if _has_docstring(node)}
    skipped |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
        if is_text and id(node) not in skipped and re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", _filled(node, "{}")):
            yield (
                _filled(node, "{}").strip(),
                [_filled(node, with_it) for with_it in ("7", "Maths", "7 %", "3 July 2026")],
            )


def _has_docstring(node: Any) -> bool:
    holds = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body
    return bool(holds and isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant))


def _filled(node: Any, with_it: str) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else with_it for part in node.values)


def unknown(texts: Any) -> list[str]:
    return [text for text in texts if text and not is_known(text)]


def test_every_sentence_in_the_source_of_mlcore_is_known_or_a_piece_of_one() -> None:
    found = set()
    for name in SOURCES:
        for text, filled in texts_in((ROOT / f"mlcore/{name}.py").read_text(encoding="utf-8")):
            if not any(is_known(each) for each in filled):
                found.add(text)
    assert found == pieces()


def test_every_feature_and_every_group_of_a_version_is_known() -> None:
    tables = trained_tables()
    facts = ("gender", "ethnicity", "parental_education", "lunch_programme", "home_language", "age")
    features = build_matrix(tables, samples_ahead(tables, LEARNED_ON), protected=facts).schema.features
    own = {
        str(name).replace("_", " ").capitalize() for name in tables.observations["indicator"].unique()
    }  # what the school notes has the school's name
    assert len(features) > 60
    assert set(unknown(feature.label for feature in features)) <= own
    assert set(unknown(feature.group for feature in features)) <= own
    assert unknown(trained_bundle().reference.scores.label.split("|")) == []


@pytest.mark.parametrize("chosen", [1, 2, 5])
def test_why_there_is_no_score_is_known_whatever_the_cause(chosen: int) -> None:
    enough = Sufficiency(chosen, True, "", ())
    causes = [
        NOT_ON_ROLL,
        EXAM_PASSED,
        _too_far(130, 84),
        _not_learned("k", "of the kind oral"),
        _not_learned("s", "in Art"),
    ]
    causes += [sufficiency.cause(known, enough) for known in range(chosen)]
    assert unknown(text for cause in causes for text in (cause.sentence, cause.change)) == []


def test_every_check_of_the_gate_is_known_passed_or_failed() -> None:
    told = [check.sentence for facts in _facts() for check in gate.verdict(facts).checks]
    assert len(set(told)) > 30
    assert unknown(told) == []


def _facts() -> Iterator[gate.Facts]:
    floors = Floors(r2=0.4, mae=6.0)
    nothing = Figure(None)
    for bias in (Figure(0.4, -1, 1), Figure(5.0, 4, 6), Figure(-5.0, -6, -4), nothing):
        for hit in (FIGURE, Figure(0.6, 0.55, 0.65), Figure(0.99, 0.98, 1.0), nothing):
            for gain in (Figure(0.12, 0.05, 0.2), Figure(-0.1, -0.2, -0.01), Figure(0.005, -0.07, 0.08), nothing):
                off = Errors(40, 12, FIGURE, Figure(6.3), hit, FIGURE, bias)
                held = Coverage(400, hit, hit, 18.0, 30.0)
                by = [("subject", "Maths"), ("history", "1"), ("history", "3 to 5")]
                parts = tuple(Slice(kind, name, off, held) for kind, name in by)
                for slices in ((), parts[:1], parts):
                    yield gate.Facts(off, off, LABEL, gain, held, slices, floors)


def test_what_sufficiency_groups_and_what_if_say_is_known() -> None:
    steps = tuple(HistoryStep(label, least, 100, 20.0, 0.6) for label, least in (("0", 0), ("1", 1), ("3 to 5", 3)))
    told = [sufficiency._sentence(least, steps) for least in (0, 1, 3, 4)]
    told += [f"The school chose: {sufficiency._needs(2)}", sufficiency._sentence(0, ()), sufficiency.HARDLY]
    told += [f"{sufficiency._needs(2)} Nobody it learned from had fewer."]
    for cost in (Figure(0.2, 0.1, 0.3), Figure(-0.2, -0.3, -0.1), Figure(0.0, -0.1, 0.1), Figure(None)):
        told.append(fairness._cost_sentence(Figure(6.1), Figure(6.3), cost))
    change = Change("attendance_rate", "attendance", "80 %", "95 %")
    told += [CAVEAT, *(WhatIf(changes, 60.0, after).sentence for changes in ((change,), (change, change)) for after in (50.0, 59.0, 60.0, 61.0, 70.5))]  # fmt: skip
    assert unknown(told) == []


def test_what_is_said_of_a_typed_value_is_known() -> None:
    schema = trained_bundle().schema
    wrong = {"attendance_rate": 400, "nonsense": 1, "subject": "x" * 500, "subject_count": -1}
    with pytest.raises(BadValues) as refused:
        row_of(schema, wrong)
    assert unknown(refused.value.faults.values()) == []


@pytest.fixture
def marks(settings: Any) -> Iterator[None]:
    settings.LANGUAGES = [(CODE, "Marked")]
    trans_real._translations[CODE] = Marked()
    with translation.override(CODE):
        yield


@pytest.mark.usefixtures("marks")
def test_of_a_card_nothing_but_data_stays_in_english() -> None:
    bundle = trained_bundle()
    told = card_in_words(card(bundle.report, {}))
    texts = [told.title]
    for section in told.sections:
        texts += [section.title, *section.sentences, *section.head, *(cell for row in section.rows for cell in row)]
    left = {" ".join(outside(text).split()) for text in texts}
    words = {word for text in left for word in re.findall(r"[^\W\d_]{3,}", text)}
    assert words - _names(bundle.report) - {date(2026, month, 1).strftime("%B") for month in range(1, 13)} == set()


def _names(report: Any) -> set[str]:
    """Subjects, groups, keys and the school's own indicators."""
    told = [*report["data"]["subjects"], report["data"]["fingerprint"]]
    told += [name for row in report["fairness"]["rows"] for name in (row["name"],)]
    told += [str(each[key]) for each in report["worst"] for key in ("student", "exam")]
    told += [name for name, _size in report["importance"] if not is_known(name)]
    return set(re.findall(r"[^\W\d_]{3,}", " ".join(told)))


@pytest.mark.parametrize("module", [faults, comparing, drifting])
def test_what_measuring_stores_is_written_here_as_it_is_there(module: Any) -> None:
    source = Path(module.__file__).read_text(encoding="utf-8")
    calls = [
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and ast.unparse(node.func) == "_"
    ]
    assert calls
    assert [text for call in calls if (text := call.args[0].value) not in stored.PHRASES] == []


def test_no_phrase_is_mistaken_for_another_one() -> None:
    """Filled with figures and words, each finds itself again: what stays of it is what was put into its holes."""
    with translation.override("en-gb"):
        for phrase in PHRASES:
            text = HOLE.sub("7", phrase).replace("%%", "%")
            assert in_own_words(text).replace("\N{NO-BREAK SPACE}", " ") == text


def test_figures_and_days_in_a_sentence_are_written_as_the_reader_does() -> None:
    with translation.override("de"):
        assert cell_in_words("6.3 (6.0 to 6.6)").startswith("6,3 (6,0")
        assert cell_in_words("12,345") == "12.345"
        assert cell_in_words("80 %") == "80\N{NO-BREAK SPACE}%"
        assert cell_in_words("2026-07-03") == "3. Juli 2026"


def test_what_a_school_calls_its_own_stays_as_it_is() -> None:
    with translation.override("de"):
        assert in_own_words("Homework handed in, of 10.5 expected") == "Homework handed in, of 10.5 expected"
        assert in_own_words("") == ""


@pytest.mark.usefixtures("marks")
def test_a_cause_is_told_with_what_would_change_it() -> None:
    cause = sufficiency.cause(0, Sufficiency(2, True, "", ()))
    sentence, remedy = cause_in_words(Prediction(sentence=cause.sentence, remedy=cause.change))
    assert sentence == "⟦No earlier result is known; a score needs at least 2.⟧"
    assert remedy == "⟦2 more results in any subject.⟧"


def test_a_template_can_say_it_too() -> None:
    template = Template("{% load wording %}{{ text|in_own_words }}")
    with translation.override("de"):
        assert template.render(Context({"text": "Attendance"})) == in_own_words("Attendance")
