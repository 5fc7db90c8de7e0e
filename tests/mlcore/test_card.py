"""The card says what the report says, in words for a person, and nothing that a name could smuggle into a page."""

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from mlcore.card import as_html, as_json, as_markdown, card
from mlcore.card.wording import UNSAID, figure, hundredths, listed, percent, points, value, whole
from mlcore.errors import MLError
from mlcore.plain import plain
from mlcore.report import (
    ChanceBin,
    Chances,
    Check,
    Coverage,
    CurvePoint,
    DataFacts,
    Errors,
    Fairness,
    Figure,
    Flagging,
    GroupRow,
    HistoryStep,
    Slice,
    Sufficiency,
    TrainingReport,
    Tried,
    Verdict,
    WorstCase,
)
from mlcore.spec import TrainSpec

NASTY = "<script>alert(1)</script> | *art* [x](y)"
NONE = Figure(None)


def errors(mae: float) -> Errors:
    return Errors(
        400, 100, Figure(mae, mae - 0.3, mae + 0.3), Figure(mae * 1.3), NONE, Figure(0.412), Figure(-0.04, -0.4, 0.3)
    )


COVERAGE = Coverage(400, Figure(0.803, 0.78, 0.82), Figure(0.951, 0.93, 0.97), 18.25, 30.5)


def a_report() -> TrainingReport:
    spec = TrainSpec(as_of=date(2026, 5, 1), subjects=("maths", NASTY))
    told = GroupRow("gender", "girls", 60, 240, False, *[Figure(step / 10) for step in range(1, 10)])
    hidden = GroupRow("gender", "other", 0, 0, True, *[NONE] * 9)
    return TrainingReport(
        spec=spec.as_dict(),
        data=DataFacts(
            1200, 30, 9000, 36_000, "2024-09-10", "2026-04-20", ("maths", NASTY), "time", "2026-03-01", 400, "f00d"
        ),
        champion="stack",
        champion_label="Ridge, forest and CatBoost together",
        candidates=(
            Tried("everybody", "Average of everybody", {}, 14.0, 11.0, 3, True, False),
            Tried("ridge", "Ridge", {"alpha": 1.0}, 8.2, 6.5, 3, False, True, 0.25),
            Tried("knn", "Nearest neighbours", {}, None, None, 1, False, False, 0.0, "clearly worse"),
        ),
        errors=errors(6.31),
        baseline="shrunken_mean",
        baseline_label="earlier average",
        baseline_errors=errors(7.9),
        gain=Figure(0.2, 0.15, 0.25),
        coverage=COVERAGE,
        slices=(
            Slice("subject", NASTY, errors(6.0), COVERAGE),
            Slice("history", "0", errors(9.0), COVERAGE),
            Slice("gender", "other", errors(9.9), COVERAGE),
        ),
        chances=(Chances(50.0, Figure(0.1234, 0.11, 0.14), 0.2, (ChanceBin(0.0, 0.1, 40, 0.05, 0.04),)),),
        flagging=(Flagging(0.1, 40, Figure(0.7, 0.6, 0.8), NONE),),
        sufficiency=Sufficiency(1, True, "One earlier result is needed.", (HistoryStep("0", 0, 50, 40.0, None),)),
        verdict=Verdict(False, (Check("r2_floor", "It explains too little.", False, 0.1, 0.3),)),
        fairness=Fairness((told, hidden), (), Figure(7.0, 6.5, 7.5), Figure(7.1), "No difference is clear."),
        learning_curve=(CurvePoint(1000, 9.0, 7.0),),
        worst=(WorstCase("4711", "88", 14, 81.0, 22.5, 70.0, 92.0),),
        importance=(("Earlier results in this subject", 7.04),),
        notes=("Two candidates were given up early.",),
    )


REPORT = a_report()
CARD = card(REPORT, {"numpy": "2.4.6"})
TEXT = as_markdown(CARD)


def section(title: str) -> str:
    return TEXT.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def test_a_person_finds_what_they_should_know_in_the_order_in_which_they_ask():
    titles = [each.title for each in CARD.sections]
    assert titles[:3] == ["In short", "What it learned from", "How good it is"]
    assert titles[-2:] == ["What it cannot say", "What was asked for"]
    for title in ("Who gets no score", "Groups", "What moves the score", "Worst cases", "Checks", "How it was chosen"):
        assert title in titles


def test_the_model_stands_beside_the_simplest_guess():
    assert "scores lay 6.3 (6.0 to 6.6) points from them on average" in section("In short")
    assert "| Mean error, in points | 6.3 (6.0 to 6.6) | 7.9 (7.6 to 8.2) |" in section("How good it is")
    assert "saves 20.0 % (15.0 % to 25.0 %)" in section("How good it is")
    assert "not fit to serve" in section("In short")


def test_what_cannot_be_said_is_said_so():
    assert f"| Share of the differences explained (R²) | {UNSAID} | {UNSAID} |" in TEXT
    assert f"| 0 | 50 | 40.0 | {UNSAID} |" in section("Who gets no score")
    assert "None" not in TEXT
    assert "nan" not in TEXT.lower().split()


def test_how_often_the_ranges_hold_is_told_overall_and_by_part():
    assert "held 80.3 % (78.0 % to 82.0 %)" in section("How good it is")
    assert "80.3 % (78.0 % to 82.0 %)" in section("By amount of earlier results")


