"""Which tables of an import hold protected facts, and which indicators of its school are protected."""

from portal.kit.names import fold
from students.importing.closed import ProtectedIndicators
from students.importing.findings import EVERY
from students.importing.incoming import Table
from students.importing.mapping import PROTECTED_FACTS
from students.importing.spreadsheet.synonyms import says_protected
from students.models import ImportBatch, Indicator, School

DEMOGRAPHICS_FILE = "demographics"


def protected_indicators(school: School) -> ProtectedIndicators:
    rows = list(Indicator.objects.filter(school=school, is_protected=True).values_list("code", "name"))
    return ProtectedIndicators(frozenset(code for code, _name in rows), frozenset(fold(name) for _code, name in rows))


def protected_tables(batch: ImportBatch) -> frozenset[Table]:
    """Tables of its plan, and of its findings, in which protected facts stand: as it was read, and as the school has it now."""
    made = {Table.DEMOGRAPHICS} if _has_demographics(batch) else set()
    if _has_protected_indicators(batch):
        made.add(Table.OBSERVATIONS)
    return frozenset(made)


def _has_demographics(batch: ImportBatch) -> bool:
    """Where every row of them had an error, no row is in the plan, and yet the findings name values."""
    plan = batch.plan or {}
    if any(each["table"] == Table.DEMOGRAPHICS and each["read"] for each in plan.get("tables", ())):
        return True
    if not batch.findings.get("reads_protected"):
        return False
    named = set(batch.mapping.get("student", ())) & set(PROTECTED_FACTS)
    files = any(count and DEMOGRAPHICS_FILE in name.casefold() for name, count in plan.get("files", ()))
    return bool(named) or files or (batch.kind == ImportBatch.Kind.ONEROSTER and not plan)


def _has_protected_indicators(batch: ImportBatch) -> bool:
    names, read_all = batch.findings.get("indicators", ()), batch.findings.get("reads_protected", False)
    if not names:
        return False
    if read_all and any(map(says_protected, names)):
        return True
    protected = protected_indicators(batch.school)
    return protected.any_of(names) or bool(read_all and EVERY in names and protected.codes)
