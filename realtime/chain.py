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

SEAL_OF_NOTHING = hashlib.sha256(b"").digest()


def canonical(value: Any) -> bytes:
    """Write JSON the same way every time: keys sorted, no spaces, UTF-8."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def seal_of(salt: bytes, private: bytes) -> bytes:
    """Commit to the private part, as canonical JSON, without revealing it."""
    return hashlib.sha256(salt + private).digest()


def link(before: bytes, envelope: list[Any], body: bytes, seal: bytes) -> bytes:
    """Give the chain's next link. `envelope` is stream, seq, time in milliseconds, v, kind, actor and op."""
    return hashlib.sha256(before + canonical(envelope) + body + seal).digest()


def first_broken(events: Iterable[Event]) -> int | None:
    """Read a whole log in order and give the first `seq` at which it doesn't hold, or None."""
    from realtime.log import ms_of  # noqa: PLC0415 (log builds on chain)

    before, expected = b"", 1
    for event in events:
        seal, at = bytes(event.seal), ms_of(event.at)
        envelope = [str(event.stream_id), event.seq, at, event.v, event.kind, event.actor, event.op]
        chain = link(before, envelope, canonical(event.body), seal)
        if event.seq != expected or chain != bytes(event.chain) or not _sealed(event, seal):
            return event.seq
        before, expected = chain, expected + 1
    return None


def _sealed(event: Event, seal: bytes) -> bool:
    """Whether the private part is what was sealed, or was erased."""
    if event.private is None:
        return event.salt is None or seal == SEAL_OF_NOTHING
    return seal_of(bytes(event.salt or b""), canonical(event.private)) == seal
