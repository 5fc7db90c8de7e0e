"""A bundle is opened only if it is whole, ours and unchanged; and equal bundles are equal bytes."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlcore import bundle as bundles
from mlcore.background import Reference
from mlcore.bundle import Bundle, checksum, dumps, fingerprint, loads, peek
from mlcore.errors import BadBundle, MLError
from mlcore.features.base import Feature, FeatureKind, Matrix, MatrixSchema
from mlcore.pickling import freeze, thaw
from mlcore.report import HistoryStep, Sufficiency
from mlcore.tables import SchoolTables
from mlcore.versions import differences, installed

KEY = b"the key of this school"
SPRUNG: list[str] = []


def spring() -> str:
    SPRUNG.append("opened")
    return "a model"


class Trap:
    """Whoever unpickles it has run it."""

    def __reduce__(self):
        return spring, ()


def a_bundle(champion=None, **changed) -> Bundle:
    features = (
        Feature("last_score", "last score", "Earlier results"),
        Feature("subject", "subject", "This exam", FeatureKind.CATEGORY),
    )
    matrix = Matrix(MatrixSchema(features, ((), ("history", "maths"))), np.arange(80.0).reshape(40, 2) % 2)
    report = {
        "spec": {"boundaries": (40.0, 50.0), "leads": (1, 14), "as_of": "2026-05-01"},
        "data": {"fingerprint": "f00d", "subjects": ("history", "maths")},
        "gain": float("nan"),
    }
    steps = (HistoryStep("0", 0, 20, 40.0, None),)
    made = Bundle.of(
        schema=matrix.schema,
        champion=champion or {"weights": np.arange(3.0)},
        ranges="ranges",
        explainer="explainer",
        reference=Reference.of(matrix, np.linspace(20, 90, 40)),
        sufficiency=Sufficiency(1, True, "One earlier result is enough.", steps),
        report=report,
        seed=3,
    )
    return replace(made, **changed)


WHOLE = dumps(a_bundle(Trap()), KEY)


def refused(data: bytes, key: bytes = KEY) -> BadBundle:
    """The refusal, and that nothing was unpickled before it."""
    SPRUNG.clear()
    with pytest.raises(BadBundle) as caught:
        loads(data, key)
    assert SPRUNG == []
    assert str(caught.value).endswith(".")
    return caught.value


def test_what_was_saved_is_what_is_opened():
    saved = a_bundle()
    opened = loads(dumps(saved, KEY), KEY)
    assert (opened.schema, opened.report, opened.sufficiency) == (saved.schema, saved.report, saved.sufficiency)
    assert (opened.seed, opened.versions, opened.fingerprint) == (3, installed(), "f00d")
    assert (opened.boundaries, opened.longest_lead, opened.subjects) == ((40.0, 50.0), 14, ("history", "maths"))
    assert opened.report["gain"] is None
    np.testing.assert_array_equal(opened.champion["weights"], saved.champion["weights"])
    np.testing.assert_array_equal(opened.reference.columns[0].shares, saved.reference.columns[0].shares)


def test_the_trap_springs_when_its_own_bundle_is_opened():
    """So that the tests below would see it."""
    SPRUNG.clear()
    assert loads(WHOLE, KEY).champion == "a model"
    assert SPRUNG == ["opened"]


@settings(max_examples=4, deadline=None)
@given(st.integers(1, 255))
def test_no_changed_byte_gets_past_the_signature(change):
    for place in range(len(WHOLE)):
        changed = bytearray(WHOLE)
        changed[place] ^= change
        assert refused(bytes(changed)).code in {"tampered", "truncated", "foreign"}


def test_no_part_of_a_bundle_passes_for_the_whole():
    assert {refused(WHOLE[:length]).code for length in range(len(WHOLE))} == {"truncated"}


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_nothing_can_be_added_to_a_bundle(more):
    if more:
        assert refused(WHOLE + more).code == "tampered"


@settings(max_examples=100, deadline=None)
@given(st.binary(min_size=1, max_size=400))
def test_any_other_file_is_foreign(data):
    assert refused(data).code in {"foreign", "truncated"}


def test_a_bundle_signed_with_another_key_is_never_run():
    assert refused(WHOLE, b"the key of the school next door").code == "tampered"


def test_a_payload_put_under_an_old_signature_is_never_run():
    honest = dumps(a_bundle(), KEY)
    assert refused(WHOLE[:-32] + honest[-32:]).code == "tampered"


def test_a_bundle_of_tomorrows_format_says_so():
    newer = dumps(a_bundle(Trap(), format=2), KEY)
    assert "format 2" in refused(newer).sentence
    assert refused(newer).code == "too_new"
    assert refused(newer, b"another").code == "tampered"


def test_a_bundle_of_another_scikit_learn_is_refused_and_both_are_named():
    older = installed() | {"scikit-learn": "1.2.2"}
    fault = refused(dumps(a_bundle(Trap(), versions=older), KEY))
    assert fault.code == "other_libraries"
    assert "1.2.2" in fault.sentence
    assert installed()["scikit-learn"] in fault.sentence


def test_another_pandas_is_noted_and_not_refused():
    older = installed() | {"pandas": "3.0.0"}
    assert loads(dumps(a_bundle(versions=older), KEY), KEY).versions == older
    assert differences(older) == (f"Made with pandas 3.0.0; here is {installed()['pandas']}.",)
    assert differences(installed()) == ()


def test_a_bundle_whose_features_meant_something_else_is_refused():
    assert refused(dumps(a_bundle(Trap(), schema_number=0), KEY)).code == "other_schema"


def test_a_class_that_is_gone_is_told_in_a_sentence(monkeypatch):
    saved = dumps(a_bundle(Trap()), KEY)
    monkeypatch.delattr(sys.modules[__name__], "spring")
    assert refused(saved).code == "unreadable"


def test_every_refusal_has_a_sentence_of_its_own():
    newer, older = dumps(a_bundle(format=9), KEY), dumps(a_bundle(schema_number=0), KEY)
    files = (b"something else entirely", WHOLE[:50], WHOLE + b"!", newer, older)
    told = [refused(data) for data in files]
    assert len({each.code for each in told}) == len({each.sentence for each in told}) == len(files)


def test_peeking_tells_the_facts_and_opens_nothing():
    SPRUNG.clear()
    facts = peek(WHOLE, KEY)
    assert SPRUNG == []
    assert facts["report"]["data"]["fingerprint"] == "f00d"
    assert facts["schema"]["features"][1]["name"] == "subject"
    assert facts["versions"] == installed()
    with pytest.raises(BadBundle):
        peek(WHOLE, b"another")


@pytest.mark.parametrize("act", [lambda: dumps(a_bundle(), b""), lambda: loads(WHOLE, b"")])
def test_without_a_key_nothing_is_signed_or_opened(act):
    with pytest.raises(MLError) as caught:
        act()
    assert caught.value.code == "no_key"


def test_the_same_bundle_is_the_same_bytes_before_and_after_it_was_used():
    schema = a_bundle().schema
    saved = a_bundle(explainer=schema)  # it keeps what it has once worked out
    first = dumps(saved, KEY)
    assert schema.places
    assert schema.group_of.any()
    assert dumps(saved, KEY) == first
    assert dumps(loads(first, KEY), KEY) == first
    assert loads(first, KEY).explainer == schema
    assert checksum(dumps(a_bundle(), KEY)) == checksum(dumps(a_bundle(), KEY))
    assert checksum(dumps(a_bundle(), KEY)) != checksum(dumps(a_bundle(seed=4), KEY))


def test_equal_texts_are_equal_bytes_whether_they_are_one_object_or_two():
    word = "mathematics"
    assert freeze({"a": [word, word]}) == freeze({"a": [word, "".join(["mathe", "matics"])]})
    assert thaw(freeze({"a": {word, "art"}, "b": frozenset({1, 2})})) == {"a": {word, "art"}, "b": frozenset({1, 2})}


def test_the_order_of_a_set_in_memory_does_not_reach_the_file():
    program = "from mlcore.pickling import freeze; print(freeze({'a': {f'subject {n}' for n in range(50)}}).hex())"
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1


def test_a_booster_does_not_bring_the_time_of_day_along():
    from catboost import CatBoostRegressor

    rng = np.random.default_rng(0)
    values, y = rng.normal(size=(60, 3)), rng.normal(size=60)

    def learned():
        return CatBoostRegressor(iterations=5, thread_count=1, silent=True, allow_writing_files=False).fit(values, y)

    first, second = (freeze({"model": learned()}) for _ in range(2))
    assert first == second
    np.testing.assert_array_equal(thaw(first)["model"].predict(values), learned().predict(values))


def test_what_json_cannot_hold_is_refused_when_it_is_told():
    with pytest.raises(MLError, match="object"):
        Bundle.of(report={"spec": object()})


def marks(**changed) -> pd.DataFrame:
    day = pd.to_datetime(["2026-01-12", "2026-01-12", "2026-02-02"])
    rows = {"student": [3, 1, 2], "exam": [7, 7, 8], "status": ["scored", "absent", "scored"]}
    return pd.DataFrame(rows | {"score": [17.0, np.nan, 9.0], "known_on": day} | changed)


def printed(frame: pd.DataFrame) -> str:
    return fingerprint(SchoolTables.of(results=frame))


@pytest.mark.parametrize(
    "same",
    [
        lambda f: f[sorted(f.columns)],
        lambda f: f.iloc[[2, 0, 1]],
        lambda f: f.set_axis([5, 5, 9]),
        lambda f: f.astype({"student": "int32", "exam": "float64", "status": "category"}),
        lambda f: f.astype({"status": object, "known_on": "datetime64[ns]"}),
        lambda f: f.assign(score=f["score"].astype("Float64")),
        lambda f: f.assign(note=np.nan),
    ],
    ids=["columns", "rows", "index", "types", "more types", "nullable", "empty column"],
)
def test_how_tables_are_stored_does_not_change_their_fingerprint(same):
    assert printed(same(marks())) == printed(marks())


@pytest.mark.parametrize(
    "other",
    [
        {"score": [17.0, np.nan, 9.5]},
        {"score": [9.0, np.nan, 17.0]},
        {"score": [17.0, 0.0, 9.0]},
        {"status": ["scored", "exempt", "scored"]},
        {"student": [3, 1, 4]},
        {"student": [3, 1, 2**62]},
        {"known_on": pd.to_datetime(["2026-01-12", "2026-01-13", "2026-02-02"])},
    ],
)
def test_any_other_value_changes_the_fingerprint(other):
    assert printed(marks(**other)) != printed(marks())


def test_keys_too_large_for_a_float_are_told_apart():
    assert printed(marks(student=[3, 1, 2**62])) != printed(marks(student=[3, 1, 2**62 + 1]))


def test_a_row_twice_is_another_table_and_an_empty_table_is_none():
    assert printed(pd.concat([marks(), marks().iloc[:1]])) != printed(marks())
    assert printed(marks().iloc[:0]) == fingerprint(SchoolTables.empty())


def test_the_format_number_stands_where_a_later_foremark_looks_for_it():
    assert WHOLE[: len(bundles.MAGIC) + 2] == b"FOREMARK-BUNDLE\n\x00\x01"
