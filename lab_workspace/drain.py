"""Stopping without losing anything: on SIGTERM or Ctrl-C the rooms finish what they took, then everybody is told.

Daphne by itself cuts sockets without a close frame. This works under the plain `daphne` command, because the handler
is set from `asgi.py` once Twisted has set its own.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from typing import Any

from django.conf import settings

from realtime import hub

logger = logging.getLogger(__name__)

SECONDS = 8.0
"""Less than the ten seconds after which platforms kill a process."""

_leaving: list[asyncio.Task[None]] = []


def leaving() -> bool:
    """Say whether this process was told to stop: a proxy should send nobody new."""
    return bool(_leaving)


def install() -> None:
    """Take over the signals when the server runs; does nothing under another server or in a test."""
    if "daphne.server" in sys.modules:
        from twisted.internet import reactor  # noqa: PLC0415 (importing it anywhere else would install one)

        reactor.callWhenRunning(_take_signals, reactor)


def _take_signals(reactor: Any) -> None:
    reactor.addSystemEventTrigger("after", "shutdown", _leave)
    loop = asyncio.get_event_loop()

    def begin() -> None:
        if _leaving:  # asked twice: stop at once
            reactor.stop()
        else:
            _leaving.append(loop.create_task(_drain_and_stop(reactor)))

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: reactor.callFromThread(begin))


async def _drain_and_stop(reactor: Any) -> None:
    logger.info("drain.begun")
    try:
        await asyncio.sleep(settings.DRAIN_WAIT_SECONDS)  # the proxy notices meanwhile
        _stop_listening(reactor)
        await asyncio.wait_for(hub.drain(), SECONDS)
        logger.info("drain.done")
        await asyncio.sleep(0.2)  # for the last frames to leave
    except TimeoutError:
        logger.warning("drain.too_slow")
    except Exception:
        logger.exception("drain.failed")
    finally:
        reactor.stop()


def _stop_listening(reactor: Any) -> None:
    """Take nobody new: who is about to be sent away would come straight back here, where the proxy sees most room."""
    for port in listening(reactor):
        port.stopListening()


def listening(reactor: Any) -> list[Any]:
    """Give Twisted's ports on which this process takes connections."""
    from twisted.internet.interfaces import IListeningPort  # noqa: PLC0415 (only under Daphne)

    return [reader for reader in reactor.getReaders() if IListeningPort.providedBy(reader)]


def _leave() -> None:
    """End the process without waiting for its threads.

    One that carries a request still under way waits for the event loop, which has stopped: it would never end, nor
    would the process. What was committed is durable, what wasn't is sent again.
    """
    logger.info("stopped")
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)
