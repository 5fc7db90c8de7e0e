"""Try a prediction: values typed for nobody in particular, answered as one types, and kept only when they are asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal.kit.errors import NotAllowed
from portal.kit.pages import render_page
from portal.kit.scoping import fetch, grants_of
from predictions import enquiring, registry
from predictions.access import SEES_MODELS
from predictions.enquiring import MAY_ASK, BadEnquiry
from predictions.frames import subject_names
from predictions.models import Alias, Enquiry, ModelAlias
from predictions.outlooks.said import Said, said
from predictions.outlooks.trying import TryForm, as_typed, form_of
from predictions.web.enquiry_input import texts_of, typed
from predictions.web.here import Here, here
from predictions.web.toured import toured
from students.models import Subject

PAGE = "predictions/try.html"
SHOWN = 5
ABOUT, LOAD, FILL = "about", "load", "fill"


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose model is tried: `about` is the subject that has one of its own, `form` is None where nothing serves."""

    at: Here
    about: Subject | None
    subjects: tuple[Subject, ...]
    form: TryForm | None


@dataclass(frozen=True, slots=True)
class Tried:
    """What stands on the page: the form as filled in, and the answer or what is wrong with the values."""

    form: TryForm
    said: Said | None = None
    faults: tuple[str, ...] = ()


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@toured
def try_prediction(request: HttpRequest) -> HttpResponse:
    """A GET may bring values along: the ordinary student's, or those of an earlier question. A POST keeps its question."""
    desk = _desk(request)
    if desk.form is None:
        return render_page(request, PAGE, _facts(request, desk, None), status=409 if request.method == "POST" else 200)
    if request.method == "POST":
        return _ask(request, desk, desk.form)
    texts = _brought(request, desk, desk.form)
    tried = _tried(desk, desk.form, texts) if texts else Tried(desk.form)
    return render_page(request, PAGE, _facts(request, desk, tried))


@require_POST
@never_cache
def check_prediction(request: HttpRequest) -> HttpResponse:
    """What is typed so far: the part of the page with the answer, or with a sentence for each value. Stores nothing."""
    desk = _desk(request)
    if desk.form is None:
        return render_page(request, PAGE, _facts(request, desk, None), status=409)
    texts = texts_of(request.POST.dict())
    tried = _tried(desk, desk.form, texts) if texts else Tried(desk.form)
    return render_page(
        request, f"{PAGE}#answer", {"tried": tried, "is_part": True}, status=422 if tried.faults else 200
    )


def _ask(request: HttpRequest, desk: Desk, form: TryForm) -> HttpResponse:
    texts = texts_of(request.POST.dict())
    tried = _tried(desk, form, texts) if texts else Tried(form, faults=(_("Type at least one value first."),))
    if tried.faults:
        return render_page(request, PAGE, _facts(request, desk, tried), status=422)
    values, _faults = typed(form, texts)
    enquiry = enquiring.ask(desk.at.school, values, by=desk.at.user, subject=_subject(desk, values))
    return redirect(f"{reverse('try_prediction')}?{_query(desk, load=enquiry.pk)}")


def _desk(request: HttpRequest) -> Desk:
    if not grants_of(request.user).of(MAY_ASK):
        raise NotAllowed(_("Who works at a school may try its model."))
    at = here(request, MAY_ASK)
    own = ModelAlias.objects.filter(name=Alias.CHAMPION, school=at.school, subject__isnull=False)
    subjects = tuple(
        alias.subject for alias in own.select_related("subject").order_by("subject__name") if alias.subject
    )
    asked = request.POST.get(ABOUT) or request.GET.get(ABOUT, "")
    about = next((each for each in subjects if str(each.pk) == asked), None)
    version = registry.serving(at.school, about)
    return Desk(at, about, subjects, form_of(version) if version else None)


def _brought(request: HttpRequest, desk: Desk, form: TryForm) -> dict[str, str]:
    if request.GET.get(FILL) == "ordinary":
        return form.ordinary
    asked = request.GET.get(LOAD, "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        return {}
    enquiry = fetch(Enquiry.objects.filter(school=desk.at.school), request.user, pk=int(asked))
    known = form.all
    return {name: text for name, text in as_typed(enquiry.values).items() if name in known and text}


def _tried(desk: Desk, form: TryForm, texts: Mapping[str, str]) -> Tried:
    """Every fault at once, those of words and those of numbers; an answer only where there is none."""
    values, faults = typed(form, texts)
    subject = _subject(desk, values)
    try:
        answer = enquiring.try_out(desk.at.school, values, by=desk.at.user, subject=subject)
    except BadEnquiry as error:
        faults = {**faults, **error.faults}
    filled = form.filled(texts, faults)
    if faults:
        return Tried(filled, faults=tuple(faults.values()))
    return Tried(filled, said(answer, form.version, desk.at.school, values, subject))


def _subject(desk: Desk, values: Mapping[str, Any]) -> Subject | None:
    """The school's subject of the typed name, for its grade scale; not one that another model than this form's serves."""
    if desk.about is not None or not isinstance(values.get("subject"), str):
        return desk.about
    names = subject_names([desk.at.school])
    own = {each.pk for each in desk.subjects}
    found = next((key for key, name in names.items() if name == values["subject"] and key not in own), None)
    if found is None:
        return None
    return Subject.objects.filter(pk=found, school=desk.at.school).select_related("grade_scale").first()


def _facts(request: HttpRequest, desk: Desk, tried: Tried | None) -> dict[str, Any]:
    mine = Enquiry.objects.visible_to(desk.at.user).filter(by=desk.at.user, school=desk.at.school)
    return {
        "here": desk.at,
        "about": desk.about,
        "abouts": [
            (None, f"?{_query(desk, about=None)}"),
            *((each, f"?{_query(desk, about=each)}") for each in desk.subjects),
        ],
        "tried": tried,
        "version": desk.form.version if desk.form else None,
        "recent": [(each, f"?{_query(desk, load=each.pk)}") for each in mine.select_related("version")[:SHOWN]],
        "fill": f"?{_query(desk, fill='ordinary')}",
        "clear": f"?{_query(desk)}",
        "may_see_models": bool(grants_of(request.user).of(SEES_MODELS)),
    }


def _query(desk: Desk, **asked: Any) -> str:
    about = asked.pop(ABOUT, desk.about)
    told = {"school": desk.at.school.pk if desk.at.query else "", ABOUT: about.pk if about else "", **asked}
    return urlencode({name: value for name, value in told.items() if value})
