"""Profiles: how the files of one system are read. The list, and one of them to rename, to switch on for the night, to forget."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.audit.record import record
from portal.kit.pages import render_page
from portal.kit.scoping import fetch
from portal.kit.tables import read_page
from students.importing import batches
from students.models import ImportProfile
from students.web.import_forms import ProfileForm
from students.web.import_frame import data_tabs, school_of_data, signed_in


@require_safe
@never_cache
def profile_list(request: HttpRequest) -> HttpResponse:
    school = school_of_data(request)
    rows = ImportProfile.objects.visible_to(request.user).filter(school=school).select_related("keeper")
    facts = {"tabs": data_tabs("import-profiles"), "listing": read_page(request, rows.order_by("name", "pk"))}
    return render_page(request, "students/imports/profiles.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def profile_page(request: HttpRequest, pk: int) -> HttpResponse:
    rows = ImportProfile.objects.select_related("school", "keeper")
    profile: ImportProfile = fetch(rows, request.user, verb="edit", pk=pk)
    if request.POST.get("do") == "forget":
        name = profile.name
        batches.forget_profile(profile, by=signed_in(request))
        messages.success(request, _("The profile “%s” is gone. Imports that were read by it stay as they are.") % name)
        return redirect("import-profiles")
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=profile)
    if form.is_valid():
        _save(form, request)
        messages.success(request, _("Saved."))
        return redirect("import-profiles")
    if form.errors:
        profile.refresh_from_db(fields=["name", "is_nightly"])  # the form wrote into it what was refused
    facts = {"profile": profile, "form": form, "recent": list(profile.batches.order_by("-pk")[:5])}
    return render_page(request, "students/imports/profile.html", facts, status=422 if form.errors else 200)


@transaction.atomic
def _save(form: ProfileForm, request: HttpRequest) -> None:
    """Whoever switches the nights on answers for them: files are then applied in their name."""
    profile = form.save(commit=False)
    if profile.is_nightly:
        profile.keeper = signed_in(request)
    profile.save()
    record(signed_in(request), "import profile changed", profile, is_nightly=profile.is_nightly)
