"""Who holds which role, teaches which class, looks after whom: granting it and ending it."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import Invitation, User
from portal.audit import history
from portal.audit.record import record
from portal.kit.errors import Conflict, DomainError, NotAllowed
from portal.kit.scoping import grants_of, in_force
from students.models import Caseload, Guardianship, Membership, School, SchoolClass, SchoolPolicy, Student, Teaching
from students.roles import GIVEN_BY_LEADERS, KEEPERS, LEADERS, SECOND_FACTOR_ROLES, Role

DAYS = "days"  # the code of a refusal that another day would lift: pages tell it at the field of the day
AS_A = {
    Role.LEADER: gettext_lazy("a leader"),
    Role.OFFICE: gettext_lazy("a member of the office"),
    Role.TEACHER: gettext_lazy("a teacher"),
    Role.COUNSELLOR: gettext_lazy("a counsellor"),
    Role.STUDENT: gettext_lazy("a student"),
    Role.GUARDIAN: gettext_lazy("a guardian"),
    Role.ANALYST: gettext_lazy("an analyst"),
}


def as_a(role: str) -> str:
    """What somebody is, as a sentence says it."""
    return str(AS_A[Role(role)])


def told_days(starts: date, ends: date | None) -> str:
    """From when, and until when if that is known, within a sentence."""
    facts = {"first": date_format(starts, "j F Y"), "last": date_format(ends, "j F Y") if ends else ""}
    return (_("from %(first)s until %(last)s") if ends else _("from %(first)s")) % facts


def needs_second_factor(user: Any) -> bool:
    """Whether a school in which this person leads or keeps the office demands one."""
    schools = grants_of(user).of(SECOND_FACTOR_ROLES)
    return bool(schools) and not schools.isdisjoint(SchoolPolicy.objects.demanding_second_factor())


def may_enter_back_office(user: Any) -> bool:
    return bool(user.is_active and (user.is_superuser or grants_of(user).of(KEEPERS)))


def school_name(school_id: int) -> str:
    return School.objects.filter(pk=school_id).values_list("name", flat=True).first() or ""


def check_may_grant(by: User, school: School, role: str, *, sees_demographics: bool = False) -> None:
    """Leaders give every role, the office those that open little, a closed account none. Raises NotAllowed."""
    if (by.is_active and by.is_superuser) or school.pk in grants_of(by).of(LEADERS):
        return
    if school.pk not in grants_of(by).of(KEEPERS):
        raise NotAllowed(_("Only the office and the leaders of %s give roles there.") % school)
    if role in GIVEN_BY_LEADERS:
        told = _("Only a leader of %(school)s makes somebody %(role)s.")
        raise NotAllowed(told % {"school": school, "role": as_a(role)})
    if sees_demographics:
        raise NotAllowed(_("Only a leader of %s gives the right to protected facts.") % school)


def roles_given_by(by: User, school: School) -> list[Role]:
    """The roles that are in this person's gift there, in the order in which roles are told."""
    if by.is_superuser or school.pk in grants_of(by).of(LEADERS):
        return list(Role)
    kept = school.pk in grants_of(by).of(KEEPERS)
    return [role for role in Role if kept and role not in GIVEN_BY_LEADERS]


def may_end(by: User, membership: Membership) -> bool:
    """Whether `end_role` would allow it. The membership's school is read already."""
    try:
        check_may_grant(by, membership.school, membership.role, sees_demographics=membership.sees_demographics)
    except NotAllowed:
        return False
    return True


def check_may_unprotect(by: User, school: School) -> None:
    """Whoever could take the protection off would have the right to protected facts. Raises NotAllowed."""
    if not by.is_superuser and school.pk not in grants_of(by).of(LEADERS):
        raise NotAllowed(_("Only a leader of %s makes protected facts open to others.") % school)


@transaction.atomic
def grant_role(
    user: User, school: School, role: str, *, by: User, starts: date, ends: date | None = None,
    sees_demographics: bool = False,
) -> Membership:  # fmt: skip
    """Give a role from a day. Raises Conflict if the person has it on that day already, NotAllowed if `by` may not."""
    check_may_grant(by, school, role, sees_demographics=sees_demographics)
    check_is_new(user, school, role, starts, ends)
    membership = Membership(
        user=user, school=school, role=role, starts=starts, ends=ends, sees_demographics=sees_demographics
    )
    _keep(membership, by=by, verb="role granted", role=role, user=user.pk)
    return membership


