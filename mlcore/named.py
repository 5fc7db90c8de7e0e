"""What a spec names must be there: protected facts that were turned on, and indicators that nobody can still change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlcore.errors import MLError
from mlcore.features.base import Matrix, MatrixSchema
from mlcore.features.indicators import names_of
from mlcore.spec import TrainSpec
from mlcore.tables import SchoolTables


def check_names(tables: SchoolTables, spec: TrainSpec) -> None:
    """Raises MLError where a name is unknown: a fact that is not there would be left out in silence."""
    if faults := list(_faults(tables, spec)):
        raise MLError(" ".join(faults), "bad_spec")


def with_fixed(matrix: Matrix, fixed: tuple[str, ...]) -> Matrix:
    """The same matrix; of what nobody can still change no "what if" is asked."""
    if not fixed:
        return matrix
    names = {name for indicator in fixed for name in (indicator, *names_of(indicator))}
    features = tuple(
        replace(feature, changeable=False) if feature.name in names else feature for feature in matrix.schema.features
    )
    return Matrix(MatrixSchema(features, matrix.schema.words), matrix.values)


def facts_of(tables: SchoolTables) -> list[str]:
    """The protected facts that these tables know of anybody, by name."""
    people, observed = tables.demographics, tables.observations
    facts = [str(name) for name in people if name != "student" and people[name].notna().any()]
    if "birth_date" in tables.students and tables.students["birth_date"].notna().any():
        facts.append("age")
    return facts + [str(name) for name in observed.loc[observed["protected"], "indicator"].unique()]


def _faults(tables: SchoolTables, spec: TrainSpec) -> Iterator[str]:
    indicators = [str(name) for name in tables.observations["indicator"].unique()]
    yield from _unknown("protected", spec.protected, facts_of(tables), "protected facts")
    yield from _unknown("fixed", spec.fixed, indicators, "indicators")


def _unknown(field: str, asked: tuple[str, ...], known: list[str], what: str) -> Iterator[str]:
    among = f"expected one of {', '.join(sorted(known))}" if known else f"the tables hold no {what}"
    for name in asked:
        if name not in known and not any(name in names_of(one) for one in known):
            yield f"{field}: {among}, but it says {name}."
