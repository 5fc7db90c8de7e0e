"""Ordering the letters of a whole school, or of the students one looks after: which exams, which grade, in which form."""

from typing import Any

from django import forms
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.jobs.models import Job
from portal.kit.errors import DomainError
from portal.kit.pages import render_page
from predictions.access import ORDERS_LETTERS
from predictions.orders.letters import order_letters
from predictions.reports.school_letters import LettersForm, LettersWish
from predictions.web.in_view import InView, in_view
from predictions.web.overview_tabs import overview_tabs
from predictions.web.toured import toured
from students.models import Exam, SchoolClass

LATEST = 5
ALL = ""


class LettersChoice(forms.Form):
    """The exams to choose from are those ahead that are to be predicted; each says when it is and for how many classes."""

    exams = forms.MultipleChoiceField(
        label=gettext_lazy("Letters about"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one exam.")},
    )  # fmt: skip
    grade = forms.ChoiceField(label=gettext_lazy("Grade"), required=False)
    form = forms.ChoiceField(
        label=gettext_lazy("As"), choices=LettersForm.choices, widget=forms.RadioSelect, initial=LettersForm.ONE
    )

    def __init__(self, at: InView, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        classes = SchoolClass.objects.visible_to(at.user).filter(school=at.school, sittings__exam__day__gte=at.on)
        levels = classes.order_by("grade_level").values_list("grade_level", flat=True).distinct()
        fields: dict[str, Any] = self.fields  # what Django calls a Field has no choices yet
        fields["exams"].choices = [(str(exam.pk), _told(exam)) for exam in exams_ahead(at)]
        fields["grade"].choices = [(ALL, _("All grades")), *((str(each), str(each)) for each in levels)]

    @property
    def has_exams(self) -> bool:
        fields: dict[str, Any] = self.fields
        return bool(fields["exams"].choices)

    def wish(self) -> LettersWish:
        told = self.cleaned_data
        level = int(told["grade"]) if told["grade"] else None
        return LettersWish(self.at.school, [int(each) for each in told["exams"]], told["form"], level)


def exams_ahead(at: InView) -> list[Exam]:
    """One query."""
    rows = Exam.objects.visible_to(at.user).filter(school=at.school, is_target=True, day__gte=at.on)
    return list(rows.annotate(count=Count("classes")).select_related("subject").order_by("day", "subject__name", "pk"))


def _told(exam: Any) -> str:
    classes = ngettext("%(n)s class", "%(n)s classes", exam.count) % {"n": exam.count}
    return " · ".join((exam.subject.name, exam.title, date_format(exam.day, "j F Y"), classes))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@toured
def letters(request: HttpRequest) -> HttpResponse:
    otherwise = _("Leaders order the letters of a school, and counsellors those of their students.")
    at = in_view(request, ORDERS_LETTERS, otherwise)
    form = LettersChoice(at, request.POST if request.method == "POST" else None)
    if form.is_valid() and (job := _ordered(form, at)):
        return redirect("job", job.pk)
    jobs = Job.objects.visible_to(request.user).filter(kind="letters", school_id=at.school.pk)[:LATEST]
    facts = {"at": at, "form": form, "jobs": jobs, "tabs": overview_tabs(request, "letters")}
    return render_page(request, "predictions/letters.html", facts, status=422 if form.is_bound else 200)


def _ordered(form: LettersChoice, at: InView) -> Job | None:
    """The job, or none where the wish was refused; then the form says why."""
    try:
        return order_letters(form.wish(), by=at.user)
    except DomainError as refusal:
        form.add_error(None, refusal.sentence)
        return None
