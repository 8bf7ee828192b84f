"""One room's state, held equal to its log. The only writer of events.

A ledger folds the log into the kind's state, decides commands in batches and appends what they make happen in one
transaction under the stream's lock. Any number of ledgers, in any number of processes, may serve one stream: each
catches up under the lock before it decides, so all agree on one order.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import Error as DatabaseError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from realtime.fields import Form, read_form
from realtime.kinds import SYSTEM, Command, Dirty, Happened, Refused, RoomKind, kind_named
from realtime.log import Head, Rows, digest_of, read_head, replay
from realtime.models import Stream
from realtime.ops import Operations

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
    """Done and durable: `seq` is the number of the first event that it made, the same however often it is asked."""

    op: str
    seq: int
    again: bool = False
    """Whether this very command was done before: nothing happened now."""


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
        self.followed = 0
        """The number of the last event found in the log that another ledger wrote."""
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
        self.ops = Operations()
        self.pending = Dirty()

    # -- reading -------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Fold the log up to its head, without a lock. Raises Stream.DoesNotExist, NewerEvent.

        If anything goes wrong on the way the state is dropped.
        """
        try:
            self._catch_up(read_head(self.stream_id))
        except BaseException:
            self.forget()
            raise

    def _catch_up(self, head: Head) -> None:
        if self.state is None or self.epoch != head.epoch or head.seq < self.seq:
            self._begin(head)
        if head.seq > self.seq:
            known, remember = self.kind.version, self.ops.add
            for event, op, asked in replay(head.stream, self.seq):
                if event.v > known:
                    raise NewerEvent(f"{head.stream} seq {event.seq}: version {event.v}")
                self._apply(event)
                if op is not None:
                    remember(event.actor, op, event.seq, asked)
            self.followed = self.seq
        self.due = self.kind.due(self.state)

    def _begin(self, head: Head) -> None:
        """Begin anew with an empty state: whoever follows has to look at everything again."""
        if self._lived and (head.epoch != self._lived or head.seq < max(self.seq, self._said)):
            self.life += 1
        restored, self._lived = bool(self.epoch), head.epoch
        self.forget()
        self.kind = kind_named(head.kind)
        self.state = self.kind.start(head.stream)
        self.epoch = head.epoch
        self.pending.whole = self.pending.everybody = True
        self._said = head.seq if restored else self._said

    def _apply(self, event: Happened) -> None:
        dirty = self.kind.apply(self.state, event)
        if event.seq <= self._said:
            dirty.say.clear()  # folded again; it was read out the first time
        self.seq, self.last_at = event.seq, event.at
        self.pending.add(dirty)

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
                head = read_head(self.stream_id, lock=True)
                self._catch_up(head)
                return self._write(head, batch, at)
        except BaseException:
            self.forget()
            raise

    def _write(self, head: Head, batch: Sequence[Asked], said: int | None) -> list[Answer]:
        at = max(time.time_ns() // 1_000_000 if said is None else said, self.last_at)
        rows = Rows(head, at, self.kind.version)
        forms = self.kind.forms()
        answers = [self._answer(rows, forms, asked, at) for asked in batch]
        if rows.happened:
            self.due = self.kind.due(self.state)
            rows.write(self.due[0] if self.due else None)
            self.kind.project(self.state, rows.happened)
        return answers

    def _answer(self, rows: Rows, forms: Mapping[str, Form], asked: Asked, at: int) -> Answer:
        digest = digest_of(asked.do, asked.fields)
        known = self.ops.find(asked.by, asked.op, digest)
        if known is not None:
            seq, same = known
            if same:
                return Ack(asked.op, seq, again=True)
            return Refusal(asked.op, "op_reused", _("This operation id was already used for something else."))
        try:
            form = forms.get(asked.do)
            if form is None:
                raise Refused("unknown_command", _("This is not something that can be done here."))
            command = Command(asked.do, asked.op, read_form(form, asked.fields), at, secrets.token_hex(8))
            events = self.kind.decide(self.state, command, asked.by)
            if not events:
                raise Refused("nothing_to_do", _("That was already so."))
        except Refused as refused:
            return Refusal(asked.op, refused.code, refused.sentence)
        op, first = asked.op, self.seq + 1
        for new in events:
            self._apply(rows.add(new, asked.by, op or None, digest if op else None))
            op = ""
        self.ops.add(asked.by, asked.op, first, digest)
        return Ack(asked.op, first)

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
