"""A room's log as it really stands in the database, and its hash chain, read without any of the product's code."""

from __future__ import annotations

import datetime
import hashlib
import itertools
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import psycopg

_COLUMNS = "seq, at, v, kind, actor, op, body, private, salt, seal, chain"
_START = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Event:
    """One row."""

    seq: int
    at: int
    v: int
    kind: str
    actor: str
    op: str | None
    body: dict[str, Any]
    private: dict[str, Any]
    salt: bytes | None
    seal: bytes
    chain: bytes


def read(database_url: str, stream: str) -> list[Event]:
    """Read a whole log, in order."""
    query = f"SELECT {_COLUMNS} FROM realtime_event WHERE stream_id = {{}} ORDER BY seq"  # noqa: S608  # our own names
    rows: Sequence[Any]
    if database_url.startswith("sqlite"):
        lite = sqlite3.connect(database_url.removeprefix("sqlite:///"), timeout=20)
        try:
            rows = lite.execute(query.format("?"), [stream.replace("-", "")]).fetchall()
        finally:
            lite.close()
    else:
        with psycopg.connect(database_url) as server:
            rows = server.execute(query.format("%s"), [stream]).fetchall()
    return [_event(*row) for row in rows]


def _event(*row: Any) -> Event:
    seq, at, v, kind, actor, op, body, private, salt, seal, chain = row
    return Event(
        *(seq, _ms(at), v, kind, actor, op, _plain(body), _plain(private)),
        bytes(salt) if salt is not None else None,
        bytes(seal),
        bytes(chain),
    )


def _ms(at: Any) -> int:
    moment = datetime.datetime.fromisoformat(at) if isinstance(at, str) else at
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return (moment - _START) // datetime.timedelta(milliseconds=1)


def _plain(value: Any) -> dict[str, Any]:
    return dict(json.loads(value) if isinstance(value, str) else value or {})


def broken_links(stream: str, events: Sequence[Event]) -> list[str]:
    """What is wrong with the numbers and the chain, as `docs/architecture.md` describes it; nothing if it holds."""
    before = b""
    for place, event in enumerate(events, 1):
        if event.seq != place:
            return [f"entry {place} of the log has the number {event.seq}"]
        head = orjson.dumps([stream, event.seq, event.at, event.v, event.kind, event.actor, event.op])
        body = orjson.dumps(event.body, option=orjson.OPT_SORT_KEYS)
        words = orjson.dumps(event.private, option=orjson.OPT_SORT_KEYS) if event.private else b""
        if hashlib.sha256((event.salt or b"") + words).digest() != event.seal:
            return [f"the words of entry {place} don't have their seal"]
        before = hashlib.sha256(before + head + body + event.seal).digest()
        if before != event.chain:
            return [f"the hash chain breaks at entry {place}"]
    backwards = [b.seq for a, b in itertools.pairwise(events) if b.at < a.at]
    return [f"time runs backwards at entry {seq}" for seq in backwards[:3]]
