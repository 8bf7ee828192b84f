"""What must not be so where people rely on the workspace.

`manage.py check` tells all of it; the server starts only without errors (`refuse_unsafe`). Most of it `environment.py`
refuses while it reads the environment. Here it is asked of the settings as they came out, whoever wrote them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, register, run_checks
from django.core.checks import Warning as Warned
from django.db import DEFAULT_DB_ALIAS, connections
from django.db import Error as DatabaseError
from django.utils.module_loading import import_string

from lab_workspace.environment import SHORTEST_KEY

SHORTEST_TOKEN = 24
NEEDED = (
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
)
CLOSED = (
    "default-src",
    "script-src",
    "connect-src",
    "object-src",
    "base-uri",
    "frame-ancestors",
    "form-action",
)


@register(Tags.compatibility)
def processes_hear_of_each_other(**_: Any) -> Iterable[CheckMessage]:
    """Check that hints pass between processes, as far as this one can know."""
    layer = settings.CHANNEL_LAYERS["default"]
    if layer["BACKEND"].endswith("InMemoryChannelLayer"):
        if settings.PROCESSES > 1:
            yield Error(
                f"{settings.PROCESSES} processes share this database, but they can't tell each other what is new.",
                hint="Set REDIS_URL for all of them, or run one process and PROCESSES=1.",
                id="lab.E001",
            )
        return
    for host in layer.get("CONFIG", {}).get("hosts", ()):
        if not isinstance(host, dict) or host.get("socket_timeout", 0) is not None:
            yield Error(
                "The channel layer has a socket_timeout: it would lose its subscription whenever Redis is quiet.",
                hint="Give each of its hosts “socket_timeout”: None, as lab_workspace.environment does.",
                id="lab.E002",
            )


@register(Tags.compatibility)
def sqlite_fits_live_rooms(**_: Any) -> Iterable[CheckMessage]:
    """Check how SQLite is opened; say what can't be checked."""
    held = settings.DATABASES[DEFAULT_DB_ALIAS]
    if not str(held["ENGINE"]).endswith("sqlite3"):
        return
    options: dict[str, Any] = held.get("OPTIONS", {})
    told = str(options.get("init_command", "")).replace(" ", "").lower()
    if options.get("transaction_mode") != "IMMEDIATE" or "journal_mode=wal" not in told:
        yield Error(
            "SQLite must take its write lock at once (IMMEDIATE) and keep a write-ahead log (WAL).",
            hint="Without both, people who act at the same moment get “database is locked”. "
            "Open it as lab_workspace.environment.database does.",
            id="lab.E003",
        )
    if "synchronous=full" not in told:
        yield Error(
            "SQLite must put each commit on the disk before it counts (synchronous=FULL).",
            hint="Else a power cut takes back what people were told is saved.",
            id="lab.E004",
        )
    if settings.PROCESSES > 1 or settings.REDIS_URL:
        yield Info(
            "SQLite with several processes: all must run on one machine, with the file on its own disk.",
            hint="This can't be seen from here. Across machines or network disks use PostgreSQL.",
            id="lab.I005",
        )


