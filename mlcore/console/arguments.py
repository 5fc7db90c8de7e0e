"""What can be said on the command line, and how it is read."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from mlcore.spec import Effort

MOST = 1_000_000
ABOUT = "Learns from a school's tables, and says each student's next score, its range, its chances and its reasons."


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m mlcore", description=ABOUT)
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    _check(commands)
    _train(commands)
    _predict(commands)
    _evaluate(commands)
    _card(commands)
    _made_up(commands)
    return top


def _check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("check", help="say what is wrong in the tables, with file, line and column")
    _add_data(command)


def _train(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("train", help="train a model, try it on the last exams, and write it to a file")
    _add_data(command)
    _add_model(command, "where to write the model")
    command.add_argument(
        "--as-of", type=_day, help="nothing known after this day is read (default: the last day in the data)"
    )
    command.add_argument("--effort", choices=[str(effort) for effort in Effort], default="quick")
    command.add_argument("--subjects", nargs="+", default=[], help="only exams in these subjects")
    command.add_argument("--kinds", nargs="+", default=[], help="only exams of these kinds")
    command.add_argument("--leads", nargs="+", type=int, help="how many days ahead scores will be asked for")
    command.add_argument(
        "--use-protected", nargs="+", default=[], metavar="NAME", help="protected features that the school turned on"
    )
    command.add_argument(
        "--fixed", nargs="+", default=[], metavar="NAME", help="indicators that nobody can still change"
    )
    command.add_argument("--pass-mark", type=float, default=50.0, help="in per cent")
    command.add_argument(
        "--least-history", type=int, help="earlier results needed for a score (default: chosen from the data)"
    )
    command.add_argument("--least-r2", type=float, help="the gate's floor for R²")
    command.add_argument("--most-mae", type=float, help="the gate's limit for the mean error in points")
    command.add_argument("--seed", type=_count, default=0)
    command.add_argument("--report", type=Path, help="write the whole report as JSON")
    command.add_argument("--card", type=Path, help="write the model card (.md, .html or .json)")


def _predict(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("predict", help="scores with ranges, chances and reasons, as CSV")
    _add_model(command, "the model to use")
    _add_data(command, needed=False)
    command.add_argument("--as-of", type=_day, help="the cut-off day (default: the last day in the data)")
    command.add_argument("--values", help="one student's values as JSON instead of tables")
    command.add_argument("--out", type=Path, help="write to this file (default: the terminal)")


def _evaluate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("evaluate", help="how right a model was about results that came after its day")
    _add_model(command, "the model to try")
    command.add_argument("data", type=Path, help="a folder with a file per table")
    command.add_argument("--as-of", type=_day, help="results known until this day (default: the last day in the data)")


def _card(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("card", help="print the model card")
    _add_model(command, "the model")
    command.add_argument("--format", choices=["md", "html", "json"], default="md")


def _made_up(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("made-up", help="write the tables of a made-up school, to try all this on")
    command.add_argument("data", type=Path, help="the folder to write")
    command.add_argument("--students", type=_count, default=300)
    command.add_argument("--today", type=_day, required=True, help="the made-up school's last day")
    command.add_argument("--seed", type=_count, default=1)
    command.add_argument("--parquet", action="store_true")


def _add_data(command: argparse.ArgumentParser, needed: bool = True) -> None:
    about = "a folder with a file per table, or one wide CSV or Parquet file (then say --target)"
    command.add_argument("data", type=Path, nargs=None if needed else "?", help=about)
    command.add_argument("--target", help="wide file: the column to predict")
    command.add_argument("--earlier", nargs="+", default=[], help="wide file: columns of earlier exams, oldest first")
    command.add_argument("--scale", nargs="+", default=[], type=_scale, metavar="COLUMN=LOW:HIGH")
    command.add_argument(
        "--same-subject", action="store_true", help="wide file: earlier exams are in the target's subject"
    )
    command.add_argument("--protected", nargs="+", default=[], help="wide file: attributes that are protected")
    command.add_argument(
        "--open", nargs="+", default=[], help="wide file: attributes that are not protected, whatever their name says"
    )
    command.add_argument("--leave-out", nargs="+", default=[], help="wide file: columns that are not used")


def _add_model(command: argparse.ArgumentParser, about: str) -> None:
    command.add_argument("--model", type=Path, required=True, help=about)
    command.add_argument(
        "--key-file", type=Path, required=True, help="the key that signs the model; made by the first training"
    )


def _count(text: str) -> int:
    if text.isdecimal() and int(text) <= MOST:
        return int(text)
    raise argparse.ArgumentTypeError(f"expected a whole number from 0 to {MOST:,}, but it says {text}")


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a day such as 2026-05-15, but it says {text}") from None
    if not 1950 <= day.year <= 2150:
        raise argparse.ArgumentTypeError(f"expected a day from 1950 to 2150, but it says {text}")
    return day


def _scale(text: str) -> tuple[str, tuple[float, float]]:
    column, _, span = text.partition("=")
    low, _, high = span.partition(":")
    try:
        return column, (float(low), float(high))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected COLUMN=LOW:HIGH such as G3=0:20, but it says {text}") from None
