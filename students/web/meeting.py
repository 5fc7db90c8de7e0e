"""Meeting mode: a list of students, one per screen, with what is known of each and a decision; a summary at the end.

Who is on the list stands in the address, so that it can be kept, shared and gone back to; each is checked through the rules.
What was decided is kept in the browser's session until another list is begun.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.kit.pages import render_page
from portal.kit.scoping import fetch
from students import access
from students.looking import note_look, reached
from students.models import HelpOutcome, HelpState, Intervention, Student
from students.roles import KEEPERS, Role
from students.summaries import student_profile
from students.summaries.support import BoardWish, help_of, wanted
from students.web.notes import write
from students.web.standpoint import Standpoint
from students.web.support import act, forms_of
from students.web.support_forms import NoteForm, next_review, worded
from students.web.support_frame import FRAME, did, staff_here, student_of
from students.web.support_planning import plan_form, planned

MOST = 60
MARKS = 10  # of a subject, in its small line
SAID = "help-meeting"
# What may be decided about a student, and how the summary calls it.
DECISIONS = {
    "plan": gettext_lazy("help planned"),
    "start": gettext_lazy("help begun"),
    "review": gettext_lazy("help goes on"),
    "close": gettext_lazy("help closed"),
    "note": gettext_lazy("note written"),
    "nothing": gettext_lazy("nothing needed"),
}


@dataclass(frozen=True, slots=True)
class Agenda:
    """Whom the meeting is about, in their order, and at whom it is: from 1; one beyond the last is the summary."""

    students: tuple[int, ...]
    at: int

    @property
    def key(self) -> str:
        return ",".join(map(str, self.students))

    @property
    def is_over(self) -> bool:
        return self.at > len(self.students)

    def address(self, at: int) -> str:
        return f"{reverse('help-meeting')}?students={self.key}&at={at}"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def help_meeting(request: HttpRequest) -> HttpResponse:
    here = staff_here(request)
    if "list" in request.GET:
        return _begin(request, here)
    agenda = _agenda(request, here)
    if not agenda.students:
        return _choose(request, here)
    if agenda.is_over:
        return _summary(request, agenda)
    return _one(request, agenda)


# --- whom it is about ---------------------------------------------------------------------------------------
def _lists(here: Standpoint) -> dict[str, Callable[[], list[int]]]:
    """Ways to a list of students, by what they are called in an address; each read when it is asked for."""
    found: dict[str, Callable[[], list[int]]] = {
        "review": lambda: _with_help(here, HelpState.TO_REVIEW, mine=False),
        "mine": lambda: _with_help(here, HelpState.TO_REVIEW, mine=True),
        "running": lambda: _with_help(here, HelpState.RUNNING, mine=False),
    }
    if Role.COUNSELLOR in here.roles:
        found["caseload"] = lambda: _caseload(here)
    return found


def _with_help(here: Standpoint, state: HelpState, *, mine: bool) -> list[int]:
    assert here.school is not None
    rows = wanted(here.school.pk, user=here.user, filters=BoardWish(mine=mine)).in_state(state, here.day)
    keys = rows.order_by("review_on", "pk").values_list("student_id", flat=True)[: 3 * MOST]
    return list(dict.fromkeys(keys))[:MOST]


def _caseload(here: Standpoint) -> list[int]:
    own = reached(here.user, (access.LOOKED_AFTER,))
    rows = Student.objects.visible_to(here.user).filter(pk__in=own).exclude(school__in=here.elsewhere)
    return list(rows.values_list("pk", flat=True)[:MOST])


def _begin(request: HttpRequest, here: Standpoint) -> HttpResponse:
    read = _lists(here).get(request.GET["list"])
    if read is None:
        raise Http404
    request.session.pop(SAID, None)
    students = tuple(read())
    if not students:
        messages.info(request, _("There is nobody on that list."))
        return redirect("help-meeting")
    return redirect(Agenda(students, 1).address(1))


def _agenda(request: HttpRequest, here: Standpoint) -> Agenda:
    """`students=3,1,2` in that order; whom this person does not see as staff is left out, and so is what is no number."""
    texts = request.GET.get("students", "").split(",")
    asked = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19][:MOST]
    seen = _seen_at_work(here, asked)
    at = request.GET.get("at", "1")
    number = int(at) if at.isascii() and at.isdigit() and len(at) < 5 else 1
    students = tuple(key for key in dict.fromkeys(asked) if key in seen)
    return Agenda(students, max(1, min(number, len(students) + 1)))


def _seen_at_work(here: Standpoint, keys: list[int]) -> set[int]:
    """Those of these students whom this person sees as staff, not as family."""
    if not keys:
        return set()
    kept = Student.objects.filter(pk__in=keys, school__in=here.grants.of(KEEPERS)).values_list("pk", flat=True)
    return set(kept) | reached(here.user, (access.TAUGHT, access.LOOKED_AFTER), among=set(keys))


def _choose(request: HttpRequest, here: Standpoint) -> HttpResponse:
    words = {
        "review": (_("Help to review"), _("Everybody whose day of review has come.")),
        "mine": (_("My help to review"), _("The same, of what I do or planned myself.")),
        "running": (_("Running help"), _("Everybody who is being helped, the next review first.")),
        "caseload": (_("My caseload"), _("Everybody I look after.")),
    }
    lists = [(key, *words[key], len(read())) for key, read in _lists(here).items()]
    facts = {"lists": lists, "most": MOST}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "students/help/meeting_choose.html", facts, status=status)


# --- one student --------------------------------------------------------------------------------------------
def _one(request: HttpRequest, agenda: Agenda) -> HttpResponse:
    student = student_of(request, agenda.students[agenda.at - 1])
    on = student.school.today()
    plan, note = plan_form(request, student, on), NoteForm(_sent(request, "note"))
    done = request.POST.get("do", "") if request.method == "POST" else ""
    if done and _decided(request, student, {"plan": plan, "note": note}):
        _say(request, agenda, student.pk, done)
        return redirect(agenda.address(agenda.at if done == "note" else agenda.at + 1))
    helped = help_of(student, user=request.user, on=on)
    profile = student_profile(student, user=request.user, on=on)
    facts: dict[str, Any] = {
        "student": student,
        "agenda": agenda,
        "profile": profile,
        "lines": [(each, [point.percent for point in each.points[-MARKS:]]) for each in profile.marks.subjects],
        "outcomes": worded(HelpOutcome),
        "next_review": next_review(on),
        "help": helped,
        "open": [(each, forms_of(request, each.intervention, on)) for each in helped.open],
        "plan": plan,
        "note": note,
        "said": [DECISIONS[each] for each in _said(request, agenda).get(str(student.pk), ())],
        "previous": agenda.address(agenda.at - 1) if agenda.at > 1 else "",
        "next": agenda.address(agenda.at + 1),
        "is_staff": True,
    }
    note_look(request.user, [student], what="meeting", door="page")
    status = 422 if request.method == "POST" else 200
    return render_page(request, "students/help/meeting.html", facts, status=status)


def _sent(request: HttpRequest, what: str) -> Any:
    return request.POST if request.method == "POST" and request.POST.get("do") == what else None


def _decided(request: HttpRequest, student: Student, forms: dict[str, Any]) -> bool:
    """Whether what was pressed is done. What is wrong about it is told in its form."""
    done = request.POST.get("do", "")
    on = student.school.today()
    if done == "plan":
        return did(forms["plan"], lambda: planned(request, student, forms["plan"], on))
    if done == "note":
        return did(forms["note"], lambda: write(request, student, forms["note"]))
    if done in ("start", "review", "close"):
        return _acted(request, student)
    return done == "nothing"


def _acted(request: HttpRequest, student: Student) -> bool:
    """Something about open help of this student: `help` says which."""
    asked = request.POST.get("help", "")
    key = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
    rows = Intervention.objects.select_related(*FRAME).filter(student=student)
    each: Intervention = fetch(rows, request.user, verb="edit", pk=key)
    on = student.school.today()
    form = forms_of(request, each, on)[request.POST["do"]]
    if did(form, lambda: act(request, each, form, on)):
        return True
    for fault in (fault for faults in form.errors.values() for fault in faults):
        messages.error(request, str(fault))
    return False


# --- what was decided ---------------------------------------------------------------------------------------
def _said(request: HttpRequest, agenda: Agenda) -> dict[str, list[str]]:
    kept = request.session.get(SAID, {})
    return dict(kept.get("said", {})) if kept.get("key") == agenda.key else {}


def _say(request: HttpRequest, agenda: Agenda, student: int, what: str) -> None:
    said = _said(request, agenda)
    said[str(student)] = list(dict.fromkeys([*said.get(str(student), []), what]))
    request.session[SAID] = {"key": agenda.key, "said": said}


def _summary(request: HttpRequest, agenda: Agenda) -> HttpResponse:
    said = _said(request, agenda)
    students = Student.objects.visible_to(request.user).in_bulk(list(agenda.students))
    rows = [
        (students[key], [DECISIONS[each] for each in said.get(str(key), ())], agenda.address(at))
        for at, key in enumerate(agenda.students, start=1)
        if key in students
    ]
    decided = sum(1 for _student, what, _address in rows if what)
    told = ngettext("%(n)d of %(all)d student decided", "%(n)d of %(all)d students decided", len(rows))
    facts = {"rows": rows, "told": told % {"n": decided, "all": len(rows)}, "previous": agenda.address(len(rows))}
    note_look(request.user, list(students.values()), what="meeting", door="page")
    return render_page(
        request, "students/help/meeting_end.html", facts, status=422 if request.method == "POST" else 200
    )
