"""What is not safe is an error of `manage.py check`, and the server doesn't start with it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from lab_workspace import environment
from tests.daphne import REPOSITORY
from tests.daphne import environment as environment_of_a_server
from tests.processes import free_port

SQLITE = environment.database({"ENGINE": "django.db.backends.sqlite3", "NAME": "x"})
REDIS = environment.channel_layer("redis://127.0.0.1:1/0")
ALONE = environment.channel_layer("")


def found(*, deploy: bool = False) -> set[str]:
    return {
        str(one.id) for one in run_checks(include_deployment_checks=deploy) if str(one.id).startswith("lab.")
    }


def test_the_settings_of_tests_are_fine() -> None:
    assert found() == set()


def sqlite(**options: object) -> dict[str, object]:
    return {"default": {**SQLITE, "OPTIONS": {**SQLITE["OPTIONS"], **options}}}


@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")
@pytest.mark.parametrize(
    ("change", "number"),
    [
        ({"PROCESSES": 2, "CHANNEL_LAYERS": {"default": ALONE}}, "lab.E001"),
        (
            {"CHANNEL_LAYERS": {"default": {**REDIS, "CONFIG": {"hosts": ["redis://127.0.0.1/0"]}}}},
            "lab.E002",
        ),
        ({"DATABASES": sqlite(transaction_mode="DEFERRED")}, "lab.E003"),
        ({"DATABASES": sqlite(init_command="PRAGMA synchronous=FULL")}, "lab.E003"),
        (
            {"DATABASES": sqlite(init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL")},
            "lab.E004",
        ),
        ({"DATABASES": sqlite(), "PROCESSES": 2}, "lab.I005"),
        ({"DEBUG": False, "ALLOWED_HOSTS": ["lab.example.org", "*"]}, "lab.E007"),
        ({"ORIGINS": ["https://*.example.org"]}, "lab.E008"),
        ({"CSRF_TRUSTED_ORIGINS": ["https://*"]}, "lab.E008"),
        ({"SECRET_KEY_FALLBACKS": ["short"]}, "lab.E009"),
        ({"METRICS_TOKEN": "short"}, "lab.E010"),
        ({"SECURE_CSP": {}}, "lab.E011"),
        ({"MIDDLEWARE": []}, "lab.E015"),
    ],
)
def test_what_is_unsafe_is_named(settings: Settings, change: dict[str, object], number: str) -> None:
    for name, value in change.items():
        setattr(settings, name, value)
    assert number in found()


def test_unsafe_scripts_are_named(settings: Settings) -> None:
    settings.SECURE_CSP = {**settings.SECURE_CSP, "script-src": ["'self'", "'unsafe-inline'"]}
    assert found() == {"lab.E011"}


def test_a_proxy_is_believed_only_where_there_is_one(settings: Settings) -> None:
    settings.BEHIND_PROXY, settings.HTTPS = False, True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert {"lab.E012", "lab.W013"} <= found(deploy=True)
    settings.BEHIND_PROXY = True
    assert not {"lab.E012", "lab.W013"} & found(deploy=True)


@pytest.mark.django_db
def test_a_database_that_forgets_is_named() -> None:
    from django.db import connection

    def asked() -> set[str]:
        return {str(one.id) for one in run_checks(databases=["default"]) if str(one.id).startswith("lab.")}

    assert asked() == set()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
        assert asked() == {"lab.E006"}


def test_the_server_does_not_start_unsafely() -> None:
    env = environment_of_a_server("sqlite://:memory:", PROCESSES="2")
    command = [sys.executable, "-m", "lab_workspace.serve", "--port", str(free_port())]
    done = subprocess.run(
        command, cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if "lab.E001" in line]
    assert line.startswith("The workspace does not start: 2 processes share this database")
    assert "Traceback" not in done.stderr
