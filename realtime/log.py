"""Reading and appending rows of a log. Only `realtime.ledger` appends; it holds the stream's lock."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from realtime.chain import canonical, link, seal_of
from realtime.kinds import Happened, NewEvent
from realtime.models import Event, Stream

_START = datetime(1970, 1, 1, tzinfo=UTC)


def ms_of(moment: datetime) -> int:
    """Turn a time into whole milliseconds since 1970."""
    return (moment - _START) // timedelta(milliseconds=1)


def moment_of(ms: int) -> datetime:
    """Turn milliseconds since 1970 into a time in UTC."""
    return _START + timedelta(milliseconds=ms)


def digest_of(do: str, fields: dict[str, Any]) -> bytes:
    """Tell apart two commands that carry the same operation id."""
    return hashlib.sha256(canonical([do, fields])).digest()[:16]


def happened(event: Event) -> Happened:
    """Give an event row the form that rules read."""
    return Happened(
        event.seq, ms_of(event.at), event.v, event.kind, event.actor, event.body, event.private or {}
    )


def read_after(stream_id: Any, seq: int) -> Iterator[Event]:
    """Read a stream's events after `seq`, in order, without holding them all in memory."""
    return Event.objects.filter(stream_id=stream_id, seq__gt=seq).order_by("seq").iterator(chunk_size=2000)


def next_event(
    stream: Stream, new: NewEvent, *, at: int, v: int, actor: str, op: str | None, asked: bytes | None
) -> Event:
    """Make the row that follows the stream's head and move the head, in memory only."""
    private = new.private or None
    salt = secrets.token_bytes(16) if private is not None else None
    event = Event(
        stream=stream,
        seq=stream.seq + 1,
        at=moment_of(at),
        v=v,
        kind=new.kind,
        actor=actor,
        op=op,
        asked=asked,
        body=new.body,
        private=private,
        salt=salt,
        seal=seal_of(salt, private),
    )
    event.chain = link(bytes(stream.head), event, at)
    stream.seq, stream.head = event.seq, event.chain
    return event


def erase(stream_id: Any, seqs: list[int]) -> int:
    """Erase the words and names of these events for good; gives how many. The chain stays valid."""
    return Event.objects.filter(stream_id=stream_id, seq__in=seqs).update(private=None, salt=None, asked=None)
