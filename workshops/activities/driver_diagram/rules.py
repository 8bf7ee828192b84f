"""What may happen in a driver diagram: who may write on which level, and what may feed what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from workshops.activities.base import NewEvent, Refused, filled
from workshops.activities.driver_diagram.diagram import (
    ABOVE,
    AIM,
    CHANGE,
    LEVEL_NAMES,
    MOST_NODES,
    SECONDARY,
    Diagram,
    Node,
)
from workshops.activities.driver_diagram.views import MEASURE, DiagramViews
from workshops.activities.shared.writing import built_upon
from workshops.live import words
from workshops.live.identifying import must_not_identify
from workshops.live.state import FACILITATOR

if TYPE_CHECKING:
    from workshops.activities.base import Command
    from workshops.live.state import Person, State, Step

MOST_WORDS = 500
MOST_MEASURE = 200
EVERYBODY, LEADS = "everybody", "facilitators"


class DiagramRules(DiagramViews):
    """The half of a driver diagram that decides."""

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        person = state.contributor(by)
        self.must_be_open(step)
        self.must_be_free(state, step)
        rules = {
            "driver.add": self._add,
            "driver.take": self._take,
            "driver.link": self._link,
            "driver.measure": self._measure,
            "driver.keep": self._keep,
        }
        rule = rules.get(command.do, self._change)
        return rule(state, step, command, person)

    @staticmethod
    def must_be_free(state: State, step: Step) -> None:
        """Raise Refused if another activity works with this version already."""
        if built_upon(state, step, len(step.rounds)):
            raise Refused(
                "grouping_started", _("Others work with the change ideas already. Start a new version.")
            )

    def _keep(self, state: State, step: Step, command: Command, person: Person) -> list[NewEvent]:
        """Note that a hint was read, and the words stay."""
        node = self._node(state, step, command["node"], person)
        if command["hint"] in node.kept:
            return []
        return [NewEvent("driver.kept", {"activity": step.id, "node": node.id, "hint": command["hint"]})]

    @staticmethod
    def _may(step: Step, person: Person, level: str) -> None:
        """Refuse what the settings leave to facilitators."""
        if person.role != FACILITATOR and getattr(step.settings, f"edit_{level}") == LEADS:
            sentence = _("Only facilitators write here: %(level)s.")
            raise Refused("not_allowed", filled(sentence, level=LEVEL_NAMES[level]))

    def _node(self, state: State, step: Step, node: str, person: Person | None) -> Node:
        """Find a node of this version that this person may change. Raises Refused."""
        memory: Diagram = step.rounds[-1].memory
        if not memory.stands(node, self.there(state)):
            raise Refused("no_such_node", _("This is not in the diagram any more."))
        found = memory.nodes[node]
        if person is not None:
            self._may(step, person, found.level)
        return found

    def _add(
        self, state: State, step: Step, command: Command, person: Person, *, text: str = "", taken: str = ""
    ) -> list[NewEvent]:
        memory: Diagram = step.rounds[-1].memory
        level = command["level"]
        self._may(step, person, level)
        there = self.there(state)
        if level == AIM and memory.on(AIM, there):
            raise Refused("one_aim", _("A diagram has one aim. Change the one that is there."))
        if sum(memory.stands(node, there) for node in memory.nodes) >= MOST_NODES:
            raise Refused("diagram_full", filled(_("A diagram holds up to %(most)d boxes."), most=MOST_NODES))
        more: dict[str, Any] = {}
        if command["under"] and level in (SECONDARY, CHANGE):
            self._must_feed(level, self._node(state, step, command["under"], None))
            more["under"] = command["under"]
        if taken:
            more |= {"taken": taken, "gid": state.gid(taken)}
        return [self.added(state, step, person.id, text or command["text"], sort=level, **more)]

    @staticmethod
    def _must_feed(level: str, above: Node) -> None:
        if level not in (SECONDARY, CHANGE) or above.level != ABOVE[level]:
            raise Refused(
                "bad_link",
                _("A change idea feeds secondary drivers, and a secondary driver feeds primary drivers."),
            )

    def _take(self, state: State, step: Step, command: Command, person: Person) -> list[NewEvent]:
        memory: Diagram = step.rounds[-1].memory
        item = command["item"]
        if item not in memory.offers:
            raise Refused("not_offered", _("This can't be taken into the diagram."))
        idea = state.ideas.get(item)
        if idea is not None and not idea.on_board:
            raise Refused("not_offered", _("This was taken off the board."))
        text = " ".join((idea.text if idea is not None else memory.offers[item]).split())
        if not text:
            raise Refused(
                "no_title", _("This group has no name yet. Name it first, or write a box of your own.")
            )
        return self._add(
            state, step, command, person, text=text[: self.longest(step, command["level"])], taken=item
        )

    def _link(self, state: State, step: Step, command: Command, person: Person) -> list[NewEvent]:
        node = self._node(state, step, command["node"], person)
        if command["to"] not in node.feeds or command["on"]:
            self._must_feed(node.level, self._node(state, step, command["to"], None))
        if command["on"] == (command["to"] in node.feeds):
            return []
        body = {"activity": step.id, "node": node.id, "to": command["to"], "on": command["on"]}
        return [NewEvent("driver.linked", body)]

    def _measure(self, state: State, step: Step, command: Command, person: Person) -> list[NewEvent]:
        """Say how a node is measured; nothing takes it away."""
        node = self._node(state, step, command["node"], person)
        if node.level == CHANGE:
            raise Refused("no_measure", _("Measures belong to the aim and to drivers."))
        old = state.ideas.get(node.measure)
        text = command["text"] or ""
        if old is None or not old.on_board:
            return [self.added(state, step, person.id, text, sort=MEASURE, about=node.id)] if text else []
        if text == old.text:
            return []
        body = {"activity": step.id, "idea": old.id}
        if old.round != len(step.rounds):
            if not text:
                return [NewEvent("driver.unmeasured", {"activity": step.id, "node": node.id})]
            return [self.added(state, step, person.id, text, sort=MEASURE, about=node.id)]
        if not text:
            return [NewEvent("idea.removed", body)]
        self.must_fit(step, text, MEASURE)
        must_not_identify(text)
        return [NewEvent("idea.edited", body, {"text": text})]

    def _change(self, state: State, step: Step, command: Command, person: Person) -> list[NewEvent]:
        """Change, remove or put back a node: whoever may write on its level may, whoever wrote it."""
        memory: Diagram = step.rounds[-1].memory
        node = memory.nodes.get(command["idea"])
        idea = state.found_idea(command["idea"])
        if node is None or idea.hidden is not None or idea.merged_into is not None:
            raise Refused("no_such_idea", words.NO_SUCH_IDEA)
        self._may(step, person, node.level)
        carried = idea.round != len(step.rounds)
        gone = idea.removed or node.id in memory.dropped
        body = {"activity": step.id, "idea": idea.id}
        if command.do == "idea.edit":
            if gone:
                raise Refused("no_such_idea", words.NO_SUCH_IDEA)
            text = " ".join(command["text"].split())
            if text == idea.text:
                return []
            was = state.ideas.get(node.was)
            if was is not None and was.hidden is not None and text == was.text:  # by undoing, say
                raise Refused("no_such_idea", _("The facilitator has taken these words off the board."))
            self.must_fit(step, text)
            if carried:
                return [self.added(state, step, person.id, text, sort=node.level, instead=idea.id)]
            must_not_identify(text)
            return [NewEvent("idea.edited", body, {"text": text})]
        if (command.do == "idea.remove") == gone:
            return []
        if command.do == "idea.put_back" and node.level == AIM and memory.on(AIM, self.there(state)):
            raise Refused("one_aim", _("A diagram has one aim. Change the one that is there."))
        if carried:
            return [NewEvent("driver.dropped", {"activity": step.id, "node": node.id, "on": not gone})]
        return [NewEvent("idea.removed" if command.do == "idea.remove" else "idea.put_back", body)]
