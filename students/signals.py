"""How this app tells others, without knowing who listens. Sent after commit; a third signal needs a decision record."""

from django.dispatch import Signal

# school_id, student_ids, kind ("marks", "attendance", "observations", "plans": an exam to be predicted)
evidence_changed = Signal()
# school_id, student_ids
roster_changed = Signal()
