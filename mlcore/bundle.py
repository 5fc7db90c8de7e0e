"""What a trained version is on disk: one signed file, whose signature is checked before anything in it is unpickled.

magic · format and lengths · header (JSON: all that is plain) · payload (what only Python can hold) · HMAC-SHA256 of it all.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from mlcore.background import Reference
from mlcore.errors import BadBundle, MLError
from mlcore.features.base import Feature, FeatureKind, MatrixSchema
from mlcore.fingerprint import fingerprint as fingerprint
from mlcore.pickling import freeze, thaw
from mlcore.plain import plain
from mlcore.report import HistoryStep, Sufficiency
from mlcore.versions import installed, refusal

MAGIC = b"FOREMARK-BUNDLE\n"
FORMAT = 1
SCHEMA_NUMBER = 1  # raised when a feature comes to mean something else under the same name
LENGTHS = struct.Struct(">HIQ")  # format, bytes of the header, bytes of the payload
SIGNATURE = 32
OPENED = ("champion", "ranges", "explainer", "reference")  # in the payload; all other fields are in the header


@dataclass(frozen=True)
class Bundle:
    """A trained version. `report` is plain data, as JSON gives it back; `reference`: what drift is told against."""

    schema: MatrixSchema
    champion: Any  # a fitted estimator: .predict(Matrix.values)
    ranges: Any  # mlcore.ranges.Ranges
    explainer: Any  # mlcore.explain.Explainer
    reference: Reference
    sufficiency: Sufficiency
    report: Mapping[str, Any]
    seed: int
    versions: Mapping[str, str] = field(default_factory=installed)
    format: int = FORMAT
    schema_number: int = SCHEMA_NUMBER

    @classmethod
    def of(cls, *, report: Mapping[str, Any], **others: Any) -> Bundle:
        """From a report that is not plain yet (tuples, NaN), so that the bundle is the same before and after saving."""
        return cls(report=plain(report), **others)

    @property
    def spec(self) -> Mapping[str, Any]:
        return dict(self.report["spec"])

    @property
    def fingerprint(self) -> str:
        return str(self.report["data"]["fingerprint"])

    @property
    def boundaries(self) -> tuple[float, ...]:
        return tuple(self.report["spec"]["boundaries"])

    @property
    def longest_lead(self) -> int:
        return int(max(self.report["spec"]["leads"]))

    @property
    def subjects(self) -> tuple[str, ...]:
        return tuple(self.report["data"]["subjects"])

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(self.report["data"]["kinds"])


def dumps(bundle: Bundle, key: bytes) -> bytes:
    """The same bytes for the same bundle, on the same platform and libraries: no clock, no path, no order of sets."""
    header = json.dumps(_header(bundle), sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    payload = freeze({name: getattr(bundle, name) for name in OPENED})
    body = MAGIC + LENGTHS.pack(bundle.format, len(header), len(payload)) + header + payload
    return body + _signature(body, key)


def loads(data: bytes, key: bytes) -> Bundle:
    """Raises BadBundle; code: foreign, truncated, tampered, too_new, other_schema, other_libraries or unreadable."""
    header, payload = _parts(data, key)
    if header["schema_number"] != SCHEMA_NUMBER:
        raise BadBundle(
            f"This bundle was made when features had other meanings (number {header['schema_number']}, here "
            f"{SCHEMA_NUMBER}); train again.",
            "other_schema",
        )
    if sentence := refusal(header["versions"]):
        raise BadBundle(sentence, "other_libraries")
    plain = {**header, "schema": _schema(header["schema"]), "sufficiency": _sufficiency(header["sufficiency"])}
    return Bundle(**plain, **thaw(payload))


def peek(data: bytes, key: bytes) -> dict[str, Any]:
    """All that is plain in a bundle (report with its spec and fingerprint, features, versions); nothing is unpickled."""
    return _parts(data, key)[0]


def checksum(data: bytes) -> str:
    """The content address of a bundle."""
    return hashlib.sha256(data).hexdigest()


def _header(bundle: Bundle) -> dict[str, Any]:
    told = {each.name: getattr(bundle, each.name) for each in fields(bundle) if each.name not in OPENED}
    schema = {"features": [asdict(each) for each in bundle.schema.features], "words": bundle.schema.words}
    header: dict[str, Any] = plain(told | {"schema": schema, "sufficiency": asdict(bundle.sufficiency)})
    return header


def _schema(told: Mapping[str, Any]) -> MatrixSchema:
    features = tuple(Feature(**each | {"kind": FeatureKind(each["kind"])}) for each in told["features"])
    return MatrixSchema(features, tuple(tuple(words) for words in told["words"]))


def _sufficiency(told: Mapping[str, Any]) -> Sufficiency:
    return Sufficiency(**{**told, "steps": tuple(HistoryStep(**step) for step in told["steps"])})


def _parts(data: bytes, key: bytes) -> tuple[dict[str, Any], bytes]:
    """Header and payload, once all is known to be whole, ours and of a format that is understood."""
    start = data[: len(MAGIC)]
    if start != MAGIC and not (MAGIC.startswith(start) and len(start) < len(MAGIC)):
        raise BadBundle("This file is not a Foremark bundle.", "foreign")
    head = len(MAGIC) + LENGTHS.size
    if len(data) < head + SIGNATURE:
        raise BadBundle(_TRUNCATED, "truncated")
    number, header, payload = LENGTHS.unpack(data[len(MAGIC) : head])
    if number == FORMAT and len(data) < head + header + payload + SIGNATURE:
        raise BadBundle(_TRUNCATED, "truncated")
    if not hmac.compare_digest(_signature(data[:-SIGNATURE], key), data[-SIGNATURE:]):
        raise BadBundle(_TAMPERED, "tampered")
    if number > FORMAT:
        raise BadBundle(
            f"This bundle has format {number}, and this Foremark knows formats up to {FORMAT}: "
            "update Foremark, or train again.",
            "too_new",
        )
    return json.loads(data[head : head + header]), data[head + header : head + header + payload]


def _signature(body: bytes, key: bytes) -> bytes:
    if not key:
        raise MLError("A bundle needs a key to be signed and opened; the key that was given is empty.", "no_key")
    return hmac.new(key, body, hashlib.sha256).digest()


_TRUNCATED = "This bundle is not whole: its end is missing. Fetch or copy it again."
_TAMPERED = "This bundle was changed after it was signed, or signed with another key; it was not opened."
