"""One structured line per event, tied together by a request or job id; never a name, a score or a query string."""

import json
import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

FACTS = ("method", "path", "status", "ms", "user", "job", "task", "queue", "state", "rows",
         "school", "batch", "read", "added", "changed", "ended", "removed", "rejected", "seconds")  # fmt: skip
_request_id: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    return _request_id.get()


@contextmanager
def under_request(identity: str) -> Iterator[None]:
    """Every line and audit event inside carries this id."""
    token = _request_id.set(identity)
    try:
        yield
    finally:
        _request_id.reset(token)


def _event(record: logging.LogRecord) -> str:
    """The message without what it quotes of an exception; of a failed task not Celery's, which quotes the trace too."""
    facts = record.args
    if record.exc_info and isinstance(facts, Mapping) and "exc" in facts:
        return f"task {facts.get('name')} {facts.get('description')}"
    told = record.getMessage()
    # A mail server's refusal names the address, and Django puts it into the line about what failed after commit.
    quoted = str(record.exc_info[1] or "") if record.exc_info else ""
    return told.replace(quoted, "…") if quoted else told


class OneLine(logging.Formatter):
    """JSON on one line. Of an exception it tells type and places, not the message: that may hold a child's data."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"at": moment, "level": record.levelname.lower(), "logger": record.name}
        line["event"] = _event(record)
        if request_id():
            line["request"] = request_id()
        line.update({fact: getattr(record, fact) for fact in FACTS if hasattr(record, fact)})
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = type(record.exc_info[1]).__name__
            frames = traceback.extract_tb(record.exc_info[2])[-12:]
            line["trace"] = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, ensure_ascii=False, default=str)
