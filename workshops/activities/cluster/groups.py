"""The board of a grouping: groups in order, their ideas, what is set aside, and what each person did."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workshops.activities.cluster.earlier import kept_of
from workshops.activities.cluster.pieces import (
    PARKED,
    SUGGESTED,
    UNDO,
    UNDO_SUGGESTED,
    Gone,
    Group,
    Look,
    Moves,
    Neighbours,
    Past,
    Places,
    Suggestion,
    Told,
    neighbours,
)
from workshops.activities.shared.moments import PUT_BACK, History

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from realtime.kinds import Happened

_MOST_PAST, _MOST_GONE, _MOST_TOLD = 20, 12, 30


def _in_order[Value](by_group: Mapping[str, Value]) -> dict[str, Value]:
    """Give groups as they were made, however their event was read: a log knows no order of an object's names."""
    return {key: by_group[key] for key in sorted(by_group, key=lambda key: (len(key), key))}


@dataclass(slots=True)
class Board:
    """The memory of one round of grouping."""

    sources: dict[str, int]
    """The activities whose ideas are grouped, and how many rounds of each there were."""
    groups: dict[str, Group] = field(default_factory=dict)
    parked: list[str] = field(default_factory=list)
    silent: bool = False
    """Whether people only move ideas for now, and name nothing."""
    past: dict[str, list[Past]] = field(default_factory=dict)
    gone: dict[str, Gone] = field(default_factory=dict)
    suggestions: list[Suggestion] = field(default_factory=list)
    told: deque[Told] = field(default_factory=lambda: deque(maxlen=_MOST_TOLD))
    moves: dict[str, Moves] = field(default_factory=dict)
    history: History = field(default_factory=History)
    """How to put the board back to an earlier moment."""

    # -- looking ---------------------------------------------------------------------------------------------------

    def group_of(self, idea: str) -> Group | None:
        """Find the group an idea has its own place in."""
        return next((group for group in self.groups.values() if idea in group.ideas), None)

    def groups_with(self, idea: str) -> list[Group]:
        """Find all groups that show an idea."""
        return [group for group in self.groups.values() if idea in group.ideas or idea in group.copies]

    def grouped(self) -> set[str]:
        """Give all ideas that are in a group."""
        return {idea for group in self.groups.values() for idea in group.ideas}

    def placed(self) -> set[str]:
        """Give all ideas that somebody put somewhere: in a group, or aside."""
        return self.grouped() | set(self.parked)

    def suggested(self) -> set[str]:
        """Give the ideas that are still where a suggestion put them."""
        return {
            idea
            for suggestion in self.suggestions
            for idea, (_origin, to) in suggestion.moved.items()
            if to in self.groups and idea in self.groups[to].ideas
        }

    def neighbours(self) -> dict[str, Neighbours]:
        """Give each group's place between the others."""
        return neighbours(list(self.groups))

    def in_place(self, key: str) -> list[str] | None:
        """Give the ideas of a group, or of what is set aside; None for a group that isn't there."""
        if key == PARKED:
            return list(self.parked)
        return list(self.groups[key].ideas) if key in self.groups else None

    def look(self, keys: Iterable[str]) -> Look:
        """Give these groups as they are now."""
        here = [self.groups[key] for key in keys if key in self.groups]
        return Look(
            {key: self.in_place(key) for key in keys},
            {group.id: list(group.copies) for group in here},
            {group.id: group.title for group in here},
            list(self.groups),
        )

    # -- taking back -----------------------------------------------------------------------------------------------

    def last_of(self, person: str) -> Past | None:
        """Give what somebody did last and hasn't taken back."""
        return self.past[person][-1] if self.past.get(person) else None

    def moved_by(self, past: Past) -> list[str]:
        """Give the ideas that a change moved: taking it back moves them again."""
        return self._moved(past.before, past.after)

    def still_as_left(self, past: Past) -> bool:
        """Whether nobody has touched the same groups since, nor put their ideas elsewhere."""
        after, now = past.after, self.look(past.after.groups)
        if not after.groups:
            return now.order == after.order
        if (now.groups, now.copies, now.titles) != (after.groups, after.copies, after.titles):
            return False
        elsewhere = {
            idea for group in self.groups.values() if group.id not in after.groups for idea in group.ideas
        }
        if PARKED not in after.groups:
            elsewhere |= set(self.parked)
        return all(elsewhere.isdisjoint(ideas or ()) for ideas in past.before.groups.values())

    def order_before(self, past: Past) -> list[str] | None:
        """Give the order that takes a change back, or None: groups that come back stand where they stood."""
        if not past.after.groups:
            return past.before.order
        order, before = list(self.groups), past.before.order
        back = [key for key in before if past.before.groups.get(key) is not None and key not in order]
        for key in back:
            earlier = [other for other in before[: before.index(key)] if other in order]
            order.insert(order.index(earlier[-1]) + 1 if earlier else 0, key)
        return order if back else None

    # -- changing --------------------------------------------------------------------------------------------------

    def change(self, event: Happened, name: str) -> Look:
        """Set groups, names and order as an event says; gives the changed groups as they were before.

        `name` is what the person who did it is called.
        """
        changed: Places = _in_order(event.body["groups"])
        copies: dict[str, list[str]] = _in_order(event.body.get("copies", {}))
        keys = dict.fromkeys([*changed, *copies])
        if any(group.copies for group in self.groups.values()):
            keys |= dict.fromkeys(self.groups)  # copies may follow their idea, or take its place
        before = self.look(keys)
        gone, suggestions = dict(self.gone), list(self.suggestions)
        self._remember_gone(event, changed)
        for key, ideas in changed.items():
            self._put(key, ideas)
        for key, titles in event.private.items():
            if key in self.groups:
                self.groups[key].title = titles
        for key, shown in copies.items():
            if key in self.groups:
                self.groups[key].copies = list(shown)
        self._settle_copies()
        self._set_order(event.body.get("order"))
        touched = [key for key in keys if key in changed or key in copies or self._differs(key, before)]
        before = Look(
            {key: before.groups[key] for key in touched},
            {key: ideas for key, ideas in before.copies.items() if key in touched},
            {key: title for key, title in before.titles.items() if key in touched},
            before.order,
        )
        if event.body["how"] == PUT_BACK:
            self._put_back_rest(event.body["moment"], before)
        self._note(event, before, name)
        self._keep(event, before, gone, suggestions)
        return before

    def _put(self, key: str, ideas: list[str] | None) -> None:
        if key == PARKED:
            self.parked = list(ideas or ())
        elif ideas is None:
            self.groups.pop(key, None)
        else:
            self.groups.setdefault(key, Group(key)).ideas = list(ideas)
            self.gone.pop(key, None)

    def _differs(self, key: str, before: Look) -> bool:
        if self.in_place(key) != before.groups[key]:
            return True
        return key in self.groups and self.groups[key].copies != before.copies.get(key)

    def _settle_copies(self) -> None:
        """Let an idea whose own place is gone have it where a copy stands; and none be in a group twice."""
        if not any(group.copies for group in self.groups.values()):
            return
        placed = self.placed()
        for group in self.groups.values():
            for idea in [idea for idea in group.copies if idea not in placed]:
                group.ideas.append(idea)
                placed.add(idea)
            group.copies = [idea for idea in group.copies if idea not in group.ideas]

    def _set_order(self, order: list[str] | None) -> None:
        if order is not None:
            wanted = [key for key in order if key in self.groups]
            wanted += [key for key in self.groups if key not in wanted]
            self.groups = {key: self.groups[key] for key in wanted}

    def _put_back_rest(self, moment: int, before: Look) -> None:
        """Let what can be brought back, and which suggestions can be taken back, be as they were at a moment, too.

        Groups that were made since can be brought back.
        """
        was = self.history.since(moment)
        self.suggestions = list(was.get(("suggestions", ""), self.suggestions))
        gone: dict[str, Gone] = dict(was.get(("gone", ""), self.gone))
        for key, ideas in before.groups.items():
            if key != PARKED and ideas is not None and key not in self.groups and key not in gone:
                gone[key] = Gone(key, before.titles[key], list(ideas), None)
        self.gone = dict(
            [(key, group) for key, group in gone.items() if key not in self.groups][-_MOST_GONE:]
        )

    def _remember_gone(self, event: Happened, changed: Places) -> None:
        """Keep what is removed on purpose, so that it can be brought back."""
        if event.body["how"] not in ("cluster.remove", "cluster.merge"):
            return
        into = next((key for key, ideas in changed.items() if ideas is not None), None)
        for key in [key for key, ideas in changed.items() if ideas is None and key in self.groups]:
            group = self.groups[key]
            self.gone[key] = Gone(key, group.title, list(group.ideas), into)
            while len(self.gone) > _MOST_GONE:
                del self.gone[next(iter(self.gone))]

    # -- remembering -----------------------------------------------------------------------------------------------

    def _note(self, event: Happened, before: Look, name: str) -> None:
        """Remember what was done and by whom."""
        how, after = event.body["how"], self.look(before.groups)
        moved = self._moved(before, after)
        for idea in moved:
            self.moves.setdefault(idea, Moves()).count += 1
            self.moves[idea].people.add(event.actor)
        ideas = event.body.get("ideas") or moved
        self.told.append(Told(how, list(ideas), self._where(event, before, after), name))
        if how == SUGGESTED:
            self.suggestions.append(self._suggestion(event, before))
        if how == UNDO_SUGGESTED:
            self._forget(self.suggestions.pop())
        elif how == UNDO:
            if self.past[event.actor].pop().how == SUGGESTED and self.suggestions:
                self.suggestions.pop()
        elif how != PUT_BACK:  # which takes itself back, see `Clustering.inverse`
            kept = self.past.setdefault(event.actor, [])
            kept.append(Past(how, before, after))
            del kept[:-_MOST_PAST]

    def _keep(
        self, event: Happened, before: Look, gone: dict[str, Gone], suggestions: list[Suggestion]
    ) -> None:
        """Keep how this change is taken back: what stood where something else stands now."""
        kept = kept_of(before, self.look(before.groups))
        if list(gone.items()) != list(self.gone.items()):
            kept["gone", ""] = gone
        if suggestions != self.suggestions:
            kept["suggestions", ""] = suggestions
        told = self.told[-1]
        about = next((title for _key, title in told.groups if title), "")
        self.history.note(kept, at=event.at, how=event.body["how"], who=told.name, about=about)

    @staticmethod
    def _where(event: Happened, before: Look, after: Look) -> list[tuple[str, str]]:
        """Say in which groups something was done, the one it was done to first, by their names of that moment."""
        first = event.body.get("to") or event.body.get("made")
        changed = sorted(_in_order(event.body["groups"]).items(), key=lambda change: change[1] is not None)
        keys = [first] if isinstance(first, str) else [key for key, _ideas in changed if key != PARKED]
        return [(key, after.titles.get(key) or before.titles.get(key, "")) for key in keys]

    @staticmethod
    def _moved(before: Look, after: Look) -> list[str]:
        """Find which ideas have another place than before, among the groups that were changed."""
        was = {idea: key for key, ideas in before.groups.items() for idea in ideas or ()}
        now = {idea: key for key, ideas in after.groups.items() for idea in ideas or ()}
        return [idea for idea in {**was, **now} if was.get(idea) != now.get(idea)]

    @staticmethod
    def _suggestion(event: Happened, before: Look) -> Suggestion:
        was = {idea: key for key, ideas in before.groups.items() for idea in ideas or ()}
        changed: dict[str, Any] = event.body["groups"]
        return Suggestion(
            by=event.actor,
            titles={key: event.private.get(key, "") for key in event.body["made"]},
            named={key: title for key, title in event.private.items() if key not in event.body["made"]},
            moved={
                idea: (was.get(idea), key)
                for key, ideas in changed.items()
                for idea in ideas or ()
                if was.get(idea) != key
            },
            apart={key: list(before.groups[key] or ()) for key in event.body["apart"]},
        )

    def _forget(self, suggestion: Suggestion) -> None:
        """Leave nobody the exact undoing of what was undone by hand."""
        kept = self.past.get(suggestion.by, [])
        last = next((place for place in reversed(range(len(kept))) if kept[place].how == SUGGESTED), None)
        if last is not None:
            del kept[last]


__all__ = [
    "PARKED",
    "SUGGESTED",
    "UNDO",
    "UNDO_SUGGESTED",
    "Board",
    "Gone",
    "Group",
    "Past",
    "Places",
    "Suggestion",
    "neighbours",
]
