"""What a driver diagram is made of: nodes on four levels, what feeds what, and hints from quality-improvement guides.

Words are never here, only ids. Hints are offered, never forced: who reads one and keeps the words says so.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from workshops.activities.shared.moments import History

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django_stubs_ext import StrOrPromise

AIM, PRIMARY, SECONDARY, CHANGE = "aim", "primary", "secondary", "change"
LEVELS = (AIM, PRIMARY, SECONDARY, CHANGE)
ABOVE = {PRIMARY: AIM, SECONDARY: PRIMARY, CHANGE: SECONDARY}
BELOW = {above: level for level, above in ABOVE.items()}
MANY_PRIMARIES = 6
MOST_NODES = 150

LEVEL_NAMES: dict[str, StrOrPromise] = {
    AIM: _("Aim"),
    PRIMARY: _("Primary driver"),
    SECONDARY: _("Secondary driver"),
    CHANGE: _("Change idea"),
}

HINTS: dict[str, StrOrPromise] = {
    "no_number": _("It doesn't say how much. A number makes it possible to see whether you got there."),
    "no_date": _("It doesn't say by when. Name a date, or a number of months."),
    "vague": _("“Improve” or “reduce” alone can't be measured. Say what, for whom, how much and by when."),
    "no_parent": _("It feeds nothing yet. Connect it to what it helps."),
    "task": _("It reads like a task. Which change would you try, and how would you see whether it works?"),
}
"""What a node may be asked about."""

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_WORD_NUMBERS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|half|third|quarter|double|twice|zero|"
    "all|every|none|no more than"
)
_YEAR = re.compile(r"\b20\d\d\b(?:/\d\d\b)?")
_WHEN = re.compile(
    rf"\b(?:{_MONTHS})[a-z]*\b|\b\d{{1,2}}[./]\d{{1,2}}(?:[./]\d{{2,4}})?\b"
    r"|\b(?:within|in|over|after)\s+(?:the\s+(?:next|coming)\s+)?(?:\w+|\d+)\s+(?:days?|weeks?|months?|years?)\b"
    r"|\b(?:spring|summer|autumn|winter|christmas|easter|q[1-4]|end of (?:the|this|next) \w+)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(rf"\d|\b(?:{_WORD_NUMBERS})\b|%", re.IGNORECASE)
_VAGUE = re.compile(
    r"^\s*(?:to\s+|we\s+(?:will|want\s+to)\s+)?"
    r"(?:improv|reduc|increas|enhanc|better|decreas|lower|raise|optimi[sz]|strengthen)",
    re.IGNORECASE,
)
_TASK = re.compile(
    r"^\s*(?:to\s+|we\s+(?:will|should|need\s+to|must)\s+)?"
    r"(?:discuss|e-?mail|call\b|meet\b|ask\b|arrange|organi[sz]e|schedule|set\s+up\s+(?:a\s+)?(?:meeting|group|working)"
    r"|form\s+a|look\s+(?:into|at)|explore|investigate|consider|review|talk\s+(?:to|with)|speak\s+(?:to|with)"
    r"|think\s+about|plan\b|write\s+(?:a\s+)?(?:paper|report|business)|find\s+out|identify|raise\s+awareness|agree\b"
    r"|get\s+(?:approval|funding|agreement)|hold\s+a\s+meeting|send\b)",
    re.IGNORECASE,
)


def hints_for(level: str, text: str) -> list[str]:
    """Name what a node's words leave open, by the guides: aims are specific, measurable and bound to a time."""
    if level == AIM:
        dated = bool(_YEAR.search(text) or _WHEN.search(text))
        without_dates = _WHEN.sub(" ", _YEAR.sub(" ", text))
        counted = bool(_NUMBER.search(without_dates))
        if not dated and not counted and _VAGUE.search(text):
            return ["vague"]
        return [name for name, there in (("no_number", counted), ("no_date", dated)) if not there]
    if level == CHANGE and _TASK.search(text):
        return ["task"]
    return []


@dataclass(slots=True)
class Node:
    """One box. Its words are those of the idea with its id."""

    id: str
    level: str
    feeds: list[str] = field(default_factory=list)
    """The nodes above that it is linked to, the first one first: there it stands in the outline."""
    taken: str = ""
    """The idea or group of an earlier activity that it was taken from."""
    was: str = ""
    """The node of the version before whose words were changed to these."""
    measure: str = ""
    """The line that says how it is measured."""
    kept: set[str] = field(default_factory=set)
    """Hints that somebody read and left."""


