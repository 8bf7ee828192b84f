"""What the board of a grouping is made of: groups, looks at them, and what is remembered of changes."""

from __future__ import annotations

from dataclasses import dataclass, field

type Places = dict[str, list[str] | None]
"""Groups with their ideas in order; None for a group that isn't there."""

PARKED = "parked"
"""The place of ideas that were set aside. In `Places` it stands like a group, but it is none."""
UNDO, SUGGESTED, UNDO_SUGGESTED = "cluster.undo", "cluster.suggested", "cluster.undo_suggested"


@dataclass(slots=True)
class Group:
    """One cluster."""

    id: str
    title: str = ""
    ideas: list[str] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)
    """Ideas that have their own place elsewhere, and are shown here too."""

    @property
    def all_ideas(self) -> list[str]:
        """Everything that is shown in it."""
        return self.ideas + self.copies


@dataclass(frozen=True, slots=True)
class Look:
    """How some groups are at one moment."""

    groups: Places
    copies: dict[str, list[str]]
    titles: dict[str, str]
    order: list[str]


@dataclass(frozen=True, slots=True)
class Past:
    """One change of somebody's, to take it back: the groups before it, and as it left them."""

    how: str
    before: Look
    after: Look


@dataclass(frozen=True, slots=True)
class Gone:
    """A group that was removed, or merged into another one, as it last was."""

    id: str
    title: str
    ideas: list[str]
    into: str | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Suggested groups that somebody applied: what it made, which names it gave, and who moved from where."""

    by: str
    titles: dict[str, str]
    """Of the groups that it made."""
    named: dict[str, str]
    """The names it gave to groups that were there without one."""
    moved: dict[str, tuple[str | None, str]]
    """Each idea: the group it came from, and where it was put."""
    apart: dict[str, list[str]]
    """Groups without a name that it took apart."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line of who did what. `groups` are the ids and names of where it was done, as they were then."""

    how: str
    ideas: list[str]
    groups: list[tuple[str, str]]
    name: str = ""
    """What the person was called then."""


@dataclass(slots=True)
class Moves:
    """How often one idea was moved, and by whom."""

    count: int = 0
    people: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What a group's card must know of the others: before which it goes to move up (`earlier`) or down (`later`)."""

    first: bool
    last: bool
    earlier: str | None
    later: str | None


def neighbours(order: list[str]) -> dict[str, Neighbours]:
    """Give the place of each between the others."""
    return {
        key: Neighbours(
            first=place == 0,
            last=place == len(order) - 1,
            earlier=order[place - 1] if place else None,
            later=order[place + 2] if place + 2 < len(order) else None,
        )
        for place, key in enumerate(order)
    }
