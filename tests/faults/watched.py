"""What a worker of these tests loads besides the project: the tasks of tests, and the moments at which it may be killed."""

from tests.faults import moments, tasks  # noqa: F401  # Celery learns of the tasks

moments.watch()
