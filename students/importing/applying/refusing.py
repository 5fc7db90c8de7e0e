"""What no plan may hold, whoever made it, and what is said when a plan no longer fits the records."""

from django.utils.translation import gettext as _

from portal.kit.errors import Conflict, NotAllowed
from students.importing.incoming import Table
from students.importing.plan import Plan
from students.roles import Role

ROLES = frozenset({Role.TEACHER, Role.COUNSELLOR, Role.STUDENT, Role.GUARDIAN})
REMOVABLE = frozenset({Table.RESULTS, Table.ATTENDANCE, Table.OBSERVATIONS})
ACCOUNT = frozenset({"email", "name"})
# Of a role only its days are an import's to change, and where it came from.
OF_MEMBERSHIP = frozenset({"starts", "ends", "source", "external_id", "origin"})
ADDED_MEMBERSHIP = OF_MEMBERSHIP | {"user_id", "role", "school_id"}


def stale() -> Conflict:
    return Conflict(_("The records were changed since the plan was made; look at the new plan."), code="stale")


def check_harmless(plan: Plan) -> None:
    """Planning never asks for any of it; nothing that an import must not do rests on planning alone."""
    for table, step in plan.steps.items():
        if table not in REMOVABLE and len(step.removed):
            raise NotAllowed(_("An import removes marks only, nothing else."))
        if table == Table.PEOPLE:
            _check_account(set(step.added.columns), len(step.changed) + len(step.ended))
        if table == Table.MEMBERSHIPS:
            _check_roles(set(step.added.columns.get("role", ())))
            _check_fields(set(step.added.columns) - ADDED_MEMBERSHIP)
            _check_fields((set(step.changed.after) | set(step.ended.after)) - OF_MEMBERSHIP)


def _check_account(columns: set[str], altered: int) -> None:
    if altered:
        raise NotAllowed(_("An import never changes an account that is there."))
    _check_fields(columns - ACCOUNT)


def _check_roles(roles: set[str]) -> None:
    if refused := sorted(str(each) for each in roles - ROLES):
        raise NotAllowed(_("An import never gives the role %s.") % ", ".join(refused))


def _check_fields(refused: set[str]) -> None:
    if refused:
        raise NotAllowed(_("An import never says this of an account or a role: %s.") % ", ".join(sorted(refused)))
