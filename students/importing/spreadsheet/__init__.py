"""A spreadsheet of any kind, looked at and read into columns. Import from here, not from the files."""

from students.importing.spreadsheet.looking import SheetLook as SheetLook
from students.importing.spreadsheet.looking import look_at as look_at
from students.importing.spreadsheet.reading import read_sheet as read_sheet
