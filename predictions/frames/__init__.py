"""Database -> SchoolTables: the only place where ORM rows become data frames. Import from here, not from the files."""

from predictions.frames.asked import Reading
from predictions.frames.plans import Plans, school_plans, subject_names
from predictions.frames.tables import school_tables
from predictions.frames.tallying import added, school_tallies

__all__ = ["Plans", "Reading", "added", "school_plans", "school_tables", "school_tallies", "subject_names"]
