"""Names are found by any word's beginning: a trigram index on PostgreSQL, a full-text table of trigrams on SQLite."""

from django.db import migrations

SQLITE = (
    "CREATE VIRTUAL TABLE students_student_search USING fts5("
    "search_name, content='students_student', content_rowid='id', tokenize='trigram')",
    "CREATE TRIGGER students_student_search_added AFTER INSERT ON students_student BEGIN "
    "INSERT INTO students_student_search(rowid, search_name) VALUES (new.id, new.search_name); END",
    "CREATE TRIGGER students_student_search_removed AFTER DELETE ON students_student BEGIN "
    "INSERT INTO students_student_search(students_student_search, rowid, search_name) "
    "VALUES ('delete', old.id, old.search_name); END",
    "CREATE TRIGGER students_student_search_changed AFTER UPDATE OF search_name ON students_student BEGIN "
    "INSERT INTO students_student_search(students_student_search, rowid, search_name) "
    "VALUES ('delete', old.id, old.search_name); "
    "INSERT INTO students_student_search(rowid, search_name) VALUES (new.id, new.search_name); END",
    "INSERT INTO students_student_search(students_student_search) VALUES ('rebuild')",
)
SQLITE_BACK = (
    "DROP TRIGGER IF EXISTS students_student_search_changed",
    "DROP TRIGGER IF EXISTS students_student_search_removed",
    "DROP TRIGGER IF EXISTS students_student_search_added",
    "DROP TABLE IF EXISTS students_student_search",
)
POSTGRES = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX student_search_name ON students_student USING gin (search_name gin_trgm_ops)",
)
POSTGRES_BACK = ("DROP INDEX IF EXISTS student_search_name",)


def forwards(apps, schema_editor):
    for statement in POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    for statement in POSTGRES_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("students", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