@dataclass(slots=True)
class Diagram:
    """The memory of one version. A new one begins as the last one ended."""

    offers: dict[str, str]
    """What can be taken from earlier activities: ids of ideas and, with their names, of groups."""
    sources: dict[str, int]
    nodes: dict[str, Node] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    """Nodes of the version before that are not in this one."""
    editors: dict[str, set[str]] = field(default_factory=dict)
    """Who changed the words of a node or a measure, besides its author."""
    history: History = field(default_factory=History)
    """How to put this version back to an earlier moment."""

    def next_version(self, offers: dict[str, str], sources: dict[str, int]) -> Diagram:
        """Begin the next version."""
        nodes = {id_: copy.deepcopy(node) for id_, node in self.nodes.items() if id_ not in self.dropped}
        for node in nodes.values():
            node.was = node.id
        return Diagram(offers, sources, nodes, editors=copy.deepcopy(self.editors))

    def on(self, level: str, there: Callable[[str], bool]) -> list[Node]:
        """Give the nodes of a level that are there, in order."""
        return [node for node in self.nodes.values() if node.level == level and self.stands(node.id, there)]

    def stands(self, node: str, there: Callable[[str], bool]) -> bool:
        """Whether a node is part of this version."""
        return node in self.nodes and node not in self.dropped and there(node)

    def above(self, node: Node, there: Callable[[str], bool]) -> list[str]:
        """Give what a node feeds, of what is there. A primary driver always feeds the aim."""
        if node.level == PRIMARY:
            return [aim.id for aim in self.on(AIM, there)][:1]
        return [one for one in node.feeds if self.stands(one, there)]

    def below(self, node: str, there: Callable[[str], bool]) -> list[str]:
        """Give what feeds a node directly, wherever it stands in the outline."""
        return [one.id for one in self.nodes.values() if node in one.feeds and self.stands(one.id, there)]

    def outline(self, there: Callable[[str], bool]) -> dict[str, list[str]]:
        """Give what stands under each node, under "" the primary drivers, under "loose" what feeds nothing."""
        under: dict[str, list[str]] = {"": [node.id for node in self.on(PRIMARY, there)], "loose": []}
        for level in (SECONDARY, CHANGE):
            for node in self.on(level, there):
                above = self.above(node, there)
                under.setdefault(above[0] if above else "loose", []).append(node.id)
        return under

    def in_order(self, there: Callable[[str], bool]) -> list[str]:
        """Give all nodes as the outline lists them: the aim, then each driver with what stands under it."""
        under = self.outline(there)
        order = [node.id for node in self.on(AIM, there)]
        waiting = [*under[""], *under["loose"]]
        while waiting:
            node = waiting.pop(0)
            order.append(node)
            waiting = [*under.get(node, ()), *waiting]
        return order

    def labels(self, order: Iterable[str]) -> dict[str, str]:
        """Number the nodes of each level in this order: P1, S1, C1. The aim needs none."""
        counts: dict[str, int] = {}
        labels: dict[str, str] = {}
        for node in order:
            level = self.nodes[node].level
            counts[level] = counts.get(level, 0) + 1
            labels[node] = f"{level[0].upper()}{counts[level]}" if level != AIM else "A"
        return labels

    def neighbours(self, node: str) -> set[str]:
        """Give a node with all that show it: what it feeds, what feeds it, and what that feeds besides.

        Whether they are there or not: one that goes lets what fed it stand somewhere else.
        """
        found = {node, *(self.nodes[node].feeds if node in self.nodes else ())}
        for one in self.nodes.values():
            if node in one.feeds:
                found |= {one.id, *one.feeds}
        return found

    def replace(self, old: str, new: str) -> None:
        """Let a node with other words take the place of one of the version before, links and all."""
        nodes: dict[str, Node] = {}
        for id_, node in self.nodes.items():
            node.feeds = [new if one == old else one for one in node.feeds]
            if id_ == old:
                node.id, node.kept = new, set()
            nodes[node.id] = node
        self.nodes = nodes

    def changed_since(self, before: Diagram | None, there: Callable[[str], bool]) -> dict[str, list[str]]:
        """Say what is new, what has other words, and what is gone, compared with the version before."""
        mine = [node for node in self.nodes.values() if self.stands(node.id, there)]
        if before is None:
            return {"added": [], "reworded": [], "relinked": [], "gone": []}
        kept = {node.was for node in mine if node.was}
        return {
            "added": [node.id for node in mine if not node.was],
            "reworded": [node.id for node in mine if node.was and node.was != node.id],
            "relinked": [
                node.id
                for node in mine
                if node.was in before.nodes and self._origins(node.feeds) != before.nodes[node.was].feeds
            ],
            "gone": [
                id_ for id_ in before.nodes if id_ not in before.dropped and id_ not in kept and there(id_)
            ],
        }

    def _origins(self, nodes: Iterable[str]) -> list[str]:
        """Name nodes as the version before did, so that other words are no other link."""
        return [self.nodes[one].was or one if one in self.nodes else one for one in nodes]
