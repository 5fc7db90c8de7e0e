"""Tables laid out as arrays: keys and days as whole numbers, rows sorted so that what was known on a day is one stretch."""
