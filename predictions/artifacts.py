"""Trained models as stored bytes: named by their SHA-256, signed, and refused with a sentence when they are not what they were.

The storage is private: a folder of the machine or a bucket (`ARTIFACT_BUCKET`). Nothing in it is ever overwritten.
"""

import errno
import hashlib
import hmac
import logging
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import uuid4

import numpy as np
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.translation import gettext as _

from mlcore.bundle import Bundle, checksum, dumps, loads
from mlcore.errors import BadBundle
from mlcore.features.base import Matrix
from mlcore.predict import predict_matrix
from portal.kit.errors import DomainError
from portal.storage import failures
from predictions.models import ModelVersion
from predictions.packing import as_stored
from predictions.wording import in_own_words

logger = logging.getLogger("predictions.artifacts")
KEPT_OPEN = 4
DAY = 86_400
FAILURES = failures()
CLOSE = 1e-4  # points of 100; libraries of another build may round the last digits otherwise
_open: "OrderedDict[str, Bundle]" = OrderedDict()
_lock = Lock()


class BadArtifact(DomainError):
    """A stored model that cannot serve: missing, changed, or answering otherwise than it did."""

    status = 409
    code = "bad_artifact"


class NotStored(DomainError):
    """The storage took no more; nothing was registered."""

    status = 507
    code = "not_stored"


def keys() -> tuple[bytes, ...]:
    """The first signs, all of them open: so a key is rotated by putting a new one in front."""
    named = settings.ARTIFACT_KEYS or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return tuple(hmac.new(key.encode(), b"foremark artifacts", hashlib.sha256).digest() for key in named)


def storage() -> Storage:
    return storages["artifacts"]


def name_of(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}.bundle"


def written(bundle: Bundle) -> bytes:
    """Without the worst cases: they are results of single students, and a stored model is kept for good and may be told
    to others. The run's own report has them.
    """
    return dumps(replace(bundle, report={**bundle.report, "worst": []}), keys()[0])


def store(data: bytes) -> str:
    """Keep these bytes; the same bytes twice are kept once. Returns their name. Raises NotStored, leaving nothing."""
    sha256, place = checksum(data), storage()
    name = name_of(sha256)
    if _is_whole(place, name, sha256):
        return sha256
    part = f"{name}.{uuid4().hex}.part"
    try:
        _write(place, part, name, data)
    except FAILURES as error:
        _forget(place, part)
        full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
        told = _("there is no space left") if full else _("the storage did not take it")
        raise NotStored(_("The model could not be stored: %s. Nothing was registered.") % told) from error
    if not _is_whole(place, name, sha256):
        _forget(place, name)
        raise NotStored(_("The model could not be stored whole. Nothing was registered."))
    return sha256


def _write(place: Storage, part: str, name: str, data: bytes) -> None:
    """In a folder under a name of its own first, and then moved in one step: two workers with the same model do not meet,
    and a killed one leaves no half file under the name. A bucket shows nothing before it has everything.
    """
    if not isinstance(place, FileSystemStorage):
        place.delete(name)
        place.save(name, ContentFile(data))
        return
    _forget_old_parts(place, name)
    place.save(part, ContentFile(data))
    Path(place.path(part)).replace(place.path(name))


def _forget_old_parts(place: FileSystemStorage, name: str) -> None:
    """What workers left that were killed while they wrote, and whose training was then given up."""
    folder = Path(place.path(name)).parent
    for left in folder.glob("*.part") if folder.exists() else ():
        if time.time() - left.stat().st_mtime > DAY:
            left.unlink(missing_ok=True)


def _is_whole(place: Storage, name: str, sha256: str) -> bool:
    return place.exists(name) and checksum(_read(place, name)) == sha256


def _forget(place: Storage, name: str) -> None:
    try:
        place.delete(name)
    except FAILURES as error:
        logger.warning("half an artifact stays", exc_info=error, extra={"artifact": name})


def _read(place: Storage, name: str) -> bytes:
    with place.open(name) as file:
        return bytes(file.read())


def fetch(version: ModelVersion) -> bytes:
    """The stored bytes, exactly as they were written. Raises BadArtifact."""
    place, name = storage(), name_of(version.sha256)
    try:
        data = _read(place, name)
    except FAILURES as error:
        raise BadArtifact(
            _("%(version)s cannot be opened: its stored model is missing.") % {"version": version},
            code="missing_artifact",
        ) from error
    if checksum(data) != version.sha256:
        raise BadArtifact(
            _("%(version)s was not opened: its stored model was changed since it was made.") % {"version": version},
            code="tampered_artifact",
        )
    return data


def opened(version: ModelVersion) -> Bundle:
    """The model, ready to answer; the last few stay open in this process. Raises BadArtifact."""
    with _lock:
        if version.sha256 in _open:
            _open.move_to_end(version.sha256)
            return _open[version.sha256]
    bundle = _loaded(fetch(version), version)
    _check_probe(bundle, version)
    with _lock:
        _open[version.sha256] = bundle
        while len(_open) > KEPT_OPEN:
            _open.popitem(last=False)
    return bundle


def checked(version: ModelVersion) -> Bundle:
    """The model, once its stored bytes were looked at anew: others will have to open them, though it may be open here.
    Raises BadArtifact.
    """
    fetch(version)
    return opened(version)


def forget_opened() -> None:
    with _lock:
        _open.clear()


def _loaded(data: bytes, version: ModelVersion) -> Bundle:
    for bundle in _with_each_key(data, version):
        return bundle
    told = _("%(version)s was not opened: it was signed with a key that is not known here.") % {"version": version}
    raise BadArtifact(told, code="tampered_artifact")


def _with_each_key(data: bytes, version: ModelVersion) -> Iterator[Bundle]:
    for key in keys():
        try:
            yield loads(data, key)
        except BadBundle as error:
            if error.code != "tampered":
                raise BadArtifact(f"{version}: {in_own_words(error.sentence)}", code=error.code) from error


def probe_of(bundle: Bundle) -> dict[str, Any]:
    """One made-up row in the middle of what the version learned from, and what it says of it."""
    row = np.array([[_middle(column) for column in bundle.reference.columns]])
    values = as_stored(row)
    said = predict_matrix(bundle, Matrix(bundle.schema, values))
    return {"row": [None if np.isnan(each) else float(each) for each in values[0]], "says": _said(said)}


def _middle(column: Any) -> float:
    if column.is_category:
        return float(np.argmax(column.shares)) if len(column.shares) else float("nan")
    return float(column.mean)


def _said(said: Any) -> list[float]:
    return [float(said.scores[0]), float(said.ranges.low_80[0]), float(said.ranges.high_80[0])]


def _check_probe(bundle: Bundle, version: ModelVersion) -> None:
    """Code that has changed since may open a model and yet answer otherwise; better no score than another one."""
    if not version.probe:
        return
    row = np.array([[np.nan if each is None else each for each in version.probe["row"]]])
    said = _said(predict_matrix(bundle, Matrix(bundle.schema, row)))
    if not np.allclose(said, version.probe["says"], atol=CLOSE, equal_nan=True):
        told = _("%(version)s was not used: it no longer says what it said when it was made. Train again.") % {
            "version": version
        }
        raise BadArtifact(told, code="other_answer")
