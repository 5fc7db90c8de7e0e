"""A person's own estimate beside a prediction, and what they think of the prediction: two small forms that several pages share."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal.kit.errors import DomainError
from portal.kit.pages import render_page
from portal.kit.scoping import fetch
from predictions import feeding_back, judging
from predictions.models import FeedbackKind, Judgement, Prediction
from predictions.outlooks.contract import OutlookRow
from predictions.outlooks.rows import row_of
from predictions.outlooks.student_exams import exam_of, student_for_staff
from predictions.web.toured import toured
from students.looking import note_look

PAGE = "predictions/estimate.html"
ESTIMATE, FEEDBACK = "predictions/parts/estimate.html", "predictions/parts/feedback.html"
REFUSED = 422


class EstimateForm(forms.Form):
    """What is typed; what it may be is decided by predictions/judging.py."""

    percent = forms.CharField(max_length=12, error_messages={"required": _("Type a percentage from 0 to 100.")})
    reason = forms.CharField(max_length=judging.LONGEST, required=False)
    expires = forms.DateField(required=False, error_messages={"invalid": _("Counts until: expected a day.")})

    def clean_percent(self) -> str:
        """With a decimal comma too, and with or without its sign."""
        typed: str = self.cleaned_data["percent"]
        return typed.replace("%", "").replace(",", ".").strip()

    @property
    def fault(self) -> str:
        return next((str(error) for errors in self.errors.values() for error in errors), "")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@toured
def estimate(request: HttpRequest, pk: int, exam: int) -> HttpResponse:
    """Seen and sent, as a page or as the part of one; sent from elsewhere it leads back to `next`."""
    student = student_for_staff(pk, user=request.user)
    found, on = exam_of(student, exam, user=request.user), student.school.today()
    fault = _sent(request, student, found, on) if request.method == "POST" else ""
    asked_by_htmx, back = getattr(request, "htmx", False), _next(request)
    if request.method == "POST" and not fault and (back or not asked_by_htmx):
        return redirect(back or reverse("estimate", args=[pk, exam]))
    row = row_of(student, found, user=request.user, on=on)
    note_look(request.user, [student], what="outlook", door="page")
    facts = {
        "row": row,
        "next": back,
        "target": request.POST.get("target", ""),
        "fault": fault,
        "typed": request.POST,
        **own_of(row, user=request.user, on=on),
    }
    part = ESTIMATE if request.method == "POST" else "predictions/parts/own.html"
    response = render_page(request, part if asked_by_htmx else PAGE, facts, status=REFUSED if fault else 200)
    if fault:
        response["HX-Retarget"] = f"#estimate-{pk}-{exam}"  # a refused form comes back in its own place
        response["HX-Reswap"] = "outerHTML"
    return response


def _sent(request: HttpRequest, student: Any, exam: Any, on: date) -> str:
    """Saved, or why it was not."""
    try:
        if "withdraw" in request.POST:
            judging.withdraw(student, exam, by=request.user, on=on)
            return ""
        form = EstimateForm(request.POST)
        if not form.is_valid():
            return form.fault
        told = form.cleaned_data
        judging.judge(
            student, exam, told["percent"], by=request.user, reason=told["reason"], on=on, expires=told["expires"]
        )
    except DomainError as error:
        return error.sentence
    return ""


@require_POST
def feedback(request: HttpRequest, pk: int) -> HttpResponse:
    prediction = fetch(Prediction.objects.select_related("student__school", "exam"), request.user, pk=pk)
    student_for_staff(prediction.student_id, user=request.user)
    fault = ""
    try:
        feeding_back.feed_back(
            prediction, request.POST.get("kind", ""), by=request.user, because=request.POST.get("because", "")
        )
    except DomainError as error:
        fault = error.sentence
    if not fault and not getattr(request, "htmx", False):
        return redirect(_next(request) or reverse("student-outlook", args=[prediction.student_id, prediction.exam_id]))
    facts = {"prediction": prediction, "fault": fault, "typed": request.POST, "next": _next(request)}
    facts |= feedback_of(prediction, user=request.user)
    page = FEEDBACK if getattr(request, "htmx", False) else "predictions/feedback.html"
    return render_page(request, page, facts, status=REFUSED if fault else 200)


def own_of(row: OutlookRow, *, user: Any, on: date) -> dict[str, Any]:
    """What the two forms show beside a row: estimates of before, and what was said about the prediction. Two queries."""
    made = Judgement.objects.filter(student=row.student, exam=row.exam, by=user).order_by("-at", "-pk")
    told = feedback_of(row.prediction, user=user) if row.prediction else {}
    return {"made": list(made[:12]), "may_judge": row.exam.day > on, "on": on, "prediction": row.prediction, **told}


def feedback_of(prediction: Prediction, *, user: Any) -> dict[str, Any]:
    return {"given": feeding_back.mine(prediction, by=user), "kinds": FeedbackKind}


def _next(request: HttpRequest) -> str:
    """A page of our own to lead back to; whatever else is asked for counts as not said."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    return wanted if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""
