"""Django admin as the back office of the schools: our own site, and admins that ask the access rules."""

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    default_site = "portal.backoffice.site.BackOffice"

    def ready(self) -> None:
        super().ready()
        # After every app has registered its own: what would go round the access rules leaves again.
        from portal.backoffice import machine

        machine.tidy()
