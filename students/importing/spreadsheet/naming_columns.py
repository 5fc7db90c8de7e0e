"""Which column is which fact, by the names of the columns and by whether their cells can be that fact."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from students.importing.spreadsheet.samples import NEARLY_ALL, Sample
from students.importing.spreadsheet.synonyms import WEAK, likeness
from students.importing.spreadsheet.values import read_grade

COUNTERS = frozenset({"no", "nr"})
LEAST_COUNTED = 3
DAYS = frozenset({"birth_date", "starts", "ends", "day"})


@dataclass(frozen=True)
class Named:
    """A column and the fact it was taken for; `why` is a sentence."""

    sample: Sample
    fact: str
    why: str


def _grades(sample: Sample) -> bool:
    return bool(sample.tried) and all(read_grade(text).fault is None for text in sample.tried)


def _text(sample: Sample) -> bool:
    return len(sample.words) > len(sample.tried) / 2


def _id(sample: Sample) -> bool:
    """A few rows without one are errors; they must not make a number of all the others."""
    is_given = bool(sample.said) and sample.said >= NEARLY_ALL * sample.rows
    return is_given and not sample.is_day and sample.longest <= 255


# What cells must be like, whatever the column is called; facts that are not here may hold anything.
FITS: dict[str, Callable[[Sample], bool]] = {
    **dict.fromkeys(DAYS, lambda sample: sample.is_mostly_day),
    "external_id": _id,
    "name": _text,
    "given_name": _text,
    "family_name": _text,
    "grade_level": _grades,
    "maximum": lambda sample: sample.is_number and min(sample.numbers) > 0,
    "score": lambda sample: sample.is_mostly_number,
    "exam": lambda sample: bool(sample.said) and not sample.is_day and not sample.is_mostly_number,
    "subject": _text,
    "indicator": _text,
    "status": lambda sample: 0 < sample.distinct <= 20 and not sample.is_day,
}


def name_columns(samples: Iterable[Sample], names: Mapping[str, Sequence[str]]) -> dict[str, Named]:
    """For each fact the column whose name is most like it; a column is one fact at most, and the first of several wins."""
    found = [
        (ratio, sample, fact, like)
        for sample in samples
        for fact, each in names.items()
        for ratio, like in [likeness(sample.head, tuple(each))]
        if ratio and _fits(sample, fact, like)
    ]
    facts: dict[str, Named] = {}
    taken: set[int] = set()
    for ratio, sample, fact, like in sorted(found, key=lambda each: (-each[0], each[1].place)):
        if fact not in facts and sample.place not in taken:
            taken.add(sample.place)
            facts[fact] = Named(sample, fact, _why(ratio, like))
    return facts


def _fits(sample: Sample, fact: str, like: str) -> bool:
    fits = FITS.get(fact, lambda each: bool(each.said))
    if like in WEAK and fact == "external_id" and (sample.empty or not (sample.is_unique or sample.distinct > 1)):
        return False
    if like in WEAK and fact in DAYS and not sample.is_day:
        return False
    if like in COUNTERS and fact == "external_id" and counts_rows(sample):
        return False
    return fits(sample)


def counts_rows(sample: Sample) -> bool:
    """1, 2, 3 …: where somebody stands on this list, and somebody else on the next."""
    if sample.said < LEAST_COUNTED or sample.said != sample.distinct or not sample.is_whole:
        return False
    return (min(sample.numbers), max(sample.numbers)) == (1, sample.said)


def _why(ratio: float, like: str) -> str:
    if ratio == 1:
        return _("By its name.")
    return _("By its name, which is nearly “%(like)s”.") % {"like": like}


def by_content(samples: Iterable[Sample], facts: Mapping[str, Named]) -> dict[str, Named]:
    """Names and ids that are called something else."""
    found: dict[str, Named] = {}
    free = [sample for sample in samples if all(sample.place != each.sample.place for each in facts.values())]
    if not {"name", "family_name", "given_name"} & set(facts):
        names = next((sample for sample in free if sample.has_full_names), None)
        if names:
            found["name"] = Named(names, "name", _("By its cells: they look like “Last, First”."))
    if "external_id" not in facts:
        ids = next((sample for sample in free if sample.place == 0 and _looks_like_ids(sample)), None)
        if ids:
            found["external_id"] = Named(ids, "external_id", _("By its cells: each row has one of its own."))
    return found


def _looks_like_ids(sample: Sample) -> bool:
    """The first column, without spaces, always as long or nearly: S0001, 104312."""
    if (
        not sample.is_unique
        or sample.rows < 5
        or sample.is_day
        or counts_rows(sample)
        or any(" " in text for text in sample.tried)
    ):
        return False
    with_digits = sum(any(map(str.isdecimal, text)) for text in sample.tried)
    is_plain = all("." not in text and "," not in text for text in sample.tried)
    return is_plain and with_digits >= NEARLY_ALL * len(sample.tried) and sample.longest <= 40