def check_is_new(
    user: User, school: School, role: str, starts: date, ends: date | None, but: Membership | None = None
) -> None:  # fmt: skip
    """Nobody has the same role twice on a day. Raises Conflict."""
    rows = Membership.objects.filter(overlapping(starts, ends), user=user, school=school, role=role)
    held = (rows.exclude(pk=but.pk) if but else rows).order_by("starts").first()
    if held is not None:
        facts = {"person": user, "role": as_a(role), "school": school, "days": told_days(held.starts, held.ends)}
        raise Conflict(_("%(person)s is %(role)s at %(school)s %(days)s already.") % facts, code=DAYS)


@transaction.atomic
def change_role(membership: Membership, *, by: User) -> None:
    """Save an edited membership. What it was and what it becomes must both be in the gift of `by`."""
    before = Membership.objects.select_related("school").get(pk=membership.pk)
    for each in (before, membership):
        check_may_grant(by, each.school, each.role, sees_demographics=each.sees_demographics)
    if membership.ends is not None and (membership.ends, membership.role) != (before.ends, before.role):
        check_leader_remains(before, by=by, on=membership.ends)
    _keep(membership, by=by, verb="role changed", role=membership.role, user=membership.user_id)


@transaction.atomic
def end_role(membership: Membership, *, by: User, on: date) -> None:
    """The role holds through `on` and no longer."""
    check_may_grant(by, membership.school, membership.role, sees_demographics=membership.sees_demographics)
    check_leader_remains(membership, by=by, on=on)
    membership.ends = on
    _keep(membership, by=by, verb="role ended", role=membership.role, user=membership.user_id)


@transaction.atomic
def keep_role(membership: Membership, *, by: User, on: date) -> None:
    """Take its end back: it holds until further notice. Who may give the role may do this, until the role is over."""
    check_may_grant(by, membership.school, membership.role, sees_demographics=membership.sees_demographics)
    if membership.ends is not None and membership.ends < on:
        raise Conflict(_("This role is over. Give it again from a day of its own."))
    check_is_new(membership.user, membership.school, membership.role, membership.starts, None, but=membership)
    membership.ends = None
    _keep(membership, by=by, verb="role changed", role=membership.role, user=membership.user_id)


def check_leader_remains(membership: Membership, *, by: User, on: date) -> None:
    """A school is not left without a leader after that day. Raises Conflict. Who runs the machine may do even this."""
    if membership.role != Role.LEADER or by.is_superuser:
        return
    others = Membership.objects.filter(school=membership.school_id, role=Role.LEADER, user__is_active=True)
    if not others.filter(in_force("", on + timedelta(days=1))).exclude(pk=membership.pk).exists():
        told = _("%(person)s is the only leader of %(school)s after that day. Make somebody else a leader first.")
        raise Conflict(told % {"person": membership.user, "school": membership.school})


@transaction.atomic
def assign(
    teacher: User, school_class: SchoolClass, *, by: User, starts: date, ends: date | None = None, is_lead: bool = True
) -> Teaching:  # fmt: skip
    """Give a class a teacher from a day. Raises Conflict if they teach it then, DomainError if they are no teacher."""
    check_within_term(school_class, starts, ends)
    check_holds(teacher, school_class.school, Role.TEACHER, starts)
    if Teaching.objects.filter(overlapping(starts, ends), teacher=teacher, school_class=school_class).exists():
        told = _("%(person)s teaches %(class)s within these days already.")
        raise Conflict(told % {"person": teacher, "class": school_class}, code=DAYS)
    teaching = Teaching(teacher=teacher, school_class=school_class, starts=starts, ends=ends, is_lead=is_lead)
    _keep(teaching, by=by, verb="teacher assigned", school_id=school_class.school_id, teacher=teacher.pk)
    return teaching


@transaction.atomic
def look_after(student: Student, counsellor: User, *, by: User, starts: date, ends: date | None = None) -> Caseload:
    """Put a student on a counsellor's caseload."""
    check_holds(counsellor, student.school, Role.COUNSELLOR, starts)
    open_already = Caseload.objects.filter(in_force("", starts), student=student, counsellor=counsellor)
    if open_already.exists():
        told = _("%(person)s looks after %(student)s on that day already.")
        raise Conflict(told % {"person": counsellor, "student": student})
    caseload = Caseload(student=student, counsellor=counsellor, starts=starts, ends=ends)
    _keep(caseload, by=by, verb="caseload taken", school_id=student.school_id, counsellor=counsellor.pk)
    return caseload


