"""Raising a hand: who wants to speak, in order. People see their own place, facilitators see the queue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from realtime.fields import Id
from realtime.kinds import Command, Dirty, Happened, NewEvent, Refused
from workshops.live.rules import Rules
from workshops.live.state import State


def raise_(state: State, _command: Command, by: str) -> list[NewEvent]:
    """Ask to speak."""
    state.contributor(by)
    return [] if by in state.conduct.hands else [NewEvent("hand.raised")]


def _raised(state: State, event: Happened) -> Dirty:
    state.conduct.hands[event.actor] = event.at
    if state.conduct.speaking == event.actor:
        state.conduct.speaking = None
    return Dirty(keys={"desk.hands"}, people={event.actor})


def lower(state: State, command: Command, by: str) -> list[NewEvent]:
    """Take one's hand down again, or say that one has spoken; facilitators may for anybody."""
    state.member(by)
    person = command["person"] or by
    if person != by:
        state.facilitator(by)
    here = person in state.conduct.hands or state.conduct.speaking == person
    return [NewEvent("hand.lowered", {"person": person})] if here else []


def _lowered(state: State, event: Happened) -> Dirty:
    return put_down(state, event.body["person"])


def put_down(state: State, person: str) -> Dirty:
    """Take somebody out of the queue. Everybody behind moves up. Only `apply` functions may."""
    conduct = state.conduct
    changed = {person}
    if person in conduct.hands:
        queue = list(conduct.hands)
        changed.update(queue[queue.index(person) :])
        del conduct.hands[person]
    if conduct.speaking == person:
        conduct.speaking = None
    return Dirty(keys={"desk.hands"}, people=changed)


def take(state: State, command: Command, by: str) -> list[NewEvent]:
    """Give somebody who has a hand up the floor."""
    state.facilitator(by)
    if command["person"] not in state.conduct.hands:
        raise Refused("hand_down", _("This hand is down again."))
    return [NewEvent("hand.taken", {"person": command["person"]})]


def _taken(state: State, event: Happened) -> Dirty:
    dirty, before = put_down(state, event.body["person"]), state.conduct.speaking
    state.conduct.speaking = event.body["person"]
    if before:
        dirty.people.add(before)
    return dirty


def lower_all(state: State, _command: Command, by: str) -> list[NewEvent]:
    """Take all hands down."""
    state.facilitator(by)
    waiting = state.conduct.hands or state.conduct.speaking
    return [NewEvent("hands.lowered")] if waiting else []


def _all_lowered(state: State, _event: Happened) -> Dirty:
    conduct = state.conduct
    people = set(conduct.hands) | ({conduct.speaking} if conduct.speaking else set())
    conduct.hands.clear()
    conduct.speaking = None
    return Dirty(keys={"desk.hands"}, people=people)


HANDS = Rules(
    commands={
        "hand.raise": ({}, raise_),
        "hand.lower": ({"person": Id(required=False)}, lower),
        "hand.take": ({"person": Id()}, take),
        "hands.lower": ({}, lower_all),
    },
    events={
        "hand.raised": _raised,
        "hand.lowered": _lowered,
        "hand.taken": _taken,
        "hands.lowered": _all_lowered,
    },
)
