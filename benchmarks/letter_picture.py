"""`python -m benchmarks.letter_picture FILE`: the first page of a student's letter as a picture, from the database of VAR_DIR."""

import os
import sys
from pathlib import Path


def main() -> int:
    from portal.runner import environment

    given = dict(os.environ)
    os.environ.update(environment(Path(given["VAR_DIR"]).resolve(), int(given["PORT"]), given))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()
    Path(sys.argv[1]).write_bytes(letter())
    return 0


def letter() -> bytes:
    """Of the child of the demo's family, about the exam that was released last."""
    from portal.kit.pdf import make_pictures
    from predictions.models import PredictionRelease
    from predictions.reports.class_letters import class_letters
    from predictions.reports.drawing import frame
    from predictions.reports.letter import SOURCE
    from students.models import Student

    child = Student.objects.filter(account__is_demo=True).select_related("school").order_by("pk")[0]
    school, on = child.school, child.school.today()
    released = PredictionRelease.objects.filter(school_class__enrolments__student=child, exam__day__gt=on)
    release = released.select_related("exam", "school_class", "by").order_by("-at")[0]
    made = class_letters(release.school_class, release.exam, user=release.by, on=on, only=child.pk)
    return make_pictures(SOURCE, {**frame(made.title, school, on), "letters": list(made.letters)})[0]


if __name__ == "__main__":
    raise SystemExit(main())
