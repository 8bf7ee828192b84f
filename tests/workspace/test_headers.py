"""What every page tells the browser."""

from __future__ import annotations

import pytest
from django.test import Client

from lab_workspace.people.models import User

PAGES = ["/", "/accounts/login/", "/people/sign-in/nonsense/", "/nothing-here/"]


@pytest.mark.parametrize("path", PAGES)
def test_nothing_inline_and_nothing_from_elsewhere(client: Client, db: None, path: str) -> None:
    policy = client.get(path).headers["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules == {
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "form-action": "'self'",
    }


@pytest.mark.parametrize("path", PAGES)
def test_pages_stay_out_of_caches_frames_and_referrers(client: Client, alice: User, path: str) -> None:
    client.force_login(alice)
    headers = client.get(path).headers
    assert "private" in headers["Cache-Control"] or "no-store" in headers["Cache-Control"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in headers["Permissions-Policy"]


def test_plain_http_leads_to_https_in_earnest(client: Client, db: None, settings: object) -> None:
    settings.SECURE_SSL_REDIRECT = True  # type: ignore[attr-defined]
    answer = client.get("/accounts/login/")
    assert answer.status_code == 301
    assert answer.headers["Location"].startswith("https://")
