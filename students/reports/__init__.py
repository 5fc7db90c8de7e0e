"""Lists of the school as tables for files: the rows and columns of the page, all of them and not one page. Import the files."""
