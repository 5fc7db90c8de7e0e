"""Every setting, once, in order. Values come from the environment through portal/env.py; defaults are safe."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.urls import reverse_lazy

from portal import embedded, env, sso, storage, timetable

# --- 1. Paths -----------------------------------------------------------------------------------------------
BASE_DIR = Path(__file__).resolve().parent.parent
ENV = env.from_process(BASE_DIR / ".env")
VAR_DIR = Path(ENV.text("VAR_DIR", str(BASE_DIR / "var")))

# --- 2. Security --------------------------------------------------------------------------------------------
DEBUG = ENV.flag("DEBUG")
HTTPS = ENV.flag("HTTPS", default=not DEBUG)
SECRET_KEY = ENV.text("SECRET_KEY", "not-a-secret-for-debugging-only" if DEBUG else None)
SECRET_KEY_FALLBACKS = ENV.names("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = ENV.names("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEBUG else "")
if not ALLOWED_HOSTS:
    ENV.text("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = ENV.names("CSRF_TRUSTED_ORIGINS")
if ENV.flag("BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# E-mail addresses are unique whatever their case, by a constraint that this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = ENV.number("SESSION_HOURS", 12, least=1) * 3600
SESSION_COOKIE_HTTPONLY = True
# Messages name people; in the session they end with it, in a cookie they would meet whoever signs in next.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
PASSWORD_RESET_TIMEOUT = 2 * 3600
CSRF_FAILURE_VIEW = "portal.kit.pages.csrf_failed"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *sso.form_targets(ENV)],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- 3. Apps ------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "portal.kit",
    "portal.audit",
    "portal.accounts",
    "portal.jobs",
    "students",
    "predictions",
    "portal.backoffice.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    *sso.apps(ENV),
    "csp",
    "django_filters",
    "django_htmx",
    "template_partials",
    "lucide",
    "rest_framework",
]
MIDDLEWARE = [
    "portal.kit.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.accounts.middleware.LastSeenMiddleware",
    "portal.accounts.middleware.LanguageMiddleware",
    "portal.accounts.middleware.SecondFactorMiddleware",
    "portal.kit.middleware.DomainErrorMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["template_partials.templatetags.partials", "portal.kit.templatetags.components"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "students.web.frame.frame",
            ],
        },
    }
]

# --- 4. Accounts --------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "portal.accounts.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "portal.accounts.adapters.ProviderAdapter"
ACCOUNT_FORMS = {
    "login": "portal.accounts.forms.SignInForm",
    "signup": "portal.accounts.forms.JoinForm",
    "add_email": "portal.accounts.forms.NewAddressForm",
    "reset_password": "portal.accounts.forms.ForgottenForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# Over and above allauth's own: "key" counts per e-mail address wherever it is tried from, "ip" per client.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "reset_password": "20/m/ip,5/m/key", "login": "30/m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = ENV.number("TRUSTED_PROXIES", 0)
USERSESSIONS_TRACK_ACTIVITY = True
MFA_ADAPTER = "portal.accounts.adapters.SecondFactorAdapter"
MFA_FORMS = {"add_webauthn": "portal.accounts.forms.AddPasskeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Foremark"
MFA_TOTP_TOLERANCE = 1  # clocks of phones drift; a code still works once only
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = sso.providers(ENV)
SSO_DOMAINS = sso.domains(ENV)
SSO_SECOND_FACTOR = sso.demanding_second_factor(ENV)

# --- 5. Database, cache and queue ---------------------------------------------------------------------------
DATABASES = {"default": ENV.database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'foremark.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = ENV.text("REDIS_URL", embedded.address(VAR_DIR))
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 3},
    }
}
CELERY_BROKER_URL = embedded.broker_url(REDIS_URL)
TASK_SECONDS = ENV.number("TASK_MINUTES", 60, least=2) * 60
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": TASK_SECONDS + 60,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    # Whoever orders at a dead or silent queue gets an answer soon; the sweep rings again (docs/jobs.md).
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    "max_retries": 1,
    "interval_start": 0.1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = TASK_SECONDS - 30
CELERY_TASK_TIME_LIMIT = TASK_SECONDS
CELERY_TASK_DEFAULT_QUEUE = "quick"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
# A running job without a pulse for so long has lost its worker; how often the sweep looks; how often it may be tried.
JOB_LOST_SECONDS = ENV.number("JOB_LOST_SECONDS", 30, least=2)
JOB_SWEEP_SECONDS = ENV.number("JOB_SWEEP_SECONDS", 10, least=1)
JOB_ATTEMPTS = 3
# Students a worker reads, answers and stores at once: fewer need less memory, more take less time.
SCORE_CHUNK = ENV.number("SCORE_CHUNK", 3072, least=1)
TRAINING_THREADS = ENV.number("TRAINING_THREADS", 2, least=1)
ENQUIRY_DAYS = ENV.number("ENQUIRY_DAYS", 90, least=1)
AUDIT_DAYS = ENV.number("AUDIT_DAYS", 730, least=30)
JOB_FILE_DAYS = ENV.number("JOB_FILE_DAYS", 7, least=1)
# Files that lie in <folder>/<school's slug>/<profile's name>/ are imported by themselves; empty: no such folder.
IMPORT_FOLDER = ENV.text("IMPORT_FOLDER", "")
IMPORT_FILE_DAYS = ENV.number("IMPORT_FILE_DAYS", 30, least=1)
IMPORT_MOST_BYTES = ENV.number("IMPORT_MOST_MB", 512, least=1) << 20
PDF_FONT_DIR = ENV.text("PDF_FONT_DIR", "")
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = timetable.schedule(JOB_SWEEP_SECONDS)

# --- 6. Storage ---------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(ENV.text("STATIC_DIR", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = storage.storages(ENV, VAR_DIR, debug=DEBUG)
# The first signs trained models, the others open those signed before. Without any, the secret key does both.
ARTIFACT_KEYS = ENV.names("ARTIFACT_KEYS")
MLFLOW_TRACKING_URI = ENV.text("MLFLOW_TRACKING_URI", "")

# --- 7. Mail ------------------------------------------------------------------------------------------------
EMAIL_HOST = ENV.text("EMAIL_HOST", "")
EMAIL_PORT = ENV.number("EMAIL_PORT", 587, least=1)
EMAIL_HOST_USER = ENV.text("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = ENV.text("EMAIL_PASSWORD", "")
EMAIL_USE_TLS = ENV.flag("EMAIL_TLS", default=True)
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
PUBLIC_HOST = f"localhost:{ENV.number('PORT', 8000)}" if DEBUG else ALLOWED_HOSTS[0].lstrip(".")
SITE_URL = (ENV.text("SITE_URL", "") or f"{ACCOUNT_DEFAULT_HTTP_PROTOCOL}://{PUBLIC_HOST}").rstrip("/")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.text("EMAIL_FROM", "Foremark <foremark@localhost>")

# --- 8. Language, time and API ------------------------------------------------------------------------------
LANGUAGES = [("en-gb", "English"), ("de", "Deutsch")]
LANGUAGE_CODE = ENV.choice("DEFAULT_LANGUAGE", "en-gb", frozenset(code for code, _ in LANGUAGES))
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "portal.formats"
TIME_ZONE = "UTC"
USE_TZ = True
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
ADMIN_URL = reverse_lazy("admin:index")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["portal.kit.api.SignedIn"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "portal.kit.api.Pages",
    "EXCEPTION_HANDLER": "portal.kit.api.problem",
    "UNAUTHENTICATED_USER": None,
}

# --- 9. Logging ---------------------------------------------------------------------------------------------
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "portal.kit.logs.OneLine"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": ENV.text("LOG_LEVEL", "INFO")},
    "loggers": {
        # Our own middleware writes the one line a request gets; Django's would be a second.
        "django.request": {"level": "CRITICAL"},
        # It quotes the address, which may carry the token of an invitation or of a new password.
        "django.security.csrf": {"level": "CRITICAL"},
        "django.server": {"level": "ERROR"},
        "celery.worker.strategy": {"level": "WARNING"},
        # A line for every beat would drown the rest; jobs tell their end themselves.
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}
