"""The whole site on one screen."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from portal import health
from portal.kit.design import design

urlpatterns = [
    path("", include("students.web.urls")),
    path("", include("predictions.web.urls")),
    path("", include("portal.accounts.urls")),
    path("jobs/", include("portal.jobs.urls")),
    path("api/v1/", include("portal.api")),
    path("office/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
if settings.DEBUG:
    urlpatterns.append(path("design/", design, name="design"))

handler400 = "portal.kit.pages.bad_request"
handler403 = "portal.kit.pages.forbidden"
handler404 = "portal.kit.pages.not_found"
handler500 = "portal.kit.pages.server_error"
