"""Reading what a client of a workshop sees: where the workshop is, and whether two views say the same."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from realtime.client import LiveClient
    from realtime.client_view import View


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the workshop is. `phase` is ready, open, paused, closed, revealed; lobby or over outside the steps."""

    step: str = ""
    kind: str = ""
    round: int = 0
    phase: str = "lobby"
    target: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """Name the round."""
        return self.step, self.round

    def is_open(self, kind: str) -> bool:
        """Whether people can contribute to an activity of this kind now."""
        return self.kind == kind and self.phase == "open"


def stage_of(items: Mapping[str, Any]) -> Stage | None:
    """Read the stage from fragments (format=json); None if it isn't among them."""
    shown = items.get("stage")
    if not isinstance(shown, dict):
        return None
    step = shown.get("step")
    if step is None:
        return Stage(phase="lobby" if shown.get("in_lobby") else "over")
    return Stage(step["id"], step["kind"], step["round"], step["phase"], shown.get("target", ""))


def stage_at(client: LiveClient) -> Stage:
    """Give where the workshop is, as this client sees it."""
    return stage_of(client.items) or Stage()


def differences(live: View, fresh: View) -> list[str]:
    """Name what a view kept by frames shows otherwise than a fresh snapshot. Presence is left out."""
    mine, theirs = _with_parts(live.items), _with_parts(fresh.items)
    found = [key for key in sorted(mine.keys() | theirs.keys()) if mine.get(key) != theirs.get(key)]
    if {name: ids for name, ids in live.lists.items() if ids} != {
        n: ids for n, ids in fresh.lists.items() if ids
    }:
        found.append("the order of its lists")
    if live.own != fresh.own or live.own_items != fresh.own_items:
        found.append("what is the person's own")
    return found


def _with_parts(items: Mapping[str, Any]) -> dict[str, Any]:
    """Lay parts ("card.part"), which are newer than the card that they were first drawn in, into their cards."""
    whole = {key: deepcopy(context) for key, context in items.items() if "." not in key}
    for key, context in items.items():
        card, _dot, name = key.partition(".")
        if not name or card not in whole:
            continue
        drawn_flat = name in context and context.keys() <= whole[card].keys()
        if isinstance(whole[card].get(name), dict) and not drawn_flat:
            whole[card][name] = context
        else:
            whole[card] |= context
    return whole
