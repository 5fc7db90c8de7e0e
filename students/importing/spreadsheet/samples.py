"""The first rows of a file, column by column: how many cells are empty, how many differ, and what they seem to hold."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import islice, zip_longest

from portal.kit.names import fold
from students.importing.mapping import DayOrder, Mapping
from students.importing.spreadsheet.days import orders_of
from students.importing.spreadsheet.numbers import values_of
from students.importing.spreadsheet.values import NO, TICKS, YES

TRIED = 400  # distinct values that are looked at closely
MOST_KEPT = 100_000  # texts, for as long as a file is looked at
NEARLY_ALL = 0.9
FLAGS = frozenset({"0", "1"})
MISSING = frozenset(Mapping().missing)


class Known:
    """What texts are, each looked at once: other columns of the file mostly say the same."""

    def __init__(self, *, is_excel: bool = False) -> None:
        def numbers(text: str) -> tuple[Decimal, ...]:
            return values_of(text.removesuffix("%").strip(), is_excel=is_excel)

        self.numbers = lru_cache(MOST_KEPT)(numbers)
        self.orders = lru_cache(MOST_KEPT)(orders_of)


@dataclass(frozen=True)
class Sample:
    """Of one column. `counts` are its distinct cells, missing ones apart."""

    head: str
    place: int
    rows: int
    counts: Counter[str]
    known: Known = field(default_factory=Known, compare=False, repr=False)

    @cached_property
    def said(self) -> int:
        return self.counts.total()

    @property
    def empty(self) -> int:
        return self.rows - self.said

    @property
    def distinct(self) -> int:
        return len(self.counts)

    @cached_property
    def tried(self) -> list[str]:
        return list(self.counts)[:TRIED]

    @property
    def is_unique(self) -> bool:
        """Every row has a value of its own."""
        return self.said == self.rows == self.distinct

    @cached_property
    def numbers(self) -> list[Decimal]:
        """Of the distinct cells those that are numbers; all are looked at where most of the first are. Of 1,234 the larger
        one, so that no maximum is guessed too low.
        """
        first = [max(found) for text in self.tried if (found := self.known.numbers(text))]
        if len(first) < NEARLY_ALL / 2 * len(self.tried):
            return first
        rest = islice(self.counts, TRIED, None)
        return first + [max(found) for text in rest if (found := self.known.numbers(text))]

    @cached_property
    def is_ambiguous(self) -> bool:
        return any(len(self.known.numbers(text)) > 1 for text in self.tried if not text.endswith("%"))

    @cached_property
    def words(self) -> list[str]:
        """The distinct cells that are no numbers; a few of them may be codes among marks."""
        return [text for text in self.tried if not self.known.numbers(text)]

    @property
    def is_number(self) -> bool:
        return bool(self.counts) and len(self.numbers) == self.distinct

    @cached_property
    def is_mostly_number(self) -> bool:
        """In cells, not in distinct ones: one word for many who were absent is one word."""
        if not self.numbers:
            return False
        words = sum(self.counts[word] for word in self.words)
        return words <= self.said / 2 and len(self.words) <= max(5, self.distinct // 10)

    @cached_property
    def is_whole(self) -> bool:
        return self.is_number and all(each == each.to_integral_value() for each in self.numbers)

    @property
    def is_yes_no(self) -> bool:
        """A column of 0 and 1 is as well a number."""
        folded = {text.casefold() for text in self.tried}
        if not folded or not folded <= YES | NO or folded <= FLAGS:
            return False
        return bool(folded & YES and folded & NO) or (bool(self.empty) and folded <= TICKS)

    @property
    def is_constant(self) -> bool:
        return self.distinct <= 1

    @cached_property
    def orders(self) -> dict[DayOrder, float]:
        """How many of the distinct cells are days in each order."""
        if not self.tried:
            return {}
        found = Counter(order for text in self.tried for order in self.known.orders(text))
        return {order: found[order] / len(self.tried) for order in DayOrder}

    @cached_property
    def is_day(self) -> bool:
        return not self.is_number and max(self.orders.values(), default=0.0) >= NEARLY_ALL

    @cached_property
    def is_mostly_day(self) -> bool:
        """Some cells are no days; of a column that is called so they are errors, and it is not left out for them."""
        return not self.is_number and max(self.orders.values(), default=0.0) > 1 / 2

    @property
    def has_whole_names(self) -> bool:
        """First name and family name in one cell, mostly."""
        return sum(" " in text or "," in text for text in self.tried) > len(self.tried) / 2

    @property
    def has_full_names(self) -> bool:
        """ "Last, First", nearly all different."""
        named = [text for text in self.tried if _is_last_first(text)]
        return len(named) >= NEARLY_ALL * max(len(self.tried), 1) and self.distinct > self.said / 2 > 0

    @cached_property
    def longest(self) -> int:
        return max(map(len, self.counts), default=0)


def _is_last_first(text: str) -> bool:
    parts = text.split(",")
    return len(parts) == 2 and all(
        part.strip()[:1].isupper() and fold(part).replace(" ", "").isalpha() for part in parts
    )


def samples_of(heads: Sequence[str], rows: Sequence[Sequence[str]], *, is_excel: bool) -> list[Sample]:
    known = Known(is_excel=is_excel)
    columns = zip_longest(heads, *rows, fillvalue="")
    made = []
    for place, (head, *cells) in enumerate(islice(columns, len(heads))):
        counts = Counter(map(str.strip, cells))
        for missing in MISSING & counts.keys():
            del counts[missing]
        made.append(Sample(head, place, len(rows), counts, known))
    return made


def day_order(samples: Sequence[Sample]) -> tuple[DayOrder, bool]:
    """The order in which most days can be read, and whether another one would do as well."""
    columns = [sample for sample in samples if sample.is_day] or [sample for sample in samples if sample.is_mostly_day]
    if not columns:
        return DayOrder.YEAR_FIRST, False
    fits = {order: sum(sample.orders[order] for sample in columns) for order in DayOrder}
    best = max(DayOrder, key=lambda order: fits[order])
    other = {DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST} - {best}
    is_open = best != DayOrder.YEAR_FIRST and any(fits[each] == fits[best] for each in other)
    return best, is_open
