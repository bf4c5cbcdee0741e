"""What the host of an instance decides. What a town decides is data (see preau.town and preau.townfile)."""

import os
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

from preau.config import environment

TESTING = "PYTEST_VERSION" in os.environ
ROOT = Path(__file__).resolve().parents[2]
VAR = Path(environment.text("VAR", str(ROOT / ("build/tests" if TESTING else "var"))))
DEMO = environment.flag("DEMO")
MAINTENANCE = environment.flag("MAINTENANCE")

DEBUG = environment.flag("DEBUG")
SECRET_KEY = environment.text("SECRET_KEY", "not-a-secret" if TESTING or DEMO else "")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
PUBLIC_URL = environment.text("PUBLIC_URL", "http://localhost:8000").rstrip("/")
SECURE = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "preau.core",
    "preau.journal",
    "preau.notifications",
    "preau.town",
    "preau.accounts",
    "preau.families",
    "preau.activities",
    "preau.demarches",
    "preau.registration",
    "preau.health",
    "preau.documents",
    "preau.members",
    "preau.pricing",
    "preau.enrolments",
    "preau.checklist",
    "preau.bookings",
    "preau.billing",
    "preau.privacy",
    "preau.townfile",
    "preau.portal",
    "preau.backoffice",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "preau.accounts.sessions.AuthenticationMiddleware",
    "preau.accounts.sessions.LoginRequiredMiddleware",
    "preau.accounts.kept_forms.KeptFormMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "preau.portal.views.errors.explain_not_allowed",
]

ROOT_URLCONF = "preau.config.urls"
WSGI_APPLICATION = "preau.config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "preau.town.context.town",
                "preau.portal.context.navigation",
                "preau.backoffice.context.navigation",
            ],
            "builtins": ["preau.core.templatetags.ui", "preau.core.templatetags.links"],
        },
    }
]

FORM_RENDERER = "preau.core.forms.PortalRenderer"

