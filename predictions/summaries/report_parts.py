"""The tables of a training report, each made from the plain facts that mlcore told of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from predictions.summaries.tables import Row, Table, hidden, row
from predictions.summaries.words import NOTHING, percent, points, said, spanned, whole

Facts = Mapping[str, Any]
SLIGHT = 0.05  # points; what moves a score by less is not listed


def comparison(told: Facts) -> Table:
    """The chosen model beside the best simple guess."""
    head = (_("Figure"), _("This model"), _("Simplest guess"))
    asked = (
        (_("Off by, on average"), "mae", points, _("points of 100")),
        (_("Typical error (RMSE)"), "rmse", points, _("points of 100; large errors count more")),
        (_("Differences explained (R²)"), "r2", percent, _("of all that results differ by")),
        (_("Within 5 points"), "within_5", percent, _("of the results")),
        (_("Too high by"), "bias", points, _("points on the whole; below 0: too low")),
    )
    rows = tuple(
        row(head, label, (spanned(told["errors"][name], form), spanned(told["baseline_errors"][name], form)), note=note)
        for label, name, form, note in asked
    )
    facts = {"rows": whole(told["errors"]["rows"]), "students": whole(told["errors"]["students"])}
    sentence = _(
        "On %(rows)s results of %(students)s students that it had not seen. In brackets: where the figure would lie "
        "in 95 of 100 such schools."
    )  # fmt: skip
    return Table("against", _("Against the simplest guess"), head, rows, sentence % facts)


def leaderboard(told: Facts) -> Table:
    """All candidates, the best first; the simplest guesses among them are marked."""
    head = (_("Candidate"), _("Typical error"), _("Mean error"), _("Times the simplest guess"), _("Times fitted"))
    guess = next((each["rmse"] for each in told["candidates"] if each["name"] == told["baseline"]), None)
    ordered = sorted(told["candidates"], key=lambda each: (each["rmse"] is None, each["rmse"] or 0.0))
    rows = tuple(_candidate(head, each, guess, told["champion"]) for each in ordered)
    sentence = _(
        "Tried on earlier results only, never on those it was judged by in the end. Errors in points of 100, "
        "in brackets where they would lie in 95 of 100 such schools; below 1 time the simplest guess is better than that."
    )  # fmt: skip
    return Table("candidates", _("All candidates"), head, rows, sentence)


def _candidate(head: tuple[str, ...], each: Facts, guess: float | None, champion: str) -> Row:
    is_chosen = each["name"] == champion
    times = each["rmse"] / guess if each["rmse"] is not None and guess else None
    has_part = each["weight"] and not is_chosen
    weight = _("%(share)s of the choice") % {"share": percent(each["weight"], 0)} if has_part else ""
    only = "" if each["can_serve"] or each["is_baseline"] else _("for comparison only")
    badge = _("chosen") if is_chosen else _("simple guess") if each["is_baseline"] else ""
    error = spanned(each["spread"]) if each.get("spread") else points(each["rmse"])
    cells = (error, points(each["mae"]), points(times, 2), whole(each["fits"] or None))
    note = " · ".join(filter(None, (weight, only, said(each["dropped"]))))
    return row(head, said(each["label"]), cells, note=note, badge=badge, marked=is_chosen)


PARTS = ("lead", "subject", "history", "grade_level", "kind")


def slices(told: Facts) -> tuple[Table, ...]:
    """How far off, and how often the ranges held, for each way to part the results it was judged by."""
    titles = {
        "lead": (_("By how far ahead it was asked"), _("Days ahead")),
        "subject": (_("By subject"), _("Subject")),
        "history": (_("By how many earlier results were known"), _("Earlier results")),
        "grade_level": (_("By grade"), _("Grade")),
        "kind": (_("By kind of exam"), _("Kind")),
    }
    return tuple(
        table
        for by in PARTS
        if (table := _slice(by, *titles[by], [each for each in told["slices"] if each["by"] == by])).rows
    )


def _slice(by: str, title: str, first: str, found: list[Facts]) -> Table:
    head = (first, _("Results"), _("Off by"), _("Too high by"), _("8 of 10 held"), _("95 of 100 held"), _("Width"))
    rows = tuple(
        row(
            head,
            said(str(each["name"])) if by == "kind" else str(each["name"]),
            (
                whole(each["errors"]["rows"]),
                spanned(each["errors"]["mae"]),
                points(each["errors"]["bias"]["value"]),
                percent(each["coverage"]["hit_80"]["value"]),
                percent(each["coverage"]["hit_95"]["value"]),
                points(each["coverage"]["width_80"]),
            ),
        )
        for each in found
    )
    return Table(f"by-{by}", title, head, rows)


def chances(told: Facts) -> Table:
    head = (_("Reaching"), _("This model"), _("The same chance for all"))
    rows = tuple(
        row(
            head,
            _("%(mark)s %% or more") % {"mark": points(each["boundary"], 0)},
            (points(each["brier"]["value"], 3), points(each["brier_of_base_rate"], 3)),
        )
        for each in told["chances"]
    )
    sentence = _(
        "How far chances lay from what happened (Brier score): 0 is perfect, and less than the last column is good."
    )
    return Table("brier", _("How good the chances are"), head, rows, sentence)


def happened(told: Facts) -> tuple[Table, Facts | None]:
    """Of the boundary nearest to the pass mark: what was said, and how often it happened. Also as facts, to be drawn."""
    mark = float(told["spec"].get("pass_mark") or 50)
    chance = min(told["chances"], key=lambda each: abs(each["boundary"] - mark), default=None)
    head = (_("Chance"), _("Said on average"), _("Happened"), _("Results"))
    rows = tuple(
        row(
            head,
            f"{percent(step['low'], 0)} – {percent(step['high'], 0)}",
            (percent(step["said"]), percent(step["happened"]), whole(step["rows"])),
        )
        for step in (chance["bins"] if chance else ())
    )
    facts = {"mark": points(chance["boundary"], 0) if chance else NOTHING}
    title = _("Reaching %(mark)s %%: what was said, and what happened") % facts
    return Table("happened", title, head, rows), chance


def flags(told: Facts) -> Table:
    head = (_("Looked at first"), _("Results"), _("Of these, missed it"), _("Of all misses, found"))
    rows = tuple(
        row(
            head,
            percent(each["share"], 0),
            (whole(each["flagged"]), spanned(each["precision"], percent), spanned(each["recall"], percent)),
        )
        for each in told["flagging"]
    )
    facts = {"mark": points(told["spec"].get("pass_mark"), 0)}
    sentence = _("If those likeliest to miss the pass mark of %(mark)s %% are looked at first.") % facts
    return Table("flags", _("Who may miss the pass mark"), head, rows, sentence)


def sufficiency(told: Facts) -> Table:
    enough = told["sufficiency"]
    head = (_("Earlier results"), _("Results"), _("Width of the 8-of-10 range"), _("Against knowing nothing"))
    rows = tuple(
        row(
            head,
            said(each["label"]),
            (whole(each["rows"]), points(each["width_80"]), percent(each["share_of_blind_width"], 0)),
        )
        for each in enough["steps"]
    )
    return Table("enough", _("How much must be known of a student"), head, rows, said(enough["sentence"]))


def groups(told: Facts) -> tuple[Table, ...]:
    """One table for each protected fact; what would be said of fewer than 10 students is not said."""
    head = (
        _("Group"),
        _("Students"),
        _("Off by"),
        _("Too high by"),
        _("8 of 10 held"),
        _("Flagged"),
        _("Misses not flagged"),
    )
    columns = dict.fromkeys(each["column"] for each in told["fairness"]["rows"])
    return tuple(
        Table(
            f"group-{column}",
            fact_name(column),
            head,
            tuple(_group(head, each) for each in told["fairness"]["rows"] if each["column"] == column),
        )
        for column in columns
    )


def _group(head: tuple[str, ...], each: Facts) -> Row:
    if each["suppressed"]:
        return hidden(head, said(str(each["name"])))
    cells = (
        whole(each["students"]),
        spanned(each["mae"]),
        points(each["bias"]["value"]),
        percent(each["hit_80"]["value"]),
        percent(each["flag_rate"]["value"]),
        percent(each["miss_rate"]["value"]),
    )
    return row(head, said(str(each["name"])), cells)


def fact_name(fact: str) -> str:
    """A protected fact as people call it; an indicator of the school by its code."""
    names = {
        "gender": _("Gender"),
        "ethnicity": _("Ethnicity"),
        "parental_education": _("Parental education"),
        "lunch_programme": _("Lunch programme"),
        "home_language": _("Home language"),
        "age": _("Age"),
    }
    return names.get(fact, fact)


def importance(told: Facts) -> Table:
    head = (_("What is known"), _("Points"))
    found = [(name, size) for name, size in told["importance"] if size >= SLIGHT]
    most = max((size for _name, size in found), default=1.0)
    rows = tuple(replace(row(head, said(name), (points(size),)), bar=round(100 * size / most)) for name, size in found)
    sentence = _(
        "By how many points it moves a score, up or down, on average. What is not listed moves it by next to nothing."
    )
    return Table("importance", _("What moves the score"), head, rows, sentence)


def curve(told: Facts) -> Table:
    head = (_("Learned from"), _("Typical error"), _("Mean error"))
    rows = tuple(
        row(
            head,
            ngettext("%(n)s result", "%(n)s results", each["rows"]) % {"n": whole(each["rows"])},
            (points(each["rmse"]), points(each["mae"])),
        )
        for each in told["learning_curve"]
    )
    sentence = _("The error when the same model learned from fewer results: whether more of them would help.")
    return Table("curve", _("Would more results help?"), head, rows, sentence)
