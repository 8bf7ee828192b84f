"""A room that has nothing to do with workshops: cards with notes and counts, some of them secret.

Readers are "anybody", who sees what isn't secret, and "keeper", who sees all. Somebody can go to a place: what they
add there nobody sees but those who are at the same place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from realtime.fields import Flag, Form, Id, Text, Whole
from realtime.kinds import SYSTEM, Command, Dirty, Fragment, Happened, NewEvent, Own, Refused, RoomKind
from realtime.ledger import Ack, Answer, Asked, Ledger
from realtime.models import Event


@dataclass
class Card:
    id: str
    text: str
    by: str
    secret: bool = False
    count: int = 0
    notes: dict[str, str] = field(default_factory=dict)
    place: str = ""


@dataclass
class Box:
    title: str = "Toys"
    cards: dict[str, Card] = field(default_factory=dict)
    made: int = 0
    alarm: int | None = None
    rung: int = 0
    out: set[str] = field(default_factory=set)
    at: dict[str, str] = field(default_factory=dict)


class Toy(RoomKind[Box]):
    name = "toy"
    version = 2
    readers: ClassVar = ("anybody", "keeper")

    def start(self, stream: str) -> Box:
        return Box()

    def forms(self) -> Mapping[str, Form]:
        card: Form = {"card": Id()}
        return {
            "card.add": {"text": Text(most=70_000), "secret": Flag(required=False)},
            "card.note": {**card, "text": Text()},
            "card.count": {**card, "more": Whole(most=9)},
            "card.show": card,
            "card.drop": card,
            "card.first": card,
            "title": {"text": Text(most=70_000)},
            "alarm": {"at": Whole(most=10**15)},
            "clock.ring": {},
            "leave": {},
            "go": {"to": Id(required=False)},
            "break": {},
            "twice": {"text": Text()},
        }

    def decide(self, state: Box, command: Command, by: str) -> list[NewEvent]:
        if by in state.out:
            raise Refused("out", "You left.")
        if command["card"] and command["card"] not in state.cards:
            raise Refused("no_card", "There is no such card.")
        match command.do:
            case "break":
                raise RuntimeError("a mistake in the rules")
            case "twice":
                return [NewEvent("title", {}, {"text": command["text"]}), NewEvent("rang", {})]
            case "title" if command["text"] == state.title:
                return []
            case "clock.ring" if by != SYSTEM or state.alarm is None or command.at < state.alarm:
                return []
            case "clock.ring":
                return [NewEvent("rang", {})]
            case "card.add":
                body = {"card": f"c{state.made + 1}", "secret": bool(command["secret"])}
                return [NewEvent("card.add", body, {"text": command["text"]})]
            case _:
                body = {name: value for name, value in command.args.items() if name != "text"}
                return [NewEvent(command.do, body, {"text": command["text"]} if command["text"] else None)]

    def apply(self, state: Box, event: Happened) -> Dirty:
        body, text = event.body, event.private.get("text", "")
        match event.kind:
            case "title":
                state.title = text
                return Dirty(keys={"board"}, say=[(None, f"Now {text[:20]}")])
            case "alarm":
                state.alarm = body["at"]
                return Dirty()
            case "rang":
                state.alarm, state.rung = None, state.rung + 1
                return Dirty(keys={"board"}, say=[(None, "It rang")])
            case "leave" | "go":
                state.at[event.actor] = body.get("to") or ""
                state.out |= {event.actor} if event.kind == "leave" else set()
                return Dirty(people={event.actor})
            case "card.add":
                state.made += 1
                card = Card(
                    body["card"], text, event.actor, body["secret"], place=state.at.get(event.actor, "")
                )
                state.cards[card.id] = card
                return Dirty({f"card-{card.id}"}, {"cards"}, {event.actor})
        return self._changed(state, state.cards[body["card"]], event)

    @staticmethod
    def _changed(state: Box, card: Card, event: Happened) -> Dirty:
        key, author = f"card-{card.id}", {card.by}
        match event.kind:
            case "card.note":
                note = f"n{event.seq}"
                card.notes[note] = event.private.get("text", "")
                return Dirty({f"note-{note}"}, {f"{key}.notes"})
            case "card.count":
                card.count += event.body["more"]
                return Dirty({f"{key}.tally"})
            case "card.show":
                card.secret = False
                return Dirty({key} | {f"note-{note}" for note in card.notes}, {"cards", f"{key}.notes"})
            case "card.drop":
                del state.cards[card.id]
                return Dirty({key}, {"cards"}, author)
        state.cards = {card.id: card, **state.cards}
        return Dirty(lists={"cards"})

    def roots(self, state: Box, reader: str) -> list[str]:
        return ["board"]

    def lists(self, state: Box, reader: str) -> dict[str, list[str]]:
        cards = [card for card in state.cards.values() if self._sees(card, reader)]
        lists = {f"card-{card.id}.notes": [f"note-{note}" for note in card.notes] for card in cards}
        return {"cards": [f"card-{card.id}" for card in cards], **lists}

    @staticmethod
    def _sees(card: Card, reader: str) -> bool:
        here = not card.place or card.place == reader.partition("/")[2]
        return reader == "keeper" or (here and not card.secret)

    def reader_of(self, state: Box, person: str, reader: str) -> str:
        place = state.at.get(person, "")
        return f"{reader}/{place}" if place and reader == "anybody" else reader

    def show(self, state: Box, key: str, reader: str) -> Fragment | None:
        if key == "board":
            return Fragment("toy/board.html", {"title": state.title})
        for card in state.cards.values():
            own, seen = f"card-{card.id}", self._sees(card, reader)
            if key == own and seen:
                parts = {"tally_key": f"{own}.tally", "notes": f"{own}.notes"}
                return Fragment("toy/card.html", {"text": card.text, "count": card.count, **parts})
            if key == f"{own}.tally" and seen:
                return Fragment("toy/tally.html", {"count": card.count})
            if key.removeprefix("note-") in card.notes and seen:
                return Fragment("toy/note.html", {"text": card.notes[key.removeprefix("note-")]})
        return None

    def own(self, state: Box, person: str, reader: str) -> Own:
        return Own({"mine": [card.id for card in state.cards.values() if card.by == person]})

    def may_enter(self, state: Box, person: str, reader: str) -> bool:
        return person not in state.out

    def due(self, state: Box) -> tuple[int, str] | None:
        return None if state.alarm is None else (state.alarm, "clock.ring")

    def project(self, state: Box, events: Iterable[Happened]) -> None:
        if any(event.kind == "title" and event.private.get("text") == "fails" for event in events):
            raise ZeroDivisionError("what is written besides the log can't be written")


def asked(do: str, by: str = "ann", *, op: str = "", **fields: Any) -> Asked:
    asked.count += 1  # type: ignore[attr-defined]
    return Asked(op or f"toy-op-{asked.count:06}", do, fields, by)  # type: ignore[attr-defined]


asked.count = 0  # type: ignore[attr-defined]


def done(ledger: Ledger, do: str, by: str = "ann", **fields: Any) -> Ack:
    """Do something that must be accepted."""
    (answer,) = ledger.commit([asked(do, by, **fields)])
    assert isinstance(answer, Ack), answer
    return answer


def log_of(ledger: Ledger) -> list[Event]:
    return list(Event.objects.filter(stream_id=ledger.stream_id).order_by("seq"))


__all__ = ["Ack", "Answer", "Box", "Toy", "asked", "done", "log_of"]
