"""Without DEBUG the workspace starts safely or not at all, and says in a sentence what to set."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.daphne import REPOSITORY

SAFE = {
    "SECRET_KEY": "nR4vY0s1cQw8uTz2mB6kLx9eHj3gFd5aPo7iXv1bZt4yKq0wSr",
    "ALLOWED_HOSTS": "lab.example.org",
    "EMAIL_URL": "smtp+tls://post:secret@mail.example.org",
}


SHOW = """
from lab_workspace import settings as s
print(s.DEBUG, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0,
      s.SIGN_IN_LINK_MINUTES, s.SIGN_UP_OPEN)
"""


def start(**env: str) -> subprocess.CompletedProcess[str]:
    base = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=REPOSITORY,
        env={**base, **env},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"SECRET_KEY": ""}, "set SECRET_KEY to a long random text"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be random and at least 50 characters"),
        ({"SECRET_KEY": "a" * 80}, "SECRET_KEY must be random"),
        ({"SECRET_KEY": "django-insecure-" + "k3" * 40}, "well-known text"),
        (
            {"SECRET_KEY": "put-the-output-of-python3-c-import-secrets-token_urlsafe-50-here"},
            "well-known text",
        ),
        ({"ALLOWED_HOSTS": ""}, "set ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "lab.example.org,*"}, "ALLOWED_HOSTS must name the hosts one by one"),
        ({"EMAIL_URL": ""}, "set EMAIL_URL"),
        ({"EMAIL_URL": "mail.example.org"}, "EMAIL_URL must be"),
        ({"ORIGINS": "lab.example.org"}, "ORIGINS must list full origins"),
        ({"ORIGINS": "https://*.example.org"}, "ORIGINS must list full origins"),
    ],
)
def test_it_refuses_what_is_missing_or_weak_in_one_sentence(change: dict[str, str], says: str) -> None:
    answer = start(**{**SAFE, **change})
    assert answer.returncode != 0
    assert says in answer.stderr
    assert "docs/settings.md" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1


def test_the_key_of_development_is_refused_in_earnest() -> None:
    from lab_workspace.environment import DEVELOPMENT_KEY

    assert "well-known text" in start(**{**SAFE, "SECRET_KEY": DEVELOPMENT_KEY}).stderr


def test_the_example_of_settings_starts_nothing_before_it_is_filled_in() -> None:
    lines = (REPOSITORY / "docs" / "deploy" / "lab.env").read_text().splitlines()
    settings = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert "set SECRET_KEY" in start(**settings).stderr
    assert start(**{**settings, "SECRET_KEY": SAFE["SECRET_KEY"]}).returncode == 0


def test_in_earnest_everything_is_closed_by_default() -> None:
    answer = start(**SAFE)
    assert answer.stdout.strip() == "False True True True True 15 False", answer.stderr


def test_development_needs_nothing() -> None:
    answer = start(DEBUG="1")
    assert answer.stdout.strip() == "True False False False False 1440 False", answer.stderr
