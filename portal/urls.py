"""The whole site on one screen."""

from django.contrib import admin
from django.urls import include, path

from portal import health

urlpatterns = [
    path("", include("students.web.urls")),
    path("", include("portal.accounts.urls")),
    path("jobs/", include("portal.jobs.urls")),
    path("api/v1/", include("portal.api")),
    path("office/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]

handler400 = "portal.kit.pages.bad_request"
handler403 = "portal.kit.pages.forbidden"
handler404 = "portal.kit.pages.not_found"
handler500 = "portal.kit.pages.server_error"
