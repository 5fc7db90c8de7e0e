"""portal.settings plus a few lines: a fast hasher, memory for mail and cache, a folder of its own."""

import os
import tempfile
from pathlib import Path

# Set before the real settings are read: tests must not depend on the shell they are started from.
for name in [name for name in os.environ if name.startswith(("OIDC_", "SAML_", "EMAIL_"))]:
    del os.environ[name]
os.environ["SECRET_KEY"] = "only-for-tests-and-long-enough-to-satisfy-the-checks-0123456789"
os.environ["ALLOWED_HOSTS"] = "localhost,127.0.0.1,testserver"
os.environ["HTTPS"] = "0"
os.environ["DEBUG"] = "0"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ["VAR_DIR"] = os.environ.get("TEST_VAR_DIR") or tempfile.mkdtemp(prefix=f"foremark-tests-{WORKER}-")
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{os.environ['VAR_DIR']}/test.sqlite3"
if os.environ.get("TEST_REDIS_URL"):
    # Each parallel worker has a database of its own, counted down from the one that is named.
    base, _, number = os.environ["TEST_REDIS_URL"].rpartition("/")
    own = int(number) - int(WORKER.removeprefix("gw") if WORKER.startswith("gw") else 0)
    os.environ["REDIS_URL"] = os.environ["TEST_REDIS_URL"] = f"{base}/{own}"

from portal import languages  # noqa: E402  # after the environment is set
from portal.settings import *  # noqa: E402, F403  # the settings under test, all of them
from portal.settings import DATABASES, LOGGING, STORAGES, VAR_DIR  # noqa: E402

DATABASES["default"]["TEST"] = {"NAME": None}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: the live server's threads and real workers share it, and WAL is what schools run on.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(VAR_DIR) / "test.sqlite3")}
(Path(VAR_DIR) / "static").mkdir(parents=True, exist_ok=True)  # whitenoise warns about a folder that is not there
languages.compile_catalogues()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "tests"}}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
LOGGING["root"]["level"] = "CRITICAL"
