"""The logs hold nothing that opens something."""

from __future__ import annotations

import json
import logging
import sqlite3
from types import TracebackType
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client

from lab_workspace import environment
from lab_workspace.logs import JsonLines, PlainLines, WithoutSecrets, without_secrets


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


# -- lines -----------------------------------------------------------------------------------------------------------

WORDS = "what somebody wrote"


def line_of(record: logging.LogRecord) -> dict[str, object]:
    """The one line that a record makes, as the handlers of production make it."""
    WithoutSecrets().filter(record)
    text = JsonLines().format(record)
    assert "\n" not in text
    assert WORDS not in text
    assert WORDS not in PlainLines().format(record)
    return dict(json.loads(text))


def record(message: str, *args: object, name: str = "realtime.room", **more: Any) -> logging.LogRecord:
    made = logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, more.pop("exc_info", None))
    made.__dict__.update(more)
    return made


def raised(error: BaseException) -> tuple[type[BaseException], BaseException, TracebackType | None]:
    try:
        raise error
    except BaseException as caught:  # noqa: BLE001
        return type(caught), caught, caught.__traceback__


def test_a_line_tells_the_kind_and_the_place_of_an_error_but_not_its_text() -> None:
    cause = OperationalError(f'invalid text "{WORDS}"')
    cause.__cause__ = sqlite3.OperationalError(WORDS)
    cause.__cause__.sqlite_errorname = "SQLITE_FULL"
    outer = ValueError(WORDS)
    outer.__cause__ = cause
    line = line_of(record("room.rules_failed", exc_info=raised(outer), op="a-made-up-op"))
    assert (line["error"], line["op"], line["logger"]) == ("ValueError", "a-made-up-op", "realtime.room")
    trace = line["trace"]
    assert isinstance(trace, list)
    assert "django.db.utils.OperationalError (SQLITE_FULL)" in trace
    assert any("tests/workspace/test_logs.py:" in place for place in trace)


def test_errors_that_come_several_at_once_are_told_without_their_texts() -> None:
    group = ExceptionGroup("two", [KeyError(WORDS), ConnectionResetError(104, WORDS)])
    trace = line_of(record("room.failed", exc_info=raised(group)))["trace"]
    assert isinstance(trace, list)
    assert {"KeyError", "ConnectionResetError (ECONNRESET)"} <= set(trace)


@pytest.mark.parametrize(
    "made",
    [
        record("Exception inside application: %s", ValueError(WORDS), name="daphne.server"),
        record(
            "Task exception was never retrieved\nfuture: <Task exception=ValueError('%s')>",
            WORDS,
            name="asyncio",
        ),
        record("GET %s", f"/join/{WORDS.replace(' ', '-')}/"),
        record("to %(who)s", {"who": "what.somebody@example.org"}),
        record("Internal Server Error", request=f"<ASGIRequest: GET '/{WORDS}'>", status_code=500),
    ],
    ids=["daphne", "asyncio", "address", "e-mail", "request"],
)
def test_what_libraries_put_into_a_line_is_cleaned(made: logging.LogRecord) -> None:
    text = json.dumps(line_of(made))
    assert "somebody" not in text


def test_libraries_never_log_at_debug() -> None:
    assert (environment.not_below_info("DEBUG"), environment.not_below_info("ERROR")) == ("INFO", "ERROR")
