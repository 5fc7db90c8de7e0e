"""One seeded database: trained if need be, scored by real workers, and its floors; one row of the table."""

import os
import sys

import django


def main(workers: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    from benchmarks.scoring.floors import floors
    from benchmarks.scoring.prepare import Quiet, prepared
    from benchmarks.scoring.whole import scored
    from students.models import Student

    ready = prepared()
    whole = scored(ready, workers)
    least = floors(whole.run, Quiet())
    parts = " + ".join(f"{each.wall:.1f}" for each in (least.reading, least.answering, least.writing))
    print(
        f"| {Student.objects.count():,} | {whole.rows:,} | {whole.planning:.1f} | {whole.seconds:.1f} | {whole.pace:,.0f} |"
        f" {parts} | {whole.seconds / least.wall:.2f} | {whole.megabytes:.0f} | {ready.training_seconds:.1f} |",
        flush=True,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
