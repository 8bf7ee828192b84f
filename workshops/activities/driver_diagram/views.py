"""What people see of a driver diagram: the outline, box by box, and the drawn view that is made from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from workshops.activities.base import Dirty, Fragment, Own
from workshops.activities.driver_diagram.diagram import (
    ABOVE,
    AIM,
    BELOW,
    CHANGE,
    HINTS,
    LEVEL_NAMES,
    LEVELS,
    MANY_PRIMARIES,
    PRIMARY,
    SECONDARY,
    Diagram,
    Node,
    hints_for,
)
from workshops.activities.driver_diagram.drawing import Box, drawing_of
from workshops.activities.shared.writing import Writing
from workshops.live.state import FACILITATOR, SCREEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from django_stubs_ext import StrOrPromise

    from workshops.live.state import State, Step

MEASURE = "measure"
MOST_OFFERED = 300
ADD_TO: dict[str, StrOrPromise] = {
    PRIMARY: _("Add a secondary driver"),
    SECONDARY: _("Add a change idea"),
}
PARTS = ("stage.summary", "stage.drawing", "stage.linker", "stage.sources", "stage.changed", "stage.add")


class DiagramViews(Writing):
    """The half of a driver diagram that only looks."""

    @staticmethod
    def there(state: State) -> Callable[[str], bool]:
        """Give the question whether a piece is on the board."""
        ideas = state.ideas
        return lambda piece: ideas[piece].on_board

    @staticmethod
    def open_hints(state: State, memory: Diagram, node: Node) -> list[str]:
        """Name the hints of a node that nobody has read and left."""
        hints = hints_for(node.level, state.ideas[node.id].text)
        if node.level in (SECONDARY, CHANGE) and not memory.above(node, DiagramViews.there(state)):
            hints.append("no_parent")
        return [hint for hint in hints if hint not in node.kept]

    def touched(self, memory: Diagram, nodes: set[str], person: str) -> Dirty:
        """Name what shows that something changed about these nodes."""
        lists = {"aims", "primaries", "loose", *(f"idea-{node}.under" for node in memory.nodes)}
        lists |= {f"idea-{node}.under" for node in nodes}
        keys = {f"idea-{node}" for node in nodes} | {*PARTS, "stage.progress"}
        return Dirty(keys=keys, lists=lists, people={person})

    # -- lists and cards -------------------------------------------------------------------------------------------

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        if not step.rounds or reader == SCREEN:
            return {}
        memory: Diagram = step.rounds[-1].memory
        there = self.there(state)
        under = memory.outline(there)
        lists = {
            "aims": [node.id for node in memory.on(AIM, there)],
            "primaries": under[""],
            "loose": under["loose"],
        }
        for level in (PRIMARY, SECONDARY):
            lists |= {f"idea-{node.id}.under": under.get(node.id, []) for node in memory.on(level, there)}
        return {name: [f"idea-{node}" for node in nodes] for name, nodes in lists.items()}

    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        if not step.rounds:
            return None
        memory: Diagram = step.rounds[-1].memory
        if key in PARTS:
            return self._part(state, step, memory, key.removeprefix("stage."), reader)
        node = memory.nodes.get(key.removeprefix("idea-"))
        if node is None or reader == SCREEN or not memory.stands(node.id, self.there(state)):
            return None
        return Fragment(self.template("node"), self._node_context(state, step, memory, node, reader))

    def may_edit(self, step: Step, level: str, reader: str) -> bool:
        """Whether this reader is offered to write on a level now."""
        if step.phase != "open" or reader == SCREEN:
            return False
        return reader == FACILITATOR or getattr(step.settings, f"edit_{level}") != "facilitators"

    def _node_context(
        self, state: State, step: Step, memory: Diagram, node: Node, reader: str
    ) -> dict[str, Any]:
        there = self.there(state)
        idea = state.ideas[node.id]
        measure = state.ideas.get(node.measure)
        above = memory.above(node, there)
        below = BELOW.get(node.level, "")
        context = self.card_context(state, step, idea, reader)
        context |= {
            "step": step.id,
            "level": node.level,
            "level_name": LEVEL_NAMES[node.level],
            "edited": bool(idea.earlier) or bool(node.was and node.was != node.id),
            "is_new": len(step.rounds) > 1 and not node.was,
            "taken": self._taken(state, memory, node),
            "measure": measure.text if measure is not None and measure.on_board else "",
            "outcome_measure": node.level == AIM,
            "feeds": [{"id": one, "text": state.ideas[one].text} for one in above]
            if node.level in (SECONDARY, CHANGE)
            else [],
            "fed_by": [
                state.ideas[one].text
                for one in memory.below(node.id, there)
                if memory.above(memory.nodes[one], there)[0] != node.id
            ],
            "hints": [{"name": name, "text": HINTS[name]} for name in self.open_hints(state, memory, node)],
            "may": self.may_edit(step, node.level, reader),
            "may_measure": node.level != CHANGE,
            "may_add": node.level in (PRIMARY, SECONDARY) and self.may_edit(step, below, reader),
            "below": below,
            "add_words": ADD_TO.get(node.level, ""),
            "most_characters": step.settings.most_characters,
            "under_list": f"idea-{node.id}.under" if node.level in (PRIMARY, SECONDARY) else "",
            "undo": {"do": "idea.put_back", "activity": step.id, "idea": node.id},
        }
        return context

    @staticmethod
    def _taken(state: State, memory: Diagram, node: Node) -> dict[str, Any] | None:
        """Say where a node comes from: the activity, and whether from a group."""
        if not node.taken:
            return None
        idea = state.ideas.get(node.taken)
        title = state.steps[idea.step].title if idea is not None and idea.step in state.steps else ""
        return {"title": title, "group": memory.offers.get(node.taken, "") if idea is None else ""}

    # -- parts of the stage ----------------------------------------------------------------------------------------

    def _part(self, state: State, step: Step, memory: Diagram, name: str, reader: str) -> Fragment | None:
        if reader == SCREEN and name not in ("summary", "drawing"):
            return None
        parts: dict[str, Callable[..., Any]] = {
            "summary": self._summary,
            "drawing": self._drawing,
            "linker": self._linker,
            "sources": self._sources,
            "changed": self._changed,
            "add": self._add_forms,
        }
        return Fragment(self.template(name), {name: parts[name](state, step, memory, reader)})

    def _summary(self, state: State, step: Step, memory: Diagram, reader: str) -> dict[str, Any]:
        there = self.there(state)
        counts = [{"level": LEVEL_NAMES[level], "n": len(memory.on(level, there))} for level in LEVELS[1:]]
        primaries = len(memory.on(PRIMARY, there))
        nodes = [node for node in memory.nodes.values() if memory.stands(node.id, there)]
        return {
            "counts": counts,
            "hints": sum(len(self.open_hints(state, memory, node)) for node in nodes),
            "many": primaries if primaries > MANY_PRIMARIES else 0,
            "aim": next((state.ideas[node.id].text for node in memory.on(AIM, there)), ""),
            "version": len(step.rounds),
        }

    def _drawing(self, state: State, step: Step, memory: Diagram, reader: str) -> dict[str, Any] | None:
        there = self.there(state)
        nodes = [memory.nodes[node] for node in memory.in_order(there)]
        boxes = [
            Box(node.id, node.level, state.ideas[node.id].text, memory.above(node, there)) for node in nodes
        ]
        return drawing_of(boxes, memory.outline(there))

    def _linker(self, state: State, step: Step, memory: Diagram, reader: str) -> dict[str, Any]:
        """Give what can be connected: what feeds something, and what it may feed."""
        there, labels = self.there(state), memory.labels(memory.in_order(self.there(state)))

        def named(*levels: str) -> list[dict[str, str]]:
            nodes = [memory.nodes[one] for one in labels if memory.nodes[one].level in levels]
            return [
                {"id": node.id, "label": labels[node.id], "text": state.ideas[node.id].text}
                for node in nodes
                if memory.stands(node.id, there)
            ]

        levels = [level for level in (SECONDARY, CHANGE) if self.may_edit(step, level, reader)]
        return {
            "step": step.id,
            "from": named(*levels),
            "to": named(*(ABOVE[level] for level in levels)),
        }

    def _sources(self, state: State, step: Step, memory: Diagram, reader: str) -> dict[str, Any]:
        """Give what can be taken from earlier activities."""
        groups, ideas = [], []
        for item, title in memory.offers.items():
            idea = state.ideas.get(item)
            if idea is None:
                groups.append({"id": item, "text": title})
            elif idea.on_board:
                ideas.append({"id": item, "text": idea.text})
        levels = [level for level in LEVELS if self.may_edit(step, level, reader)]
        return {
            "step": step.id,
            "groups": [group for group in groups if group["text"]],
            "ideas": ideas[:MOST_OFFERED],
            "more": max(0, len(ideas) - MOST_OFFERED),
            "levels": [{"id": level, "name": LEVEL_NAMES[level]} for level in levels],
        }

    def _changed(self, state: State, step: Step, memory: Diagram, reader: str) -> dict[str, Any] | None:
        """Say what this version has that the one before had not."""
        if len(step.rounds) < 2:
            return None
        changed = memory.changed_since(step.rounds[-2].memory, self.there(state))
        words = {
            name: [{"text": state.ideas[node].text} for node in nodes] for name, nodes in changed.items()
        }
        for row, node in zip(words["reworded"], changed["reworded"], strict=True):
            was = state.ideas.get(memory.nodes[node].was)
            row["was"] = was.text if was is not None and was.on_board else ""
        return {"version": len(step.rounds), "before": len(step.rounds) - 1, **words}

    def _add_forms(self, state: State, step: Step, memory: Diagram, reader: str) -> dict[str, Any]:
        """Say what can be added at the top: the aim while there is none, and primary drivers."""
        has_aim = bool(memory.on(AIM, self.there(state)))
        return {
            "step": step.id,
            "aim": not has_aim and self.may_edit(step, AIM, reader),
            "waits_for_aim": not has_aim and not self.may_edit(step, AIM, reader),
            "primary": self.may_edit(step, PRIMARY, reader),
            "most_characters": step.settings.most_characters,
        }

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        if not step.rounds:
            return {"started": False}
        memory: Diagram = step.rounds[-1].memory
        context: dict[str, Any] = {"started": True}
        for part in PARTS:
            name = part.removeprefix("stage.")
            fragment = self._part(state, step, memory, name, reader)
            if fragment is not None:
                context |= fragment.context
        return context

    def own(self, state: State, step: Step, person: str) -> Own:
        mine = [idea.id for idea in state.sheet(step.id).by.get(person, ()) if idea.on_board]
        return Own({"mine": mine})
