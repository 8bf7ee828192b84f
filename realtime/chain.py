"""The hash chain that seals a log: a change to any row, or a row taken away, breaks every link after it.

    seal(n)  = SHA-256(salt || private)                        empty private: SHA-256 of nothing
    chain(n) = SHA-256(chain(n-1) || envelope || body || seal(n))

`private` enters only through its salted seal, which is kept, so erasing somebody's words leaves the chain whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson

from realtime.models import Event


def canonical(value: Any) -> bytes:
    """Write JSON the same way every time: keys sorted, no spaces, UTF-8."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def seal_of(salt: bytes | None, private: dict[str, Any] | None) -> bytes:
    """Commit to the private part without revealing it."""
    if private is None:
        return hashlib.sha256(b"").digest()
    return hashlib.sha256((salt or b"") + canonical(private)).digest()


def link(before: bytes, event: Event, at: int) -> bytes:
    """Give the chain's next link. `at` is the event's time in milliseconds."""
    envelope = canonical([str(event.stream_id), event.seq, at, event.v, event.kind, event.actor, event.op])
    return hashlib.sha256(bytes(before) + envelope + canonical(event.body) + bytes(event.seal)).digest()


def first_broken(events: Iterable[Event]) -> int | None:
    """Read a whole log in order and give the first `seq` at which it doesn't hold, or None."""
    from realtime.log import ms_of  # noqa: PLC0415 (log builds on chain)

    before, expected = b"", 1
    for event in events:
        erased = event.private is None and event.salt is None
        if event.seq != expected or link(before, event, ms_of(event.at)) != bytes(event.chain):
            return event.seq
        if not erased and seal_of(bytes(event.salt or b""), event.private) != bytes(event.seal):
            return event.seq
        before, expected = bytes(event.chain), expected + 1
    return None
