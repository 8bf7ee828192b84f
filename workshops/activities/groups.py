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
    order_after: list[str]


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


@dataclass(slots=True)
class Board:
    """The memory of one round of grouping."""

    sources: dict[str, int]
    """The brainstorms whose ideas are grouped, and how many rounds of each there were."""
    groups: dict[str, Group] = field(default_factory=dict)
    past: dict[str, Past] = field(default_factory=dict)

    def group_of(self, idea: str) -> Group | None:
        """Find the group an idea is in."""
        return next((group for group in self.groups.values() if idea in group.ideas), None)

    def grouped(self) -> set[str]:
        """Give all ideas that are in a group."""
        return {idea for group in self.groups.values() for idea in group.ideas}

    def neighbours(self) -> dict[str, Neighbours]:
        """Give each group's place between the others."""
        return neighbours(list(self.groups))

    def places(self, keys: Places) -> Places:
        """Give these groups as they are now."""
        return {key: list(self.groups[key].ideas) if key in self.groups else None for key in keys}

    def titles(self, keys: Places) -> dict[str, str]:
        """Give the names of those of these groups that are there."""
        return {key: self.groups[key].title for key in keys if key in self.groups}

    def still_as_left(self, past: Past) -> bool:
        """Whether nobody has touched the same groups since, nor put their ideas elsewhere."""
        if not past.after:
            return list(self.groups) == past.order_after
        if self.places(past.after) != past.after or self.titles(past.after) != past.titles_after:
            return False
        elsewhere = {
            idea for group in self.groups.values() if group.id not in past.after for idea in group.ideas
        }
        return all(elsewhere.isdisjoint(ideas or ()) for ideas in past.before.values())

    def order_before(self, past: Past) -> list[str] | None:
        """Give the order that takes a change back, or None: groups that come back stand where they stood."""
        if not past.after:
            return past.order
        order = list(self.groups)
        back = [key for key in past.order if past.before.get(key) is not None and key not in order]
        for key in back:
            earlier = [other for other in past.order[: past.order.index(key)] if other in order]
            order.insert(order.index(earlier[-1]) + 1 if earlier else 0, key)
        return order if back else None

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
            self.past[event.actor] = Past(
                before, titles, after, self.titles(changed), order, list(self.groups)
            )
        return before

    def _set_order(self, order: list[str] | None) -> None:
        if order is not None:
            wanted = [key for key in order if key in self.groups]
            wanted += [key for key in self.groups if key not in wanted]
            self.groups = {key: self.groups[key] for key in wanted}
