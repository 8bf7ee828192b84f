"""Settings, all from the environment; `docs/settings.md` lists them. Safe unless DEBUG=1 says otherwise."""

from __future__ import annotations

from pathlib import Path

import django_stubs_ext
import fontpkg_atkinson_hyperlegible as atkinson_hyperlegible
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _
from environs import Env

from lab_workspace import environment

django_stubs_ext.monkeypatch()  # So that ModelForm[User] and the like can be written.

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

# --- What must be right before anything starts ---
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = environment.secret_key(env.str("SECRET_KEY", ""), debug=DEBUG)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS = environment.allowed_hosts(env.list("ALLOWED_HOSTS", []), debug=DEBUG)
ORIGINS = environment.origins(env.list("ORIGINS", []))
MAILERS = {"default": environment.mailer(env.str("EMAIL_URL", ""), debug=DEBUG)}
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", "Q Lab workspace <workspace@localhost>")
HTTPS = env.bool("HTTPS", not DEBUG)
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)

# --- The parts ---
INSTALLED_APPS = [
    "daphne",
    "lab_workspace.people",
    "lab_workspace.pages",
    "lab_workspace.operations",
    "challenges",
    "workshops",
    "insights",
    "realtime",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "channels",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "lucide",
]
MIDDLEWARE = [
    "lab_workspace.operations.view_names.note_the_view",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "lab_workspace.middleware.careful_headers",
    "lab_workspace.middleware.only_utf8_forms",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "lab_workspace.urls"
ASGI_APPLICATION = "lab_workspace.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- Where things are kept ---
_sqlite = f"sqlite:///{BASE_DIR}/var/db.sqlite3"
if not env.str("DATABASE_URL", ""):
    (BASE_DIR / "var").mkdir(exist_ok=True)
DATABASES = {
    "default": environment.database(dict(env.dj_db_url("DATABASE_URL", _sqlite))),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL", "")
CHANNEL_LAYERS = {"default": environment.channel_layer(REDIS_URL)}
# Counts failed attempts, per process. Not in Redis: without it, only speed may be lost.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- Who somebody is ---
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [  # Only the admin site's own accounts have passwords.
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
SIGN_UP_OPEN = env.bool("SIGN_UP_OPEN", False)
SIGN_IN_LINK_MINUTES = env.int("SIGN_IN_LINK_MINUTES", 24 * 60 if DEBUG else 15)
ACCOUNT_ADAPTER = "lab_workspace.people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# A page never tells whether an address has an account; nothing is sent to one that has none.
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# By address of the sender, generously: a whole hospital often shares one.
ACCOUNT_RATE_LIMITS = {"request_login_code": "60/m/ip,3/m/key", "login_failed": "60/m/ip,5/300s/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0

# --- What browsers are told ---
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],  # Covers ws: and wss: of the same host too.
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 365 * 24 * 3600 if HTTPS else 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# The workspace can't speak for other sites under the same domain, so neither is claimed.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = ORIGINS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 14 * 24 * 3600

# --- Language and time ---
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]  # Welsh comes next: ("cy", _("Welsh")).
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", "Europe/London")
USE_TZ = True
USE_I18N = True

# --- Files for browsers: served by this process, from the sources while developing ---
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / "var" / "static")))
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("fonts", atkinson_hyperlegible.ROOT / "files"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "lab_workspace.static_files.HashedFiles"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Running it: logs hold what happened, never what people wrote, nor a code or link that opens something ---
LOG_FORMAT = environment.log_format(env.str("LOG_FORMAT", "plain" if DEBUG else "json"))
LOG_LEVEL = env.str("LOG_LEVEL", "INFO").upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "without_secrets": {"()": "lab_workspace.logs.WithoutSecrets"},
        "clients_fault": {"()": "lab_workspace.logs.ClientsFault"},
    },
    "formatters": {
        "json": {"()": "lab_workspace.logs.JsonLines"},
        "plain": {
            "class": "logging.Formatter" if DEBUG else "lab_workspace.logs.PlainLines",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["without_secrets", "clients_fault"],
        }
    },
    # At DEBUG libraries tell the values they handle. So the level is for our own; theirs is INFO at the lowest.
    "root": {"handlers": ["console"], "level": environment.not_below_info(LOG_LEVEL)},
    "loggers": {
        **{
            name: {"level": LOG_LEVEL}
            for name in ("lab_workspace", "challenges", "workshops", "insights", "realtime")
        },
        "django": {
            "handlers": ["console"],
            "level": environment.not_below_info(LOG_LEVEL),
            "propagate": False,
        },
        "daphne": {"level": "WARNING"},
    },
}
PROCESSES = env.int("PROCESSES", 1)
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
LEAST_DISK_MB = env.int("LEAST_DISK_MB", 200)
EMBEDDINGS = env.str("EMBEDDINGS", "")
REHEARSAL_WORDS = env.str("REHEARSAL_WORDS", "")
DRAIN_WAIT_SECONDS = env.float("DRAIN_WAIT_SECONDS", 0.0)
