"""What every student's page of a school needs alike: its grade scales, and the school year of a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from portal.kit.memory import remembered
from students.models import GradeScale, School, Term

KEPT_SECONDS = 300
A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Scale:
    pass_mark: float
    grades: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class SchoolFrame:
    """`usual` is the scale of subjects that have none of their own; `year` is None between school years."""

    scales: Mapping[int, Scale]
    usual: int | None
    year: tuple[date, date] | None

    def period(self, on: date) -> tuple[date, date]:
        """What "this year" means wherever an average stands: the school year so far, else the last twelve months."""
        if self.year is None:
            return on - A_YEAR, on
        return self.year[0], min(self.year[1], on)

    def scale_of(self, scale_id: int | None) -> Scale | None:
        return self.scales.get(scale_id or self.usual or 0)


def frame_of(school: School, on: date) -> SchoolFrame:
    """Two queries, or none: kept for some minutes. Everybody in a school may see its frame (access.FRAME)."""
    key = f"school-frame:{school.pk}:{on}"
    return remembered(key, KEPT_SECONDS, lambda: _read(school, on))


def _read(school: School, on: date) -> SchoolFrame:
    scales: dict[int, Scale] = {}
    usual = None
    columns = ("pk", "pass_mark", "is_default", "boundaries__grade", "boundaries__least")
    rows = GradeScale.objects.filter(school=school).order_by("pk", "boundaries__least")
    for pk, pass_mark, is_default, grade, least in rows.values_list(*columns):
        usual = pk if is_default else usual
        before = scales.get(pk, Scale(float(pass_mark), ())).grades
        more = ((grade, float(least)),) if grade is not None else ()
        scales[pk] = Scale(float(pass_mark), before + more)
    year = Term.objects.filter(school=school).years().on(on).values_list("starts", "ends").first()
    return SchoolFrame(scales, usual, year)
