"""How good a version is: errors beside the simplest guess, ranges, chances, flags, who gets no score, and groups."""

from __future__ import annotations

from mlcore.card.layouts import Section
from mlcore.card.wording import Form, Told, figure, hundredths, percent, points, thousandths, whole

# Protected columns are told under groups alone, where small ones are hidden.
PARTS = {
    "subject": ("By subject", "Subject"),
    "history": ("By amount of earlier results", "Earlier results"),
    "lead": ("By days ahead", "Days ahead"),
    "grade_level": ("By grade level", "Grade level"),
    "kind": ("By kind of exam", "Kind of exam"),
}
ERRORS: dict[str, tuple[str, Form]] = {
    "mae": ("Mean error, in points", points),
    "rmse": ("Typical error (RMSE), in points", points),
    "r2": ("Share of the differences explained (R²)", hundredths),
    "within_5": ("Within 5 points", percent),
    "bias": ("Too high (or, below 0, too low), in points", points),
}


def quality(told: Told) -> Section:
    rows = tuple(
        (label, figure(told["errors"][name], form), figure(told["baseline_errors"][name], form))
        for name, (label, form) in ERRORS.items()
    )
    covered = told["coverage"]
    sentences = (
        f"Measured on {whole(told['errors']['rows'])} scores for {whole(told['errors']['students'])} students, whose "
        "results it had not seen. In brackets: where the figure would lie in 95 of 100 such schools.",
        _saved(told["gain"]),
        f"The 80 % range held {figure(covered['hit_80'], percent)} of the results and was "
        f"{points(covered['width_80'])} points wide on average; the 95 % range held "
        f"{figure(covered['hit_95'], percent)} and was {points(covered['width_95'])} wide.",
    )
    guess = f"Best simple guess: {told['baseline_label']}"
    return Section("How good it is", sentences, ("Figure", "This model", guess), rows)


def _saved(gain: Told) -> str:
    if gain["value"] is None:
        return "Whether it saves any of the error (RMSE) of the best simple guess cannot be said."
    return f"It saves {figure(gain, percent)} of the error (RMSE) of the best simple guess."


def parts(told: Told) -> tuple[Section, ...]:
    """One table for each way to part the samples of the test."""
    sections = []
    for by, (title, first) in PARTS.items():
        rows = tuple(_part(each) for each in told["slices"] if each["by"] == by)
        head = (first, "Samples", "Mean error", "Too high by", "80 % range held", "95 % range held", "80 % range wide")
        sections.append(Section(title, (), head, rows))
    return tuple(sections)


def _part(each: Told) -> tuple[str, ...]:
    errors, covered = each["errors"], each["coverage"]
    return (
        each["name"],
        whole(errors["rows"]),
        figure(errors["mae"], points),
        figure(errors["bias"], points),
        figure(covered["hit_80"], percent),
        figure(covered["hit_95"], percent),
        points(covered["width_80"]),
    )


def chances(told: Told) -> tuple[Section, ...]:
    rows = tuple(
        (points(each["boundary"]), figure(each["brier"], thousandths), thousandths(each["brier_of_base_rate"]))
        for each in told["chances"]
    )
    sentence = (
        "How far chances lay from what happened (Brier score): 0 is perfect; the last column is what saying the same "
        "chance to everybody would give."
    )
    brier = Section("Chances", (sentence,) if rows else (), ("Boundary", "This model", "Same chance for all"), rows)
    mark = told["spec"].get("pass_mark")
    mark = 50.0 if mark is None else mark
    nearest = sorted(told["chances"], key=lambda each: abs(each["boundary"] - mark))[:1]
    return (brier, *(_happened(each) for each in nearest))


def _happened(chance: Told) -> Section:
    rows = tuple(
        (
            f"{percent(step['low'])} to {percent(step['high'])}",
            whole(step["rows"]),
            percent(step["said"]),
            percent(step["happened"]),
        )
        for step in chance["bins"]
    )
    sentence = f"Where such a chance of reaching {points(chance['boundary'])} was told, how often it was reached."
    head = ("Chance", "Samples", "Said on average", "Happened")
    return Section("What was said and what happened", (sentence,) if rows else (), head, rows)


def flags(told: Told) -> tuple[Section, ...]:
    mark = points(told["spec"].get("pass_mark"))
    rows = tuple(
        (
            percent(each["share"]),
            whole(each["flagged"]),
            figure(each["precision"], percent),
            figure(each["recall"], percent),
        )
        for each in told["flagging"]
    )
    head = ("Flagged first", "Samples", "Of these, missed it", "Of all misses, found")
    sentence = f"If those likeliest to miss the pass mark of {mark} are flagged first."
    return (Section("Who may miss the pass mark", (sentence,) if rows else (), head, rows),)


def scoreless(told: Told) -> Section:
    enough = told["sufficiency"]
    rows = tuple(
        (each["label"], whole(each["rows"]), points(each["width_80"]), percent(each["share_of_blind_width"]))
        for each in enough["steps"]
    )
    sentences = (
        enough["sentence"],
        "No score is given either for a subject it has not learned, an exam further ahead than it has learned, an exam "
        "that is over, or a student who is not on the roll; the cause is told in place of the score.",
    )
    head = ("Earlier results", "Samples", "80 % range wide", "Of the width when nothing is known")
    return Section("Who gets no score", sentences, head, rows)


def groups(told: Told) -> Section:
    fair = told["fairness"]
    rows = tuple(_group(each) for each in fair["rows"])
    both = [("with", fair["rmse_with_protected"]), ("without", fair["rmse_without_protected"])]
    costs = " ".join(
        f"Typical error (RMSE) {word} protected features: {figure(rmse, points)} points." for word, rmse in both if rmse
    )
    none = "No protected facts were known, so groups could not be compared."
    hidden = "Groups whose figures would say something about fewer than 10 students are not told."
    sentences = tuple(each for each in (fair["sentence"], costs, hidden) if each) if rows else (none,)
    held = ("80 % range held", "95 % range held")
    head = ("Group", "Students", "Mean error", "RMSE", "Too high by", *held, "Flagged", "Misses not flagged")
    return Section("Groups", sentences, head, rows)


def _group(each: Told) -> tuple[str, ...]:
    name = f"{each['column'].replace('_', ' ')}: {each['name']}"
    if each["suppressed"]:
        return (name, *["not told"] * 8)
    return (
        name,
        whole(each["students"]),
        figure(each["mae"], points),
        figure(each["rmse"], points),
        figure(each["bias"], points),
        figure(each["hit_80"], percent),
        figure(each["hit_95"], percent),
        figure(each["flag_rate"], percent),
        figure(each["miss_rate"], percent),
    )
