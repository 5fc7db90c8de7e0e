"""Classes and exams that are there already get their folded names."""

from django.db import migrations

from portal.kit.names import fold

CHUNK = 5000


def forwards(apps, schema_editor):
    for name, source, longest in (("SchoolClass", "name", 90), ("Exam", "title", 130)):
        model = apps.get_model("students", name)
        waiting = []
        for row in model.objects.only("pk", source).iterator(chunk_size=CHUNK):
            row.search_name = fold(getattr(row, source))[:longest]
            waiting.append(row)
            if len(waiting) == CHUNK:
                model.objects.bulk_update(waiting, ["search_name"], batch_size=400)
                waiting.clear()
        model.objects.bulk_update(waiting, ["search_name"], batch_size=400)


class Migration(migrations.Migration):
    dependencies = [("students", "0004_search_names")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
