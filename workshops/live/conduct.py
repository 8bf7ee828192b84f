"""How a room is being run, beside its agenda: who leads, whether all is paused, hands, announcements.

Part of the state, so plain data. What each of it means stands with the rules that change it.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Announcement:
    """A sentence of a facilitator's to everybody."""

    id: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Nudge:
    """A sentence of a facilitator's to one person, until that person has read it."""

    id: str
    text: str


@dataclass(slots=True)
class Rehearsal:
    """How a rehearsal is played: by how many simulated people, how fast, and whether they do anything now."""

    people: int
    speed: str
    """slow, usual or fast."""
    going: bool = True
    played_by: str = ""
    """The process that moves them; "" before one does."""


@dataclass(slots=True)
class Conduct:
    """Everything of that kind."""

    leading: str | None = None
    """Which facilitator is leading now; None while nobody has begun."""
    frozen: bool = False
    """Whether the whole room is paused: nobody contributes, and no clock runs."""
    trail: list[str | None] = field(default_factory=list)
    """Where the room was before, the latest last; None is the lobby. “Back” leads along it."""
    left_open: str | None = None
    """The activity that was closed because the room went on, as long as nothing else was opened."""
    planned_at: int | None = None
    """When the workshop was planned to start (ms)."""
    begun_at: int | None = None
    """When the first activity opened that doesn't stay open for days (ms)."""
    invited: dict[str, int] = field(default_factory=dict)
    """How many members of the challenge there are, by what they bring."""
    announcements: list[Announcement] = field(default_factory=list)
    announced: str | None = None
    """The announcement that stands on the screens."""
    calls: int = 0
    """How often everybody was called to where the room is."""
    hands: dict[str, int] = field(default_factory=dict)
    """Who has a hand up, in order, and since when (ms)."""
    speaking: str | None = None
    """Whose turn it is to speak, taken from the raised hands."""
    nudges: dict[str, list[Nudge]] = field(default_factory=dict)
    rehearsal: Rehearsal | None = None
    """Set in a rehearsal, of which nothing is kept; None in every real workshop."""
