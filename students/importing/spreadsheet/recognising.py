"""A guess at how a file is to be read, with a sentence why for every column, so that a person only puts right what is wrong."""

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from students.importing.mapping import LINE_NUMBER, PROTECTED_FACTS, ROW_FACTS, Layout, Mapping
from students.importing.secret_heads import names_password
from students.importing.spreadsheet.guessing_exams import codes_beside, guess_exams, is_of_marks, series_in
from students.importing.spreadsheet.guessing_layout import ATTENDANCE, guess_layout
from students.importing.spreadsheet.naming_columns import Named, by_content, counts_rows, name_columns
from students.importing.spreadsheet.samples import Sample, day_order
from students.importing.spreadsheet.subjects import subject_of_file
from students.importing.spreadsheet.synonyms import ROW_NAMES, STUDENT_NAMES

MOST_CATEGORIES, FEW = 30, 5
LONGEST_CATEGORY = 80
LARGEST = 9_999_999  # number that an indicator can hold
BEFORE = timedelta(days=30)
NAMES = frozenset({"name", "given_name", "family_name"})


@dataclass
class Guess:
    """`reasons` by head."""

    mapping: Mapping
    reasons: dict[str, str] = field(default_factory=dict)


def guess_mapping(samples: Sequence[Sample], name: str, today: date) -> Guess:
    readable = [sample for sample in samples if sample.said and not names_password(sample.head)]
    series = series_in([sample.head for sample in readable])
    student = name_columns(readable, STUDENT_NAMES)
    row = name_columns(readable, ROW_NAMES)
    row.update({fact: student[fact] for fact in ("school_class", "starts", "ends", "grade_level") if fact in student})
    maximum = row["maximum"].sample if "maximum" in row else None
    marks = [sample for sample in readable if sample is not maximum and is_of_marks(sample, series)]
    layout = guess_layout(student, row, marks)
    facts = {fact: each for fact, each in student.items() if not _is_better_mark(each, marks, layout)}
    facts.update(by_content(readable, facts))
    facts = _with_family_name(facts)
    if layout == Layout.STUDENTS:
        return _wide(samples, readable, facts, name, today)
    return _long(samples, facts, row, layout, name)


def _is_better_mark(named: Named, marks: Sequence[Sample], layout: Layout) -> bool:
    """ "Grade" is a year where the cells are small whole numbers, and a mark otherwise; marks win in a table of them."""
    return layout != Layout.STUDENTS and named.fact == "grade_level" and named.sample in marks


def _wide(
    samples: Sequence[Sample], readable: Sequence[Sample], facts: dict[str, Named], name: str, today: date
) -> Guess:  # fmt: skip
    taken = {each.sample.head for each in facts.values()}
    series = series_in([sample.head for sample in readable])
    order, is_open = day_order(readable)
    marks = [sample for sample in readable if sample.head not in taken and is_of_marks(sample, series)]
    exams = guess_exams(marks, name, today, order)
    rest = [sample for sample in samples if sample.head not in taken and sample.head not in exams]
    kinds = {sample.head: _indicator(sample) for sample in rest}
    indicators = {head: kind for head, (kind, _why) in kinds.items() if kind}
    first = min((exam.on for exam, _why in exams.values()), default=None)
    on = first - BEFORE if first and indicators else today if indicators else None
    student = {fact: each.sample.head for fact, each in facts.items()}
    if "external_id" not in student and not NAMES & set(student):
        student = {"external_id": LINE_NUMBER, **student}
    mapping = Mapping(
        days=order, decimal=_decimal(readable), student=_without_double_names(student), on=on,
        exams={head: exam for head, (exam, _why) in exams.items()}, indicators=indicators,
    )  # fmt: skip
    reasons = {
        **{each.sample.head: _why_fact(each, is_open=is_open) for each in facts.values()},
        **{head: why for head, (_exam, why) in exams.items()},
        **{head: why if not kinds[head][0] else _dated(why, on) for head, (_kind, why) in kinds.items()},
    }
    reasons |= _said_twice(facts, mapping)
    for sample in marks:
        if codes := codes_beside(sample):
            reasons[sample.head] += " " + _("Not understood so far: %s.") % ", ".join(codes[:FEW])
    return Guess(mapping, reasons)


