"""The board of a grouping: groups in order, their ideas, and each person's last change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from realtime.kinds import Happened

type Places = dict[str, list[str] | None]
"""Groups with their ideas in order; None for a group that isn't there."""


@dataclass(slots=True)
class Group:
    """One cluster."""

    id: str
    title: str = ""
    ideas: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Past:
    """A person's last change, to take it back: the groups as before, and as that change left them."""

    before: Places
    titles: dict[str, str]
    after: Places
    titles_after: dict[str, str]
    order: list[str]


@dataclass(slots=True)
class Board:
    """The memory of one round of grouping."""

    sources: list[str]
    groups: dict[str, Group] = field(default_factory=dict)
    past: dict[str, Past] = field(default_factory=dict)

    def group_of(self, idea: str) -> Group | None:
        """Find the group an idea is in."""
        return next((group for group in self.groups.values() if idea in group.ideas), None)

    def places(self, keys: Places) -> Places:
        """Give these groups as they are now."""
        return {key: list(self.groups[key].ideas) if key in self.groups else None for key in keys}

    def titles(self, keys: Places) -> dict[str, str]:
        """Give the names of those of these groups that are there."""
        return {key: self.groups[key].title for key in keys if key in self.groups}

    def still_as_left(self, past: Past) -> bool:
        """Whether nobody has touched the same groups since."""
        return self.places(past.after) == past.after and self.titles(past.after) == past.titles_after

    def change(self, event: Happened) -> Places:
        """Set groups, names and order as an event says; gives the changed groups as they were before."""
        changed: Places = event.body["groups"]
        before, titles, order = self.places(changed), self.titles(changed), list(self.groups)
        for key, ideas in changed.items():
            if ideas is None:
                self.groups.pop(key, None)
            else:
                self.groups.setdefault(key, Group(key)).ideas = list(ideas)
        for key, title in event.private.items():
            if key in self.groups:
                self.groups[key].title = title
        self._set_order(event.body.get("order"))
        if event.body["how"] == "cluster.undo":
            self.past.pop(event.actor, None)
        else:
            after = self.places(changed)
            self.past[event.actor] = Past(before, titles, after, self.titles(changed), order)
        return before

    def _set_order(self, order: list[str] | None) -> None:
        if order is not None:
            wanted = [key for key in order if key in self.groups]
            wanted += [key for key in self.groups if key not in wanted]
            self.groups = {key: self.groups[key] for key in wanted}
