"""The roll's pages: the rolls of today, the roll of one class and day, what its script sends, and a mark's past."""

from collections.abc import Iterator
from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.models import User
from portal.kit.errors import DomainError
from portal.kit.listed import asked_form, list_file
from portal.kit.pages import render_page
from portal.kit.problems import problem_response
from portal.kit.scoping import fetch
from portal.kit.tables import PER_PAGE, read_page
from students import roll_days, rollcall
from students.looking import note_look
from students.models import AttendanceMark, AttendanceStatus, SchoolClass, Student
from students.reports.lists import rolls_table
from students.roles import KEEPERS, Role
from students.standing import check_may_record
from students.summaries import rolls_due as due
from students.summaries.counting import day_of
from students.summaries.roll import class_roll
from students.summaries.roll_past import label, past_of, said_last
from students.web.roll_input import Wish, read_day, read_form, read_json
from students.web.standpoint import Standpoint, standpoint
from students.web.tabs import class_tabs

SHOW = ("missing", "taken", "gaps")
CHOICES = tuple(AttendanceStatus.choices)


@require_safe
@never_cache
def rolls(request: HttpRequest) -> HttpResponse:
    """One's own home classes; and for who keeps the school, those whose roll is missing, taken, or has gaps."""
    here = standpoint(request)
    homes = due.home_classes(here.user, here.day, but_not=here.elsewhere)
    is_keeper = bool(here.roles & KEEPERS)
    is_teacher = Role.TEACHER in here.roles
    mine = homes.taught_by(here.user, here.day) if is_teacher else homes.none()
    own = due.rolls_due(SchoolClass.objects.filter(pk__in=mine.order_by().values("pk")), here.day)
    if form := asked_form(request):
        return list_file(form, rolls_table(_asked_rolls(request, here, homes) if is_keeper else own))
    facts = {
        "day": here.day,
        "is_school_day": here.day.weekday() < roll_days.SATURDAY,
        "is_teacher": is_teacher,
        "is_keeper": is_keeper,
        "own": own,
        "lessons": due.lesson_classes(here.user, here.day, but_not=here.elsewhere) if is_teacher and not own else [],
        **(_school(request, here, homes) if is_keeper else {}),
    }
    return render_page(request, "students/roll/rolls.html", facts)


def _asked_rolls(request: HttpRequest, here: Standpoint, homes: Any) -> Iterator[due.RollDue]:
    classes = list(_school(request, here, homes)["chosen"].values_list("pk", flat=True))
    for start in range(0, len(classes), PER_PAGE):
        yield from due.rolls_due(SchoolClass.objects.filter(pk__in=classes[start : start + PER_PAGE]), here.day)


def _school(request: HttpRequest, here: Standpoint, homes: Any) -> dict[str, Any]:
    school = here.school.pk if here.school else 0
    days = due.days_with_rolls({school}, here.day).get(school, [])
    counts = due.count_rolls(homes, here.day, days)
    is_expected = here.day.weekday() < roll_days.SATURDAY or counts.taken > 0
    usual = "missing" if is_expected else "gaps"
    show = request.GET.get("show", "") if request.GET.get("show") in SHOW else usual
    chosen = {
        "missing": lambda: due.without_roll(homes, here.day),
        "taken": lambda: due.with_roll(homes, here.day),
        "gaps": lambda: due.with_gaps(homes, days),
    }[show]().order_by("grade_level", "name", "pk")
    listing = read_page(request, chosen, lambda rows: rows)
    rows = due.rolls_due(SchoolClass.objects.filter(pk__in=[each.pk for each in listing.rows]), here.day)
    return {
        "counts": counts,
        "is_expected": is_expected,
        "show": show,
        "listing": listing,
        "rows": rows,
        "chosen": chosen,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def roll(request: HttpRequest, pk: int) -> HttpResponse:
    school_class = _to_record(request, pk)
    today = school_class.school.today()
    if request.method == "POST":
        return _save(request, school_class, today)
    day = read_day(request.GET.get("day")) or day_of(school_class, today)
    return _page(request, school_class, day, today)


def _to_record(request: HttpRequest, pk: int) -> SchoolClass:
    school_class: SchoolClass = fetch(SchoolClass.objects.with_frame(), request.user, pk=pk)
    check_may_record(request.user, school_class, on=school_class.school.today())
    return school_class


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)  # nobody comes this far without having signed in


