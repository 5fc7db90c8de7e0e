"""Ordering the letters of a whole school, or of the students one looks after: which exams, which grade, in which form."""

from collections import defaultdict
from collections.abc import Sequence
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
    """The exams to choose from are those ahead that are to be predicted. Those of one title are one choice, for a school has
    hundreds; a subject or a grade narrows them.
    """

    exams = forms.MultipleChoiceField(
        label=gettext_lazy("Letters about"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one exam.")},
    )  # fmt: skip
    subject = forms.ChoiceField(label=gettext_lazy("Subject"), required=False)
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
        exams = exams_ahead(at)
        self.rounds: defaultdict[str, list[Exam]] = defaultdict(list)
        for exam in exams:
            self.rounds[exam.title].append(exam)
        fields["exams"].choices = [(str(each[0].pk), _told(each)) for each in self.rounds.values()]
        fields["exams"].initial = [key for key, _words in fields["exams"].choices[:1]]  # mostly the next round is meant
        subjects = sorted({(exam.subject.name, str(exam.subject_id)) for exam in exams})
        fields["subject"].choices = [(ALL, _("All subjects")), *((key, name) for name, key in subjects)]
        fields["grade"].choices = [(ALL, _("All grades")), *((str(each), str(each)) for each in levels)]

    @property
    def has_exams(self) -> bool:
        fields: dict[str, Any] = self.fields
        return bool(fields["exams"].choices)

    def wish(self) -> LettersWish:
        told = self.cleaned_data
        level = int(told["grade"]) if told["grade"] else None
        chosen = [exam for each in self.rounds.values() if str(each[0].pk) in told["exams"] for exam in each]
        exams = [exam.pk for exam in chosen if told["subject"] in (ALL, str(exam.subject_id))]
        return LettersWish(self.at.school, exams, told["form"], level)


def exams_ahead(at: InView) -> list[Exam]:
    """One query."""
    rows = Exam.objects.visible_to(at.user).filter(school=at.school, is_target=True, day__gte=at.on)
    return list(rows.annotate(count=Count("classes")).select_related("subject").order_by("day", "subject__name", "pk"))


def _told(exams: Sequence[Any]) -> str:
    """Of one exam its subject; of many with one title how many there are, and from when to when."""
    count = sum(exam.count for exam in exams)
    classes = ngettext("%(n)s class", "%(n)s classes", count) % {"n": count}
    first, last = (date_format(exam.day, "j F Y") for exam in (exams[0], exams[-1]))
    if len(exams) == 1:
        return " · ".join((exams[0].subject.name, exams[0].title, first, classes))
    days = first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}
    many = ngettext("%(n)s exam", "%(n)s exams", len(exams)) % {"n": len(exams)}
    return " · ".join((exams[0].title, days, many, classes))


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
