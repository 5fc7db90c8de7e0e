"""The watched folder: files that other systems drop into <folder>/<school's slug>/<profile's name>/ are taken in, looked over,
and applied if nothing speaks against it. Whatever cannot be applied so waits for a person.
"""

import logging
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from django.core.cache import cache
from django.db.models import QuerySet
from redis.exceptions import RedisError

from portal.accounts.models import User
from portal.jobs.running import Progress
from portal.kit.errors import DomainError
from students.importing import batches, told
from students.importing.batches.looking_over import in_words, keep, look_over
from students.importing.findings import Finding, Findings
from students.models import ImportBatch, ImportProfile, ImportState, School, SchoolKind

logger = logging.getLogger("students.importing")
SETTLED_SECONDS = 60  # a file that was touched within them may still be growing
BUSY_KEY, BUSY_SECONDS = "imports:folder", 900
DONE, REFUSED = "done", "refused"
LONGEST_NAME = 255  # bytes
CAME, LIES = "nightly", "lies"  # in the options of an import: which file it was, and where it lies now


@dataclass(frozen=True)
class Found:
    profile: ImportProfile
    path: Path
    came: str  # the same for the same file, wherever it was moved to


def collect(folder: Path, *, now: datetime) -> int:
    """Take in what has come and has not grown for a minute. Returns how many files; one collector at a time."""
    try:
        if not cache.add(BUSY_KEY, 1, BUSY_SECONDS):
            return 0
    except (RedisError, OSError):
        return 0  # without it two could take the same file
    try:
        return sum(_take(found) for found in _waiting(folder, now.timestamp() - SETTLED_SECONDS))
    finally:
        cache.delete(BUSY_KEY)


def _waiting(folder: Path, settled: float) -> Iterator[Found]:
    for own, profile in places(folder):
        for path, came in _files(own, settled):
            if profile:
                yield Found(profile, path, came)
            else:
                _move(path, REFUSED, f"no-profile-{path.name}")


def places(folder: Path) -> Iterator[tuple[Path, ImportProfile | None]]:
    """Only places that lie in the folder are looked at, and then asked which school and profile they are. So no name of
    a profile leads outside, and neither does a link.
    """
    for place in _folders(folder):
        school = School.objects.filter(slug=place.name, kind=SchoolKind.SCHOOL).first()
        if school is None:
            continue
        profiles = {each.name: each for each in ImportProfile.objects.filter(school=school).select_related("keeper")}
        for own in _folders(place):
            yield own, profiles.get(own.name)


def _entries(place: Path) -> list[tuple[Path, os.stat_result]]:
    """What lies there, links as links. A place that nobody may read, or a file that its sender just named otherwise, keeps
    no other waiting.
    """
    found = []
    try:
        with os.scandir(place) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    found.append((Path(entry.path), entry.stat(follow_symlinks=False)))
    except OSError as error:
        logger.warning("import folder not read", exc_info=error)
    return [(path, facts) for path, facts in found if not path.name.startswith(".")]


def _folders(place: Path) -> list[Path]:
    return sorted(path for path, facts in _entries(place) if stat.S_ISDIR(facts.st_mode) and _is_text(path.name))


def _files(own: Path, settled: float) -> list[tuple[Path, str]]:
    """The oldest first, and by what each is known again. A link is put aside unread, whatever it leads to; hidden files
    belong to whoever writes them.
    """
    found = []
    for path, facts in _entries(own):
        if stat.S_ISDIR(facts.st_mode):
            continue
        if not stat.S_ISREG(facts.st_mode) or facts.st_nlink > 1 or not _is_text(path.name):
            _move(path, REFUSED, f"no-file-{path.name}")
        elif max(facts.st_mtime, facts.st_ctime) <= settled:  # senders may set the first, never the second
            found.append((facts.st_mtime, path, f"{facts.st_ino}:{facts.st_size}:{facts.st_mtime_ns}"))
    return [(path, came) for _, path, came in sorted(found)]


def _is_text(name: str) -> bool:
    """No database takes a name in another encoding, and one such file must not keep all others waiting."""
    return name.isprintable() and name.encode(errors="replace").decode() == name


