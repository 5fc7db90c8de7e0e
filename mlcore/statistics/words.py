"""Every sentence of the insight pages: what goes along with what, and never what brings it about."""

from __future__ import annotations

from mlcore.report import Figure
from mlcore.statistics.facts import GroupsFacts, PairFacts, PlaceFacts, RelationFacts, SegmentFacts, SpreadFacts

# The kinds are named by their text, so that the rooms that own them may read this file.
SHAPES = {
    "bell": "They lie round the middle much like a bell.",
    "low_tail": "Most lie close together; a tail reaches down to low values.",
    "high_tail": "Most lie close together; a tail reaches up to high values.",
    "no_peak": "They are spread widely, without one clear peak.",
    "both_tails": "Most lie close to the middle; a few reach far to either side.",
    "constant": "All of them are the same.",
    "unsaid": "There are too few to say how they are spread.",
}
STRENGTHS = {
    "slight": "a slight relation",
    "clear": "a clear relation",
    "strong": "a strong relation",
    "hardly": "a relation so faint that it hardly matters",
}
CHANCE = "a gap like this could be chance."
TELLING = 5.0  # per cent of students at an end of the scale that are worth a sentence
AVERAGED = "Several rows of one student count once, as their average."


def number(value: float | None, unit: str = "", digits: int = 1) -> str:
    """A figure for a person: one decimal place unless it is small, no trailing zeros, a space before its unit."""
    if value is None:
        return "unknown"
    if 0 < abs(value) < 1:
        digits = max(digits, 2)
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    text = "0" if text in ("-0", "") else text.replace("-", "−")
    return f"{text} {unit}".rstrip()


def percent(share: float | None) -> str:
    return number(None if share is None else 100 * share, "%", 0)


def interval(figure: Figure, unit: str = "", digits: int = 1) -> str:
    if figure.low is None or figure.high is None:
        return number(figure.value, unit, digits)
    return f"{number(figure.value, unit, digits)}, from {number(figure.low, '', digits)} to {number(figure.high, unit, digits)}"


def people(count: int) -> str:
    return "1 student" if count == 1 else f"{count:,} students"


def sentences(*told: str) -> str:
    """Joined by spaces, the first letter of all of it a capital."""
    text = " ".join(each for each in told if each)
    return text[:1].upper() + text[1:]


# Distributions


def too_few_to_show(label: str) -> str:
    return sentences(f"{label}: there are too few students to show figures without telling of single ones.")


def spread(facts: SpreadFacts, shape: str) -> str:
    low, middle, high = facts.quartiles
    ends = zip(facts.ends, ("lowest", "highest"), strict=True)
    return sentences(
        f"{facts.label}, {people(facts.students)}: the middle one has {number(middle, facts.unit)},",
        f"half lie from {number(low)} to {number(high, facts.unit)}.",
        SHAPES[shape],
        *(
            f"{number(share, '%', 0)} stand at the {end} value of the scale."
            for share, end in ends
            if share is not None and share >= TELLING
        ),
    )


# Relations


def no_relation_said(label: str, target: str, students: int) -> str:
    return sentences(
        f"how {label} and {target} go together cannot be said: {people(students)} with both, or no spread in one of them."
    )


def relation(facts: RelationFacts, strength: str, *, holds: bool) -> str:
    kind = "rank correlation" if facts.by_ranks else "correlation"
    told = f"({kind} {interval(facts.figure, digits=2)}; {people(facts.students)})"
    direction = "higher" if (facts.figure.value or 0) > 0 else "lower"
    if holds:
        said = f"higher {facts.label} goes along with {direction} {facts.target}: {STRENGTHS[strength]} {told}."
    else:
        said = f"{facts.label} and {facts.target} show no relation that could be told from chance {told}."
    return sentences(said, AVERAGED if facts.repeats else "")


# Differences


def no_difference_said(target: str, label: str) -> str:
    return sentences(f"whether {target} differs by {label} cannot be said: there are too few students, or no spread.")


def with_averages(sentence: str, *, repeats: bool) -> str:
    return sentences(sentence, AVERAGED if repeats else "")


def means_of_two(
    facts: PairFacts, means: tuple[float | None, float | None], difference: Figure, size: str, *, holds: bool
) -> str:
    gap = f"a {size} difference ({interval(_positive(difference), points(facts.unit))})."
    return sentences(f"{_two(facts, 'on average', means)}:", gap if holds else CHANCE)


def ranks_of_two(facts: PairFacts, medians: tuple[float | None, float | None], delta: Figure, *, holds: bool) -> str:
    two = _two(facts, "in the middle", medians)
    upper, lower = facts.names if (delta.value or 0) > 0 else facts.names[::-1]
    wins = number(50 + 50 * abs(delta.value or 0.0), digits=0)
    said = f"in about {wins} of 100 pairs with one student of each, the one of “{upper}” is above the one of “{lower}”."
    return sentences(f"{two}:", said if holds else CHANCE)