@register(Tags.database)
def the_database_keeps_its_word(databases: Sequence[str] | None = None, **_: Any) -> Iterable[CheckMessage]:
    """Ask the database itself whether a commit is durable; only where a check may open it."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA journal_mode")
                found = {"journal_mode": cursor.fetchone()[0]}
                loose = str(found["journal_mode"]).lower() not in {"wal", "memory"}
            else:
                cursor.execute("SELECT current_setting('synchronous_commit'), current_setting('fsync')")
                found = dict(zip(("synchronous_commit", "fsync"), cursor.fetchone(), strict=True))
                loose = "off" in found.values()
    except DatabaseError:
        return  # away for now: `/readyz` says that
    if loose:
        yield Error(
            f"The database doesn't keep what it acknowledges: {', '.join(f'{k} is {v}' for k, v in found.items())}.",
            hint="SQLite: put the file on a local disk that allows journal_mode=WAL. PostgreSQL: switch both on.",
            id="lab.E006",
        )


@register(Tags.security)
def only_named_hosts_and_origins(**_: Any) -> Iterable[CheckMessage]:
    """Check that no wildcard lets other sites in."""
    if not settings.DEBUG and "*" in settings.ALLOWED_HOSTS:
        yield Error(
            'ALLOWED_HOSTS holds "*", so any site may pose as this one.',
            hint="Name the hosts one by one.",
            id="lab.E007",
        )
    for origin in [*settings.ORIGINS, *settings.CSRF_TRUSTED_ORIGINS]:
        if "*" in origin:
            yield Error(
                f"The origin {origin} stands for many sites; each could act for whoever visits it.",
                hint="Name full origins, such as https://lab.example.org.",
                id="lab.E008",
            )


@register(Tags.security)
def keys_are_long(**_: Any) -> Iterable[CheckMessage]:
    """Check keys and tokens, former ones too: a short one that still opens something is a short one."""
    for key in settings.SECRET_KEY_FALLBACKS:
        if len(key) < SHORTEST_KEY:
            yield Error(
                f"A key in SECRET_KEY_FALLBACKS is shorter than {SHORTEST_KEY} characters, and still signs people in.",
                hint="Take it out: everybody signed in by it signs in anew.",
                id="lab.E009",
            )
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < SHORTEST_TOKEN:
        yield Error(
            f"METRICS_TOKEN is shorter than {SHORTEST_TOKEN} characters.",
            hint='Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(32))".',
            id="lab.E010",
        )


@register(Tags.security)
def pages_forbid_foreign_code(**_: Any) -> Iterable[CheckMessage]:
    """Check that there is a content security policy, and that it closes what it must."""
    policy: dict[str, Any] = settings.SECURE_CSP
    missing = [name for name in CLOSED if not policy.get(name)]
    unsafe = [name for name in ("script-src", "default-src") if "unsafe" in " ".join(policy.get(name, ()))]
    if missing or unsafe:
        yield Error(
            "Pages have no content security policy that keeps foreign code out.",
            hint=f"SECURE_CSP must set {', '.join(CLOSED)}, without “unsafe”.",
            id="lab.E011",
        )


@register(Tags.security)
def pages_pass_every_guard(**_: Any) -> Iterable[CheckMessage]:
    """Check that Django's guards stand before the views, themselves or in a form of ours."""
    parts = [import_string(name) for name in settings.MIDDLEWARE]
    kinds = [part for part in parts if isinstance(part, type)]
    for name in NEEDED:
        if not any(issubclass(kind, import_string(name)) for kind in kinds):
            yield Error(
                f"MIDDLEWARE lacks {name.rpartition('.')[2]}, which protects every page.",
                hint=f"Put {name}, or a class of ours that is one, back into MIDDLEWARE.",
                id="lab.E015",
            )


@register(Tags.security, deploy=True)
def the_proxy_is_known(**_: Any) -> Iterable[CheckMessage]:
    """Check that what is believed of a proxy and whether there is one go together."""
    if not settings.BEHIND_PROXY:
        if settings.SECURE_PROXY_SSL_HEADER or settings.USE_X_FORWARDED_HOST:
            yield Error(
                "Headers of a proxy are believed, but there is none: anybody can send them.",
                hint="Set BEHIND_PROXY=1 if a proxy sets them; else believe none.",
                id="lab.E012",
            )
        if settings.HTTPS:
            yield Warned(
                "HTTPS is on, but BEHIND_PROXY is off: behind a proxy every page would lead to itself for ever.",
                hint="Set BEHIND_PROXY=1 where a proxy ends TLS, which is the usual way (docs/deploy.md).",
                id="lab.W013",
            )


@register(Tags.compatibility, deploy=True)
def the_loop_is_fast(**_: Any) -> Iterable[CheckMessage]:
    """Say that uvloop is missing; everything works without it."""
    if find_spec("uvloop") is None:
        yield Info(
            "uvloop isn't installed: the server needs about a fifth more time for a crowd.",
            hint="python -m pip install uvloop (it is in requirements.txt; there is none for Windows).",
            id="lab.I014",
        )


def refuse_unsafe() -> None:
    """End the program, with a sentence for each error, instead of serving people unsafely."""
    try:
        found = run_checks(databases=[DEFAULT_DB_ALIAS])
    finally:
        connections.close_all()
    errors = [message for message in found if message.is_serious() and not message.is_silenced()]
    if errors:
        for message in errors:
            sys.stderr.write(
                f"The workspace does not start: {message.msg} {message.hint or ''} ({message.id})\n"
            )
        raise SystemExit(1)
