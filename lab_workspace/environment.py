"""Reads the environment for `settings.py` and refuses, in a sentence, what would not be safe.

No Django here: it runs before the settings exist.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

DEVELOPMENT_KEY = "development only: never use this key where other people can reach the workspace"
SHORTEST_KEY = 50
"""Characters a SECRET_KEY must have outside development; what Django's own deployment check asks for."""
WELL_KNOWN_KEYS = (DEVELOPMENT_KEY, "django-insecure-", "put-the-output-of")
"""What stands in keys that anybody can read: in this repository, or in what Django writes into a new project."""

CONSOLE = "django.core.mail.backends.console.EmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
SMTP_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}


class Refusal(SystemExit):
    """A setting that must be put right first. Ends the program with one sentence instead of a traceback."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"The workspace does not start: {sentence} See docs/settings.md.")


def secret_key(value: str, *, debug: bool) -> str:
    """The key that signs cookies and links; in development a fixed one will do.

    Raises:
        Refusal: outside development, when it is missing, well known, or easy to guess.
    """
    if debug:
        return value or DEVELOPMENT_KEY
    make_one = 'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(50))".'
    if not value:
        raise Refusal(f"set SECRET_KEY to a long random text (or DEBUG=1 to develop). {make_one}")
    if any(known in value for known in WELL_KNOWN_KEYS):
        raise Refusal(
            f"SECRET_KEY is a well-known text that anybody can read; set one of your own. {make_one}"
        )
    if len(value) < SHORTEST_KEY or len(set(value)) < 5:
        raise Refusal(f"SECRET_KEY must be random and at least {SHORTEST_KEY} characters long. {make_one}")
    return value


def allowed_hosts(values: list[str], *, debug: bool) -> list[str]:
    """The host names this workspace answers to; in development this machine's own.

    Raises:
        Refusal: outside development, when there is none or one that stands for every host.
    """
    if debug:
        return values or ["localhost", ".localhost", "127.0.0.1", "[::1]", "testserver"]
    if not values:
        raise Refusal("set ALLOWED_HOSTS to your host names, for example ALLOWED_HOSTS=lab.example.org.")
    if "*" in values:
        raise Refusal('ALLOWED_HOSTS must name the hosts one by one; "*" lets any site pose as this one.')
    return values


def origins(values: list[str]) -> list[str]:
    """Other origins that may open sockets and post forms: scheme and host, with the port where it is unusual.

    Raises:
        Refusal: when one is not a full origin.
    """
    for value in values:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or "*" in value:
            raise Refusal(f"ORIGINS must list full origins such as https://lab.example.org, not {value!r}.")
    return [value.lower() for value in values]


def mailer(url: str, *, debug: bool) -> dict[str, Any]:
    """How e-mail leaves: `console:`, `smtp://`, `smtp+tls://` (STARTTLS) or `smtp+ssl://user:password@host:port`.

    Raises:
        Refusal: for another scheme, and outside development when nothing is set: codes would get lost.
    """
    if not url and not debug:
        raise Refusal(
            "set EMAIL_URL so that sign-in codes can be sent, for example "
            "EMAIL_URL=smtp+tls://user:password@mail.example.org:587 "
            "(EMAIL_URL=console: prints them to the log)."
        )
    parts = urlsplit(url or "console:")
    if parts.scheme == "console":
        return {"BACKEND": CONSOLE}
    if parts.scheme not in SMTP_PORTS or not parts.hostname:
        raise Refusal("EMAIL_URL must be console: or begin with smtp://, smtp+tls:// or smtp+ssl://.")
    return {
        "BACKEND": SMTP,
        "OPTIONS": {
            "host": parts.hostname,
            "port": parts.port or SMTP_PORTS[parts.scheme],
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_tls": parts.scheme == "smtp+tls",
            "use_ssl": parts.scheme == "smtp+ssl",
            "timeout": 10,
        },
    }


def database(config: dict[str, Any]) -> dict[str, Any]:
    """Fit a parsed DATABASE_URL to a live workshop.

    SQLite: write-ahead log, every commit on the disk before it counts (`synchronous=FULL`), and transactions
    that take the write lock at once, because deferred ones fail with "database is locked". A connection may keep
    8 MB of pages. The log is copied into the file after every 16 MB: a page that was written often meanwhile, as those
    of indexes are, is copied once.
    PostgreSQL: a connection ends with its work, except in threads that live as long as the process and keep theirs:
    the rooms' (`realtime.hub`), and those of pages (`realtime.threads`). A process opens 17 at most.
    """
    if config["ENGINE"].endswith("sqlite3"):
        config["OPTIONS"] = {
            **config.get("OPTIONS", {}),
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
            "PRAGMA cache_size=-8000; PRAGMA wal_autocheckpoint=4000",
        }
    else:
        config["CONN_MAX_AGE"] = 0
        config["CONN_HEALTH_CHECKS"] = True
    return config


def channel_layer(redis_url: str) -> dict[str, Any]:
    """How processes tell each other that something is new: over Redis, else only inside this process.

    `socket_timeout` must be None: redis-py 8 would close every idle subscription after 5 seconds.
    """
    if not redis_url:
        return {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    return {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": redis_url, "socket_timeout": None}]},
    }


def log_format(value: str) -> str:
    """How lines of the log look: `json` or `plain`.

    Raises:
        Refusal: for anything else.
    """
    if value not in {"json", "plain"}:
        raise Refusal("LOG_FORMAT must be json or plain.")
    return value


def not_below_info(level: str) -> str:
    """The level for libraries: never DEBUG, at which some write the values they handle."""
    return "INFO" if level == "DEBUG" else level
