"""Tables that apps above add to a dump of a school, read and described like our own."""

from students.exporting.dump_tables import TABLES, Records

_added: dict[str, Records] = {}


def add_table(records: Records) -> None:
    """Called once for each, when the app starts."""
    _added[records.name] = records


def all_tables() -> list[Records]:
    return [*TABLES, *(_added[name] for name in sorted(_added))]
