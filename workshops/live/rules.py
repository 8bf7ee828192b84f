"""How a part of the workshop's rules is written down: its commands, and what its events do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from realtime.fields import Form
from realtime.kinds import Command, Dirty, Happened, NewEvent

if TYPE_CHECKING:
    from workshops.live.state import State

type Decide = Callable[[State, Command, str], list[NewEvent]]
type Apply = Callable[[State, Happened], Dirty]


@dataclass(frozen=True, slots=True)
class Rules:
    """One part of the rules. `commands` maps a name to its fields and its decision, `events` a kind to its effect."""

    commands: Mapping[str, tuple[Form, Decide]]
    events: Mapping[str, Apply]
