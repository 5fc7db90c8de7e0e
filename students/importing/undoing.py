"""What an import did is taken back, once: each record that nobody has touched since becomes what it was before."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.models import Change
from portal.audit.undo import Undone, undo
from portal.kit.errors import Conflict
from students.importing.incoming import Table
from students.importing.plan import MODELS, Progress
from students.importing.told import UndoneTold
from students.importing.touched import Touched
from students.models import ImportBatch, ImportState

LISTED = 200
TABLES = {model._meta.label: table for table, model in MODELS.items()}


@transaction.atomic
def take_back(batch: ImportBatch, *, by: Any, progress: Progress) -> UndoneTold:
    """Raises Conflict if it was never applied, or was taken back already. What became of the batch is the caller's to
    store, as is the line in the audit.
    """
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)  # whoever comes at the same moment waits here
    _check(locked)
    done = undo(locked.mark, by=by, as_batch=locked.undo_mark, progress=progress)
    _tell(locked)
    return _told(done)


def _check(batch: ImportBatch) -> None:
    was_applied = batch.applied_at is not None or Change.objects.filter(batch=batch.mark).exists()
    if batch.state not in (ImportState.APPLIED, ImportState.UNDOING) or not was_applied:
        sentence = _("This import is “%s”; only one that was applied can be undone.")
        raise Conflict(sentence % batch.get_state_display(), code="not_applied")
    if batch.undone_at is not None or Change.objects.filter(batch=batch.undo_mark).exists():
        raise Conflict(_("This import was undone already."), code="undone")


def _tell(batch: ImportBatch) -> None:
    """After commit, whose records became others again."""
    touched = Touched()
    changes = Change.objects.filter(batch=batch.undo_mark).order_by()
    for label, student in changes.filter(student_id__isnull=False).values_list("model", "student_id").distinct():
        if label in TABLES and student:
            touched.note(TABLES[label], [student])
    touched.exams.update(changes.filter(model=MODELS[Table.EXAMS]._meta.label).values_list("record_id", flat=True))
    touched.tell(batch.school_id, batch.school.today())


def _told(done: Undone) -> UndoneTold:
    more = len(done.left) - LISTED
    listed = [*done.left[:LISTED], *([_("And %d more.") % more] if more > 0 else [])]
    return UndoneTold(done.restored, done.removed, tuple(listed), len(done.left))
