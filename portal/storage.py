"""Where files are kept: static ones for browsers; trained models and the files that jobs make, which are private."""

from pathlib import Path
from typing import Any

from portal.env import Env

FOLDER = "django.core.files.storage.FileSystemStorage"


def storages(env: Env, var: Path, *, debug: bool) -> dict[str, Any]:
    static = "django.contrib.staticfiles.storage.StaticFilesStorage" if debug else "portal.kit.assets.HashedAssets"
    return {
        "default": {"BACKEND": FOLDER, "OPTIONS": {"location": var / "files"}},
        "staticfiles": {"BACKEND": static},
        "artifacts": _private(env, "ARTIFACT", var / "artifacts"),
        "files": _private(env, "FILE", var / "made"),
    }


def failures() -> tuple[type[Exception], ...]:
    """What a storage raises when it cannot: the machine's errors, and those of a bucket's library where it is installed."""
    try:
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError:
        return (OSError,)
    return (OSError, BotoCoreError, ClientError)


def _private(env: Env, name: str, usual: Path) -> dict[str, Any]:
    """A folder only this user reads; or a bucket of S3 and what speaks like it, with the extra `s3`: keys and region
    come from the environment, as its library reads them.
    """
    folder = Path(env.text(f"{name}_DIR", str(usual)))
    bucket, endpoint = env.text(f"{name}_BUCKET", ""), env.text(f"{name}_ENDPOINT", "")
    if bucket:
        options = {"bucket_name": bucket, "default_acl": "private", "endpoint_url": endpoint or None}
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    modes = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
    return {"BACKEND": FOLDER, "OPTIONS": {"location": folder, **modes}}
