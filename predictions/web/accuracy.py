"""Were we right: the page that holds predictions against results, and the button that closes an alert with a reason."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.kit.pages import render_page
from portal.kit.scoping import fetch, grants_of
from predictions import alerting
from predictions.models import Alert
from predictions.summaries.accuracy import SHORT, accuracy, exam_looks, narrowed, part_titles
from predictions.web.here import here
from students.looking import note_look
from students.roles import STAFF


class ReasonForm(forms.Form):
    why = forms.CharField(max_length=400, strip=True)


@require_safe
@never_cache
def model_accuracy(request: HttpRequest) -> HttpResponse:
    at = here(request)
    told = accuracy(at.school, user=at.user)
    titles, asked = part_titles(told), request.GET.get("part", SHORT)
    part = asked if asked in titles else SHORT
    tabs = [
        {"url": f"?school={at.school.pk}&part={key}", "label": title, "is_current": key == part, "current": "page"}
        for key, title in titles.items()
    ]
    shown = narrowed(told, part)
    if shown.feedback:
        note_look(at.user, shown.feedback.students, what="feedback", door="page")
    facts = {"here": at, "told": shown, "part": part, "tabs": tabs, "is_empty": told.is_empty}
    return render_page(request, "predictions/accuracy.html", facts)


@require_safe
@never_cache
def exam_accuracy(request: HttpRequest, pk: int) -> HttpResponse:
    """404 for an exam that was never held against its predictions, or whose figures are not the person's to see."""
    looks = exam_looks(pk, user=request.user)
    if not looks:
        raise Http404
    exam = looks[0].measured.exam
    facts = {
        "looks": looks,
        "exam": exam,
        "has_students": looks[0].measured.school_id in grants_of(request.user).of(STAFF),
    }
    return render_page(request, "predictions/exam_accuracy.html", facts)


@require_POST
def close_alert(request: HttpRequest, pk: int) -> HttpResponse:
    alert = fetch(Alert.objects, request.user, verb="edit", pk=pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        alerting.close(alert, by=request.user, why=form.cleaned_data["why"], now=timezone.now())
        messages.success(request, _("The alert is closed. Should the fault last, the next night raises it again."))
    else:
        messages.error(request, _("Say in a few words why it can be closed, so that others can follow."))
    return redirect(f"{reverse('model_accuracy')}?school={alert.school_id}")
