"""Starts the server: Daphne with what a room full of people needs.

    python -m lab_workspace.serve [--host 127.0.0.1] [--port 8000] [--unix PATH]

Plain `daphne lab_workspace.asgi:application` is only for trying out: it refuses part of a crowd that comes at once
(Twisted lets 50 connections wait, and gives a handshake five seconds), has the slower event loop, takes bodies of any
length, stumbles over odd handshakes (`daphne_mended`), and starts even with settings that would lose what people write.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import sys

import django

logger = logging.getLogger("lab_workspace.serve")
"""By name, because this module is `__main__` where it serves."""

BACKLOG = 2048
HANDSHAKE_SECONDS = 30
MOST_BYTES_IN = 131_072
"""Twice what the wire allows: a message over that is still told so with the wire's own code, far larger ones not."""


def endpoint(host: str, port: int, unix: str) -> str:
    """Say in Twisted's words where to listen."""
    if unix:
        return f"unix:{_quoted(unix)}:backlog={BACKLOG}"
    return f"tcp:port={port}:interface={_quoted(host)}:backlog={BACKLOG}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace(":", "\\:")


def arguments(argv: list[str]) -> list[str]:
    """Turn our few options into Daphne's."""
    parser = argparse.ArgumentParser("python -m lab_workspace.serve", description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--unix", default="", metavar="PATH", help="listen on a Unix socket instead")
    parser.add_argument(
        "application", nargs="?", default="lab_workspace.asgi:application", help=argparse.SUPPRESS
    )
    asked = parser.parse_args(argv)
    return [
        *("--endpoint", endpoint(asked.host, asked.port, asked.unix), "--verbosity", "0"),
        *("--websocket_connect_timeout", str(HANDSHAKE_SECONDS)),
        *("--websocket-max-message-size", str(MOST_BYTES_IN)),
        *("--websocket-max-frame-size", str(MOST_BYTES_IN)),
        asked.application,
    ]


def use_fast_loop() -> bool:
    """Have Daphne make uvloop's event loop; only before Daphne is imported. `LOOP=asyncio` says not to."""
    if os.environ.get("LOOP", "uvloop") != "uvloop":
        return False
    try:
        import uvloop  # noqa: PLC0415 (there is none for every machine)
    except ImportError:
        return False
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    return True


def _refuse_unsafe() -> None:
    """End with a sentence where the settings would lose what people write."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lab_workspace.settings")
    django.setup()
    from lab_workspace.operations.checks import refuse_unsafe  # noqa: PLC0415 (reads the settings)

    refuse_unsafe()


def _collect_rarely() -> None:
    """Keep the garbage collector from looking, again and again, at a program and a crowd that stay as they are."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _tell_where() -> None:
    """Say in the log that people can come; nothing where no port could be had, of which Daphne tells."""
    from twisted.internet import reactor  # noqa: PLC0415 (Daphne has made it)

    from lab_workspace import drain  # noqa: PLC0415 (reads the settings)

    for address in (port.getHost() for port in drain.listening(reactor)):
        path = getattr(address, "name", None)
        logger.info("serving on %s", os.fsdecode(path) if path else f"{address.host}:{address.port}")


def main(argv: list[str] | None = None) -> None:
    """Serve until told to stop."""
    daphnes = arguments(sys.argv[1:] if argv is None else argv)
    use_fast_loop()
    from daphne.cli import CommandLineInterface  # noqa: PLC0415 (makes the event loop)

    from lab_workspace import daphne_mended  # noqa: PLC0415 (needs Daphne)

    daphne_mended.install()

    _refuse_unsafe()
    from twisted.internet import reactor  # noqa: PLC0415 (Daphne has made it)

    reactor.callWhenRunning(_collect_rarely)
    reactor.callWhenRunning(_tell_where)
    CommandLineInterface().run(daphnes)


if __name__ == "__main__":
    main()
