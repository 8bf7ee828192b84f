"""Reading and appending rows of a log. Only `realtime.ledger` appends; it holds the stream's lock.

Every command of every room comes this way, so rows are written and read here without making model instances: in
plain SQL, whose names and types come from the models.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import orjson
from django.db import connection

from realtime.chain import SEAL_OF_NOTHING, canonical, link, seal_of
from realtime.kinds import Happened, NewEvent
from realtime.models import Event, Stream

_START = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_MS, _SECOND_MS = 86_400_000, 1000
_READ_AT_ONCE = 5000
_NOTHING: dict[str, Any] = {}
_STREAM, _EVENT = Stream._meta, Event._meta  # noqa: SLF001 (Django documents it)
_COLUMNS = (
    "stream_id",
    "seq",
    "at",
    "v",
    "kind",
    "actor",
    "op",
    "asked",
    "body",
    "private",
    "salt",
    "seal",
    "chain",
)


def ms_of(moment: datetime) -> int:
    """Turn a time into whole milliseconds since 1970."""
    since = moment - _START
    return since.days * _DAY_MS + since.seconds * _SECOND_MS + since.microseconds // 1000


def moment_of(ms: int) -> datetime:
    """Turn milliseconds since 1970 into a time in UTC."""
    return _START + timedelta(milliseconds=ms)


def digest_of(do: str, fields: dict[str, Any]) -> bytes:
    """Tell apart two commands that carry the same operation id."""
    return hashlib.sha256(canonical([do, fields])).digest()[:16]


# -- the head ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Head:
    """A stream's row, as far as reading and appending need it."""

    stream: str
    kind: str
    epoch: str
    seq: int
    chain: bytes


def read_head(stream_id: Any, *, lock: bool = False) -> Head:
    """Read a stream's head; with `lock` nobody else appends before the transaction ends.

    SQLite needs no lock on the row: its transactions take the write lock when they begin.
    Raises Stream.DoesNotExist.
    """
    stream = _STREAM.pk.to_python(stream_id)
    with connection.cursor() as cursor:
        sql = _sql(connection.vendor)
        cursor.execute(sql.lock_head if lock else sql.read_head, [_key(stream)])
        row = cursor.fetchone()
    if row is None:
        raise Stream.DoesNotExist
    kind, epoch, seq, chain = row
    return Head(str(stream), kind, epoch, seq, bytes(chain))


# -- appending ---------------------------------------------------------------------------------------------------------


class Rows:
    """What is about to be appended after a head, in memory until `write`."""

    def __init__(self, head: Head, at: int, v: int) -> None:
        self.head = head
        self.happened: list[Happened] = []
        self._at, self._v = at, v
        self._rows: list[tuple[Any, ...]] = []

    def add(self, new: NewEvent, actor: str, op: str | None, asked: bytes | None) -> Happened:
        """Make the row that follows, move the head, and give the event as rules read it."""
        head, private = self.head, new.private or None
        body = canonical(new.body)
        if private is None:
            words, salt, seal = None, None, SEAL_OF_NOTHING
        else:
            words, salt = canonical(private), secrets.token_bytes(16)
            seal = seal_of(salt, words)
        head.seq += 1
        envelope = [head.stream, head.seq, self._at, self._v, new.kind, actor, op]
        head.chain = link(head.chain, envelope, body, seal)
        self._rows.append(
            (head.seq, self._v, new.kind, actor, op, asked, body, words, salt, seal, head.chain)
        )
        event = Happened(head.seq, self._at, self._v, new.kind, actor, new.body, private or _NOTHING)
        self.happened.append(event)
        return event

    def write(self, due: int | None) -> None:
        """Append the rows and keep the head. Call in the transaction that locked it."""
        sql = _sql(connection.vendor)
        stream = _key(self.head.stream)
        due_at = _moment(moment_of(due)) if due is not None else None
        head = [self.head.seq, self.head.chain, due_at, stream]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(sql.append, [*head, _as_json(stream, moment_of(self._at), self._rows)])
            else:
                cursor.executemany(sql.append, _as_values(stream, moment_of(self._at), self._rows))
                cursor.execute(sql.keep_head, head)