def several_groups(
    facts: GroupsFacts,
    ends: tuple[tuple[str, float | None], tuple[str, float | None]],
    explained: Figure,
    apart: tuple[int, int],
    *,
    by_means: bool,
    holds: bool,
) -> str:
    (low_name, low), (high_name, high) = ends
    said = (
        f"{percent(explained.value)} of the spread lies between the groups, "
        f"and {apart[0]} of {apart[1]} pairs of groups can be told apart."
    )
    return sentences(
        f"by {facts.label}, the {'average' if by_means else 'middle'} {facts.target} of {people(facts.students)}",
        f"goes from {number(low, facts.unit)} (“{low_name}”) to {number(high, facts.unit)} (“{high_name}”):",
        said if holds else CHANCE,
        AVERAGED if facts.repeats else "",
    )


def points(unit: str) -> str:
    """A difference of two percentages is told in points."""
    return "points" if unit == "%" else unit


def _two(facts: PairFacts, how: str, middles: tuple[float | None, float | None]) -> str:
    parts = [
        f"{number(middle, facts.unit)} among {people(count)} with “{name}”"
        for count, name, middle in zip(facts.students, facts.names, middles, strict=True)
    ]
    return f"by {facts.label}, {facts.target} was {how} {parts[0]} and {parts[1]}"


def _positive(figure: Figure) -> Figure:
    if figure.value is None or figure.value >= 0 or figure.low is None or figure.high is None:
        return figure
    return Figure(-figure.value, -figure.high, -figure.low)


# Thresholds


def no_threshold_said(label: str, target: str, students: int) -> str:
    return sentences(
        f"whether {target} bends or steps along {label} cannot be said: {people(students)} with both, or too few values."
    )


def no_threshold(label: str, target: str) -> str:
    return sentences(f"along {label}, {target} shows no bend or step that could be told from chance.")


def curve(label: str, target: str) -> str:
    return sentences(f"along {label}, {target} follows a curve, with no single place where it bends or steps.")


def step(facts: PlaceFacts, below: tuple[int, float | None], above: tuple[int, float | None]) -> str:
    told = [
        f"{people(count)} {side} had {number(mean, facts.target_unit)}"
        for side, (count, mean) in (("below", below), ("above", above))
    ]
    return sentences(_place("steps", facts), f"On average, {told[0]} and {told[1]}.")


def bend(facts: PlaceFacts, below: float, above: float) -> str:
    told = [
        f"{number(abs(slope), points(facts.target_unit))} {'more' if slope >= 0 else 'less'} {side} it"
        for side, slope in (("below", below), ("above", above))
    ]
    return sentences(
        _place("bends", facts),
        f"With each 1{f' {facts.unit}' if facts.unit else ''} more of {facts.label} go {told[0]} and {told[1]}.",
    )


def _place(verb: str, facts: PlaceFacts) -> str:
    return f"along {facts.label}, {facts.target} {verb} at about {interval(facts.place, facts.unit)}."


# Segments


def no_segments_said(students: int) -> str:
    return f"Who is below the pass mark more often cannot be said: {people(students)}, or too few on one side of it."


def no_segments(students: int, base: float) -> str:
    return f"Among {people(students)}, {percent(base)} below the pass mark, no profile was found that holds for others."


def some_segments(count: int, students: int, base: float) -> str:
    which = "1 profile" if count == 1 else f"{count} profiles"
    return f"Among {people(students)}, {percent(base)} below the pass mark, {which} with more of them stood out."


def segment(facts: SegmentFacts) -> str:
    return sentences(f"{' and '.join(facts.rules)}: {_rate(facts)}")


def rest(facts: SegmentFacts) -> str:
    return f"All others: {_rate(facts)}"


def _rate(facts: SegmentFacts) -> str:
    rate = "too few to show how many are" if facts.rate.value is None else percent(facts.rate.value)
    return f"{people(facts.students)}, {rate} below the pass mark, against {percent(facts.base)} of all."


def between(label: str, ends: tuple[float | None, float | None], unit: str, *, or_unknown: bool) -> str:
    """A rule on a number: from the low end, below the high one."""
    low, high = ends
    if low is None:
        told = f"below {number(high, unit, 2)}"
    elif high is None:
        told = f"at least {number(low, unit, 2)}"
    else:
        told = f"from {number(low, '', 2)} to below {number(high, unit, 2)}"
    return f"{label} {told}{' or unknown' if or_unknown else ''}"


def known(label: str, *, is_known: bool) -> str:
    return f"{label} {'known' if is_known else 'unknown'}"


def one_of(label: str, words: tuple[str, ...]) -> str:
    return f"{label} “{'” or “'.join(words)}”"


def none_of(label: str, words: tuple[str, ...]) -> str:
    return f"{label} not “{'” or “'.join(words)}”"
