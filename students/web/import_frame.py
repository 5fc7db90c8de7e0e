"""What the pages of imports share: whose school they are about, one import, its steps, and the job that works on it."""

from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.jobs.models import Job
from portal.jobs.pulse import with_latest
from portal.jobs.remaining import time_left
from portal.jobs.telling import sentence_of
from portal.kit.errors import NotAllowed
from portal.kit.scoping import fetch, grants_of
from students.models import ImportBatch, School
from students.models.imports import ImportState
from students.roles import KEEPERS
from students.web.frame import Item
from students.web.standpoint import standpoint

S = ImportState
CHANGEABLE = frozenset({S.RECEIVED, S.PLANNED, S.REFUSED})  # nothing was written yet, and the file is still there
OVER = frozenset({S.APPLIED, S.UNDONE, S.DISCARDED})
REACHED = {
    S.RECEIVED: "columns", S.READING: "columns", S.REFUSED: "findings", S.PLANNED: "plan", S.DISCARDED: "file",
    S.APPLYING: "plan", S.APPLIED: "done", S.UNDOING: "done", S.UNDONE: "done",
}  # fmt: skip


def signed_in(request: HttpRequest) -> User:
    return cast(User, request.user)


def school_of_data(request: HttpRequest) -> School:
    """The school in view, if this person leads it or keeps its office. Raises NotAllowed. One query."""
    here = standpoint(request)
    if here.school is None or here.school.pk not in grants_of(request.user).of(KEEPERS):
        raise NotAllowed(_("Only leaders and the office bring data in or take it out."))
    return School.objects.get(pk=here.school.pk)


def batch_of(request: HttpRequest, pk: int, *, verb: str = "view") -> ImportBatch:
    """One import of any school this person keeps; every other does not exist here."""
    rows = ImportBatch.objects.select_related("school", "profile", "by", "applied_by", "undone_by")
    found: ImportBatch = fetch(rows, request.user, verb=verb, pk=pk)
    return found


def data_tabs(current: str) -> list[Item]:
    """`current` is the name of the address of this page."""
    pages = (
        (_("Overview"), "data"), (_("Imports"), "imports"), (_("Profiles"), "import-profiles"), (_("Take out"), "data-out")
    )  # fmt: skip
    return [Item(label, reverse(name), "page" if name == current else "") for label, name in pages]


@dataclass(frozen=True, slots=True)
class Step:
    """`state` is done, now or ahead; `url` is empty where there is nothing to open yet, or no more."""

    key: str
    label: str
    url: str
    state: str
    is_current: bool


def steps_of(batch: ImportBatch, current: str = "") -> list[Step]:
    """The way of one import. `current` is the step of this page; without it, the one that was reached."""
    reached = "findings" if next_page(batch) == "import-findings" else REACHED[S(batch.state)]
    labels = {
        "file": _("File"), "columns": _columns_label(batch), "findings": _("Findings"), "plan": _("Plan"),
        "done": _("Done"),
    }  # fmt: skip
    keys = list(labels)
    place, shown, urls = keys.index(reached), current or reached, _addresses(batch)
    return [
        Step(key, labels[key], urls.get(key, ""), _state(number, place, batch), key == shown)
        for number, key in enumerate(keys)
    ]


def _columns_label(batch: ImportBatch) -> str:
    return _("Columns") if batch.kind == ImportBatch.Kind.SPREADSHEET else _("Line items")


def _state(number: int, place: int, batch: ImportBatch) -> str:
    if number < place or batch.state in (S.APPLIED, S.UNDONE):
        return "done"
    return "now" if number == place else "ahead"


def _addresses(batch: ImportBatch) -> dict[str, str]:
    pages = {"file": "import"}
    if batch.state in CHANGEABLE:
        pages["columns"] = "import-columns"
    if batch.findings and not batch.is_busy:
        pages["findings"] = "import-findings"
    if batch.plan and not batch.is_busy:
        pages["plan"] = "import-plan"
    if batch.state in OVER:
        pages["done"] = "import"
        del pages["file"]
    return {key: reverse(name, args=[batch.pk]) for key, name in pages.items()}


@dataclass(frozen=True, slots=True)
class Work:
    """The newest job about an import, as its page tells it. Only who ordered it may stop it."""

    job: Job
    sentence: str
    left: str
    may_stop: bool

    @property
    def runs(self) -> bool:
        return not self.job.has_ended

    @property
    def has_failed(self) -> bool:
        return self.job.state in (Job.State.FAILED, Job.State.CANCELLED)


def work_on(batch: ImportBatch, user: Any) -> Work | None:
    """One query; who may see the import may see how far it is, whoever ordered it."""
    job = Job.objects.filter(pk=batch.job_id).first() if batch.job_id else None
    if job is None:
        return None
    if not job.has_ended:
        job = with_latest(job)
    may_stop = not job.has_ended and job.requested_by_id == user.pk and job.cancel_asked_at is None
    return Work(job, sentence_of(job), time_left(job, timezone.now()), may_stop)


def head_of(request: HttpRequest, batch: ImportBatch, current: str = "") -> dict[str, Any]:
    """What stands above every page of one import; `stumbled` says why its last job came to nothing."""
    work = work_on(batch, request.user)
    stumbled = work.sentence if work and work.has_failed and batch.state not in (S.DISCARDED, S.UNDONE) else ""
    return {"batch": batch, "steps": steps_of(batch, current), "work": work, "stumbled": stumbled}


def next_page(batch: ImportBatch) -> str:
    """Where an import goes on, for links and after a job: the name of an address."""
    if batch.state == S.RECEIVED:
        return "import-columns"
    if batch.state == S.PLANNED:
        errors = batch.findings.get("errors", 0)
        return "import-findings" if errors and not batch.is_set_aside else "import-plan"
    return "import"
