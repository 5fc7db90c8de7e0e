"""People of the file, found by their e-mail addresses, with their roles in the school and the students they care for."""

import numpy as np
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from portal.accounts.models import User
from students.importing.incoming import Array, Table
from students.importing.planning.desk import Desk
from students.importing.planning.enrolments import plan_spans
from students.importing.planning.knowing import Known, nothing
from students.importing.planning.matching import places
from students.importing.planning.settling import settle
from students.importing.planning.work import Work, require
from students.models import Relation
from students.roles import Role

AT_ONCE = 5_000  # addresses in one question
GIVEN = (Role.TEACHER.value, Role.COUNSELLOR.value, Role.STUDENT.value, Role.GUARDIAN.value)
STAFF = (Role.TEACHER.value, Role.COUNSELLOR.value)


def plan_people(desk: Desk) -> None:
    """Accounts that are there are never changed; others are added."""
    rows = desk.incoming.rows(Table.PEOPLE)
    emails = np.array([each.strip().lower() for each in rows["email"]] or [""], dtype=object)[: len(rows)]
    work = Work(desk, Table.PEOPLE, _accounts(emails))
    work.values["email"] = emails
    work.match_to(places([emails], [work.known.fields["email"]])[0], emails != "")
    _check_emails(work, emails)
    work.fill("name", ~work.said["name"], np.array([each.partition("@")[0] for each in emails], dtype=object))
    work.said["name"] = work.values["name"] != ""
    require(work)
    work.refuse_doubles(places([emails], [emails])[0])
    settle(work)


def _accounts(emails: Array) -> Known:
    """Only those that the file names, of whatever school; nothing of them is told."""
    found, wanted = dict[str, int](), sorted(set(emails.tolist()) - {""})
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        accounts = User.objects.annotate(low=Lower("email")).filter(low__in=part)
        found.update(accounts.values_list("low", "pk"))
    held = nothing(Table.PEOPLE)
    if not found:
        return held
    pairs = sorted((key, email) for email, key in found.items())
    held.keys = np.array([key for key, _email in pairs], dtype=np.int64)
    held.versions = np.zeros(len(pairs), dtype=np.int64)
    held.origin, held.ours = np.zeros(len(pairs), dtype=np.uint8), np.zeros(len(pairs), dtype=bool)
    held.external = np.full(len(pairs), "", dtype=object)
    held.fields = {
        "email": np.array([email for _key, email in pairs], dtype=object),
        "name": np.full(len(pairs), "", dtype=object),
    }
    return held


def _check_emails(work: Work, emails: Array) -> None:
    wrong = np.array([bool(each) and not _is_email(each) for each in emails], dtype=bool)
    work.refuse(wrong & work.good, "email", "email", _("Expected an e-mail address such as name@school.example."))
    lacks = work.good & (emails == "")
    staff = np.isin(work.rows["id"].astype(str), sorted(_staff(work.desk)))
    told = _("A person who teaches needs an e-mail address: it is how they sign in.")
    work.refuse(lacks & staff, "email_missing", "email", told)
    nobody = lacks & ~staff
    left = _("%s people without an e-mail address get no account; they and their roles are left out.")
    work.note(nobody, "without_email", "email", lambda count: left % count)
    work.leave_out(nobody)


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _staff(desk: Desk) -> set[str]:
    roles = desk.incoming.rows(Table.MEMBERSHIPS)
    teaching = desk.incoming.rows(Table.TEACHINGS)["person"].tolist()
    return set(teaching) | set(roles["person"][np.isin(roles["role"].astype(str), STAFF)].tolist())


def plan_memberships(desk: Desk) -> None:
    plan_spans(desk, Table.MEMBERSHIPS, ("user_id", "role"), _leave_roles_out)


def _leave_roles_out(work: Work) -> None:
    """Leaders, office and analysts are made by leaders, in the portal, never by a file."""
    high = work.good & work.said["role"] & ~np.isin(work.rows["role"].astype(str), GIVEN)
    told = _("%(count)s roles are left out: a file gives only these: %(roles)s.")
    work.note(high, "role_not_given", "role", lambda count: told % {"count": count, "roles": ", ".join(GIVEN)})
    work.leave_out(high)


def plan_guardianships(desk: Desk) -> None:
    plan_spans(desk, Table.GUARDIANSHIPS, ("student_id", "guardian_id"), _fill_relation)


def _fill_relation(work: Work) -> None:
    work.fill("relation", ~work.said["relation"], Relation.PARENT.value)
