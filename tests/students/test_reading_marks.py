"""Reading what was typed into a cell: every spelling that means one thing, and a sentence for everything else."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from students.gradebook.reading import Entry, read
from students.marksheet import CODES, points
from students.models import ResultStatus

FIFTY = Decimal(50)
MAXIMA = st.decimals(min_value="0.01", max_value="99999.99", places=2)


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("17", "17"), (" 17 ", "17"), ("17.5", "17.5"), ("17,5", "17.5"), ("17,50", "17.5"), ("0", "0"), ("00", "0"),
        ("05", "5"), (".5", "0.5"), (",5", "0.5"), ("5.", "5"), ("0.500", "0.5"), ("50", "50"), ("50.00", "50"),
        ("١٧٫٥", "17.5"), ("１７．５", "17.5"), ("१७", "17"), ("\u00a017,5\u202f", "17.5"), ("-0", "0"),
        ("85%", "42.5"), ("85 %", "42.5"), ("33,33%", "16.67"), ("100%", "50"), ("0%", "0"), ("٥٠٪", "25"),
    ],
)  # fmt: skip
def test_points_are_read_in_the_spelling_of_any_country(text: str, score: str) -> None:
    assert read(text, FIFTY) == Entry(ResultStatus.SCORED, Decimal(score))


@pytest.mark.parametrize(
    "text", ["1234.5", "1 234,5", "1\u202f234,5", "1'234.5", "1’234,5", "1.234,5", "1,234.5", "1٬234٫5"]
)
def test_thousands_may_be_set_apart(text: str) -> None:
    assert read(text, Decimal(2000)) == Entry(ResultStatus.SCORED, Decimal("1234.5"))


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("abs", "absent"), ("ABS", "absent"), ("Absent", "absent"), ("a", "absent"), ("ex", "exempt"),
        ("E", "exempt"), ("exempt", "exempt"), ("ns", "not_submitted"), ("n", "not_submitted"),
        ("Not  submitted", "not_submitted"), ("-", "not_submitted"), (" \u2013 ", "not_submitted"),
    ],
)  # fmt: skip
def test_codes_and_words_say_why_there_is_no_score(text: str, status: str) -> None:
    assert read(text, FIFTY) == Entry(ResultStatus(status))


@pytest.mark.parametrize("text", ["", " ", "\t", "\u00a0", "\n"])
def test_nothing_typed_means_no_entry(text: str) -> None:
    assert read(text, FIFTY) == Entry()


NEITHER = "“{}” is neither points nor abs, ex, ns."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("61", "61 is more than the 50 points of this exam."),
        ("50.01", "50.01 is more than the 50 points of this exam."),
        ("120%", "60 is more than the 50 points of this exam."),
        ("100.01%", "50.005 is more than the 50 points of this exam."),
        ("9" * 30, f"{'9' * 20}… is more than the 50 points of this exam."),
        ("-5", "Points cannot be less than 0."),
        ("\u22125,5", "Points cannot be less than 0."),
        ("- 3", "Points cannot be less than 0."),
        ("17.555", "Points have two decimals at most."),
        ("0.001", "Points have two decimals at most."),
        ("1,234", "Points have two decimals at most."),
        *(
            (bad, NEITHER.format(bad))
            for bad in (
                "abx", "nan", "NaN", "inf", "-inf", "Infinity", "1e5", "1E1", "0x1f", "1_0", "17/20", "5²", "½", "Ⅳ",
                "1 7", "1 23", "12 34 5", "1..5", "1,,5", "1.2.3", "1,2,3", "+5", "--5", "%", "5%%", "%5", "=1+1",
                ".", ",", "17 points", "None", "null", "true", "абс", "一", "'", "17;18", "<b>17</b>", "$5",
            )
        ),
        ("1\x00", NEITHER.format("1 ")),
        ("\u202e17", NEITHER.format(" 17")),
        ("1\t2", NEITHER.format("1 2")),
        ("x" * 500, NEITHER.format("x" * 20 + "…")),
        ("1" * 41, NEITHER.format("1" * 20 + "…")),
    ],
)  # fmt: skip
def test_everything_else_is_answered_with_a_sentence(text: str, sentence: str) -> None:
    assert read(text, FIFTY) == sentence


@pytest.mark.parametrize("text", ["1,234", "1.234", "12,500"])
def test_what_may_be_thousands_or_decimals_is_not_guessed(text: str) -> None:
    assert read(text, Decimal(20000)) == f"“{text}” can be read in two ways. Write it without a sign for thousands."


@given(text=st.text(max_size=60), maximum=MAXIMA)
def test_reading_never_fails_and_never_gives_what_cannot_be_stored(text: str, maximum: Decimal) -> None:
    _check(read(text, maximum), maximum)


@given(text=st.text(alphabet="0123456789.,'% -\u0665\u066b\u202fae", max_size=44), maximum=MAXIMA)
def test_nor_with_what_looks_like_a_number(text: str, maximum: Decimal) -> None:
    _check(read(text, maximum), maximum)


def _check(found: Entry | str, maximum: Decimal) -> None:
    if isinstance(found, str):
        assert found.strip()
        return
    assert (found.score is None) == (found.status != ResultStatus.SCORED)
    if found.score is not None:
        assert 0 <= found.score <= maximum
        assert found.score == found.score.quantize(Decimal("0.01"))


@given(st.decimals(min_value=0, max_value="99999.99", places=2))
def test_what_is_shown_is_read_back_as_the_same(score: Decimal) -> None:
    text = points(score)
    typed = (text, text.replace(".", ","), f"  {text} ")
    if len(text.partition(".")[0]) < 4:
        assert [read(each, Decimal(99999)) for each in typed] == [Entry(ResultStatus.SCORED, score)] * 3
    assert "E" not in text
    assert not text.endswith((".", ".0", ".00"))


def test_every_code_that_is_shown_is_read_back() -> None:
    assert {status: read(code, FIFTY) for status, code in CODES.items()} == {
        status: Entry(status) for status in ResultStatus if status != ResultStatus.SCORED
    }
