"""How the files of one source are read, kept by name: chosen again when a file with the same heads comes, saved, forgotten."""

import hashlib
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit.record import record
from portal.kit.errors import Conflict, DomainError
from students.importing import intake
from students.importing.batches.rights import check_may_import
from students.importing.spreadsheet import look_at
from students.importing.spreadsheet.mapping_file import as_json
from students.models import ImportBatch, ImportKind, ImportProfile, School


def profile_for(school: School, kind: str, heads: str) -> ImportProfile | None:
    """That of the newest import whose file had the same heads."""
    if not heads:
        return None
    same = ImportBatch.objects.filter(school=school, kind=kind, options__heads=heads, profile__isnull=False)
    newest = same.select_related("profile").first()
    return newest.profile if newest else None


def guess(batch: ImportBatch) -> tuple[str, dict[str, Any]]:
    """By what the file's heads are known again, and how it could be read, as JSON. Raises Unreadable."""
    if batch.kind == ImportKind.ONEROSTER:
        return "oneroster", {}
    with intake.opened(batch.path) as file:
        seen = look_at(file, batch.file_name, batch.school.today())
    heads = hashlib.sha256("\x1f".join(seen.heads).encode()).hexdigest()
    return heads, as_json(seen.guess)


@transaction.atomic
def save_profile(  # a profile has these parts, each named at the call
    school: School,
    name: str,
    *,
    kind: str,
    source: str,
    mapping: dict[str, Any],
    by: User | None,
    is_nightly: bool | None = None,
) -> ImportProfile:
    """New, or what the profile of this name is from now on. Whoever saves it keeps it: by night it is applied under
    their name. `is_nightly=None` leaves that as it is. Raises Conflict if the name is taken by another kind of file.
    """
    check_may_import(by, school)
    name = name.strip()[:80]
    if not name or "/" in name or name.startswith("."):
        raise DomainError(_("Give the profile a name without “/” that does not begin with a dot."), code="no_name")
    profile = ImportProfile.objects.filter(school=school, name=name).first() or ImportProfile(school=school, name=name)
    if profile.pk and profile.kind != kind:
        raise Conflict(_("“%(name)s” is a profile for %(kind)s files.") % _told(profile))
    profile.kind, profile.source, profile.mapping, profile.keeper = kind, source, mapping, by
    if is_nightly is not None:
        profile.is_nightly = is_nightly
    profile.save()
    record(by, "import profile saved", profile, kind=kind, is_nightly=profile.is_nightly)
    return profile


def _told(profile: ImportProfile) -> dict[str, str]:
    return {"name": profile.name, "kind": profile.get_kind_display()}


@transaction.atomic
def forget_profile(profile: ImportProfile, *, by: User | None) -> None:
    """Imports that were read by it keep their own copy of the mapping."""
    check_may_import(by, profile.school)
    record(by, "import profile forgotten", profile)
    profile.delete()
