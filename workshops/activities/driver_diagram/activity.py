"""Driver diagram: what we want to achieve, what drives it, and which changes we could test.

What feeds what is kept in `diagram.py`. Each node is a piece whose sort is its level; how it is measured is a piece of
its own with `about` the node. A new round is a new version: it begins as the last one ended, and words changed in it
are new pieces, so that the version before stays what it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from realtime.fields import Flag, Id, OneOf, Text
from workshops.activities import base
from workshops.activities.base import GIVES_IDEAS, Dirty, setting
from workshops.activities.driver_diagram.diagram import (
    CHANGE,
    HINTS,
    LEVELS,
    PRIMARY,
    SECONDARY,
    Diagram,
    Node,
)
from workshops.activities.driver_diagram.earlier import LARGE, apply_nodes, back_to, before_it, keep_for
from workshops.activities.driver_diagram.rules import (
    EVERYBODY,
    LEADS,
    MOST_MEASURE,
    MOST_WORDS,
    DiagramRules,
)
from workshops.activities.driver_diagram.views import MEASURE
from workshops.activities.shared.promises import joined, names_setting, who_wrote
from workshops.activities.shared.sources import grouping_of, rounds_of, shown_ideas, sources_of
from workshops.activities.shared.writing import IDEA

if TYPE_CHECKING:
    from collections.abc import Collection

    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Happened, NewEvent, Pretender
    from workshops.activities.shared.moments import Change, History
    from workshops.live.state import Idea, Round, State, Step

_WHO = ((EVERYBODY, _("Everybody")), (LEADS, _("Facilitators only")))


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverDiagramSettings(base.Settings):
    """Who may change what."""

    edit_aim: str = field(default=LEADS, metadata=setting(_("Who writes the aim"), choices=_WHO))
    edit_primary: str = field(
        default=EVERYBODY, metadata=setting(_("Who writes primary drivers"), choices=_WHO)
    )
    edit_secondary: str = field(
        default=EVERYBODY, metadata=setting(_("Who writes secondary drivers"), choices=_WHO)
    )
    edit_change: str = field(default=EVERYBODY, metadata=setting(_("Who writes change ideas"), choices=_WHO))
    names: str = field(default="nobody", metadata=names_setting(_("Who sees who wrote something")))
    most_characters: int = field(
        default=200, metadata=setting(_("Longest text of a box, in characters"), least=20, most=MOST_WORDS)
    )
    source: str = field(
        default="",
        metadata=setting(
            _("Ideas and groups from"),
            _("What can be taken into the diagram. Automatic means all before this."),
            takes=(GIVES_IDEAS, "cluster"),
        ),
    )


class DriverDiagram(DiagramRules):
    """Drawing up an aim, its drivers and change ideas together."""

    kind = "driver_diagram"
    label = _("Driver diagram")
    about = _("An aim, what drives it, and change ideas to test. An outline and a drawn view of the same.")
    icon = "workflow"
    verb = _("Start the diagram")
    minutes = 30
    Settings = DriverDiagramSettings
    foremost: ClassVar = ("edit_aim", "edit_change", "names")
    gives_ideas = True
    large_changes = LARGE
    what_goes_back = _(
        "Everybody sees the diagram go back. Boxes that were written since stay, and what was hidden stays hidden."
    )
    columns: ClassVar = (
        "nodes",
        {"label": _("Number"), "level": _("Level"), "feeds": _("Feeds"), "from": _("Taken from (id)")},
    )
    commands: ClassVar = {
        **DiagramRules.commands,
        "driver.add": {
            "activity": Id(),
            "level": OneOf(choices=LEVELS),
            "text": Text(most=MOST_WORDS, lines=False),
            "under": Id(required=False),
        },
        "driver.take": {
            "activity": Id(),
            "item": Id(),
            "level": OneOf(choices=LEVELS),
            "under": Id(required=False),
        },
        "driver.link": {"activity": Id(), "node": Id(), "to": Id(), "on": Flag()},
        "driver.measure": {
            "activity": Id(),
            "node": Id(),
            "text": Text(most=MOST_MEASURE, lines=False, required=False),
        },
        "driver.keep": {"activity": Id(), "node": Id(), "hint": OneOf(choices=tuple(HINTS))},
    }

    # -- what it says of itself ------------------------------------------------------------------------------------

    def board(self, state: State, step: Step, sort: str = IDEA) -> list[Idea]:
        """The change ideas of the latest version are what others may take as ideas."""
        if sort != IDEA:
            return super().board(state, step, sort)
        if not step.rounds:
            return []
        memory: Diagram = step.rounds[-1].memory
        return [state.ideas[node.id] for node in memory.on(CHANGE, self.there(state))]

    def longest(self, step: Step, sort: str) -> int:
        return MOST_MEASURE if sort == MEASURE else int(step.settings.most_characters)

    def rests_on(self, state: State, step: Step, idea: Idea) -> tuple[Collection[str], list[Idea]]:
        """A box can hold the words of an earlier idea, and several people can have changed them."""
        memory: Diagram = step.rounds[-1].memory
        others = memory.editors.get(idea.id, set()) - {idea.author}
        older = [one for run in step.rounds for one in (run.memory.nodes.get(idea.id),) if one is not None]
        pieces = {one.taken for one in older} | {one.was for one in older if one.was != idea.id}
        return others, [state.ideas[piece] for piece in sorted(pieces) if piece in state.ideas]

    def promise(self, settings: DriverDiagramSettings) -> StrOrPromise:
        return joined(
            _("Everybody sees the diagram as it grows, and others may change your words."),
            who_wrote(settings.names, _("Names stand with what people write.")),
        )

    # -- rules -----------------------------------------------------------------------------------------------------

    def begin(self, state: State, step: Step) -> Diagram:
        grouping = grouping_of(state, step)
        chosen = state.steps.get(step.settings.source)
        writing = [] if chosen is not None and chosen is grouping else sources_of(state, step)
        ideas = [idea for idea in shown_ideas(state, writing) if idea.step != step.id]
        offers: dict[str, str] = {}
        if grouping is not None and grouping.rounds and (chosen is None or chosen is grouping):
            offers |= {group.id: group.title for group in grouping.rounds[-1].memory.groups.values()}
        offers |= {idea.id: "" for idea in ideas}
        here = {idea.step for idea in ideas}
        sources = rounds_of([one for one in writing if one.id in here])
        if step.rounds:
            last: Diagram = step.rounds[-1].memory
            return last.next_version(offers, sources)
        return Diagram(offers, sources)

    # -- what happened ---------------------------------------------------------------------------------------------

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        memory: Diagram = step.rounds[-1].memory
        body = event.body
        keep_for(state, memory, event)
        if event.kind in self.EVENTS:
            return self._apply_words(state, step, memory, event)
        if event.kind == "driver.put_back":
            return self._apply_earlier(memory, event)
        node = memory.nodes[body["node"]]
        around = memory.neighbours(node.id)
        match event.kind:
            case "driver.linked":
                (node.feeds.append if body["on"] else node.feeds.remove)(body["to"])
            case "driver.kept":
                node.kept.add(body["hint"])
            case "driver.unmeasured":
                node.measure = ""
            case "driver.dropped":
                (memory.dropped.add if body["on"] else memory.dropped.discard)(node.id)
        return self.touched(memory, around | memory.neighbours(node.id), event.actor)

    def _apply_earlier(self, memory: Diagram, event: Happened) -> Dirty:
        nodes = event.body["nodes"]
        around = {other for node in nodes for other in memory.neighbours(node)}
        apply_nodes(memory, nodes)
        around |= {other for node in nodes for other in memory.neighbours(node)}
        dirty = self.touched(memory, around, event.actor)
        dirty.say.append((None, _("A facilitator put the diagram back to an earlier moment.")))
        return dirty

    def _apply_words(self, state: State, step: Step, memory: Diagram, event: Happened) -> Dirty:
        body = event.body
        around = memory.neighbours(body["instead"]) if "instead" in body else set()
        idea = self.apply_writing(state, step, event)
        if event.kind == "idea.added":
            if idea.sort == MEASURE:
                memory.nodes[idea.about].measure = idea.id
            elif "instead" in body:
                memory.replace(body["instead"], idea.id)
            else:
                under = [body["under"]] if "under" in body else []
                memory.nodes[idea.id] = Node(idea.id, idea.sort, under, taken=body.get("taken", ""))
        elif event.kind == "idea.edited" and "along" not in body:  # else the words were there before
            memory.editors.setdefault(idea.id, set()).add(event.actor)
            if idea.id in memory.nodes:
                memory.nodes[idea.id].kept -= {"no_number", "no_date", "vague", "task"}
        touched = idea.about if idea.sort == MEASURE else idea.id
        dirty = self.touched(memory, around | memory.neighbours(touched), event.actor)
        dirty.people.add(idea.author)
        if idea.stands_for or idea.flags:
            dirty.keys.add("hidden")
            dirty.people |= state.merged_authors(idea)
        return dirty

    def withdrawn(self, state: State, step: Step, item: str) -> Dirty:
        memory: Diagram = step.rounds[-1].memory
        idea = state.ideas.get(item)
        if item in memory.offers:
            return Dirty(keys={"stage.sources"})
        if idea is None or idea.step != step.id:
            return Dirty()
        return self.touched(memory, memory.neighbours(idea.about or item), idea.author)

    def inverse(self, state: State, step: Step, event: Happened) -> dict[str, Any] | None:
        body = event.body
        memory: Diagram = step.rounds[-1].memory
        here: dict[str, Any] = {"activity": step.id}
        if event.kind == "driver.put_back":
            return memory.history.undoing(step.id)
        if body.get("along"):
            return None
        if event.kind == "driver.linked":
            return {"do": "driver.link", **here, "node": body["node"], "to": body["to"], "on": not body["on"]}
        if event.kind == "driver.dropped":
            return {"do": "idea.put_back" if body["on"] else "idea.remove", **here, "idea": body["node"]}
        return self._words_back(state, step, memory, event) if event.kind in self.EVENTS else None

    def _words_back(
        self, state: State, step: Step, memory: Diagram, event: Happened
    ) -> dict[str, Any] | None:
        body, here = event.body, {"activity": step.id}
        idea = state.ideas.get(body["idea"])
        if idea is not None:
            if idea.sort == MEASURE:
                return {"do": "driver.measure", **here, "node": idea.about, "text": idea.text}
            return super().inverse(state, step, event)
        if body["sort"] == MEASURE:
            old = state.ideas.get(memory.nodes[body["about"]].measure)
            text = old.text if old is not None and old.on_board else ""
            return {"do": "driver.measure", **here, "node": body["about"], "text": text}
        if "instead" in body:
            text = state.ideas[body["instead"]].text
            return {"do": "idea.edit", **here, "idea": body["idea"], "text": text}
        return {"do": "idea.remove", **here, "idea": body["idea"]}

    def history(self, step: Step) -> History | None:
        return step.rounds[-1].memory.history if step.rounds else None

    def before_it(self, change: Change) -> StrOrPromise:
        return before_it(change)

    def put_back(self, state: State, step: Step, moment: int) -> list[NewEvent]:
        self.must_be_free(state, step)
        return back_to(state, step, moment)

    def pretend(self, state: State, step: Step, person: str, pretender: Pretender) -> dict[str, Any] | None:
        memory: Diagram = step.rounds[-1].memory
        there, settings = self.there(state), step.settings
        mine = sum(state.ideas[node].author == person for node in memory.nodes)
        if mine >= 3 or not pretender.chance(5):
            return None
        open_levels = [level for level in LEVELS[1:] if getattr(settings, f"edit_{level}") == EVERYBODY]
        primaries, secondaries = memory.on(PRIMARY, there), memory.on(SECONDARY, there)
        said: dict[str, Any] = {"do": "driver.add", "activity": step.id}
        said["text"] = " ".join(pretender.words(most=min(90, settings.most_characters)).split())
        if PRIMARY in open_levels and len(primaries) < 4:
            return said | {"level": PRIMARY}
        if SECONDARY in open_levels and primaries and len(secondaries) < 2 * len(primaries):
            return said | {"level": SECONDARY, "under": pretender.one_of(primaries).id}
        if CHANGE in open_levels and secondaries:
            return said | {"level": CHANGE, "under": pretender.one_of(secondaries).id}
        return None

    # -- counts and results ----------------------------------------------------------------------------------------

    def progress(self, state: State, step: Step) -> list[tuple[str, StrOrPromise]]:
        if not step.rounds:
            return []
        memory: Diagram = step.rounds[-1].memory
        counts = {level: len(memory.on(level, self.there(state))) for level in LEVELS}
        one, two, three = counts[PRIMARY], counts[SECONDARY], counts[CHANGE]
        return [
            (str(one), ngettext("primary driver", "primary drivers", one)),
            (str(two), ngettext("secondary driver", "secondary drivers", two)),
            (str(three), ngettext("change idea", "change ideas", three)),
        ]

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        memory: Diagram = run.memory
        there = self.there(state)
        order = memory.in_order(there)
        labels = memory.labels(order)
        before = step.rounds[run.number - 2].memory if run.number > 1 else None
        rows: list[dict[str, Any]] = []
        for id_ in order:
            node = memory.nodes[id_]
            above = memory.above(node, there)
            rows.append(
                {
                    "item": state.gid(id_),
                    "level": node.level,
                    "label": labels[id_],
                    "above": [state.gid(one) for one in above],
                    "feeds": ", ".join(labels[one] for one in above if one in labels),
                    "from": state.gid(node.taken) if node.taken else "",
                    "hints": self.open_hints(state, memory, node),
                }
            )
            measure = state.ideas.get(node.measure)
            if measure is not None and measure.on_board:
                rows.append(
                    {
                        "item": state.gid(measure.id),
                        "level": MEASURE,
                        "label": "",
                        "above": [state.gid(id_)],
                        "feeds": labels[id_],
                        "from": "",
                        "hints": [],
                    }
                )
        changed = memory.changed_since(before, there)
        return {
            "names": run.settings.names,
            "version": run.number,
            "nodes": rows,
            "changed": {name: [state.gid(one) for one in some] for name, some in changed.items()},
            "taken_groups": {
                state.gid(node.taken): memory.offers.get(node.taken, "")
                for node in memory.nodes.values()
                if node.taken and node.taken not in state.ideas and memory.stands(node.id, there)
            },
        }
