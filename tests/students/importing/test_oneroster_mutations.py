"""Whatever happens to a good bundle on its way, the reader says what it finds or refuses the file; it never falls over."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from students.importing.findings import Findings, Unreadable
from students.importing.incoming import REFERENCES, Incoming, Table
from tests.students.importing.oneroster_made import Files, files_11, files_12, read, zipped

SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
GOOD = {"1.1": zipped(files_11()), "1.2": zipped(files_12())}
VERSION = st.sampled_from(sorted(GOOD))
WORDS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", " ", '"', ",", "\n", "\0", "-1", "1e400", "2026-02-30", "true", "s1", "sam", "tobedeleted", "x" * 300]),
)  # fmt: skip


def looked(content: bytes) -> None:
    try:
        incoming, findings = read(content)
    except Unreadable:
        return
    assert_whole(incoming, findings)


def assert_whole(incoming: Incoming, findings: Findings) -> None:
    """What was read can be planned: ids are there once, and what rows refer to is there or was told to be wrong."""
    assert all(finding.expected for found in findings.shown.values() for finding in found)
    for table, columns in REFERENCES.items():
        for column, target in columns.items():
            there = set(incoming.rows(target)["id"].tolist()) | incoming.refused.get(target, set()) | {""}
            assert set(incoming.rows(table)[column].tolist()) <= there, (table, column)
    for table in Table:
        rows = incoming.rows(table)
        if "id" in rows.columns:
            ids = rows["id"].tolist()
            assert len(set(ids)) == len(ids), table
            assert "" not in ids


@SETTINGS
@given(VERSION, st.data())
def test_bytes_that_change_on_the_way(version: str, data: st.DataObject) -> None:
    content = bytearray(GOOD[version])
    for _change in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    looked(bytes(content))


@SETTINGS
@given(VERSION, st.data())
def test_bytes_that_get_lost(version: str, data: st.DataObject) -> None:
    content = GOOD[version]
    start = data.draw(st.integers(0, len(content) - 1))
    looked(content[:start] + content[data.draw(st.integers(start, len(content))) :])


def changed(files: Files, data: st.DataObject) -> Files:
    """One file with a cell, a column, a row or an end of it otherwise."""
    name = data.draw(st.sampled_from(sorted(name for name, text in files.items() if text.strip())))
    rows = [line.split(",") for line in files[name].splitlines()]
    row = data.draw(st.integers(0, len(rows) - 1))
    place = data.draw(st.integers(0, len(rows[row]) - 1))
    kind = data.draw(st.sampled_from(["cell", "column", "swap", "double", "drop", "cut", "shift"]))
    if kind == "cell":
        rows[row][place] = data.draw(WORDS)
    elif kind == "column":
        rows = [cells[:place] + cells[place + 1 :] for cells in rows]
    elif kind == "swap":
        rows[row], rows[-1] = rows[-1], rows[row]
    elif kind == "double":
        rows.append(rows[row])
    elif kind == "drop":
        rows.pop(row)
    elif kind == "shift":
        rows[row] = [*rows[row][place:], *rows[row][:place]]
    text = "".join(",".join(cells) + "\n" for cells in rows)
    return {**files, name: text[: data.draw(st.integers(0, len(text)))] if kind == "cut" else text}


@SETTINGS
@given(VERSION, st.booleans(), st.data())
def test_words_that_change(version: str, is_delta: bool, data: st.DataObject) -> None:
    files = files_11() if version == "1.1" else files_12()
    if is_delta:
        files["manifest"] = files["manifest"].replace(",bulk", ",delta")
    for _change in range(data.draw(st.integers(1, 3))):
        files = changed(files, data)
    looked(zipped({name: text.encode("utf-8", "surrogatepass") for name, text in files.items()}))
