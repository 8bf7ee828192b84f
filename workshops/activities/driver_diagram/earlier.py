"""Putting a driver diagram back to an earlier moment: what each change keeps for that, and what undoes all since.

Boxes that were written since stay, with their words. Boxes that were there get back their words, their links and their
measure, and stand or not as they did then. Words are not kept here, only how many earlier ones a piece had: they stand
in the piece itself. A box of the version before whose words were changed is a new piece (`Node.was`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from workshops.activities.base import NewEvent, Refused, filled
from workshops.activities.driver_diagram.diagram import AIM, MOST_NODES
from workshops.activities.driver_diagram.views import MEASURE
from workshops.activities.shared.moments import PUT_BACK

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Happened
    from workshops.activities.driver_diagram.diagram import Diagram
    from workshops.activities.shared.moments import Change, Key
    from workshops.live.state import Idea, State, Step

LARGE = frozenset({"idea.removed", "driver.dropped", PUT_BACK})

_BEFORE: dict[str, StrOrPromise] = {
    "driver.linked": _("before a link was changed"),
    "driver.kept": _("before a hint was left as it is"),
    "driver.unmeasured": _("before a measure was taken away"),
    "driver.dropped": _("before a box was removed or put back"),
    "idea.removed": _("before a box or measure was removed"),
    "idea.put_back": _("before a box was put back"),
    "idea.edited": _("before words were changed"),
    "idea.added": _("before words were changed"),
    PUT_BACK: _("before the diagram was put back"),
}


def before_it(change: Change) -> StrOrPromise:
    """Say before what a moment was. It names nobody: diagrams may promise that."""
    return _BEFORE[change.how]


def keep_for(state: State, memory: Diagram, event: Happened) -> None:
    """Keep, before an event is applied, how it is taken back."""
    kept = kept_of(state, memory, event)
    if kept:
        kept["pieces", ""] = state.counters.get("i", 0)
    if event.body.get("along"):
        memory.history.note_along(kept)
    else:
        how = PUT_BACK if event.kind == "driver.put_back" else event.kind
        memory.history.note(kept, at=event.at, how=how)


def kept_of(state: State, memory: Diagram, event: Happened) -> dict[Key, Any]:
    """Give what stands there before an event, of what it will change. A new box changes nothing that is there."""
    if event.kind == "driver.put_back":
        return _kept_of_nodes(memory, event.body["nodes"])
    if event.kind.startswith("driver."):
        return _kept_of_node(memory, event)
    if event.kind == "idea.added":
        return _kept_of_added(state, memory, event)
    idea = state.ideas[event.body["idea"]]
    if event.kind != "idea.edited":
        return {("stands", idea.id): not idea.removed}
    kept: dict[Key, Any] = {("words", idea.id): (idea.id, len(idea.earlier))}
    if idea.id in memory.nodes and not event.body.get("along"):
        kept["kept", idea.id] = sorted(memory.nodes[idea.id].kept)
    return kept


def _kept_of_node(memory: Diagram, event: Happened) -> dict[Key, Any]:
    node = memory.nodes[event.body["node"]]
    what = {"driver.linked": "feeds", "driver.kept": "kept", "driver.unmeasured": "measure"}
    return _kept_of_nodes(memory, {node.id: {what.get(event.kind, "dropped"): None}})


def _kept_of_added(state: State, memory: Diagram, event: Happened) -> dict[Key, Any]:
    body = event.body
    if body.get("sort") == MEASURE:
        return {("measure", body["about"]): memory.nodes[body["about"]].measure}
    if "instead" not in body:
        return {}
    old = state.ideas[body["instead"]]
    words = (old.id, len(old.earlier))
    return {("words", body["idea"]): words, ("kept", body["idea"]): sorted(memory.nodes[old.id].kept)}


def _kept_of_nodes(memory: Diagram, nodes: dict[str, dict[str, Any]]) -> dict[Key, Any]:
    now: dict[Key, Any] = {}
    for id_, changes in nodes.items():
        node = memory.nodes[id_]
        for what in changes:
            value: Any = id_ in memory.dropped if what == "dropped" else getattr(node, what)
            now[what, id_] = sorted(value) if what == "kept" else list(value) if what == "feeds" else value
    return now


def apply_nodes(memory: Diagram, nodes: dict[str, dict[str, Any]]) -> None:
    """Set of each node what an event says."""
    for id_, changes in nodes.items():
        node = memory.nodes[id_]
        node.feeds = list(changes.get("feeds", node.feeds))
        node.kept = set(changes.get("kept", node.kept))
        node.measure = changes.get("measure", node.measure)
        if "dropped" in changes:
            (memory.dropped.add if changes["dropped"] else memory.dropped.discard)(id_)


def back_to(state: State, step: Step, moment: int) -> list[NewEvent]:
    """Give the events that make the diagram what it was; none if it is so already."""
    memory: Diagram = step.rounds[-1].memory
    back = _Back(state, memory, moment)
    here = {"activity": step.id}
    events = [
        NewEvent("idea.edited", {**here, "idea": idea.id, "along": True}, {"text": text})
        for idea, text in back.words()
    ]
    stands = back.stands()
    events += [
        NewEvent("idea.put_back" if on else "idea.removed", {**here, "idea": idea, "along": True})
        for idea, on in stands.items()
    ]
    nodes = back.nodes()
    if not events and not nodes:
        return []
    gone = {id_ for id_, changes in nodes.items() if changes.get("dropped")}
    come = {id_ for id_, changes in nodes.items() if changes.get("dropped") is False}

    def there(id_: str) -> bool:
        idea: Idea = state.ideas[id_]
        removed = not stands.get(id_, not idea.removed)
        dropped = id_ in gone or (id_ in memory.dropped and id_ not in come)
        return not removed and not dropped and idea.hidden is None and idea.merged_into is None

    if sum(map(there, memory.nodes)) > MOST_NODES:
        raise Refused("diagram_full", filled(_("A diagram holds up to %(most)d boxes."), most=MOST_NODES))
    return [NewEvent("driver.put_back", {**here, "moment": moment, "nodes": nodes}), *events]


class _Back:
    """A diagram as it was at a moment, by the names that things have now."""

    def __init__(self, state: State, memory: Diagram, moment: int) -> None:
        self.state, self.memory = state, memory
        self.now_called = {node.was: node.id for node in memory.nodes.values() if node.was}
        since = memory.history.since(moment)
        self.pieces: int = since.pop(("pieces", ""))
        self.was: dict[Key, Any] = {}
        for (what, id_), value in since.items():
            name = self.called(id_)
            if self.is_new(name):
                continue
            if (
                what == "dropped" and name != id_
            ):  # it is a piece of this version by now, so it is removed like others
                self.was["stands", name] = not value
            elif (what, name) not in self.was or name != id_:  # what was kept under its old name is older
                self.was[what, name] = value

    def called(self, id_: str) -> str:
        return self.now_called.get(id_, id_)

    def is_new(self, id_: str) -> bool:
        """Whether a piece was written since, and not as other words of a box that was there."""
        node = self.memory.nodes.get(id_)
        return int((node.was if node is not None and node.was else id_)[1:]) > self.pieces

    def free(self, idea: Idea) -> bool:
        """Whether it may be touched: what facilitators took off the board stays as it is."""
        return idea.hidden is None and idea.merged_into is None

    def words(self) -> list[tuple[Idea, str]]:
        """Give the pieces that had other words, with these; never words that facilitators took off the board."""
        found = []
        for (what, id_), value in self.was.items():
            if what != "words":
                continue
            now, old = self.state.ideas[id_], self.state.ideas[value[0]]
            text = [*old.earlier, old.text][value[1]]
            if self.free(now) and self.free(old) and text != now.text:
                found.append((now, text))
        return found

    def stood(self, id_: str) -> bool:
        """Whether a piece had not been removed."""
        return bool(self.was.get(("stands", id_), not self.state.ideas[id_].removed))

    def stands(self) -> dict[str, bool]:
        """Give the pieces that are removed now and weren't, or the other way round."""
        found = {}
        for what, id_ in self.was:
            idea = self.state.ideas.get(id_)
            if what == "stands" and idea is not None and self.free(idea) and self.stood(id_) == idea.removed:
                found[id_] = self.stood(id_)
        return found | self._one_aim(found) | self._other_measures()

    def _one_aim(self, found: dict[str, bool]) -> dict[str, bool]:
        """Let the aim that comes back take the place of one that was written since."""
        aims = [node.id for node in self.memory.nodes.values() if node.level == AIM]
        undropped = {id_ for id_ in self.memory.dropped if self.was.get(("dropped", id_)) is False}
        back = {id_ for id_ in aims if found.get(id_) or id_ in undropped}
        return {id_: False for id_ in aims if back and self.is_new(id_) and self.state.ideas[id_].on_board}

    def _measures(self) -> dict[str, str]:
        """Give the nodes that had another measure, with it. One that was written since stays where there was none."""
        found = {}
        for (what, node), measure in self.was.items():
            now = self.memory.nodes[node].measure if what == "measure" else ""
            if what != "measure" or measure == now:
                continue
            shown = bool(measure) and self.stood(measure) and self.free(self.state.ideas[measure])
            if shown or not now or not self.is_new(now):
                found[node] = measure
        return found

    def _other_measures(self) -> dict[str, bool]:
        """Remove what was written since in place of a measure that comes back."""
        now = {self.memory.nodes[node].measure for node in self._measures()}
        return {one: False for one in now if one and self.is_new(one) and self.state.ideas[one].on_board}

    def nodes(self) -> dict[str, dict[str, Any]]:
        """Give what was otherwise with each node: links, hints that were left, measure, whether it was dropped."""
        found: dict[str, dict[str, Any]] = {}
        for (what, id_), value in self.was.items():
            node = self.memory.nodes.get(id_)
            if node is None:
                continue
            if what == "feeds" and (feeds := [self.called(one) for one in value]) != node.feeds:
                found.setdefault(id_, {})["feeds"] = feeds
            elif what == "kept" and set(value) != node.kept:
                found.setdefault(id_, {})["kept"] = value
            elif what == "dropped" and value != (id_ in self.memory.dropped):
                found.setdefault(id_, {})["dropped"] = value
        for id_, measure in self._measures().items():
            found.setdefault(id_, {})["measure"] = measure
        return found
