"""From a terminal with one sheet: what its columns are called decides what is used unasked."""

from pathlib import Path

import pytest

from tests.mlcore.test_console import ran

pytestmark = pytest.mark.xdist_group("console")


def test_columns_named_like_protected_facts_are_held_back_unless_opened(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        "gender,hours,last\n" + "".join(f"f,{n % 9},{40 + n % 50}\nm,{n % 7},{n % 90}\n" for n in range(60))
    )
    model = ("--model", tmp_path / "m", "--key-file", tmp_path / "key")
    said = ran("train", sheet, "--target", "last", *model)
    assert "Held as protected facts, by their names, and not used: gender." in said.err
    assert "| Gender |" not in ran("card", *model).out
    opened = ran("train", sheet, "--target", "last", "--open", "gender", *model)
    assert "Held as protected" not in opened.err
    assert "| Gender |" in ran("card", *model).out