def _page(
    request: HttpRequest, school_class: SchoolClass, day: date, today: date, clashes: dict[int, str] | None = None
) -> HttpResponse:
    facts: dict[str, Any] = {
        "school_class": school_class,
        "day": day,
        "usual_day": day_of(school_class, today),
        "last_day": min(today, school_class.term.ends),
        "tabs": class_tabs(request, school_class, current="roll"),
        "choices": CHOICES,
    }
    try:
        roll_days.check_day(school_class, day, on=today)
    except DomainError as error:
        return render_page(
            request, "students/roll/roll.html", {**facts, "refusal": error.sentence}, status=error.status
        )
    shown = class_roll(school_class, day, user=request.user, on=today)
    facts |= {"roll": shown, "clashes": clashes or {}}
    if shown.unusual and not shown.is_begun and not request.GET.get("anyway"):
        return render_page(request, "students/roll/roll.html", {**facts, "is_asked": True})
    note_look(request.user, shown.students, what="roll", door="page")
    return render_page(request, "students/roll/roll.html", facts, status=409 if clashes else 200)


def _save(request: HttpRequest, school_class: SchoolClass, today: date) -> HttpResponse:
    """The form, where no script runs: what was changed, or with "Everybody present" all who have no mark yet too."""
    wish = read_form(request.POST)
    if "all" in request.POST:
        roll_days.check_day(school_class, wish.day, on=today)
        inside = roll_days.on_the_roll(school_class, wish.day, user=request.user).values_list("pk", flat=True)
        blank = {each for each in inside if not request.POST.get(f"m-{each}") and not request.POST.get(f"s-{each}")}
        wish.statuses.update(dict.fromkeys(blank, AttendanceStatus.PRESENT.value))
    outcome = rollcall.take(school_class, wish.day, wish.statuses, wish.seen, by=_person(request), on=today)
    if outcome.clashes:
        return _page(request, school_class, wish.day, today, _clashes(school_class, wish, outcome))
    done = len(outcome.touched)
    told = ngettext("The roll is saved: %d mark.", "The roll is saved: %d marks.", done) % done
    messages.success(request, told if done else _("Nothing was changed."))
    if outcome.strangers:
        messages.warning(request, _("Marks of those who are no longer in this class stay as they were."))
    return redirect(f"{reverse('roll', args=[school_class.pk])}?day={wish.day.isoformat()}&anyway=1")


@require_POST
@never_cache
def roll_marks(request: HttpRequest, pk: int) -> HttpResponse:
    """What the script saves in the background: for each student whether it is saved, and if not why."""
    try:
        school_class = _to_record(request, pk)
        wish = read_json(request.body)
        today = school_class.school.today()
        outcome = rollcall.take(school_class, wish.day, wish.statuses, wish.seen, by=_person(request), on=today)
    except DomainError as error:
        return problem_response(error.status, error.sentence, code=error.code)
    clashes = _clashes(school_class, wish, outcome)
    return JsonResponse({"marks": [_answer(each, wish, outcome, clashes) for each in wish.statuses]})


def _answer(student: int, wish: Wish, outcome: rollcall.Outcome, clashes: dict[int, str]) -> dict[str, Any]:
    if student in outcome.strangers:
        sentence = _("Not in this class on that day, or no longer in it, so nothing was saved.")
        return {"student": student, "state": "refused", "status": "", "sentence": sentence}
    if student in clashes:
        theirs = _status((outcome.clashes or {}).get(student))
        return {"student": student, "state": "conflict", "status": theirs, "sentence": clashes[student]}
    return {"student": student, "state": "saved", "status": wish.statuses[student], "sentence": ""}


def _status(mark: AttendanceMark | None) -> str:
    return mark.status if mark else roll_days.NO_MARK


def _clashes(school_class: SchoolClass, wish: Wish, outcome: rollcall.Outcome) -> dict[int, str]:
    """In words what somebody else did meanwhile, and what this person wanted."""
    if not outcome.clashes:
        return {}
    last = said_last(school_class, wish.day)
    told = {}
    for student, mark in outcome.clashes.items():
        said = last.get(student)
        by = said.by if said else str(mark.taken_by) if mark and mark.taken_by else _("Somebody else")
        facts = {
            "by": by,
            "status": label(_status(mark)),
            "when": said.when(school_class.school) if said else _("meanwhile"),
            "yours": label(wish.statuses[student]) or _("no mark"),
        }
        words = _("%(by)s marked %(status)s %(when)s.") if mark else _("%(by)s took the mark away %(when)s.")
        told[student] = " ".join((words % facts, _("Yours: %(yours)s.") % facts))
    return told


@require_safe
@never_cache
def roll_history(request: HttpRequest, pk: int, student: int) -> HttpResponse:
    """Who said what about one student's day, and what stood there before."""
    school_class = _to_record(request, pk)
    found: Student = fetch(Student.objects, request.user, pk=student)
    day = read_day(request.GET.get("day")) or day_of(school_class, school_class.school.today())
    steps = past_of(found, school_class, day)
    note_look(request.user, [found], what="roll", door="page")
    named = {"day_name": date_format(day, "l j F Y"), "iso_day": day.isoformat()}
    facts = {"school_class": school_class, "student": found, "steps": steps, **named}
    return render_page(request, "students/roll/history.html", facts)
