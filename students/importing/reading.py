"""The one question to both readers: what does the file of this import say."""

from collections.abc import Callable
from datetime import date
from typing import Any

from students.importing import intake, oneroster, spreadsheet
from students.importing.findings import Finding, Findings, Unreadable
from students.importing.incoming import Incoming
from students.importing.limits import BLOCK_ROWS, rows_at_once
from students.importing.mapping import Mapping
from students.importing.protected import protected_indicators
from students.importing.spreadsheet.mapping_file import MappingFaults, from_json
from students.models import ImportBatch, ImportKind


def read(
    batch: ImportBatch, findings: Findings, progress: Callable[..., Any], *, on: date, with_protected: bool = False
) -> Incoming:
    """In blocks, so that memory stays bounded. Raises Unreadable where nothing of it can be read."""
    mapping = mapping_of(batch)
    token = rows_at_once.set(batch.options.get("block") or BLOCK_ROWS)
    try:
        return _read(batch, mapping, findings, progress, on=on, with_protected=with_protected)
    finally:
        rows_at_once.reset(token)


def _read(  # the parts of one reading
    batch: ImportBatch,
    mapping: Mapping,
    findings: Findings,
    progress: Callable[..., Any],
    *,
    on: date,
    with_protected: bool,
) -> Incoming:
    with intake.opened(batch.path) as file:
        if batch.kind == ImportKind.ONEROSTER:
            return oneroster.read_bundle(file, mapping, findings, progress, on=on, with_protected=with_protected)
        closed = None if with_protected else protected_indicators(batch.school)
        return spreadsheet.read_sheet(
            file, batch.file_name, mapping, findings, progress, on=on, with_protected=with_protected, closed=closed
        )


def mapping_of(batch: ImportBatch) -> Mapping:
    """With the import's own source, whatever the mapping says. Raises Unreadable for one that is none (any more)."""
    try:
        return from_json({**batch.mapping, "source": batch.source})
    except MappingFaults as faults:
        raise Unreadable(Finding("mapping", batch.file_name, 0, "", "", faults.sentence)) from faults
