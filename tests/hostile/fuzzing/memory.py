"""A workshop without a database: the rules decide, their events are applied, and the log is a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import orjson

from realtime.fields import read_form
from realtime.kinds import Command, Dirty, Happened, Refused
from realtime.ledger import Ack, Answer, Asked, Refusal
from tests.workshop_driver import Driver
from workshops.live.room_kind import WorkshopRoom

STREAM = "00000000-0000-4000-8000-000000000000"


class MemoryLedger:
    """What audiences and the driver need of a ledger. Whatever isn't a refusal gets out: that is the point."""

    def __init__(self) -> None:
        self.kind = WorkshopRoom()
        self.stream_id, self.epoch, self.life = STREAM, "memory", 0
        self.state: Any = self.kind.start(STREAM)
        self.seq = self.last_at = 0
        self.events: list[Happened] = []
        self.pending = Dirty()

    def commit(self, batch: Sequence[Asked], *, at: int = 0) -> list[Answer]:
        """Decide commands and apply what they make happen."""
        return [self._answer(asked, max(at, self.last_at)) for asked in batch]

    def _answer(self, asked: Asked, at: int) -> Answer:
        before = plain(self.state)
        try:
            form = self.kind.forms().get(asked.do)
            if form is None:
                raise Refused("unknown_command", "This is not something that can be done here.")
            command = Command(asked.do, asked.op, read_form(form, asked.fields), at, f"{self.seq:016x}")
            events = self.kind.decide(self.state, command, asked.by)
        except Refused as refused:
            assert plain(self.state) == before, f"{asked.do} was refused and changed the state"
            return Refusal(asked.op, refused.code, refused.sentence)
        assert plain(self.state) == before, f"deciding {asked.do} changed the state"
        if not events:
            return Refusal(asked.op, "nothing_to_do", "That was already so.")
        for new in events:
            self.seq += 1
            body, private = _through_json(new.body), _through_json(new.private or {})
            happened = Happened(self.seq, at, self.kind.version, new.kind, asked.by, body, private)
            self.events.append(happened)
            self.pending.add(self.kind.apply(self.state, happened))
        self.last_at = at
        self.kind.due(self.state)
        return Ack(asked.op, self.seq)

    def take_pending(self) -> Dirty:
        """Give what became dirty since the last call."""
        pending, self.pending = self.pending, Dirty()
        return pending

    def folded_again(self) -> Any:
        """Give the state that the log alone makes."""
        state = self.kind.start(STREAM)
        for event in self.events:
            self.kind.apply(state, event)
        return state


def _through_json(value: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a database would give back."""
    return dict(orjson.loads(orjson.dumps(value)))


def plain(value: Any) -> Any:
    """Take a state apart, to compare it. What is only remembered for speed (`_names`) doesn't count."""
    if is_dataclass(value) and not isinstance(value, type):
        told = [about.name for about in fields(value) if about.compare and not about.name.startswith("_")]
        return (type(value).__name__, [(name, plain(getattr(value, name))) for name in told])
    if isinstance(value, Mapping):
        return [(key, plain(one)) for key, one in value.items()]
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


@dataclass
class MemoryDriver(Driver):
    """The driver of the workshop tests, on a workshop in memory."""

    def __post_init__(self) -> None:
        self.ledger = MemoryLedger()  # type: ignore[assignment]
