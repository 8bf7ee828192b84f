"""Servers that break a promise on purpose, so that it is seen that the check would tell.

CHAOS_SABOTAGE is `drop` (acknowledges what it didn't write), `double` (writes something twice) or `leak` (sends
everybody the words of a private idea). It lives here and nowhere in the product.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from realtime.kinds import Own
from realtime.ledger import Ack, Answer, Asked, Ledger

KIND = os.environ.get("CHAOS_SABOTAGE", "")
EVERY = 25
"""Of so many ideas one is dropped or doubled."""

_ideas = count(1)
_secret: list[str] = []


def _chosen(asked: Asked) -> bool:
    return asked.do == "idea.add" and next(_ideas) % EVERY == 0


def commit(
    really: Callable[..., list[Answer]], ledger: Ledger, batch: Sequence[Asked], *args: Any, **options: Any
) -> list[Answer]:
    """Commit a batch, or not quite."""
    if KIND == "leak":
        private = [one for one in batch if one.do == "idea.add" and one.fields.get("activity") == "a1"]
        if private and not _secret[0]:
            _secret[0] = str(private[0].fields["text"])
    chosen = [one for one in batch if KIND in {"drop", "double"} and _chosen(one)]
    if KIND == "double":
        twice = [replace(one, op=f"again-{one.op}") for one in chosen]
        return really(ledger, [*batch, *twice], *args, **options)[: len(batch)]
    if not chosen:
        return really(ledger, batch, *args, **options)
    kept = [one for one in batch if one not in chosen]
    answers = iter(really(ledger, kept, *args, **options))
    return [Ack(one.op, ledger.seq) if one in chosen else next(answers) for one in batch]


def install() -> None:
    """Make everybody's own view hold somebody's private words."""
    if KIND != "leak":
        return
    from workshops.live.room_kind import WorkshopRoom

    truly = WorkshopRoom.own
    _secret.append("")

    def own(self: WorkshopRoom, state: Any, person: str, reader: str) -> Own:
        given = truly(self, state, person, reader)
        return given if reader == "facilitator" else replace(given, data={**given.data, "said": _secret[0]})

    WorkshopRoom.own = own  # type: ignore[method-assign]
