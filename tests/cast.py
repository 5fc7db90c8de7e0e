"""One small school and its people by name; a second school next door, and the district above the first."""

from dataclasses import dataclass, field

from portal.accounts.models import User
from students.models import Exam, School, SchoolClass, Student
from students.roles import Role
from tests import make


@dataclass
class Cast:
    """Hana leads the school, Otto keeps the office, Ada teaches Sam and Mia, Cora counsels Sam, Gus is Sam's guardian,
    Mia has an account of her own, Nils analyses, Tom taught Ada's class until yesterday, Liv left last month,
    Dora leads the district, Root runs the machine. Wanda leads and Tess teaches next door and must never see any of it.
    """

    lakeside: School
    hillside: School
    district: School
    people: dict[str, User] = field(default_factory=dict)
    sam: Student = None  # type: ignore[assignment]  # set below, with the rest of the roll
    mia: Student = None  # type: ignore[assignment]
    liv: Student = None  # type: ignore[assignment]
    zoe: Student = None  # type: ignore[assignment]  # in Lakeside, but in no class of Ada's
    wim: Student = None  # type: ignore[assignment]  # next door
    maths: SchoolClass = None  # type: ignore[assignment]
    art: SchoolClass = None  # type: ignore[assignment]
    next_door: SchoolClass = None  # type: ignore[assignment]
    test: Exam = None  # type: ignore[assignment]
    final: Exam = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None


ROLES = {
    "hana": ("Hana Leitner", Role.LEADER),
    "otto": ("Otto Office", Role.OFFICE),
    "ada": ("Ada Marsh", Role.TEACHER),
    "tom": ("Tom Wasteacher", Role.TEACHER),
    "cora": ("Cora Counsel", Role.COUNSELLOR),
    "gus": ("Gus Guardian", Role.GUARDIAN),
    "mina": ("Mia Account", Role.STUDENT),
    "lena": ("Liv Account", Role.STUDENT),
    "nils": ("Nils Analyst", Role.ANALYST),
}
EVERYONE = (*ROLES, "dora", "root", "wanda", "tess")


def build_cast() -> Cast:
    district = make.make_school("North District", kind=School.Kind.DISTRICT)
    cast = Cast(
        lakeside=make.make_school("Lakeside School", parent=district),
        hillside=make.make_school("Hillside School"),
        district=district,
    )
    for key, (name, role) in ROLES.items():
        cast.people[key] = make.make_user(name, f"{key}@lakeside.example")
        make.make_member(cast.people[key], cast.lakeside, role)
    _add(cast, "dora", "Dora District", cast.district, Role.LEADER)
    _add(cast, "wanda", "Wanda Nextdoor", cast.hillside, Role.LEADER)
    _add(cast, "tess", "Tess Nextdoor", cast.hillside, Role.TEACHER)
    cast.people["root"] = make.make_user("Root Admin", "root@host.example", is_superuser=True)
    _fill_lakeside(cast)
    _fill_hillside(cast)
    return cast


def _add(cast: Cast, key: str, name: str, school: School, role: str) -> None:
    cast.people[key] = make.make_user(name, f"{key}@{school.slug}.example")
    make.make_member(cast.people[key], school, role)


def _fill_lakeside(cast: Cast) -> None:
    make.make_scale(cast.lakeside, is_default=True)
    cast.maths = make.make_class(cast.lakeside, "Mathematics 9B", is_home_class=True)
    cast.art = make.make_class(cast.lakeside, "Art 9B", subject=make.make_subject(cast.lakeside, "Art"))
    cast.sam = make.make_student(cast.lakeside, "Sam Okafor")
    cast.mia = make.make_student(cast.lakeside, "Mia Lindqvist", account=cast.mina)
    cast.zoe = make.make_student(cast.lakeside, "Zoe Abara")
    left_on = make.TODAY - make.timedelta(days=30)
    cast.liv = make.make_student(cast.lakeside, "Liv Hansen", status="left", ends=left_on, account=cast.lena)
    cast.lena.memberships.update(ends=left_on)
    for student in (cast.sam, cast.mia):
        make.make_enrolment(student, cast.maths)
    make.make_enrolment(cast.liv, cast.maths, ends=left_on)
    make.make_enrolment(cast.zoe, cast.art)
    make.make_teaching(cast.ada, cast.maths)
    make.make_teaching(cast.tom, cast.maths, ends=make.YESTERDAY)
    make.make_caseload(cast.cora, cast.sam)
    make.make_guardianship(cast.gus, cast.sam)
    make.make_demographics(cast.sam)
    cast.test = make.make_exam(cast.maths, title="Algebra test", maximum=50)
    cast.final = make.make_exam(
        cast.maths, title="Final exam", day=make.TODAY + make.timedelta(days=60), is_target=True
    )
    for student, score in ((cast.sam, 31), (cast.mia, 44)):
        make.make_result(cast.test, student, score)
        make.make_mark(student, cast.maths)


def _fill_hillside(cast: Cast) -> None:
    cast.next_door = make.make_class(cast.hillside, "Physics 10A", subject=make.make_subject(cast.hillside, "Physics"))
    cast.wim = make.make_student(cast.hillside, "Wim Verlaine")
    make.make_enrolment(cast.wim, cast.next_door)
    make.make_teaching(cast.tess, cast.next_door)
    make.make_result(make.make_exam(cast.next_door, title="Optics test"), cast.wim, 77)
