"""One sign-in per role, for people the demo has something to show to."""

from dataclasses import dataclass
from datetime import date

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db.models import Count, Q

from portal.accounts.models import User
from portal.kit.names import fold
from portal.kit.scoping import in_force
from predictions.demo.school import DOMAIN, DemoSchool, today_of
from students.models import Caseload, Guardianship, Membership, Origin, SchoolClass, Student, Teaching
from students.roles import Role


@dataclass(frozen=True)
class SignIn:
    role: str
    name: str
    email: str
    password: str

    def line(self) -> str:
        return f"  {self.role:<14} {self.email:<44} {self.password}"


def give(demo: DemoSchool) -> list[SignIn]:
    today = today_of(demo.plan)
    child = _child(demo, today)
    chosen: dict[str, User] = {
        Role.LEADER: _holder(demo, Role.LEADER),
        Role.OFFICE: _holder(demo, Role.OFFICE),
        Role.TEACHER: _teacher(demo, today),
        Role.COUNSELLOR: _counsellor(demo),
        Role.STUDENT: _account(demo, child),
        Role.GUARDIAN: Guardianship.objects.filter(student=child).select_related("guardian")[0].guardian,
        Role.ANALYST: _holder(demo, Role.ANALYST),
    }
    made = [_let_in(demo, user, str(Role(role).label)) for role, user in chosen.items()]
    root = User.objects.create_superuser(f"admin@{DOMAIN}", name="Demo Administrator", is_demo=True)
    return [*made, _let_in(demo, root, "administrator")]


def _holder(demo: DemoSchool, role: str) -> User:
    return Membership.objects.filter(school=demo.school, role=role).select_related("user").order_by("user_id")[0].user


def _teacher(demo: DemoSchool, today: date) -> User:
    """Somebody who takes the daily roll of a home group now, and teaches classes a subject with a final."""
    running = SchoolClass.objects.filter(school=demo.school).running(today)
    counted = User.objects.filter(teachings__in=Teaching.objects.active(today).filter(school_class__in=running))
    finals = Q(teachings__school_class__exams__is_target=True, teachings__school_class__in=running)
    homes = Q(teachings__school_class__is_home_class=True, teachings__school_class__in=running)
    return counted.annotate(
        rolls=Count("teachings__school_class", filter=homes, distinct=True),
        targets=Count("teachings__school_class", filter=finals, distinct=True),
    ).order_by("-rolls", "-targets", "pk")[0]


def _counsellor(demo: DemoSchool) -> User:
    counted = Caseload.objects.values("counsellor").annotate(size=Count("pk")).order_by("-size", "counsellor")
    key = counted[0]["counsellor"] if counted else demo.first_counsellor
    return User.objects.get(pk=key)


def _child(demo: DemoSchool, today: date) -> Student:
    """A student in the middle of the school with a guardian and classes now."""
    here = Student.objects.filter(school=demo.school, status=Student.Status.ENROLLED, starts__lte=today)
    cared_for = here.filter(in_force("guardianships", today), guardianships__isnull=False)
    return cared_for.filter(grade_level=9).order_by("pk").first() or cared_for.order_by("pk")[:1].get()


def _account(demo: DemoSchool, child: Student) -> User:
    mailbox = ".".join(fold(child.name).split())
    user = User.objects.create_user(f"{mailbox}.p{child.pk}@{DOMAIN}", name=child.name, is_demo=True)
    Membership.objects.create(user=user, school=demo.school, role=Role.STUDENT, starts=child.starts, origin=Origin.DEMO)
    child.account = user
    child.save(update_fields=["account", "search_name"])
    return user


def _let_in(demo: DemoSchool, user: User, role: str) -> SignIn:
    user.password = make_password(demo.password)
    user.save(update_fields=["password", "search_name"])
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return SignIn(role, user.name, user.email, demo.password)
