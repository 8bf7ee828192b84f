"""The logs hold nothing that opens something."""

from __future__ import annotations

import logging

import pytest
from django.conf import settings
from django.test import Client

from lab_workspace.logs import WithoutSecrets, without_secrets


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Not Found: /join/ABCD2345/", "Not Found: /join/…/"),
        ("Gone: /people/sign-in/eyJ1c2VyIjox:1abc:xyz/", "Gone: /people/sign-in/…/"),
        ("/shared-reports/s3cret/v2/", "/shared-reports/…/v2/"),
        ("/ws/workshops/1/?after=3&key=abc next", "/ws/workshops/1/?… next"),
        ("Nothing to hide", "Nothing to hide"),
    ],
)
def test_codes_tokens_and_queries_are_cut_out(text: str, clean: str) -> None:
    assert without_secrets(text) == clean


def test_every_handler_cleans_what_it_writes() -> None:
    handlers: dict[str, dict[str, list[str]]] = settings.LOGGING["handlers"]  # type: ignore[assignment]
    assert all("without_secrets" in handler["filters"] for handler in handlers.values())


def test_a_refused_link_leaves_no_token_in_the_log(
    client: Client, db: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.addFilter(WithoutSecrets())
    with caplog.at_level(logging.DEBUG), pytest.MonkeyPatch.context() as patch:
        patch.setattr(logging.getLogger("django"), "propagate", True)
        client.get("/people/sign-in/eyJ1c2VyIjox:1abc:xyz/")
    assert "/people/sign-in/…/" in caplog.text
    assert "eyJ1c2VyIjox" not in caplog.text
