"""Attendance, indicators and their values in the file, held against those of the school."""

import numpy as np
import pandas as pd
from django.db.models import BooleanField, Case, Value, When
from django.utils.translation import gettext as _

from portal.audit.models import Change
from portal.kit.figures import plain
from students.importing.incoming import Array, Table
from students.importing.plan import NOBODY
from students.importing.planning.desk import Desk
from students.importing.planning.ending import remove_missing, typed_of_table
from students.importing.planning.frame import code_of
from students.importing.planning.knowing import Known, known, nothing, records
from students.importing.planning.matching import NOWHERE, folded, places
from students.importing.planning.settling import outcome_of, refuse_taken, settle
from students.importing.planning.shapes import model_of
from students.importing.planning.work import Work, require
from students.models import ImportBatch, Indicator, IndicatorKind

LONGEST_CODE = 40
OPEN = np.datetime64("9999-12-31", "s")
MOST = 10**7  # beyond, a number does not fit into its column


def plan_attendance(desk: Desk) -> None:
    rows = desk.incoming.rows(Table.ATTENDANCE)
    if not len(rows):
        settle(Work(desk, Table.ATTENDANCE, nothing(Table.ATTENDANCE)))
        return
    work = Work(desk, Table.ATTENDANCE, _known_marks(desk))
    _find_home_classes(work)
    parts = [work.values[name] for name in ("student_id", "day", "school_class_id")]
    held = work.known.fields
    place, _count = places(parts, [held[name] for name in ("student_id", "day", "school_class_id")])
    work.match_to(place, work.good)
    require(work)
    ahead = work.fresh & (work.values["day"] > desk.today)
    work.refuse(ahead, "day_ahead", "day", _("This day is still ahead; nobody can have been there yet."))
    work.refuse_doubles(places(parts, parts)[0])
    taken = held["is_taken"].astype(bool) if "is_taken" in held else np.zeros(len(work.known), dtype=bool)
    step = settle(work, by_hand=taken, extra={"known_on": work.values["day"]})
    if desk.truncate:
        ours = _brought(desk, work.known)
        typed = typed_of_table(work, np.flatnonzero(ours), ["status"]) | taken
        remove_missing(work, step, ours=ours, typed=typed)


def _known_marks(desk: Desk) -> Known:
    """Marks between the first and the last day that the file names; of a truncating one all."""
    rows, days = records(Table.ATTENDANCE, desk.school), desk.incoming.rows(Table.ATTENDANCE)["day"]
    days = days[~np.isnat(days)]
    if len(days) and not desk.truncate:
        rows = rows.filter(day__gte=days.min().item().date(), day__lte=days.max().item().date())
    is_taken = Case(When(taken_by=None, then=Value(False)), default=Value(True), output_field=BooleanField())
    return known(Table.ATTENDANCE, rows, desk.incoming.source, desk.held[Table.STUDENTS].keys, is_taken=is_taken)


def _brought(desk: Desk, held: Known) -> Array:
    """Attendance does not say where it came from; the history does."""
    batches = ImportBatch.objects.filter(school=desk.school, source=desk.incoming.source).values_list("mark", flat=True)
    label = model_of(Table.ATTENDANCE)._meta.label
    added = Change.objects.filter(model=label, kind=Change.Kind.ADDED, batch__in=list(batches))
    keys = np.fromiter(added.values_list("record_id", flat=True).iterator(), dtype=np.int64)
    return np.isin(held.keys, keys)


