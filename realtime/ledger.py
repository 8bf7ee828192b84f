"""One room's state, held equal to its log. The only writer of events.

A ledger folds the log into the kind's state, decides commands in batches and appends what they make happen in one
transaction under the stream's lock. Any number of ledgers, in any number of processes, may serve one stream: each
catches up under the lock before it decides, so all agree on one order.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import Error as DatabaseError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from realtime.fields import read_form
from realtime.kinds import SYSTEM, Command, Dirty, Happened, Refused, RoomKind, kind_named
from realtime.log import digest_of, happened, moment_of, ms_of, next_event, read_after
from realtime.models import Event, Stream

if TYPE_CHECKING:
    from uuid import UUID

    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Asked:
    """A command as it came in: not yet read, not yet decided."""

    op: str
    do: str
    fields: dict[str, Any]
    by: str


@dataclass(frozen=True, slots=True)
class Ack:
    """Done and durable, as of `seq`."""

    op: str
    seq: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """Not done, and asking again would not help."""

    op: str | None
    code: str
    sentence: StrOrPromise


@dataclass(frozen=True, slots=True)
class Retry:
    """Not decided: ask again under the same op after that many seconds."""

    op: str
    after: float


type Answer = Ack | Refusal | Retry


class Unavailable(Exception):
    """This process can't serve the room now. Another one can, or this one later: ask again."""


class NewerEvent(Unavailable):
    """The log holds an event of a later release than this process knows. The room must be given up."""


AWAY = (DatabaseError, Unavailable)
"""What to answer with `retry`: nothing was decided, and asking again may help."""


class Ledger:
    """The state of one stream, and the way to change it. Not for two threads at once."""

    def __init__(self, stream_id: UUID | str) -> None:
        self.stream_id = stream_id
        self.kind: RoomKind[Any]
        self.life = 0
        """Counts up when the log turns out to be another one: a restored backup. Who follows it must begin anew."""
        self._lived = ""
        self._said = 0
        self.forget()

    def forget(self) -> None:
        """Drop everything known; the next use folds the log again."""
        self.state: Any = None
        self.epoch = ""
        self.seq = 0
        self.last_at = 0
        self.due: tuple[int, str] | None = None
        self.ops: dict[tuple[str, str], tuple[int, bytes | None]] = {}
        self.pending = Dirty()

    # -- reading -------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Fold the log up to its head, without a lock. Raises Stream.DoesNotExist, NewerEvent.

        If anything goes wrong on the way the state is dropped.
        """
        try:
            self._catch_up(Stream.objects.get(pk=self.stream_id))
        except BaseException:
            self.forget()
            raise

    def _catch_up(self, stream: Stream) -> None:
        if self.state is None or self.epoch != stream.epoch or stream.seq < self.seq:
            restored = bool(self.epoch)
            if self._lived and (stream.epoch != self._lived or stream.seq < max(self.seq, self._said)):
                self.life += 1
            self._lived = stream.epoch
            self.forget()
            self.kind = kind_named(stream.kind)
            self.state = self.kind.start(str(stream.pk))
            self.epoch = stream.epoch
            self.pending.whole = self.pending.everybody = restored
            self._said = stream.seq if restored else self._said
        if stream.seq > self.seq:
            for event in read_after(stream.pk, self.seq):
                if event.v > self.kind.version:
                    raise NewerEvent(f"{stream.pk} seq {event.seq}: version {event.v}")
                self._apply(happened(event))
                if event.op is not None:
                    self._remember(event.actor, event.op, event.seq, event.asked)
        self.due = self.kind.due(self.state)

    def _apply(self, event: Happened) -> None:
        dirty = self.kind.apply(self.state, event)
        if event.seq <= self._said:
            dirty.say.clear()  # folded again; it was read out the first time
        self.seq, self.last_at = event.seq, event.at
        self.pending.add(dirty)

    def _remember(self, actor: str, op: str, seq: int, asked: Any) -> None:
        self.ops[actor, op] = (seq, bytes(asked) if asked is not None else None)

    # -- writing -------------------------------------------------------------------------------------------------

    def commit(self, batch: Sequence[Asked], *, at: int | None = None) -> list[Answer]:
        """Decide a batch and make what it does durable, in one transaction.

        `at` (milliseconds since 1970) is for loading a past workshop; live rooms leave it to the clock. A time
        before the log's last event is taken as that event's.

        Returns one answer for each command, in order. If anything but a refusal goes wrong the state is dropped,
        nothing of the batch is written, and the error is raised.
        """
        try:
            with transaction.atomic():
                stream = Stream.objects.select_for_update().get(pk=self.stream_id)
                self._catch_up(stream)
                return self._write(stream, batch, at)
        except BaseException:
            self.forget()
            raise

    def _write(self, stream: Stream, batch: Sequence[Asked], said: int | None) -> list[Answer]:
        at = max(ms_of(timezone.now()) if said is None else said, self.last_at)
        rows: list[Event] = []
        answers = [self._answer(stream, asked, at, rows) for asked in batch]
        if rows:
            Event.objects.bulk_create(rows)
            self.due = self.kind.due(self.state)
            stream.due = moment_of(self.due[0]) if self.due else None
            stream.save(update_fields=["seq", "head", "due"])
            self.kind.project(self.state, [happened(row) for row in rows])
        return answers

    def _answer(self, stream: Stream, asked: Asked, at: int, rows: list[Event]) -> Answer:
        digest = digest_of(asked.do, asked.fields)
        known = self.ops.get((asked.by, asked.op))
        if known is not None:
            seq, before = known
            if before is not None and before != digest:
                return Refusal(
                    asked.op, "op_reused", _("This operation id was already used for something else.")
                )
            return Ack(asked.op, seq)
        try:
            form = self.kind.forms().get(asked.do)
            if form is None:
                raise Refused("unknown_command", _("This is not something that can be done here."))
            command = Command(asked.do, asked.op, read_form(form, asked.fields), at, secrets.token_hex(8))
            events = self.kind.decide(self.state, command, asked.by)
            if not events:
                raise Refused("nothing_to_do", _("That was already so."))
        except Refused as refused:
            return Refusal(asked.op, refused.code, refused.sentence)
        op, asked_digest = asked.op, digest
        for new in events:
            row = next_event(
                stream,
                new,
                at=at,
                v=self.kind.version,
                actor=asked.by,
                op=op or None,
                asked=asked_digest or None,
            )
            rows.append(row)
            self._apply(happened(row))
            op, asked_digest = "", b""
        self._remember(asked.by, asked.op, stream.seq, digest)
        return Ack(asked.op, stream.seq)

    def take_pending(self) -> Dirty:
        """Give what became dirty since the last call."""
        pending, self.pending = self.pending, Dirty()
        self._said = max(self._said, self.seq)
        return pending


def make_stream(kind: str) -> Stream:
    """Begin an empty log of a registered kind."""
    kind_named(kind)
    return Stream.objects.create(kind=kind)


def run(stream_id: UUID | str, *commands: Asked) -> list[Answer]:
    """Run commands outside any room, for management commands and forms. Rooms notice through the log."""
    ledger = Ledger(stream_id)
    ledger.load()  # most of the log, before the lock that live rooms wait for
    return ledger.commit(commands)


def by_system(op: str, do: str, **fields: Any) -> Asked:
    """Make a command that nobody in particular asks."""
    return Asked(op, do, fields, SYSTEM)
