"""Counsellors and the students they look after: taking on many, ending, handing over, and taking that back."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.models import User
from portal.kit.errors import NotReady
from portal.kit.listed import asked_form, every_row, list_file
from portal.kit.pages import render_page
from portal.kit.tables import read_page
from students import handing_over, staffing
from students.handing_over import DAY, Done
from students.looking import note_look
from students.models import Caseload, Enrolment, School, SchoolClass, Student
from students.models.people import StudentStatus
from students.recognising import Recognised, recognise
from students.reports.people_lists import caseloads_table
from students.roles import Role
from students.summaries.staff import also_with, holders, named, with_duties
from students.web.staff_forms import CaseloadForm, TakeOnForm
from students.web.staff_frame import asked, did, person_of, school_kept, sent, signed_in, staff_tabs, status_of

MOST_SHOWN = 60  # names in a preview; of more, the number is told
MOST_NAMES = 200  # class names that the browser offers while one is typed
UNDO = "caseload-undo"


@require_safe
@never_cache
def caseload_list(request: HttpRequest) -> HttpResponse:
    school = school_kept(request)
    day = school.today()
    q = asked(request)
    people = named(holders(school, Role.COUNSELLOR, user=request.user, on=day), q)

    def dress(rows: Any) -> Any:
        return with_duties(rows, school=school, on=day)

    if form := asked_form(request):
        return list_file(form, caseloads_table(every_row(people, dress)))
    facts = {"listing": read_page(request, people, dress), "q": q, "tabs": staff_tabs("caseloads")}
    return render_page(request, "students/staff/caseloads.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def caseload(request: HttpRequest, pk: int) -> HttpResponse:
    """One counsellor's students. A POST shows what would change; with `sure` it is done."""
    school = school_kept(request)
    counsellor = person_of(school, pk)
    day = school.today()
    rows = Caseload.objects.visible_to(request.user).filter(counsellor=counsellor, student__school=school)
    rows = handing_over.still(rows, day)
    others = holders(school, Role.COUNSELLOR, user=request.user, on=day).exclude(pk=counsellor.pk)
    form = CaseloadForm(others, sent(request), initial={"on": day})
    chosen = _chosen(request)
    if form.is_valid():
        wanted = rows if form.cleaned_data["which"] == "all" else rows.filter(pk__in=chosen)
        if not wanted.exists():
            form.add_error("which", _("Choose at least one student."))
        elif answer := _answer(request, school, counsellor, form, wanted):
            return answer
    named_rows = rows.select_related("student").order_by("student__family_name", "student__given_name", "pk")
    listing = read_page(request, named_rows)
    _note(request, [each.student for each in listing.rows])
    facts = {
        "counsellor": counsellor,
        "listing": listing,
        "form": form,
        "chosen": chosen,
        "total": rows.count(),
        "day": day,
        "undo": request.session.get(UNDO),
    }
    return render_page(request, "students/staff/caseload.html", facts, status=status_of(form))


def _chosen(request: HttpRequest) -> set[int]:
    keys = request.POST.getlist("row")[:2000]
    return {int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 16}


def _answer(
    request: HttpRequest, school: School, counsellor: User, form: CaseloadForm, wanted: Any
) -> HttpResponse | None:  # fmt: skip
    """The preview, or when `sure` the change; nothing where the form tells why neither can be."""
    given = form.cleaned_data
    if request.POST.get("sure") == "yes":
        is_done = did(form, lambda: _change(request, school, counsellor, given, wanted), day="on")
        return redirect("caseload", counsellor.pk) if is_done else None
    to, on = given["person"], given["on"]
    if to and not did(form, lambda: staffing.check_holds(to, school, Role.COUNSELLOR, on), day="on"):
        return None
    rows = list(wanted.select_related("student").order_by("student__family_name", "student__given_name"))
    found = handing_over.sort_rows(rows, counsellor, to, school, on)
    if all(each.starts > on for each in rows):
        told = _("They are with %(name)s only from %(day)s. Choose that day or a later one.")
        day = date_format(min(each.starts for each in rows), "j F Y")
        form.add_error("on", told % {"name": counsellor, "day": day})
        return None
    _note(request, [each.student for each in found.ready[:MOST_SHOWN]])
    _note(request, [student for student, _reason in found.left_out[:MOST_SHOWN]])
    facts = {
        "counsellor": counsellor,
        "to": to,
        "on": on,
        "until": on - DAY,
        "moving": found.ready,
        "begun": sum(each.starts == on for each in found.ready),
        "left_out": found.left_out,
        "which": given["which"],
        "rows": rows if given["which"] == "chosen" else (),
    }
    return render_page(request, "students/staff/caseload_preview.html", facts)


def _note(request: HttpRequest, students: list[Student]) -> None:
    note_look(request.user, students, what="caseload", door="page")


