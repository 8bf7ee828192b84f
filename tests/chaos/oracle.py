"""The one oracle of all faults: what was said to people, against what the log, the archive and every client hold.

Knows nothing of which fault it was. What it finds names operations and people, so that they can be looked up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from realtime.client import Ack, Operation, Refused
from tests.chaos import words
from tests.chaos.crowd import Person
from tests.chaos.scenery import SHARED, Place
from tests.kept_log import Event, broken_links


@dataclass
class Found:
    """What is wrong, one line each."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    diverged: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Take in what was found elsewhere, each thing once."""
        for name, lines in vars(other).items():
            mine = getattr(self, name)
            mine += [line for line in lines if line not in mine]

    def lines(self) -> list[str]:
        """All of it, said in full."""
        return [f"{name.upper()}: {line}" for name, found in vars(self).items() for line in found]


@dataclass
class Secrets:
    """What must not be sent: words by their mark with who may see them, and totals while they are hidden."""

    private: dict[str, set[str]] = field(default_factory=dict)
    taken_off: list[tuple[str, dict[str, int]]] = field(default_factory=list)
    """A mark that was hidden, and how much everybody who must not see it any more had received by then."""
    silent: list[tuple[dict[str, int], dict[str, int]]] = field(default_factory=list)
    """From where to where, in what everybody received, no totals may stand."""


# -- the log -------------------------------------------------------------------------------------------------------


def check_log(place: Place, events: Sequence[Event], people: Sequence[Person]) -> Found:
    """Acknowledged: exactly once, and as it was asked. Refused: not at all. Unknown: once or not. And the chain holds."""
    found = Found(lost=broken_links(place.stream, events))
    times = Counter((event.actor, event.op) for event in events if event.op)
    first = {(event.actor, event.op): event for event in events if event.op}
    sent = {(one.id, op): operation for one in people for op, operation in one.sent.items()}
    names = {one.id: one.name for one in people}
    for (actor, op), operation in sent.items():
        what = f"{operation.command['do']} {op} of {names[actor]}"
        count = times[actor, op]
        if count > 1:
            found.doubled.append(f"{what} is in the log {count} times")
        if isinstance(operation.answer, Ack) and not count:
            found.lost.append(f"{what} was acknowledged as {operation.answer.seq} and is not in the log")
        elif isinstance(operation.answer, Refused) and count:
            found.doubled.append(f"{what} was refused ({operation.answer.code}) and is in the log")
        elif count and not _as_asked(operation, first[actor, op]):
            found.lost.append(f"{what} stands in the log as something else ({first[actor, op].body})")
    for actor, op in times.keys() - sent.keys():
        if actor in names:
            kind = first[actor, op].kind
            found.doubled.append(f"{kind} {op} of {names[actor]} is in the log, and nobody sent it")
    written = Counter(
        (event.actor, words.mark_of(event.private["text"])) for event in events if event.kind == "idea.added"
    )
    found.doubled += [
        f"idea {mark} of {names.get(actor, actor)} was written {count} times"
        for (actor, mark), count in written.items()
        if count > 1
    ]
    return found


def _as_asked(operation: Operation, event: Event) -> bool:
    command = operation.command
    if command["do"] in {"idea.add", "idea.edit"}:
        return bool(event.private.get("text") == command["text"])
    if command["do"] == "dot.set":
        return bool((event.body["item"], event.body["dots"]) == (command["item"], command["dots"]))
    return True


# -- the archive ---------------------------------------------------------------------------------------------------


@dataclass
class Kept:
    """What an archive must hold, counted from the log alone."""

    ideas: dict[str, tuple[str, bool]] = field(default_factory=dict)
    """Words, and whether they are off the board, by id; without what its author removed."""
    votes: dict[tuple[str, int], dict[str, tuple[int, int]]] = field(default_factory=dict)
    """(dots, voters) of each item on a ballot, by step and round."""


