"""Taking data out: a OneRoster bundle and a dump of the school, each ordered as a job, and where everything else is found."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal.jobs.models import Job
from portal.kit.errors import DomainError
from portal.kit.pages import render_page
from portal.kit.scoping import grants_of
from students import orders
from students.exporting.wishes import DUMP, ONEROSTER, BundleWish, DumpWish, Format, Version, check_dump, sees_protected
from students.models import School
from students.roles import LEADERS
from students.web.import_frame import data_tabs, school_of_data, signed_in

LATEST = 5


class BundleForm(forms.Form):
    version = forms.ChoiceField(
        label=gettext_lazy("Version"), choices=Version.choices, initial=Version.V1_1,
        help_text=gettext_lazy("Most systems take 1.1. Counsellors and second roles are only in 1.2."),
    )  # fmt: skip
    attendance = forms.BooleanField(
        label=gettext_lazy("with attendance"), required=False,
        help_text=gettext_lazy("As attendance.csv, an extension that some systems refuse."),
    )  # fmt: skip
    demographics = forms.BooleanField(
        label=gettext_lazy("with days of birth and protected facts"), required=False,
        help_text=gettext_lazy("Only where the other system may have them."),
    )  # fmt: skip

    def __init__(self, *args: Any, may_protected: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_protected:
            del self.fields["demographics"]

    def wish(self, school: School) -> BundleWish:
        told = self.cleaned_data
        protected = told.get("demographics", False)
        return BundleWish(school, told["version"], demographics=protected, attendance=told["attendance"])


class DumpForm(forms.Form):
    format = forms.ChoiceField(
        label=gettext_lazy("Files as"), choices=Format.choices, initial=Format.CSV, widget=forms.RadioSelect
    )
    protected = forms.BooleanField(
        label=gettext_lazy("with protected facts"), required=False,
        help_text=gettext_lazy("Gender, ethnicity, parental education, lunch programme, home language."),
    )  # fmt: skip

    def __init__(self, *args: Any, may_protected: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_protected:
            del self.fields["protected"]

    def wish(self, school: School) -> DumpWish:
        told = self.cleaned_data
        return DumpWish(school, told["format"], protected=told.get("protected", False))


@require_http_methods(["GET", "HEAD"])
@never_cache
def data_out(request: HttpRequest) -> HttpResponse:
    school = school_of_data(request)
    return _page(request, school, _bundle_form(request, school), _dump_form(request, school))


@require_POST
@never_cache
def bundle(request: HttpRequest) -> HttpResponse:
    school = school_of_data(request)
    form = _bundle_form(request, school, request.POST)
    if form.is_valid() and (
        job := _ordered(form, lambda: orders.order_bundle(form.wish(school), by=signed_in(request)))
    ):
        return redirect("job", job.pk)
    return _page(request, school, form, _dump_form(request, school), status=422)


@require_POST
@never_cache
def dump(request: HttpRequest) -> HttpResponse:
    school = school_of_data(request)
    check_dump(DumpWish(school), request.user)
    form = _dump_form(request, school, request.POST)
    if form.is_valid() and (job := _ordered(form, lambda: orders.order_dump(form.wish(school), by=signed_in(request)))):
        return redirect("job", job.pk)
    return _page(request, school, _bundle_form(request, school), form, status=422)


def _bundle_form(request: HttpRequest, school: School, given: Any = None) -> BundleForm:
    return BundleForm(given, auto_id="bundle_%s", may_protected=sees_protected(request.user, school.pk))


def _dump_form(request: HttpRequest, school: School, given: Any = None) -> DumpForm:
    return DumpForm(given, auto_id="dump_%s", may_protected=sees_protected(request.user, school.pk))


def _ordered(form: forms.Form, order: Any) -> Job | None:
    """The job, or none where the wish was refused; then the form says why."""
    try:
        job: Job = order()
    except DomainError as refusal:
        form.add_error(None, refusal.sentence)
        return None
    return job


def _page(
    request: HttpRequest, school: School, bundle: BundleForm, dump: DumpForm, *, status: int = 200
) -> HttpResponse:
    jobs = Job.objects.visible_to(request.user).filter(kind__in=(ONEROSTER, DUMP), school_id=school.pk)
    facts = {
        "tabs": data_tabs("data-out"),
        "school": school,
        "bundle": bundle,
        "dump": dump if school.pk in grants_of(request.user).of(LEADERS) else None,
        "jobs": jobs[:LATEST],
        "lists": (
            (_("Students"), reverse("students")),
            (_("Classes"), reverse("classes")),
            (_("Exams"), reverse("exams")),
        ),
    }
    return render_page(request, "students/exports/out.html", facts, status=status)
