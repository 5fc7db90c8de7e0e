from django.apps import AppConfig


class StudentsConfig(AppConfig):
    name = "students"

    def ready(self) -> None:
        """Tell the cellar what it cannot know: who holds which role in which school."""
        from portal.accounts.policy import policy
        from portal.jobs.files import ask_before_download
        from portal.kit.scoping import learn_grants_from
        from students import staffing
        from students.exporting.wishes import DUMP, ONEROSTER, may_still_have
        from students.models import Membership
        from students.roles import Role

        learn_grants_from(lambda user, on: Membership.objects.grants_of(user, on))
        policy.needs_second_factor = staffing.needs_second_factor
        policy.may_enter_back_office = staffing.may_enter_back_office
        policy.on_invitation_accepted = staffing.welcome
        policy.role_name = lambda role: str(Role(role).label) if role in Role.values else role
        policy.school_name = staffing.school_name
        for kind in (ONEROSTER, DUMP):
            ask_before_download(kind, may_still_have)