def _as_values(stream: Any, at: datetime, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Give rows in the order of the columns."""
    moment = _moment(at)
    return [
        (stream, seq, moment, v, kind, actor, op, asked, body.decode(), words and words.decode(), *sealed)
        for seq, v, kind, actor, op, asked, body, words, *sealed in rows
    ]


def _as_json(stream: Any, at: datetime, rows: list[tuple[Any, ...]]) -> str:
    """Give all rows as one text, which PostgreSQL takes apart: one message to it, and no work for each value."""
    moment = at.isoformat()
    told = [
        [
            str(stream),
            seq,
            moment,
            v,
            kind,
            actor,
            op,
            _hex(asked),
            orjson.Fragment(body),
            words and orjson.Fragment(words),
            _hex(salt),
            _hex(seal),
            _hex(chain),
        ]
        for seq, v, kind, actor, op, asked, body, words, salt, seal, chain in rows
    ]
    return orjson.dumps([dict(zip(_COLUMNS, row, strict=True)) for row in told]).decode()


def _hex(value: bytes | None) -> str | None:
    return None if value is None else "\\x" + value.hex()


def erase(stream_id: Any, seqs: list[int]) -> int:
    """Erase the words and names of these events for good; gives how many. The chain stays valid."""
    return Event.objects.filter(stream_id=stream_id, seq__in=seqs).update(private=None, salt=None, asked=None)


# -- reading -----------------------------------------------------------------------------------------------------------


def read_after(stream_id: Any, seq: int) -> Iterator[Event]:
    """Read a stream's rows after `seq`, in order, with all that seals them, without holding them all in memory."""
    return Event.objects.filter(stream_id=stream_id, seq__gt=seq).order_by("seq").iterator(chunk_size=2000)


def replay(stream_id: Any, after: int) -> Iterator[tuple[Happened, str | None, bytes | None]]:
    """Read what happened after `seq`, in order, each with its operation and that operation's digest."""
    seq, sql, stream = after, _sql(connection.vendor), _key(_STREAM.pk.to_python(stream_id))
    while True:
        with connection.cursor() as cursor:
            cursor.execute(sql.read, [stream, seq, _READ_AT_ONCE])
            rows = cursor.fetchall()
        for seq, at, v, kind, actor, op, asked, body, private in rows:
            words = orjson.loads(private) if private is not None else _NOTHING
            moment = ms_of(at if at.tzinfo else at.replace(tzinfo=UTC))
            yield Happened(seq, moment, v, kind, actor, orjson.loads(body), words), op, asked
        if len(rows) < _READ_AT_ONCE:
            return


# -- the SQL -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sql:
    read_head: str
    lock_head: str
    keep_head: str
    append: str
    read: str


@cache
def _sql(vendor: str) -> _Sql:
    """Write the statements for a database, once."""
    name = connection.ops.quote_name
    streams, events = name(_STREAM.db_table), name(_EVENT.db_table)
    columns = ", ".join(map(name, _COLUMNS))
    keep_head = f"UPDATE {streams} SET seq = %s, head = %s, due = %s WHERE id = %s"  # noqa: S608 (names of our own)
    append = f"INSERT INTO {events} ({columns})"
    head = f"SELECT kind, epoch, seq, head FROM {streams} WHERE id = %s"  # noqa: S608 (names of our own)
    if vendor == "postgresql":
        fields = {field.column: field.rel_db_type(connection) for field in _EVENT.concrete_fields}
        typed = ", ".join(f"{name(column)} {fields[column]}" for column in _COLUMNS)
        append += f" SELECT {columns} FROM jsonb_to_recordset(%s) AS told({typed})"  # noqa: S608 (as above)
        append = f"WITH kept AS ({keep_head}) {append}"  # both with one message
    else:
        append += f" VALUES ({', '.join(['%s'] * len(_COLUMNS))})"
    return _Sql(
        read_head=head,
        lock_head=f"{head} FOR UPDATE" if connection.features.has_select_for_update else head,
        keep_head=keep_head,
        append=append,
        read=f"SELECT seq, at, v, kind, actor, op, asked, body, private FROM {events} "  # noqa: S608 (as above)
        "WHERE stream_id = %s AND seq > %s ORDER BY seq LIMIT %s",
    )


def _key(stream: Any) -> Any:
    """Give a stream's id the form in which the database keeps it."""
    return _STREAM.pk.get_db_prep_value(stream, connection)


def _moment(moment: datetime) -> Any:
    """Give a time the form in which the database keeps it."""
    return _EVENT.get_field("at").get_db_prep_value(moment, connection)