def test_a_small_group_is_named_and_not_told():
    rows = section("Groups")
    assert "| gender: other | not told | not told |" in rows
    assert "9.9" not in TEXT, "the same group came in by another table"


def test_a_group_is_told_with_its_errors_and_with_how_often_both_ranges_held():
    head, row = (line.strip("| ").split(" | ") for line in section("Groups").splitlines() if "gender: other" not in line
                 and line.startswith("| ") and "---" not in line)  # fmt: skip
    told = dict(zip(head, row, strict=True))
    assert (told["Group"], told["Students"], told["Mean error"], told["RMSE"]) == ("gender: girls", "60", "0.1", "0.2")
    assert (told["80 % range held"], told["95 % range held"]) == ("60.0 %", "70.0 %")
    assert (told["Flagged"], told["Misses not flagged"]) == ("80.0 %", "90.0 %")


def test_chances_are_held_against_what_happened_at_the_pass_mark():
    assert "| 50.0 | 0.123 (0.110 to 0.140) | 0.200 |" in section("Chances")
    assert "| 0.0 % to 10.0 % | 40 | 5.0 % | 4.0 % |" in section("What was said and what happened")


def test_a_pass_mark_of_nothing_is_not_taken_for_one_of_fifty():
    both = tuple(replace(REPORT.chances[0], boundary=boundary) for boundary in (0.0, 50.0))
    spec = TrainSpec(as_of=date(2026, 5, 1), pass_mark=0.0)
    text = card(replace(REPORT, spec=spec.as_dict(), chances=both)).written("md")
    assert "Where such a chance of reaching 0.0 was told" in text


def test_a_result_that_was_asked_for_at_several_leads_is_not_called_several_results():
    assert "Measured on 400 scores for 100 students, whose results it had not seen." in section("How good it is")
    assert "| Earlier results | Samples |" in section("By amount of earlier results")
    assert "| Chance | Samples |" in section("What was said and what happened")


def test_candidates_come_smallest_error_first_with_what_became_of_them():
    names = ["Ridge", "Average of everybody", "Nearest neighbours"]
    rows = [line for line in section("How it was chosen").splitlines() if line.startswith("| ")][2:]
    assert [re.split(r" \| ", row.strip("| "))[0] for row in rows] == names
    assert "25.0 %" in rows[0]
    assert "for comparison only; clearly worse" in rows[2]


def test_it_says_that_it_does_not_say_why():
    assert "it does not say why" in section("What it cannot say")


def test_worst_cases_have_keys_and_no_names():
    assert "| 4711 | 88 | 14 | 81.0 | 22.5 | 70.0 to 92.0 |" in section("Worst cases")


def test_what_was_asked_for_and_with_what_it_was_made_is_there():
    told = section("What was asked for")
    assert "| Pass mark | 50 |" in told
    assert "| Floor of r2 | not set |" in told
    assert "| numpy | 2.4.6 |" in told


def test_the_same_run_gives_the_same_card_from_the_report_or_from_a_bundle():
    again = card(json.loads(json.dumps(plain(REPORT.as_dict()))), {"numpy": "2.4.6"})
    assert again == CARD
    assert [again.written(form) for form in ("md", "html", "json")] == [
        as_markdown(CARD),
        as_html(CARD),
        as_json(CARD),
    ]


def test_a_form_nobody_knows_is_refused():
    with pytest.raises(MLError, match="md, html, json"):
        CARD.written("docx")


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_sound_and_holds_no_script_or_style():
    page = Page(as_html(CARD, level=3))
    assert page.open == []
    assert page.tags == {
        "article", "section", "h3", "h4", "p", "table", "caption", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert page.attributes == {"scope"}
    assert "&lt;script&gt;" in as_html(CARD)


def test_a_nasty_name_stays_a_name_in_markdown():
    assert "<script" not in TEXT
    row = next(line for line in TEXT.splitlines() if line.startswith("| &lt;script"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 8
    assert r"\*art\* \[x\](y)" in row


def test_programs_get_the_figures_themselves():
    told = json.loads(as_json(CARD))
    assert told["facts"]["errors"]["mae"]["value"] == 6.31
    assert told["sections"][0]["title"] == "In short"


def test_a_first_run_of_a_small_school_has_a_card_too():
    bare = replace(
        REPORT,
        candidates=(),
        slices=(),
        chances=(),
        flagging=(),
        learning_curve=(),
        worst=(),
        importance=(),
        notes=(),
        fairness=Fairness((), ()),
        verdict=Verdict(True, ()),
        gain=NONE,
        data=replace(REPORT.data, split="student", cut="", subjects=()),
    )
    text = card(bare).written("md")
    assert "students from whom it had not learned" in text
    assert "groups could not be compared" in text
    assert "Worst cases" not in text


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (points(-0.04), "0.0"),
        (points(None), UNSAID),
        (percent(0.8), "80.0 %"),
        (hundredths(0.555), "0.56"),
        (whole(36_000), "36,000"),
        (figure({"value": 1.0, "low": None, "high": None}, points), "1.0"),
        (figure(None, points), UNSAID),
        (listed(("a", "b", "c"), "all"), "a, b and c"),
        (listed((), "all"), "all"),
        (value([1, 14]), "1, 14"),
        (value(True), "yes"),
        (value(0.04), "0.04"),
    ],
)
def test_figures_in_words(said, words):
    assert said == words
