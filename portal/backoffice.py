"""Django admin as the back office of the schools: our own site instead of the stock one."""

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    default_site = "portal.kit.admin.BackOffice"
