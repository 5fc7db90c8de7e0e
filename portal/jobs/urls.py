"""Addresses of one's own jobs."""

from django.urls import path

from portal.jobs import web

urlpatterns = [
    path("", web.job_list, name="jobs"),
    path("<uuid:pk>/", web.job_page, name="job"),
    path("<uuid:pk>/files/<int:file>/", web.job_file, name="job_file"),
    path("<uuid:pk>/cancel/", web.cancel_job, name="cancel_job"),
    path("<uuid:pk>/retry/", web.retry_job, name="retry_job"),
]
