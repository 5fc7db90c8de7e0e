"""Files of other systems on their way in: read, held against the records, planned, applied as planned, undone. Import the rooms."""