@transaction.atomic
def name_guardian(
    student: Student, guardian: User, *, by: User, starts: date, relation: str = "parent", ends: date | None = None
) -> Guardianship:
    """Record who cares for a student, with the role that lets them in."""
    if Guardianship.objects.filter(in_force("", starts), student=student, guardian=guardian).exists():
        raise Conflict(_("%(person)s is named for %(student)s already.") % {"person": guardian, "student": student})
    ensure_role(guardian, student.school, Role.GUARDIAN, by=by, starts=starts)
    guardianship = Guardianship(student=student, guardian=guardian, relation=relation, starts=starts, ends=ends)
    _keep(guardianship, by=by, verb="guardian named", school_id=student.school_id, guardian=guardian.pk)
    return guardianship


def ensure_role(user: User, school: School, role: str, *, by: User, starts: date) -> None:
    """Give the role unless the person has it from that day on already."""
    held = Membership.objects.filter(in_force("", starts), user=user, school=school, role=role)
    if not held.exists():
        grant_role(user, school, role, by=by, starts=starts)


@transaction.atomic
def welcome(invitation: Invitation, user: User, on: date) -> None:
    """What an accepted invitation brings: the role, and the students it was sent for."""
    school = School.objects.get(pk=invitation.school_id)
    by = invitation.invited_by
    check_may_grant(by, school, invitation.role)
    starts = max(invitation.starts, on)
    same = Membership.objects.filter(in_force("", starts), user=user, school=school, role=invitation.role)
    if not same.exists():
        membership = Membership(
            user=user, school=school, role=invitation.role, starts=invitation.starts, ends=invitation.ends
        )
        _keep(membership, by=by, verb="role granted", role=invitation.role, user=user.pk)
    students = Student.objects.filter(Q(pk__in=invitation.facts.get("students", [])), school=school)
    for student in students:
        _attach(student, user, invitation, starts)


def _attach(student: Student, user: User, invitation: Invitation, starts: date) -> None:
    if invitation.role == Role.GUARDIAN:
        name_guardian(student, user, by=invitation.invited_by, starts=starts)
    elif invitation.role == Role.STUDENT:
        if student.account_id not in (None, user.pk):
            raise Conflict(_("%s has an account already. The office can change that.") % student)
        student.account = user
        history.save(student, by=invitation.invited_by)


def overlapping(starts: date, ends: date | None) -> Q:
    """Dated records that share a day with these days."""
    return (Q(ends__isnull=True) | Q(ends__gte=starts)) & (Q() if ends is None else Q(starts__lte=ends))


def check_within_term(school_class: SchoolClass, *days: date | None) -> None:
    """A class has teachers on days of its term alone. Raises DomainError."""
    term = school_class.term
    if any(day is not None and not term.starts <= day <= term.ends for day in days):
        facts = {"class": school_class, "days": told_days(term.starts, term.ends)}
        raise DomainError(_("%(class)s runs %(days)s. Choose a day within.") % facts, code=DAYS)


def check_holds(user: User, school: School, role: str, on: date) -> None:
    """Raises DomainError unless the person has that role there on that day."""
    posts = list(Membership.objects.filter(user=user, school=school, role=role).order_by("starts"))
    if any(each.is_in_force(on) for each in posts):
        return
    facts = {"person": user, "role": as_a(role), "school": school}
    ahead = [each for each in posts if each.starts > on]
    over = [each.ends for each in posts if each.ends is not None and each.ends < on]
    if ahead:
        facts["day"] = date_format(ahead[0].starts, "j F Y")
        raise DomainError(_("%(person)s is %(role)s only from %(day)s.") % facts, code=DAYS)
    if over:
        facts["day"] = date_format(max(over), "j F Y")
        raise DomainError(_("%(person)s is %(role)s only until %(day)s.") % facts, code=DAYS)
    raise DomainError(_("%(person)s is not %(role)s at %(school)s. Give the role first.") % facts)


def _keep(instance: Any, *, by: User, verb: str, school_id: int | None = None, **facts: Any) -> None:
    if instance.ends is not None and instance.ends < instance.starts:
        raise DomainError(_("The last day lies before the first."), code=DAYS)
    history.save(instance, by=by, school_id=school_id)
    record(by, verb, instance, school_id=school_id, **facts)
