"""Where the queue that comes in a wheel listens, so that a machine without Redis needs no server."""

import hashlib
import os
import tempfile
from pathlib import Path

LONGEST_SOCKET_PATH = 100  # the kernel allows 107 bytes for the path of a unix socket


def socket_path(var: Path) -> Path:
    """A socket inside `var`, or in a private folder of its own where that path would be too long for the kernel."""
    wanted = var / "valkey.sock"
    if len(os.fsencode(wanted)) <= LONGEST_SOCKET_PATH:
        return wanted
    mark = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"foremark-{os.getuid()}-{mark}" / "valkey.sock"


def address(var: Path) -> str:
    return f"unix://{socket_path(var)}"


def is_embedded(redis_url: str) -> bool:
    return redis_url.startswith("unix://")


def broker_url(redis_url: str) -> str:
    """Celery's name for the same place."""
    return redis_url.replace("unix://", "redis+socket://", 1)