def _find_home_classes(work: Work) -> None:
    """A mark without a class belongs to the class that takes the student's daily roll on that day."""
    blank = np.flatnonzero(work.good & (work.rows["school_class"] == "") & work.said["day"])
    if not len(blank):
        return
    rolls = _home_rolls(work.desk)
    asked = pd.DataFrame({"student": work.values["student_id"][blank], "day": work.values["day"][blank], "row": blank})
    found = asked.merge(rolls, on="student")
    found = found[(found["starts"] <= found["day"]) & (found["day"] <= found["ends"])]
    found = found.drop_duplicates(["row", "school_class"])
    several = np.zeros(len(work), dtype=bool)
    several[found["row"][found.duplicated("row", keep=False)].to_numpy()] = True
    told = _("On that day the student is in several classes that take the daily roll; the file must name one.")
    work.refuse(several, "ambiguous", "school_class", told)
    handles = np.full(len(work), NOBODY, dtype=np.int64)
    handles[found["row"].to_numpy()] = found["school_class"].to_numpy()
    none = np.zeros(len(work), dtype=bool)
    none[blank] = handles[blank] == NOBODY
    told = _("On that day the student is in no class that takes the daily roll; the file must name one.")
    work.refuse(none & work.good, "no_home_class", "school_class", told)
    work.fill("school_class_id", handles != NOBODY, handles)
    work.said["school_class_id"] = work.values["school_class_id"] != NOBODY


def _home_rolls(desk: Desk) -> pd.DataFrame:
    enrolments, classes = desk.outcomes[Table.ENROLMENTS].fields, desk.outcomes[Table.CLASSES]
    home = classes.look("is_home_class", enrolments["school_class_id"]) == 1
    ends = enrolments["ends"][home]
    return pd.DataFrame({
        "student": enrolments["student_id"][home], "school_class": enrolments["school_class_id"][home],
        "starts": enrolments["starts"][home], "ends": np.where(np.isnat(ends), OPEN, ends),
    })  # fmt: skip


def plan_indicators(desk: Desk) -> None:
    held = known(Table.INDICATORS, records(Table.INDICATORS, desk.school), desk.incoming.source)
    work = Work(desk, Table.INDICATORS, held)
    work.match_by_id()
    work.match_to(places([work.rows["code"]], [held.fields["code"]])[0], work.said["code"])
    names = folded(work.rows["name"])
    place, count = places([names], [folded(held.fields["name"])])
    work.match_to(place, (names != "") & (count == 1) & ~work.said["code"], "name")
    require(work)
    _leave_protected(work)
    known_here = work.found[work.alive & (work.found != NOWHERE)]
    desk.findings.measure(held.fields["code"][known_here].tolist())
    other = work.matched & work.said["kind"] & (work.known_value("kind") != work.values["kind"])
    work.refuse(other, "other_kind", "kind", _("The school has this indicator already, of another kind."))
    work.fill("kind", ~work.said["kind"], IndicatorKind.NUMBER.value)
    work.fill("is_protected", ~work.said["is_protected"], 0)
    _make_codes(work, names)
    work.refuse_doubles(places([work.values["code"]], [work.values["code"]])[0])
    refuse_taken(work, ("code",), "code", _("Another indicator has this code already."))
    desk.outcomes[Table.INDICATORS] = outcome_of(work, settle(work))


def _leave_protected(work: Work) -> None:
    if work.desk.with_protected:
        return
    protected = work.alive & (work.after("is_protected") == 1)
    told = _("%s protected indicators are left out: imports may not bring them here.")
    work.note(protected, "protected_left_out", "is_protected", lambda count: told % count)
    work.leave_out(protected)


def _make_codes(work: Work, names: Array) -> None:
    taken, codes = set(work.known.fields["code"].tolist()) | set(work.rows["code"].tolist()), work.values["code"].copy()
    for row in np.flatnonzero(work.fresh & ~work.said["code"]).tolist():
        codes[row] = code_of(work.rows["name"][row], LONGEST_CODE, taken, "-")
        taken.add(codes[row])
    first = places([names], [names])[0]
    work.values["code"] = np.where(work.fresh & ~work.said["code"], codes[first], codes)


