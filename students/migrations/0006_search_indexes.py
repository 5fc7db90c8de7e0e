"""Classes and exams are found by any part of their names: trigram indexes on PostgreSQL, full-text tables on SQLite."""

from django.db import migrations

TABLES = ("students_schoolclass", "students_exam")
SQLITE = (
    "CREATE VIRTUAL TABLE {table}_search USING fts5("
    "search_name, content='{table}', content_rowid='id', tokenize='trigram')",
    "CREATE TRIGGER {table}_search_added AFTER INSERT ON {table} BEGIN "
    "INSERT INTO {table}_search(rowid, search_name) VALUES (new.id, new.search_name); END",
    "CREATE TRIGGER {table}_search_removed AFTER DELETE ON {table} BEGIN "
    "INSERT INTO {table}_search({table}_search, rowid, search_name) "
    "VALUES ('delete', old.id, old.search_name); END",
    "CREATE TRIGGER {table}_search_changed AFTER UPDATE OF search_name ON {table} BEGIN "
    "INSERT INTO {table}_search({table}_search, rowid, search_name) "
    "VALUES ('delete', old.id, old.search_name); "
    "INSERT INTO {table}_search(rowid, search_name) VALUES (new.id, new.search_name); END",
    "INSERT INTO {table}_search({table}_search) VALUES ('rebuild')",
)
SQLITE_BACK = (
    "DROP TRIGGER IF EXISTS {table}_search_changed",
    "DROP TRIGGER IF EXISTS {table}_search_removed",
    "DROP TRIGGER IF EXISTS {table}_search_added",
    "DROP TABLE IF EXISTS {table}_search",
)
POSTGRES = ("CREATE INDEX {table}_search_name ON {table} USING gin (search_name gin_trgm_ops)",)
POSTGRES_BACK = ("DROP INDEX IF EXISTS {table}_search_name",)


def run(schema_editor, postgres, sqlite):
    for table in TABLES:
        for statement in postgres if schema_editor.connection.vendor == "postgresql" else sqlite:
            schema_editor.execute(statement.format(table=table))


def forwards(apps, schema_editor):
    run(schema_editor, POSTGRES, SQLITE)


def backwards(apps, schema_editor):
    run(schema_editor, POSTGRES_BACK, SQLITE_BACK)


class Migration(migrations.Migration):
    dependencies = [("students", "0005_fill_search_names")]
    operations = [migrations.RunPython(forwards, backwards)]