def _long(
    samples: Sequence[Sample], facts: dict[str, Named], row: AnyMapping[str, Named], layout: Layout, name: str
) -> Guess:  # fmt: skip
    of_row = {fact: row[fact] for fact in ROW_FACTS[layout] if fact in row}
    places = {each.sample.place for each in of_row.values()}
    of_student = {
        fact: each for fact, each in facts.items() if fact not in ROW_FACTS[layout] or fact == "external_id"
    }  # fmt: skip
    of_student = {fact: each for fact, each in of_student.items() if each.sample.place not in places}
    order, is_open = day_order(samples)
    codes = _attendance(of_row["status"].sample) if layout == Layout.ATTENDANCE else {}
    mapping = Mapping(
        layout=layout, days=order, decimal=_decimal(samples), attendance=codes,
        student=_without_double_names({fact: each.sample.head for fact, each in of_student.items()}),
        row={fact: each.sample.head for fact, each in of_row.items()},
        subject=subject_of_file(name) if layout == Layout.RESULTS and "subject" not in of_row else "",
    )  # fmt: skip
    reasons = {sample.head: _("Left out: no fact of such a row is called so.") for sample in samples}
    reasons |= {each.sample.head: _why_fact(each, is_open=is_open) for each in (*of_student.values(), *of_row.values())}
    reasons |= _said_twice(of_student, mapping)
    return Guess(mapping, reasons)


def _with_family_name(facts: dict[str, Named]) -> dict[str, Named]:
    """ "Name" beside "Vorname" is the family's, unless its cells are whole names."""
    name = facts.get("name")
    if name is None or "given_name" not in facts or "family_name" in facts or name.sample.has_whole_names:
        return facts
    family = replace(name, fact="family_name", why=_("By its name, beside the column of first names."))
    return {fact: each for fact, each in facts.items() if fact != "name"} | {"family_name": family}


def _said_twice(facts: AnyMapping[str, Named], mapping: Mapping) -> dict[str, str]:
    """Why a column that is called like a name is none."""
    left = {each.sample.head for fact, each in facts.items() if fact in NAMES and fact not in mapping.student}
    return dict.fromkeys(left, _("Left out: other columns have the name already."))


def _without_double_names(student: dict[str, str]) -> dict[str, str]:
    """A whole name only where its parts are not there."""
    if {"given_name", "family_name"} <= set(student):
        return {fact: head for fact, head in student.items() if fact != "name"}
    return {fact: head for fact, head in student.items() if "name" not in student or fact not in NAMES - {"name"}}


def _attendance(sample: Sample) -> dict[str, str]:
    return {text: ATTENDANCE[text.casefold()] for text in sample.tried if text not in "PLAE"}


def _decimal(samples: Sequence[Sample]) -> str:
    """Said only where numbers can be read in two ways; a decimal comma elsewhere in the file then decides."""
    numeric = [sample for sample in samples if sample.is_mostly_number]
    if not any(sample.is_ambiguous for sample in numeric):
        return ""
    texts = [text for sample in numeric for text in sample.tried]
    commas = sum("," in text and "." not in text for text in texts)
    points = sum("." in text and "," not in text for text in texts)
    return "," if commas > points else "."


def _why_fact(named: Named, *, is_open: bool) -> str:
    parts = [named.why]
    if named.fact in PROTECTED_FACTS:
        parts.append(_("A protected fact: read only where the school allows it, by who may."))
    if named.sample.is_day and is_open:
        parts.append(_("Day and month could also stand the other way round: look at the days."))
    if named.fact == "external_id" and named.sample.distinct < named.sample.said and named.why:
        parts.append(_("Some ids stand in several rows."))
    return " ".join(parts)


def _dated(why: str, on: date | None) -> str:
    return f"{why} " + _("Kept for %(on)s, which is a guess.") % {"on": date_format(on, "j F Y")} if on else why


def _indicator(sample: Sample) -> tuple[str, str]:
    """Its kind, or none, and why."""
    if why := _why_left_out(sample):
        return "", why
    if sample.is_yes_no:
        return "yes/no", _("By its cells: yes or no.")
    if sample.is_number:
        return "number", _("By its cells: numbers.")
    return "category", _("By its cells: %(count)d different texts.") % {"count": sample.distinct}


def _why_left_out(sample: Sample) -> str:
    if names_password(sample.head):
        return _("Left out: passwords are not kept.")
    if not sample.said:
        return _("Left out: it is empty.")
    if sample.is_yes_no:
        return ""
    if sample.is_constant:
        return _("Left out: every row has the same.")
    if sample.is_day:
        return _("Left out: days are no values.")
    if counts_rows(sample):
        return _("Left out: these numbers only count the rows.")
    return _("Left out: these numbers seem to be names of something.") if _is_name(sample) else _why_no_category(sample)


def _why_no_category(sample: Sample) -> str:
    if any("@" in text for text in sample.tried):
        return _("Left out: these are addresses.")
    is_many = sample.distinct > MOST_CATEGORIES or sample.distinct * 2 > max(sample.said, FEW * 2)
    if not sample.is_number and (is_many or sample.longest > LONGEST_CATEGORY):
        return _("Left out: %(count)d different texts are too many for a category.") % {"count": sample.distinct}
    return ""


def _is_name(sample: Sample) -> bool:
    """Numbers of telephones and houses, which no sum makes sense of."""
    if not sample.is_number:
        return False
    is_long = sample.is_unique and sample.is_whole and max(sample.numbers) > 99_999
    return is_long or max(map(abs, sample.numbers)) > LARGEST