DATABASES = {
    "default": dj_database_url.parse(
        environment.text("DATABASE_URL", f"sqlite:///{VAR / 'preau.sqlite3'}"), conn_max_age=60
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    VAR.mkdir(parents=True, exist_ok=True)
    # A booking is a promise: FULL survives a power cut; IMMEDIATE takes the write lock before reading, so that what
    # an action has read is still true when it writes (SQLite has no row locks).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-20000;",
    }
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Statements that come back are planned once for each connection: half of what short queries cost the server. None
    # lasts long enough to be worth compiling first, which takes it up to a second.
    DATABASES["default"]["OPTIONS"] = {
        "options": "-c jit=off",
        **DATABASES["default"].get("OPTIONS", {}),
        "server_side_binding": True,
        "prepare_threshold": 5,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["preau.accounts.backends.SignInBackend"]
PASSWORD_HASHERS = ["preau.accounts.hashers.PortalArgon2"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "accounts:landing"
LOGOUT_REDIRECT_URL = "portal:welcome"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}  # ours are shared by all processes: accounts.throttling
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if environment.flag("BEHIND_PROXY") else 0
ACCOUNT_ADAPTER = "preau.accounts.adapter.AccountAdapter"
MFA_ADAPTER = "preau.accounts.factor_adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a passkey is two factors: the device, and whoever unlocks it
MFA_TRUST_ENABLED = True  # « Ne plus demander sur cet appareil », which agents are not offered
MFA_TRUST_COOKIE_AGE = 30 * 86400
MFA_TRUST_COOKIE_NAME = "preau_confiance"
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}

# FranceConnect: offered once the State has given the town these two, and the town opens that way in.
FRANCECONNECT_URL = environment.text("FRANCECONNECT_URL", "https://oidc.franceconnect.gouv.fr/api/v2").rstrip("/")
FRANCECONNECT_CLIENT_ID = environment.text("FRANCECONNECT_CLIENT_ID")
FRANCECONNECT_CLIENT_SECRET = environment.text("FRANCECONNECT_CLIENT_SECRET")

SESSION_ENGINE = "preau.accounts.sessions"
SESSION_COOKIE_AGE = 12 * 3600  # of visitors; those who sign in stay as long as the town says
SESSION_COOKIE_NAME = "preau_session"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_NAME = "preau_csrf"
CSRF_FAILURE_VIEW = "preau.portal.views.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

SECURE_SSL_REDIRECT = False  # the front proxy redirects; the application only sees its own traffic
SECURE_HSTS_SECONDS = 365 * 86400 if SECURE else 0
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # user names are unique, whatever their case: a constraint on LOWER that this check cannot see
    "security.W005",  # HSTS stops at our own name: the town's other sites are not ours to bind
    "security.W008",  # no redirection to HTTPS here: see SECURE_SSL_REDIRECT
    "security.W021",  # nor do we enter the town's name on the browsers' preload list
]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if environment.flag("BEHIND_PROXY") else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
USE_I18N = True
TIME_ZONE = "Europe/Paris"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
# Documents and invoices: a folder that no server of static files shows, or a bucket.
S3_BUCKET = environment.text("S3_BUCKET")
FOLDER_STORAGE: dict[str, Any] = {
    "BACKEND": "preau.documents.storage.DurableFolder",
    "OPTIONS": {"location": VAR / "files"},
}
S3_STORAGE: dict[str, Any] = {
    "BACKEND": "storages.backends.s3.S3Storage",
    "OPTIONS": {
        "bucket_name": S3_BUCKET,
        "endpoint_url": environment.text("S3_ENDPOINT") or None,
        "region_name": environment.text("S3_REGION") or None,
        "access_key": environment.text("S3_KEY") or None,
        "secret_key": environment.text("S3_SECRET") or None,
        "default_acl": None,
        "file_overwrite": False,
    },
}
STORAGES = {
    "default": S3_STORAGE if S3_BUCKET else FOLDER_STORAGE,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
WHITENOISE_AUTOREFRESH = TESTING or DEBUG

# Outside the database and its backups: see preau.health.master. Demonstrations and tests make their own.
HEALTH_KEY_FILE = environment.text("HEALTH_KEY_FILE", str(VAR / "sante.cle") if TESTING or DEMO else "")

# What a family may send: its weight is bounded while it arrives (see core.cleaning.limits).
FILE_UPLOAD_HANDLERS = [
    "preau.documents.uploads.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 20
CLAMAV = environment.text("CLAMAV")  # host:port, or the path of a socket; "": files are shown as not scanned
CLAMAV_REQUIRED = environment.flag("CLAMAV_REQUIRED", default=True)

EMAIL_FROM = environment.text("EMAIL_FROM", "ne-pas-repondre@localhost")
DEFAULT_FROM_EMAIL = EMAIL_FROM
if DEMO:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR / "mailbox"
else:
    EMAIL_HOST = environment.text("EMAIL_HOST", "localhost")
    EMAIL_PORT = int(environment.text("EMAIL_PORT", "25"))
    EMAIL_HOST_USER = environment.text("EMAIL_USER")
    EMAIL_HOST_PASSWORD = environment.text("EMAIL_PASSWORD")
    EMAIL_USE_TLS = environment.flag("EMAIL_TLS")
    EMAIL_TIMEOUT = 20

# PayFiP: the web service, and the page where families type their card. The demonstration serves both itself.
PAYFIP_SERVICE_URL = environment.text("PAYFIP_SERVICE_URL", "https://www.payfip.gouv.fr/tpa/services/securite")
PAYFIP_PAGE_URL = environment.text("PAYFIP_PAGE_URL", "https://www.payfip.gouv.fr/tpa/paiementws.web")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {"fido2": {"level": "WARNING"}},  # at INFO it writes the number of each passkey
    "root": {"handlers": ["console"], "level": environment.text("LOG_LEVEL", "INFO")},
}