def plan_observations(desk: Desk) -> None:
    rows = desk.incoming.rows(Table.OBSERVATIONS)
    if not len(rows):
        settle(Work(desk, Table.OBSERVATIONS, nothing(Table.OBSERVATIONS)))
        return
    work = Work(desk, Table.OBSERVATIONS, _known_values(desk))
    names = ("student_id", "indicator_id", "day")
    parts = [work.values[name] for name in names]
    work.match_to(places(parts, [work.known.fields[name] for name in names])[0], work.good)
    require(work)
    ahead = work.fresh & (work.values["day"] > desk.today)
    work.refuse(ahead, "day_ahead", "day", _("This day is still ahead; nothing can have been measured yet."))
    _check_values(work)
    work.refuse_doubles(places(parts, parts)[0])
    work.said["number"] = work.said["category"] = work.said["number"] | work.said["category"]
    step = settle(work, extra={"known_on": work.values["day"]})
    if desk.truncate:
        gone = np.flatnonzero(work.known.ours)
        typed = typed_of_table(work, gone, ["number", "category"])
        remove_missing(work, step, ours=work.known.ours, typed=typed)
        removed = np.isin(work.known.keys, step.removed.keys)
        of = np.unique(work.known.fields["indicator_id"][removed])
        desk.findings.measure(desk.outcomes[Table.INDICATORS].look("code", of).tolist())


def _known_values(desk: Desk) -> Known:
    """Who may not bring values of protected indicators does not remove them either."""
    rows = records(Table.OBSERVATIONS, desk.school)
    if not desk.with_protected:
        rows = rows.filter(indicator__is_protected=False)
    if not desk.truncate:
        named = sorted({handle for handle in desk.handles.get(Table.INDICATORS, {}).values() if handle >= 0})
        if not named:
            return nothing(Table.OBSERVATIONS)
        rows = rows.filter(indicator__in=named)
    return known(Table.OBSERVATIONS, rows, desk.incoming.source, desk.held[Table.STUDENTS].keys)


def _check_values(work: Work) -> None:
    """Each value suits its indicator: a number within its bounds, yes or no, or one of its categories."""
    handles = work.values["indicator_id"]
    kinds = work.desk.outcomes[Table.INDICATORS].look("kind", handles)
    category = work.alive & (handles != NOBODY) & (kinds == IndicatorKind.CATEGORY.value)
    number = work.alive & (handles != NOBODY) & ~category
    values = work.values["number"]
    work.refuse(category & ~work.said["category"], "value", "category", _("This indicator needs a category."))
    work.refuse(number & ~work.said["number"], "value", "number", _("This indicator needs a number."))
    yes_no = number & (kinds == IndicatorKind.YES_NO.value) & work.said["number"] & ~np.isin(values, (0, 1))
    work.refuse(yes_no, "value", "number", _("This indicator is 1 for yes or 0 for no."))
    work.refuse(number & (np.abs(values) >= MOST), "value", "number", _("This number is too large to be kept."))
    work.values["category"] = np.where(category, work.values["category"], "")
    work.values["number"] = np.where(category, np.nan, work.values["number"])
    _check_bounds(work, handles, number, category)


def _check_bounds(work: Work, handles: Array, number: Array, category: Array) -> None:
    named = np.unique(handles[work.alive & (handles >= 0)]).tolist()
    for each in Indicator.objects.filter(pk__in=named).only("least", "most", "categories", "name"):
        here = work.alive & (handles == each.pk)
        if each.categories:
            unknown = here & category & ~np.isin(work.values["category"].astype(str), each.categories)
            told = _("%(name)s is one of: %(values)s.") % {"name": each.name, "values": ", ".join(each.categories)}
            work.refuse(unknown, "value", "category", told)
        if each.least is not None:
            told = _("%(name)s is %(number)s or more.") % {"name": each.name, "number": plain(each.least)}
            work.refuse(here & number & (work.values["number"] < float(each.least)), "value", "number", told)
        if each.most is not None:
            told = _("%(name)s is %(number)s at most.") % {"name": each.name, "number": plain(each.most)}
            work.refuse(here & number & (work.values["number"] > float(each.most)), "value", "number", told)
