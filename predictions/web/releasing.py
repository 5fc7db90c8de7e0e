"""Giving the predictions of a class to its families, with a look at what they will see; the comment; and taking back."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.accounts.models import User
from portal.kit.errors import Conflict, DomainError, NotAllowed
from portal.kit.pages import render_page
from portal.kit.scoping import fetch, grants_of
from predictions import releasing
from predictions.models import Prediction, PredictionRelease
from predictions.outlooks.family import FamilyOutlook, told_to_family
from predictions.outlooks.rows import dressed
from predictions.web.toured import toured
from students.looking import note_look
from students.models import Exam, SchoolClass, Student
from students.roles import STAFF

LOOKED_AT = "outlook"


class CommentForm(forms.Form):
    comment = forms.CharField(
        label=gettext_lazy("A few words to the families"), required=False, max_length=releasing.LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": releasing.LONGEST_COMMENT}),
        help_text=gettext_lazy("All families of the class read the same words, so name nobody. At most 600 letters."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@toured
def prediction_release(request: HttpRequest, pk: int, exam_pk: int) -> HttpResponse:
    """`do` is "release", "comment", or "look": the same page with the typed words in the preview."""
    school_class, exam = _asked(request, pk, exam_pk)
    given = releasing.released(exam, school_class)
    if request.method != "POST":
        return _page(request, school_class, exam, CommentForm(initial={"comment": given.comment if given else ""}))
    form = CommentForm(request.POST)
    if form.is_valid() and request.POST.get("do") != "look":
        try:
            return _done(request, school_class, exam, form.cleaned_data["comment"])
        except (NotAllowed, Http404):
            raise
        except DomainError as refusal:
            form.add_error("comment" if refusal.code == "too_long" else None, refusal.sentence)
    return _page(request, school_class, exam, form, status=200 if form.is_valid() else 422)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def prediction_take_back(request: HttpRequest, pk: int, exam_pk: int) -> HttpResponse:
    school_class, exam = _asked(request, pk, exam_pk)
    given = releasing.released(exam, school_class)
    if request.method == "POST":
        if given is None:
            raise Conflict(_("These predictions are not released any more."), code="not_released")
        releasing.take_back(given, by=cast(User, request.user))
        messages.success(request, _("Families of {name} no longer see these predictions.").format(name=school_class))
        return redirect("prediction-release", pk, exam_pk)
    facts = {"school_class": school_class, "exam": exam, "release": given}
    return render_page(request, "predictions/release/take_back.html", facts)


def _done(request: HttpRequest, school_class: SchoolClass, exam: Exam, comment: str) -> HttpResponse:
    by, today = cast(User, request.user), exam.school.today()
    if request.POST.get("do") == "comment":
        given = releasing.released(exam, school_class)
        if given is None:
            raise Conflict(_("These predictions are not released any more."), code="not_released")
        releasing.change_comment(given, comment, by=by, on=today)
        messages.success(request, _("Families read the new words from now on."))
    else:
        releasing.release(exam, school_class, by=by, on=today, at=timezone.now(), comment=comment)
        messages.success(request, _("Families of {name} see these predictions now.").format(name=school_class))
    return redirect("prediction-release", school_class.pk, exam.pk)


def _page(
    request: HttpRequest, school_class: SchoolClass, exam: Exam, form: CommentForm, status: int = 200
) -> HttpResponse:  # fmt: skip
    today = exam.school.today()
    students = list(Student.objects.visible_to(request.user).enrolled_in(school_class, today).select_related("school"))
    shown = Prediction.objects.visible_to(request.user).current().filter(exam=exam, student__in=students)
    scored = {each.student_id: each for each in shown if each.score is not None}
    given = releasing.released(exam, school_class)
    comment = form["comment"].value() or ""
    is_over = exam.day < today
    is_told = given is not None or not is_over
    example = _example(request, [each for each in students if each.pk in scored]) if is_told else None
    note_look(request.user, students, what=LOOKED_AT, door="page")
    facts: dict[str, Any] = {
        "school_class": school_class,
        "exam": exam,
        "form": form,
        "release": given,
        "is_over": is_over,
        "scored": [each for each in students if each.pk in scored],
        "unscored": [each for each in students if each.pk not in scored],
        "example": example,
        "outlook": _preview(request, scored[example.pk], given, comment) if example else None,
    }
    return render_page(request, "predictions/release/page.html", facts, status=status)


def _example(request: HttpRequest, students: list[Student]) -> Student | None:
    """The one that was chosen to look at, else the first by name."""
    asked = request.POST.get("student") or request.GET.get("student", "")
    return next((each for each in students if str(each.pk) == asked), next(iter(students), None))


def _preview(request: HttpRequest, shown: Prediction, given: PredictionRelease | None, comment: str) -> FamilyOutlook:
    today = shown.exam.school.today()
    (row,) = dressed([shown], user=request.user, on=today)
    return told_to_family(row, on=today, comment=comment)


def _asked(request: HttpRequest, pk: int, exam_pk: int) -> tuple[SchoolClass, Exam]:
    """Raises Http404 for families, who see the class for their child's sake, and NotAllowed for other staff."""
    school_class = fetch(SchoolClass.objects.select_related("school"), request.user, pk=pk)
    if school_class.school_id not in grants_of(request.user).of(STAFF):
        raise Http404
    if not releasing.may_release(request.user, school_class):
        raise NotAllowed(_("Only who teaches %s or a leader gives predictions to families.") % school_class)
    exams = Exam.objects.of_class(school_class).select_related("school", "subject")
    return school_class, fetch(exams, request.user, pk=exam_pk)
