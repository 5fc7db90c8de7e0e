"""The commands: read what is given, call the library, write what it says."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from mlcore.console.arguments import parser
from mlcore.console.data import Given, read_given
from mlcore.console.tables import as_csv, judged, summary
from mlcore.errors import MLError
from mlcore.spec import Effort, Floors, TrainSpec

PAGE = '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Model card</title>\n{}\n</html>'


def run(arguments: Sequence[str]) -> int:
    """What the program returns to the shell. Raises MLError with a sentence for the terminal."""
    given = parser().parse_args(arguments)
    return COMMANDS[given.command](given)


def check(given: argparse.Namespace) -> int:
    tables = read_given(given).tables
    tables.check()
    rows = {name: len(getattr(tables, name)) for name in tables.__dataclass_fields__}
    print("\n".join(f"{name}: {count:,} rows" for name, count in rows.items() if count))
    print("Nothing wrong was found.")
    return 0


def train(given: argparse.Namespace) -> int:
    from mlcore.bundle import dumps
    from mlcore.card import card
    from mlcore.train import train as learn

    data = read_given(given)
    spec = _spec(given, data)
    ready_to_write(given.model, given.key_file, given.report, given.card)
    card_form(given.card)
    if given.key_file.exists():
        key_of(given.key_file)  # a key that will not do is told before the work, too
    outcome = learn(data.tables, spec, seed=given.seed, on_progress=_tell)
    given.model.write_bytes(dumps(outcome.bundle, key_of(given.key_file, make=True)))
    if given.report:
        given.report.write_text(json.dumps(outcome.report.as_dict(), indent=1), encoding="utf-8")
    if given.card:
        told = card(outcome.report, outcome.bundle.versions)
        given.card.write_text(told.written(given.card.suffix.lstrip(".")), encoding="utf-8")
    print(summary(outcome.report))
    return 0 if outcome.report.verdict.fit_to_serve else 1


def predict(given: argparse.Namespace) -> int:
    from mlcore.predict import predict as answer
    from mlcore.predict import predict_typed
    from mlcore.samples import samples_ahead

    ready_to_write(given.out)
    bundle = opened(given)
    if not bundle.report["verdict"]["fit_to_serve"]:
        print("Beware: this model is not fit to serve; its card says why.", file=sys.stderr)
    if given.values:
        _write(as_csv(predict_typed(bundle, _values(given.values)), None), given.out)
        return 0
    data = read_given(given)
    as_of = given.as_of or data.last_day
    samples = samples_ahead(data.tables, as_of, students=data.unanswered)
    if not len(samples):
        if data.unanswered is not None:
            raise MLError(f"No row of {given.data.name} has a blank {given.target}, so there is nothing to predict.")
        raise MLError(f"No exam lies ahead of {as_of:%-d %B %Y}, so there is nothing to predict.", "nothing_ahead")
    _write(as_csv(answer(bundle, data.tables.until(as_of), samples), samples.rows), given.out)
    return 0


def evaluate(given: argparse.Namespace) -> int:
    if not given.data.is_dir():
        raise MLError(f"{given.data}: expected a folder of tables, with results of days after the training.", "no_data")
    bundle, data = opened(given), read_given(given)
    print(judged(bundle, data.tables, given.as_of or data.last_day))
    return 0


def show_card(given: argparse.Namespace) -> int:
    from mlcore.card import card

    bundle = opened(given)
    told = card(bundle.report, bundle.versions).written(given.format)
    print(PAGE.format(told) if given.format == "html" else told)
    return 0


def made_up(given: argparse.Namespace) -> int:
    from mlcore.folder import write_folder
    from mlcore.synth import SynthSpec, as_tables, plan, students

    if given.data.exists() and not given.data.is_dir():
        raise MLError(f"{given.data}: expected a folder, but there is a file of this name.", "no_folder")
    if given.data.is_dir() and any(given.data.iterdir()):
        raise MLError(f"{given.data}: expected a new or an empty folder, but there is something in it.", "no_folder")
    school = plan(SynthSpec(students=given.students, seed=given.seed, today=given.today))
    write_folder(
        as_tables(school, [students(school, 0, given.students)]), given.data, ".parquet" if given.parquet else ".csv"
    )
    print(f"A made-up school of {given.students} students stands in {given.data}.")
    return 0


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "check": check,
    "train": train,
    "predict": predict,
    "evaluate": evaluate,
    "card": show_card,
    "made-up": made_up,
}


def key_of(path: Path, make: bool = False) -> bytes:
    """The signing key of a file; a training makes one where there is none, readable by its owner alone."""
    if not path.exists():
        if not make:
            raise MLError(f"{path}: there is no such key file.", "no_key")
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), encoding="ascii")
        print(f"A new key was written to {path}. Whoever has it can sign models; keep it safe.", file=sys.stderr)
    key = path.read_bytes().strip() if path.is_file() else b""
    if not key:
        raise MLError(f"{path}: expected a file with a key, but there is none in it.", "no_key")
    return key


def ready_to_write(*places: Path | None) -> None:
    """Told before the work, not after it: raises MLError where no file can be written; None is no place."""
    for place in places:
        if place is None:
            continue
        if place.is_dir():
            raise MLError(f"{place}: expected a place for a file, but there is a folder of this name.", "no_place")
        if not place.parent.is_dir():
            raise MLError(f"{place}: there is no folder {place.parent} to write it into.", "no_place")


def card_form(card: Path | None) -> None:
    """Raises MLError if a card cannot be written in the form that the file's ending asks for."""
    from mlcore.card.layouts import FORMS

    if card is not None and card.suffix.lstrip(".") not in FORMS:
        raise MLError(f"{card}: a card can be written as {', '.join(FORMS)}, by the ending of the file.", "no_form")


def opened(given: argparse.Namespace):  # type: ignore[no-untyped-def]  # Bundle is imported late, with what it stands on
    from mlcore.bundle import loads

    if not given.model.is_file():
        raise MLError(f"{given.model}: there is no such model.", "no_model")
    return loads(given.model.read_bytes(), key_of(given.key_file))


def _spec(given: argparse.Namespace, data: Given) -> TrainSpec:
    usual: dict[str, object] = data.usual_spec
    chosen: dict[str, object] = {
        "as_of": given.as_of or data.last_day,
        "effort": Effort(given.effort),
        "subjects": tuple(given.subjects),
        "protected": tuple(given.use_protected),
        "fixed": tuple(given.fixed),
        "pass_mark": given.pass_mark,
        "least_history": given.least_history,
        "floors": Floors(r2=given.least_r2, mae=given.most_mae),
    }
    if given.kinds:
        chosen["kinds"] = tuple(given.kinds)
    if given.leads:
        chosen["leads"] = tuple(given.leads)
    return TrainSpec(**(usual | chosen))  # type: ignore[arg-type]  # read from a command line, checked by the spec itself


def _values(text: str) -> dict[str, float | str | None]:
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        raise MLError(f"--values: expected JSON, but {error}.", "bad_values") from None
    if not isinstance(values, dict):
        raise MLError("--values: expected a JSON object of names and values.", "bad_values")
    return values


def _write(frame: pd.DataFrame, path: Path | None) -> None:
    if path is None:
        frame.to_csv(sys.stdout, index=False)
    else:
        frame.to_csv(path, index=False)


def _tell(done: int, total: int, sentence: str) -> None:
    print(f"[{done}/{total}] {sentence}", file=sys.stderr, flush=True)
