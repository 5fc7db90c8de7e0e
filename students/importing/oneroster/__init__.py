"""OneRoster bundles of CSV files, 1.1 and 1.2, whole ones and changes: read kindly, reported strictly. Import from here."""

from students.importing.oneroster.looking import BundleLook, FileLook, SchoolLook, TitleLook, look_in
from students.importing.oneroster.reading import read_bundle
from students.importing.oneroster.rules import by_words

__all__ = ["BundleLook", "FileLook", "SchoolLook", "TitleLook", "by_words", "look_in", "read_bundle"]