def _change(request: HttpRequest, school: School, counsellor: User, given: dict[str, Any], wanted: Any) -> None:
    by, on = signed_in(request), given["on"]
    told: dict[str, Any] = {"school": school, "by": by}
    if given["person"]:
        done = handing_over.hand_over_caseload(wanted, counsellor, given["person"], on=on, **told)
        sentence = ngettext("%(n)s student handed over.", "%(n)s students handed over.", done.count)
    else:
        done = handing_over.end_caseload(wanted, counsellor, on=on - DAY, **told)
        sentence = ngettext("%(n)s student taken off.", "%(n)s students taken off.", done.count)
    _tell(request, done, sentence, counsellor)


def _tell(request: HttpRequest, done: Done, sentence: str, counsellor: User) -> None:
    left = ngettext(" %(n)s stays as it was.", " %(n)s stay as they were.", done.left_out) % {"n": done.left_out}
    messages.success(request, sentence % {"n": done.count} + (left if done.left_out else ""))
    request.session[UNDO] = {"batch": str(done.batch), "counsellor": counsellor.pk, "count": done.count}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def caseload_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Students by pasted names, class or grade: looked over first, taken on when `sure`."""
    school = school_kept(request)
    counsellor = person_of(school, pk)
    form = TakeOnForm(sent(request), initial={"on": school.today()})
    facts: dict[str, Any] = {"counsellor": counsellor, "form": form}
    if form.is_valid():
        found = recognise(form.cleaned_data["text"], school=school, user=request.user, chosen=_meant(request))
        students = _students(request, school, form, found)
        if form.is_valid() and request.POST.get("sure") == "yes":
            given: dict[str, Any] = {"school": school, "by": signed_in(request), "on": form.cleaned_data["on"]}
            if did(form, lambda: _take_on(request, students, counsellor, given), day="on"):
                return redirect("caseload", pk)
        if form.is_valid():
            facts |= {"found": found, "meant": {str(number) for number in _meant(request)}}
            _note(request, [each for line in found.lines for each in line.choices])
            facts |= _sorted(request, students, counsellor, school, form.cleaned_data["on"])
    classes = _open_classes(request, school).order_by("name").values_list("name", flat=True).distinct()
    facts["class_names"] = classes[:MOST_NAMES]
    return render_page(request, "students/staff/caseload_add.html", facts, status=status_of(form))


def _sorted(
    request: HttpRequest, students: list[Student], counsellor: User, school: School, on: date
) -> dict[str, Any]:  # fmt: skip
    """Who would be added, each with whoever looks after them already; and who would not."""
    found = handing_over.sort(students, counsellor, school, on)
    shown = found.ready[:MOST_SHOWN]
    _note(request, [*shown, *(student for student, _reason in found.left_out[:MOST_SHOWN])])
    others = also_with(shown, counsellor, school=school, on=on)
    return {"sorted": found, "ready": [(each, others.get(each.pk, "")) for each in shown]}


def _take_on(request: HttpRequest, students: list[Student], counsellor: User, given: dict[str, Any]) -> None:
    done = handing_over.take_on(students, counsellor, **given)
    sentence = ngettext("%(n)s student added.", "%(n)s students added.", done.count)
    _tell(request, done, sentence, counsellor)


def _meant(request: HttpRequest) -> dict[int, int]:
    """Which student was chosen for an ambiguous line: fields called line-3."""
    found = {}
    for name in list(request.POST)[:2000]:
        number, value = name.removeprefix("line-"), request.POST.get(name, "")
        if name != number and all(each.isascii() and each.isdigit() and len(each) < 16 for each in (number, value)):
            found[int(number)] = int(value)
    return found


def _open_classes(request: HttpRequest, school: School) -> Any:
    return SchoolClass.objects.visible_to(request.user).filter(school=school, term__ends__gte=school.today()).order_by()


def _students(request: HttpRequest, school: School, form: TakeOnForm, found: Recognised) -> list[Student]:
    """Everybody meant, each once: pasted, in the class, in the grade."""
    on, grade, name = (form.cleaned_data[key] for key in ("on", "grade", "class_name"))
    rows = Student.objects.visible_to(request.user).filter(school=school)
    students = {each.pk: each for each in found.students}
    if name.strip():
        classes = list(_open_classes(request, school).filter(name__iexact=name.strip())[:2])
        if len(classes) != 1:
            form.add_error("class_name", _("No class runs by that name.") if not classes else _several())
            return []
        enrolled = Enrolment.objects.active(on).filter(school_class=classes[0]).order_by().values("student")
        students |= {each.pk: each for each in rows.filter(pk__in=enrolled)}
    if grade:
        in_grade = rows.filter(grade_level=int(grade), status=StudentStatus.ENROLLED)
        students |= {each.pk: each for each in in_grade}
    return list(students.values())


def _several() -> str:
    return _("Several classes have that name. Paste the names of the students instead.")


@require_POST
def caseload_undo(request: HttpRequest) -> HttpResponse:
    """Take back what this browser changed last."""
    school = school_kept(request)
    last = request.session.pop(UNDO, None)
    if last is None:
        raise NotReady(_("There is nothing to take back."))
    done = handing_over.take_back(UUID(last["batch"]), school=school, by=signed_in(request))
    messages.success(request, _("Taken back.") + (f" {done.told_left}" if done.left else ""))
    return redirect("caseload", last["counsellor"])
