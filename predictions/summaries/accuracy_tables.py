"""The tables of a measure, each made from its stored facts."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from predictions.measuring.figures import LEAST_TEACHERS
from predictions.summaries.tables import Row, Table, hidden, row
from predictions.summaries.words import NOTHING, percent, points, said, spanned, whole

Facts = Mapping[str, Any]
MOST_MOVED = 15
# Of protected facts not even the name of a small group is told: in one class it says what somebody there is.
OPEN = ("class", "subject", "lead")


def teachers_of(facts: Facts) -> Facts | None:
    """What teachers had said, where it cannot be the figure of one of them; older measures did not count who it was."""
    told: Facts | None = facts["teachers"]
    return told if told and told.get("teachers", 0) >= LEAST_TEACHERS else None


def was_right(facts: Facts) -> str:
    """The main figures in a sentence or two."""
    told = {
        "rows": whole(facts["errors"]["rows"]),
        "students": whole(facts["students"]),
        "mae": points(facts["errors"]["mae"]["value"]),
        "guess": points(facts["baseline"]["mae"]["value"]),
        "hit": percent(facts["coverage"]["hit_80"]["value"], 0),
    }
    sentence = _(
        "On %(rows)s results of %(students)s students scores were off by %(mae)s points on average; the simplest guess "
        "was off by %(guess)s. %(hit)s of the results lay in the range that promises 80 %%."
    )
    judged = teachers_of(facts)
    if not judged:
        return sentence % told
    told |= {"judged": whole(judged["rows"]), "theirs": points(judged["theirs"]["value"])}
    more = _("Teachers had said %(judged)s of them: they were off by %(theirs)s where scores were off by %(ours)s.")
    return f"{sentence % told} {more % (told | {'ours': points(judged['ours']['value'])})}"


def against(facts: Facts) -> Table:
    """Scores beside the simplest guess and the teachers, and what ranges and watchlist came to."""
    head = (_("Figure"), _("Scores"), _("Simplest guess"), _("Teachers"))
    judged, guess = teachers_of(facts), facts["baseline"]
    theirs = spanned(judged["theirs"]) if judged else NOTHING
    rows = [
        row(head, _("Off by, on average"), (spanned(facts["errors"]["mae"]), spanned(guess["mae"]), theirs)),
        row(head, _("Typical error (RMSE)"), (spanned(facts["errors"]["rmse"]), spanned(guess["rmse"]), NOTHING)),
        row(head, _("Too high by"), (spanned(facts["errors"]["bias"]), NOTHING, NOTHING)),
        row(head, _("Held by the 8-of-10 range"), (spanned(facts["coverage"]["hit_80"], _share), NOTHING, NOTHING)),
        row(head, _("Held by the 95-of-100 range"), (spanned(facts["coverage"]["hit_95"], _share), NOTHING, NOTHING)),
        *(_watched(head, each) for each in facts["watchlist"]),
    ]
    sentence = _("Points of 100. In brackets: where the figure would lie in 95 of 100 such schools.")
    return Table("against", _("Against the simplest guess and the teachers"), head, tuple(rows), sentence)


def _watched(head: tuple[str, ...], each: Facts) -> Row:
    """Of those named first, how many missed the pass mark; and how many of all who missed it were named."""
    name = _("Of the %(part)s likeliest to miss the pass mark, missed it") % {"part": percent(each["share"], 0)}
    note = _("%(found)s of all who missed it were among them") % {"found": spanned(each["recall"], _share)}
    return row(head, name, (spanned(each["precision"], _share), NOTHING, NOTHING), note=note)


def reliability_table(facts: Facts) -> Table:
    """Chances of the pass mark, or of the first boundary: what was said, and how often it came."""
    head = (_("Chance that was told"), _("Results"), _("Told on average"), _("Came true"))
    chances = _nearest_to_pass(facts["chances"])
    rows = tuple(
        row(
            head,
            f"{percent(each['low'], 0)} – {percent(each['high'], 0)}",
            (whole(each["rows"]), percent(each["said"], 0), percent(each["happened"], 0)),
        )
        for each in chances["bins"]
    )
    sentence = _("Chances of reaching the pass mark.")
    if chances["boundary"] is not None:
        sentence = _("Chances of reaching %s points of 100.") % points(chances["boundary"], 0)
    return Table("chances", _("Did chances come true?"), head, rows, sentence)


def _nearest_to_pass(chances: Any) -> Facts:
    """Of several boundaries the one that splits the results most evenly: it tells most."""
    first: Facts = max(chances, key=lambda each: each["brier_of_base_rate"] or 0.0)
    return first


def parts_tables(facts: Facts) -> tuple[Table, ...]:
    titles = {
        "class": (_("By class"), _("Class")),
        "subject": (_("By subject"), _("Subject")),
        "lead": (_("By how long before the exam it was said"), _("Before the exam")),
        "gender": (_("By gender"), _("Group")),
        "ethnicity": (_("By ethnicity"), _("Group")),
        "parental_education": (_("By parents' education"), _("Group")),
        "lunch_programme": (_("By lunch programme"), _("Group")),
        "home_language": (_("By home language"), _("Group")),
    }
    told = {by: [part for part in facts["parts"] if part["by"] == by] for by in titles}
    return tuple(_parts(by, *titles[by], parts) for by, parts in told.items() if parts)


def _parts(by: str, title: str, first: str, parts: list[Facts]) -> Table:
    head = (first, _("Students"), _("Off by"), _("Too high by"), _("Simplest guess"), _("Teachers"), _("8-of-10 range"))
    if by not in OPEN and any(part.get("hidden") for part in parts):
        told = [_part(head, part) for part in parts if not part.get("hidden")]
        return Table(f"by-{by}", title, head, (*told, hidden(head, _("All other groups"))))
    rows = tuple(hidden(head, _named(part)) if part.get("hidden") else _part(head, part) for part in parts)
    return Table(f"by-{by}", title, head, rows)


def _part(head: tuple[str, ...], part: Facts) -> Row:
    teachers = teachers_of(part)
    cells = (
        whole(part["students"]),
        spanned(part["mae"]),
        points(part["bias"]["value"]),
        points(part["baseline"]["mae"]["value"]),
        points(teachers["theirs"]["value"]) if teachers else NOTHING,
        spanned(part["hit_80"], _share),
    )
    return row(head, _named(part), cells)


# As predictions/measuring/parts.py names them.
LEADS = {
    "1 to 6 days": gettext_lazy("1 to 6 days"),
    "7 to 27 days": gettext_lazy("7 to 27 days"),
    "28 to 62 days": gettext_lazy("28 to 62 days"),
    "63 days or more": gettext_lazy("63 days or more"),
    "not known": gettext_lazy("not known"),
}


def _named(part: Facts) -> str:
    return str(LEADS.get(part["name"], part["name"]))


def moved(facts: Facts) -> Table:
    """The features that lie otherwise than in training, those that moved a lot first."""
    head = (_("Feature"), _("In training"), _("Now"))
    order = sorted(facts["moved"], key=lambda each: (each["level"] != "moved a lot", -(each["psi"] or 0.0)))
    rows = tuple(
        row(
            head,
            said(each["label"]),
            (points(each["mean_then"]), points(each["mean_now"])),
            note=said(each["sentence"]),
        )
        for each in order[:MOST_MOVED]
    )
    told = {"moved": len(facts["moved"]), "all": facts["features"], "shown": len(rows)}
    sentence = _("%(moved)s of %(all)s features; the %(shown)s that moved most.") % told
    return Table("moved", _("What moved since training"), head, rows, sentence)


def against_challenger(facts: Facts) -> Table:
    head = (_("Figure"), _("Champion"), _("Challenger"))
    asked = (
        (_("Off by, on average"), "mae", points),
        (_("Typical error (RMSE)"), "rmse", points),
        (_("Held by the 8-of-10 range"), "coverage_80", _share),
    )
    pairs = [
        row(head, name, (spanned(facts["champion"][key], form), spanned(facts["challenger"][key], form)))
        for name, key, form in asked
    ]
    return Table("shadow", _("Champion and challenger on the same results"), head, tuple(pairs))


def _share(value: float | None) -> str:
    return percent(value, 0)