def kept_by(events: Sequence[Event]) -> Kept:
    """Count it. Shares no code with the rules: the last text stands, and everybody's last dots on what is on the ballot."""
    text: dict[str, str] = {}
    step_of: dict[str, str] = {}
    removed: set[str] = set()
    hidden: set[str] = set()
    rounds: Counter[str] = Counter()
    dots: dict[tuple[str, int], dict[tuple[str, str], int]] = defaultdict(dict)
    off: dict[tuple[str, int], set[str]] = defaultdict(set)
    running = ""
    for event in events:
        body, idea = event.body, event.body.get("idea", "")
        if event.kind in {"idea.added", "idea.edited"}:
            text[idea] = event.private["text"]
            step_of.setdefault(idea, body["activity"])
        elif event.kind in {"idea.removed", "idea.put_back"}:
            (removed.add if event.kind == "idea.removed" else removed.discard)(idea)
        elif event.kind in {"idea.hidden", "idea.restored"}:
            (hidden.add if event.kind == "idea.hidden" else hidden.discard)(idea)
            off[running, rounds[running]].add(idea)
        elif event.kind == "step.opened":
            running = body["activity"]
            rounds[running] += 1
        elif event.kind == "dots.placed":
            dots[body["activity"], rounds[body["activity"]]][event.actor, body["item"]] = body["dots"]
    kept = Kept(
        {one: (text[one], one in hidden or step_of[one] != SHARED) for one in text if one not in removed}
    )
    for vote, placed in dots.items():
        counted: dict[str, tuple[int, int]] = {}
        for (_actor, item), number in placed.items():
            if item not in off[vote]:
                all_dots, voters = counted.get(item, (0, 0))
                counted[item] = (all_dots + number, voters + bool(number))
        kept.votes[vote] = counted
    return kept


def check_archive(place: Place, events: Sequence[Event], archive: Mapping[str, Any]) -> Found:
    """The sealed archive holds what the log says, once, and nothing that was hidden."""
    found, kept = Found(), kept_by(events)
    there = {gid.removeprefix(f"{place.stream}/"): idea for gid, idea in archive["ideas"].items()}
    found.lost += [f"idea {one} is not in the archive" for one in kept.ideas.keys() - there.keys()]
    found.doubled += [
        f"idea {one} is in the archive, not in the log" for one in there.keys() - kept.ideas.keys()
    ]
    for one in kept.ideas.keys() & there.keys():
        text, off = kept.ideas[one]
        if off and there[one]["text"]:
            found.leaked.append(f"the words of idea {one}, which is private or hidden, stand in the archive")
        elif not off and there[one]["text"] != text:
            found.lost.append(f"idea {one} has other words in the archive than in the log")
    for vote in archive["outcomes"]:
        if vote["kind"] == "dot_vote":
            _check_rows(found, vote, kept, place)
    sealed = archive["log"]
    if not 0 < sealed["seq"] <= len(events) or events[sealed["seq"] - 1].chain.hex() != sealed["head"]:
        found.lost.append("the log no longer is what the archive was sealed on")
    return found


def _check_rows(found: Found, vote: Mapping[str, Any], kept: Kept, place: Place) -> None:
    counted = kept.votes.get((vote["step"], vote["round"]), {})
    rows = {
        row["item"].removeprefix(f"{place.stream}/"): (row["dots"], row["voters"]) for row in vote["rows"]
    }
    for item in counted.keys() | rows.keys():
        right, said = counted.get(item, (0, 0)), rows.get(item, (0, 0))
        if said != right:
            where = found.lost if said < right else found.doubled
            where.append(f"{vote['id']}: {item} has {said} (dots, voters), and the log {right}")


# -- what people were sent -----------------------------------------------------------------------------------------


def check_hidden(people: Sequence[Person], secrets: Secrets) -> Found:
    """Search every message that anybody received."""
    found = Found()
    for person in people:
        for place, text in enumerate(person.received):
            marks = words.marks_in(text)
            found.leaked += [
                f"{person.name} was sent the private idea {mark}"
                for mark in marks
                if mark in secrets.private and person.id not in secrets.private[mark]
            ]
            found.leaked += [
                f"{person.name} was sent idea {mark} after it was hidden"
                for mark, since in secrets.taken_off
                if mark in marks and place >= since.get(person.id, len(person.received))
            ]
        found.leaked += list(_totals(person, secrets))
    found.leaked = list(dict.fromkeys(found.leaked))
    return found


def _totals(person: Person, secrets: Secrets) -> Iterator[str]:
    for begun, ended in secrets.silent:
        for text in person.received[begun.get(person.id, 0) : ended.get(person.id, 0)]:
            if '.tally":' in text or '"tally":{' in text:
                yield f"{person.name} was sent totals while they were hidden"


def private_marks(people: Sequence[Person]) -> dict[str, set[str]]:
    """Who wrote which private idea; also who sent somebody else's again as their own."""
    authors: dict[str, set[str]] = defaultdict(set)
    for person in people:
        for operation in person.sent.values():
            command = operation.command
            if command["do"] == "idea.add" and command["activity"] != SHARED:
                authors[words.mark_of(command["text"])].add(person.id)
    return authors
