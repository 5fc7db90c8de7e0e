"""A file comes in: it is stored, a way to read it is chosen or guessed, and may be chosen otherwise until it is applied."""

from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit.record import record
from portal.kit.errors import Conflict, DomainError
from students.importing import intake
from students.importing.batches.claiming import settled
from students.importing.batches.keeping import delete, delete_after_commit
from students.importing.batches.profiles import guess, profile_for, save_profile
from students.importing.batches.rights import check_may_import
from students.importing.findings import Unreadable
from students.models import ImportBatch, ImportKind, ImportProfile, ImportState, School

OPEN = frozenset({ImportState.RECEIVED, ImportState.PLANNED, ImportState.REFUSED})  # and nobody is at it
OPTIONS = frozenset({"truncate", "set_aside", "nightly", "block"})  # `block`: how many rows are read at once
SOURCE_LENGTH = 40


def receive(  # a file has these parts, each named at the call
    school: School,
    upload: Any,
    name: str,
    *,
    by: User | None,
    profile: ImportProfile | None = None,
    options: dict[str, Any] | None = None,
) -> ImportBatch:
    """`upload` is an open binary file of any size. The profile is the given one, or that of the last file with the same
    heads. Raises DomainError for what cannot be an import; then nothing was stored.
    """
    batch = prepare(school, upload, name, by=by, profile=profile, options=options)
    with transaction.atomic():
        batch.save()
        record(by, "import received", batch, kind=batch.kind, size=batch.size)
    return batch


def prepare(  # a file has these parts, each named at the call
    school: School,
    upload: Any,
    name: str,
    *,
    by: User | None,
    profile: ImportProfile | None = None,
    options: dict[str, Any] | None = None,
) -> ImportBatch:
    """The file is stored, the import is not yet: who only wants to look forgets the file afterwards."""
    check_may_import(by, school)
    taken = intake.take_in(upload, name)
    batch = ImportBatch(school=school, kind=taken.kind, by=by, file_name=name[-160:], options=_checked(options or {}))
    batch.path, batch.size, batch.sha256 = taken.path, taken.size, taken.sha256
    try:
        _recognise(batch, profile)
    except BaseException:
        delete([taken.path])
        raise
    return batch


def _recognise(batch: ImportBatch, profile: ImportProfile | None) -> None:
    if profile is not None and profile.kind != batch.kind:
        facts = {"name": profile.name, "expected": profile.get_kind_display(), "came": batch.get_kind_display()}
        sentence = _(
            "The profile “%(name)s” is for files of the kind %(expected)s, but this file is of the kind %(came)s."
        )
        raise DomainError(sentence % facts, code="wrong_kind")
    try:
        heads, guessed = guess(batch)
    except Unreadable:  # looking it over will say so, with its findings
        heads, guessed = "", {}
    batch.options["heads"] = heads
    batch.profile = profile or profile_for(batch.school, batch.kind, heads)
    batch.mapping = batch.profile.mapping if batch.profile else guessed
    batch.source = batch.profile.source if batch.profile else usual_source(batch)


def usual_source(batch: ImportBatch) -> str:
    """Ids belong to the system they come from. Of a spreadsheet nobody told it, so each file is a system of its own."""
    if batch.kind == ImportKind.ONEROSTER:
        return "oneroster"
    said = str(batch.mapping.get("source") or "")
    return (said or slugify(batch.file_name.rpartition(".")[0].replace("ß", "ss")) or "spreadsheet")[:SOURCE_LENGTH]


def _checked(options: dict[str, Any]) -> dict[str, Any]:
    if unknown := set(options) - OPTIONS:
        raise ValueError(f"no options {sorted(unknown)}")
    return {name: value for name, value in options.items() if value}


@transaction.atomic
def choose_mapping(
    batch: ImportBatch, mapping: dict[str, Any], *, by: User | None, source: str, save_as: str = ""
) -> None:
    """How the file is to be read from now on; what was planned is forgotten. `mapping` is a Mapping as JSON. With
    `save_as` it is kept as a profile of that name for the next file. Raises Conflict while it is busy or applied.
    """
    check_may_import(by, batch.school)
    source = source.strip()[:SOURCE_LENGTH]
    if not source:
        raise DomainError(_("Say which system this file comes from; its ids belong to it."), code="no_source")
    batch.mapping, batch.source = mapping, source
    if save_as.strip():
        batch.profile = save_profile(batch.school, save_as, kind=batch.kind, source=source, mapping=mapping, by=by)
    _begin_anew(batch, mapping=mapping, source=source, profile=batch.profile)
    record(by, "import mapping chosen", batch, profile=batch.profile_id)


@transaction.atomic
def choose_options(
    batch: ImportBatch, *, by: User | None, truncate: bool | None = None, set_aside: bool | None = None
) -> None:
    """Whether rows of this source that the file does not name go, and whether rows with errors are left out. What was
    planned is forgotten, so order a new plan afterwards.
    """
    check_may_import(by, batch.school)
    said = {"truncate": truncate, "set_aside": set_aside}
    batch.options = {**batch.options, **{name: value for name, value in said.items() if value is not None}}
    _begin_anew(batch, options=batch.options)
    record(by, "import options chosen", batch, **{name: bool(batch.options.get(name)) for name in said})


def may_discard(batch: ImportBatch) -> bool:
    return batch.state in OPEN


@transaction.atomic
def discard(batch: ImportBatch, *, by: User | None) -> None:
    """It is not to be applied, and its file is let go. Raises Conflict if it was applied or somebody is at it."""
    check_may_import(by, batch.school)
    files = (batch.path, batch.findings_path, batch.changes_path, batch.lists_path)
    _change_open(batch, state=ImportState.DISCARDED, path="", findings_path="", changes_path="", lists_path="")
    delete_after_commit(*files)
    record(by, "import discarded", batch)


def _begin_anew(batch: ImportBatch, **facts: Any) -> None:
    files = (batch.findings_path, batch.changes_path, batch.lists_path)
    paths = {"findings_path": "", "changes_path": "", "lists_path": ""}
    nothing = {"findings": {}, "plan": {}, **paths, "fingerprint": "", "refusal": ""}
    _change_open(batch, state=ImportState.RECEIVED, **nothing, **facts)
    delete_after_commit(*files)


def _change_open(batch: ImportBatch, **facts: Any) -> None:
    """Only while the import is open; whoever was slower than another person is told."""
    settled(batch)
    if not ImportBatch.objects.filter(pk=batch.pk, state__in=OPEN).update(**facts):
        raise Conflict(_("This import is “%s” by now, so nothing of it can be chosen any more.") % _now(batch))
    for name, value in facts.items():
        setattr(batch, name, value)


def _now(batch: ImportBatch) -> str:
    return ImportBatch.objects.only("state").get(pk=batch.pk).get_state_display()
