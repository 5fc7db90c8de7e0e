"""What was found in a file and what it would do: the pages on which a person decides, and nothing is changed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.kit.figures import counted
from portal.kit.pages import render_page
from students.importing import batches
from students.importing.findings import FIRST_LINES, Severity
from students.importing.told import (
    ClassTold,
    FindingsTold,
    FindingTold,
    GuardTold,
    PlanTold,
    read_findings,
    read_plan,
)
from students.models import ImportBatch
from students.models.imports import ImportState
from students.web.import_frame import CHANGEABLE, batch_of, head_of
from students.web.import_veil import check_may_see_all, tables_listed
from students.web.import_words import deed_label, in_own_words

MOST_CLASSES = 200
ICONS = {"added": "plus", "changed": "pencil", "ended": "calendar-x-2", "removed": "trash-2"}
LOSSES = frozenset({"ended", "removed"})


@require_safe
@never_cache
def import_findings(request: HttpRequest, pk: int) -> HttpResponse:
    batch = batches.settled(batch_of(request, pk))
    if batch.is_busy or not batch.findings:
        return redirect("import", pk)
    check_may_see_all(batch, request.user)
    found = read_findings(batch.findings)
    is_planned = batch.state == ImportState.PLANNED
    facts = {
        **head_of(request, batch, "findings"),
        "found": found,
        "parts": parts_of(found),
        "is_open": batch.state in CHANGEABLE,
        "is_planned": is_planned,
        "plan": read_plan(batch.plan) if is_planned else None,
    }
    return render_page(request, "students/imports/findings.html", facts)


@dataclass(frozen=True, slots=True)
class FindingsAlike:
    """`first` are in sight, `more` fold out; the rest is in the file alone. A sentence that all share stands above them."""

    count: int
    sentence: str
    first: Sequence[FindingTold]
    more: Sequence[FindingTold]

    @property
    def unshown(self) -> int:
        return self.count - len(self.first) - len(self.more)

    @property
    def says_same(self) -> bool:
        return all(row.expected == self.sentence for row in (*self.first, *self.more))


@dataclass(frozen=True, slots=True)
class FindingsPart:
    severity: str
    label: str
    lead: str
    count: int
    kinds: Sequence[FindingsAlike]


def parts_of(found: FindingsTold) -> list[FindingsPart]:
    """Errors first, then what stays as a person typed it, then how things were read; a part without any is left out."""
    told = (
        (Severity.ERROR, _("Errors"), _("These rows cannot be brought in as they are."), found.errors),
        (
            Severity.CONFLICT, _("Stays as a person typed it"),
            _("The file says something else than what somebody entered here by hand. Their entry stays."),
            found.conflicts,
        ),
        (Severity.NOTE, _("Read all the same"), _("Unusual, but clear enough. Nothing to do."), found.notes),
    )  # fmt: skip
    return [
        FindingsPart(severity, label, lead, count, [_alike(found, kind) for kind in found.kinds if kind.severity == severity])
        for severity, label, lead, count in told
        if count
    ]  # fmt: skip


def _alike(found: FindingsTold, kind: Any) -> FindingsAlike:
    rows = [row for row in found.shown if (row.severity, row.code) == (kind.severity, kind.code)] or list(kind.first)
    return FindingsAlike(kind.count, rows[0].expected if rows else "", rows[:FIRST_LINES], rows[FIRST_LINES:])


@require_safe
@never_cache
def import_plan(request: HttpRequest, pk: int) -> HttpResponse:
    batch = batches.settled(batch_of(request, pk))
    if batch.is_busy or not batch.plan:
        return redirect("import", pk)
    return show_plan(request, batch)


def show_plan(
    request: HttpRequest, batch: ImportBatch, *, unanswered: Sequence[GuardTold] = (), status: int = 200
) -> HttpResponse:
    check_may_see_all(batch, request.user)
    plan = read_plan(batch.plan)
    is_planned = batch.state == ImportState.PLANNED
    facts = {
        **head_of(request, batch, "plan"),
        "found": read_findings(batch.findings),
        **plan_facts(plan, listed=tables_listed(batch, request.user)),
        "reasons": batches.may_apply(batch, accepted_guards=True) if is_planned else (),
        "is_planned": is_planned,
        "does": in_words(plan),
        "unanswered": unanswered,
        "answered": request.POST.getlist("yes"),
    }
    return render_page(request, "students/imports/plan.html", facts, status=status)


def plan_facts(plan: PlanTold, *, listed: Collection[str], is_done: bool = False) -> dict[str, Any]:
    """What the tables of a plan are made of, here and in the report. `listed`: tables whose records may be listed."""
    touched = [each for each in plan.classes if each.added or each.ended or each.marks]
    return {
        "plan": plan,
        "listed": listed,
        "totals": totals_of(plan, is_done=is_done),
        "tables": [in_own_words(table) for table in plan.tables if table.does or table.unchanged or table.kept],
        "deeds": {deed: deed_label(deed, is_done=is_done) for deed in ICONS},
        "classes": [_class_line(each) for each in sorted(touched, key=_losses_first)[:MOST_CLASSES]],
        "classes_unshown": max(0, len(touched) - MOST_CLASSES),
        "classes_same": len(plan.classes) - len(touched),
    }


@dataclass(frozen=True, slots=True)
class Total:
    label: str
    count: int
    icon: str
    is_loss: bool = False


def totals_of(plan: PlanTold, *, is_done: bool) -> list[Total]:
    """What would happen, or what did; nothing removed and nothing kept need not be told."""
    shown = [
        *(
            Total(deed_label(deed, is_done=is_done), plan.total(deed), icon, is_loss=deed in LOSSES)
            for deed, icon in ICONS.items()
        ),
        Total(_("Unchanged"), plan.total("unchanged"), "equal"),
        Total(_("Kept as typed"), plan.total("kept"), "hand"),
    ]
    return [total for total in shown if total.count or total.icon not in ("trash-2", "hand")]


def in_words(plan: PlanTold) -> str:
    """What a button says it does: "add 12, change 3, end 1"."""
    words = (
        (ngettext("add %(n)s record", "add %(n)s records", plan.total("added")), "added"),
        (ngettext("change %(n)s", "change %(n)s", plan.total("changed")), "changed"),
        (ngettext("end %(n)s", "end %(n)s", plan.total("ended")), "ended"),
        (ngettext("remove %(n)s", "remove %(n)s", plan.total("removed")), "removed"),
    )
    return ", ".join(word % {"n": counted(plan.total(name))} for word, name in words if plan.total(name))


@dataclass(frozen=True, slots=True)
class ClassLine:
    """`loses` in words: nothing, some, or so many that somebody should look twice."""

    told: ClassTold
    loses: str

    @property
    def is_new(self) -> bool:
        return not self.told.key


def _class_line(told: ClassTold) -> ClassLine:
    if not told.ended:
        return ClassLine(told, "")
    return ClassLine(told, "half" if told.is_halved else "some")


def _losses_first(told: ClassTold) -> tuple[float, str]:
    return (-(told.ended / told.now) if told.now else 0.0, told.name)
