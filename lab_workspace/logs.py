"""What goes into the log: what happened, never what people wrote, nor a code, token or name.

Three ways in which such words could get there, and what is done about each. They stand in an address (cut out),
in the text of an exception (left out: its kind, its code and its place in our sources tell enough), or in what a
library says about the values it handles (libraries never get below INFO, see `settings.LOGGING`).
"""

from __future__ import annotations

import errno
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter

# The part after these words is a join code, a sign-in token or a share token; after ? may stand anything.
_SECRET_PART = re.compile(
    r"(/(?:join|sign-in|shared-reports)/)[^/\s?]+|(\?)\S+|[\w.+-]+(@)[\w-]+(?:\.[\w-]+)+"
)
_BASE = str(Path(__file__).resolve().parent.parent)
_PACKAGES = re.compile(r"^.*/(?:site-packages|lib/python[\d.]+)/")
MOST_FRAMES = 40
MOST_LINKS = 6
"""How many exceptions of a chain are told, one the cause of the next."""


class Mark:
    """The id of a request, for as long as it lasts. Tasks that outlive it keep the mark, but not the id."""

    __slots__ = ("id",)

    def __init__(self, number: str) -> None:
        self.id = number


request: ContextVar[Mark | None] = ContextVar("request", default=None)
"""Whose request is being answered in this context."""


def without_secrets(text: str) -> str:
    """The text with every secret part of an address, and every e-mail address, replaced by an ellipsis."""
    return _SECRET_PART.sub(lambda match: f"{match[1] or match[2] or match[3]}…", text)


class WithoutSecrets(logging.Filter):
    """Cleans the message of a record and what is filled into it; lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean `record` in place."""
        record.msg = (
            _clean(record.msg) if isinstance(record.msg, BaseException) else without_secrets(str(record.msg))
        )
        if isinstance(record.args, tuple):
            record.args = tuple(_clean(arg) for arg in record.args)
        elif isinstance(record.args, dict):
            record.args = {key: _clean(arg) for key, arg in record.args.items()}
        if record.name == "asyncio":  # further lines show what a task raised
            record.msg, record.args = record.getMessage().partition("\n")[0], ()
        return True


class ClientsFault(logging.Filter):
    """Tells a hostile or broken request, and one that is to come again later, as a warning.

    To Django these are errors; but whoever likes could fill the log with them, and errors are to be looked after.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Lower `record` in place where it is only about what somebody sent."""
        asked_to_wait = getattr(record, "status_code", None) == 503  # our own answer, to a flood too
        if record.levelno > logging.WARNING and (asked_to_wait or record.name.startswith("django.security.")):
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = None
        return True


def _clean(value: Any) -> Any:
    if isinstance(value, BaseException):
        return kind_of(value)
    return value if isinstance(value, int | float) else without_secrets(str(value))


def kind_of(error: BaseException) -> str:
    """Name an exception: its kind, and where there is one its code. Its text may quote what somebody wrote."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    cause = error.__cause__ or error  # Django wraps the errors of the databases
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    if code is None and isinstance(error, OSError):
        code = errno.errorcode.get(error.errno or 0)
    return f"{name} ({code})" if code else name


def trace_of(error: BaseException) -> list[str]:
    """Tell an exception and its causes, first cause first: kinds and places, no values."""
    lines: list[str] = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen and len(seen) < MOST_LINKS:
        seen.add(id(link))
        lines = [kind_of(link), *_places(link.__traceback__), *lines]
        if isinstance(link, BaseExceptionGroup):
            lines += [line for part in link.exceptions[:MOST_LINKS] for line in trace_of(part)]
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return lines


def _places(trace: TracebackType | None) -> list[str]:
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        file = _PACKAGES.sub("", code.co_filename.removeprefix(f"{_BASE}/"))
        places.append(f"  {file}:{trace.tb_lineno} {code.co_qualname}")
        trace = trace.tb_next
    return places[-MOST_FRAMES:]


class PlainLines(logging.Formatter):
    """Lines for people. Exceptions are told without their texts."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 (logging's name)
        return "\n".join(trace_of(ei[1]))


class JsonLines(JsonFormatter):
    """One JSON object a line: time, level, logger, message; request and op where there is one; what broke."""

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        """Choose what is written: of a record's own fields only those that can hold nobody's words."""
        mark, op = request.get(), getattr(record, "op", None)
        status = getattr(record, "status_code", None)
        log_data |= {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        if mark is not None and mark.id:
            log_data["request"] = mark.id
        if isinstance(op, str):
            log_data["op"] = op
        if isinstance(status, int):
            log_data["status"] = status
        if record.exc_info and record.exc_info[1] is not None:
            log_data["error"] = kind_of(record.exc_info[1])
            log_data["trace"] = trace_of(record.exc_info[1])