def _take(found: Found) -> int:
    """Once, even if the worker was killed after it took the file and before it moved it."""
    mine = ImportBatch.objects.filter(profile=found.profile, **{f"options__{CAME}": found.came})
    try:
        batch = mine.first() or _received(found)
    except OSError as error:
        logger.warning("file of the import folder left for later", exc_info=error)
        return 0
    _file_away(batch, found.path, REFUSED if batch.state == ImportState.REFUSED else DONE)
    return 1


def _received(found: Found) -> ImportBatch:
    """Nobody brought it. A file that is none we know leaves an import as well, which says why it was refused."""
    school, name = found.profile.school, found.path.name
    try:
        with _opened(found.path) as file:
            return batches.receive(school, file, name, by=None, profile=found.profile, options={CAME: found.came})
    except DomainError as refusal:
        findings = Findings()
        findings.add(Finding(refusal.code, name, 0, "", "", refusal.sentence))
        return ImportBatch.objects.create(
            school=school, profile=found.profile, kind=found.profile.kind, source=found.profile.source, file_name=name[-160:],
            state=ImportState.REFUSED, refusal=refusal.sentence[:400], options={CAME: found.came},
            findings=told.as_json(told.tell_findings(findings, 0)),
        )  # fmt: skip


def _opened(path: Path) -> BinaryIO:
    """Never through a link, should it have become one since it was looked at."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb")


def _file_away(batch: ImportBatch, path: Path, where: str) -> None:
    """Beside its folder, with the number under which the school finds the import."""
    lies = _move(path, where, f"{batch.pk}-{path.name}")
    batch.options = {**batch.options, LIES: str(lies)}
    batch.save(update_fields=["options"])


def _move(path: Path, where: str, name: str) -> Path:
    """A file that cannot be moved is tried again at the next turn; what came of it is known by then."""
    place = path.parent / where
    try:
        place.mkdir(exist_ok=True)
        if place.is_symlink():
            raise NotADirectoryError(where)
        lies = place / _fitting(name)
        path.rename(lies)
    except OSError as error:
        logger.warning("file of the import folder not moved", exc_info=error)
        return path
    return lies


def _fitting(name: str) -> str:
    """The number before a name may make it longer than any file system takes; and it is kept with the import as text."""
    told = "".join(sign if sign.isprintable() else "_" for sign in name)
    while len(told.encode()) > LONGEST_NAME:
        told = f"{told[: len(told) // 2 - 1]}{told[len(told) // 2 :]}"
    return told


def waiting_for_order() -> QuerySet[ImportBatch]:
    """Files that were taken in and for which nobody was rung yet."""
    came = ImportBatch.objects.filter(state=ImportState.RECEIVED, job_id=None, **{f"options__{CAME}__isnull": False})
    return came.select_related("school", "profile__keeper").order_by("pk")


def keeper_of(batch: ImportBatch) -> User | None:
    """Under whose name it is applied: who keeps the profile, as long as they may import."""
    keeper = batch.profile.keeper if batch.profile else None
    return keeper if keeper is not None and batches.may_import(keeper, batch.school) else None


def work_through(batch: ImportBatch, *, on: date, at: datetime, progress: Progress) -> None:
    """Look it over; apply it if the profile says so, there is no error, no guard asks, and its keeper still may."""
    by = keeper_of(batch)
    looked = look_over(batch, by=by, on=on, progress=progress)
    plan = looked.plan
    by_itself = bool(
        by and plan and plan.does and not plan.told.guards and not looked.findings.errors and _is_nightly(batch)
    )

    def then() -> None:
        if by_itself:
            ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.APPLYING)
        else:
            progress.finish(in_words(looked))

    keep(batch, looked, on=on, progress=progress, then=then)
    if plan is None:
        _put_with_refused(batch)
    if by_itself:
        batch.state = ImportState.APPLYING
        batches.apply(batch, batch.fingerprint, by=by, at=at, progress=progress)


def _is_nightly(batch: ImportBatch) -> bool:
    return batch.profile is not None and batch.profile.is_nightly


def _put_with_refused(batch: ImportBatch) -> None:
    """It could be taken in and not be read."""
    lies = Path(batch.options.get(LIES, ""))
    if lies.parent.name == DONE:
        with suppress(OSError):
            refused = lies.parent.with_name(REFUSED)
            refused.mkdir(exist_ok=True)
            lies.rename(refused / lies.name)
