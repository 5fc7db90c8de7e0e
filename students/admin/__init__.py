"""The back office: every record of a school, for its office and its leaders. Imported in the order of the menu."""

from students.admin import frame, people, accounts, classes, exams, daily, support, trail  # noqa: F401, I001  each registers its pages
