"""How much of a file is read at most: what is larger is refused with a sentence before it fills memory or disk."""

from contextvars import ContextVar

MB = 1 << 20

# Of a zip, Excel files included.
MOST_ENTRIES = 1_000
MOST_UNPACKED = 1024 * MB  # of all entries together, as the zip says itself; no more than that is ever unpacked
MOST_RATIO = 200  # unpacked to packed, of an entry that unpacks to more than RATIO_FROM
RATIO_FROM = 10 * MB
MOST_DIRECTORY = 4 * MB  # the list of entries at the end of a zip
# Of an Excel file: what has to be in memory at once, its texts, and every part that is no sheet.
MOST_TEXTS = 128 * MB
MOST_PART = 8 * MB
# Of a table.
MOST_COLUMNS = 2_000
MOST_ROWS = 1_048_576  # of a sheet, as Excel has them; a text file may have any number
LONGEST_LINE = MB  # characters of a line as an editor shows it
LONGEST_CELL = 131_072  # characters: the most that Python's csv module reads; an unclosed quotation mark ends here
# A block of rows ends at whichever comes first.
BLOCK_ROWS = 20_000
BLOCK_CELLS = 1_000_000
# Fewer rows at once where somebody asked for less memory; set while one file is read.
rows_at_once: ContextVar[int] = ContextVar("rows_at_once", default=BLOCK_ROWS)
