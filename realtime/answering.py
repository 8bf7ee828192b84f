"""Commands that were taken, and how their answers find the way back."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from realtime import metrics, wire
from realtime.ledger import Ack, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from realtime.crowd import Peer
    from realtime.ledger import Answer, Asked
    from realtime.wire import Packet

_COUNTS = {name: metrics.COMMANDS.labels(name) for name in ("accepted", "duplicate", "refused", "retry")}


@dataclass(frozen=True, slots=True)
class Taken:
    """A command that was taken and has to be answered: to a client, or to whoever else wants to hear."""

    asked: Asked
    peer: Peer | None
    tell: Callable[[Answer], None] | None
    at: float


def mail(answered: Iterable[tuple[Taken, Answer]]) -> dict[Peer, list[Packet]]:
    """Sort answers by the client they go to, and tell the others."""
    sorted_: dict[Peer, list[Packet]] = {}
    now = time.monotonic()
    for taken, answer in answered:
        _COUNTS[_kind_of(answer)].inc()
        metrics.ACK_SECONDS.observe(now - taken.at)
        if taken.peer is not None:
            sorted_.setdefault(taken.peer, []).append(wire.answer_packet(answer, taken.peer.language))
        elif taken.tell is not None:
            taken.tell(answer)
    return sorted_


def _kind_of(answer: Answer) -> str:
    if isinstance(answer, Ack):
        return "duplicate" if answer.again else "accepted"
    return "refused" if isinstance(answer, Refusal) else "retry"
