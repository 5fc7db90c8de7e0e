"""The life of an import: received, looked over, applied exactly as planned, undone; and what is forgotten afterwards."""

from students.importing.batches.carrying_out import apply, may_apply, undo
from students.importing.batches.claiming import settle, settled
from students.importing.batches.keeping import opened_changes, opened_findings, opened_lists
from students.importing.batches.looking_over import Looked, look, look_over
from students.importing.batches.profiles import forget_profile, profile_for, save_profile
from students.importing.batches.receiving import choose_mapping, choose_options, discard, may_discard, receive
from students.importing.batches.rights import check_may_import, may_import, reads_protected

__all__ = [
    "Looked",
    "apply",
    "check_may_import",
    "choose_mapping",
    "choose_options",
    "discard",
    "forget_profile",
    "look",
    "look_over",
    "may_apply",
    "may_discard",
    "may_import",
    "opened_changes",
    "opened_findings",
    "opened_lists",
    "profile_for",
    "reads_protected",
    "receive",
    "save_profile",
    "settle",
    "settled",
    "undo",
]
