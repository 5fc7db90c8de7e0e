"""A file held against the records of a school: which would be added, changed, ended or left. Writes nothing."""

from students.importing.planning.planned import make_plan

__all__ = ["make_plan"]
