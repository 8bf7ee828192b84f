"""What facilitators say to the room: to everybody and the projector, or to one person who alone sees it.

None of it goes into the archive. The words stand in the private parts of the log.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from realtime.fields import Id, Text
from realtime.kinds import Command, Dirty, Happened, NewEvent, Refused, filled
from workshops.live import words
from workshops.live.conduct import Announcement, Nudge
from workshops.live.rules import Rules
from workshops.live.state import State

MOST_UNREAD = 5
"""More sentences than this at once nobody reads."""
SENTENCE = Text(most=240, lines=False)


def announce(state: State, command: Command, by: str) -> list[NewEvent]:
    """Put a sentence on everybody's screen. It takes the place of the one before, which is kept."""
    state.facilitator(by)
    body = {"announcement": state.new_id("n")}
    return [NewEvent("announcement.made", body, {"text": command["text"]})]


def _announced(state: State, event: Happened) -> Dirty:
    made = Announcement(event.body["announcement"], event.private.get("text", ""), event.at)
    state.count_id(made.id)
    state.conduct.announcements.append(made)
    state.conduct.announced = made.id
    say = filled(_("The facilitator says: %(text)s"), text=made.text)
    return Dirty(keys={"room", "desk.said", "heard"}, say=[(None, say)])


def withdraw(state: State, _command: Command, by: str) -> list[NewEvent]:
    """Take the sentence off the screens. It stays among what was announced."""
    state.facilitator(by)
    if state.conduct.announced is None:
        return []
    return [NewEvent("announcement.ended", {"announcement": state.conduct.announced})]


def _withdrawn(state: State, event: Happened) -> Dirty:
    if state.conduct.announced == event.body["announcement"]:
        state.conduct.announced = None
    return Dirty(keys={"room", "desk.said", "heard"})


def nudge(state: State, command: Command, by: str) -> list[NewEvent]:
    """Say something to one person. Nobody else is shown it."""
    state.facilitator(by)
    person = state.people.get(command["person"])
    if person is None or person.removed:
        raise Refused("no_such_person", words.NO_SUCH_PERSON)
    if len(state.conduct.nudges.get(person.id, ())) >= MOST_UNREAD:
        raise Refused("not_read_yet", _("This person has not read your last messages yet."))
    body = {"person": person.id, "nudge": state.new_id("n")}
    return [NewEvent("person.nudged", body, {"text": command["text"]})]


def _nudged(state: State, event: Happened) -> Dirty:
    said = Nudge(event.body["nudge"], event.private.get("text", ""))
    state.count_id(said.id)
    state.conduct.nudges.setdefault(event.body["person"], []).append(said)
    return Dirty(people={event.body["person"]})


def read(state: State, command: Command, by: str) -> list[NewEvent]:
    """Say that one has read what a facilitator said to one."""
    state.member(by)
    known = any(said.id == command["nudge"] for said in state.conduct.nudges.get(by, ()))
    return [NewEvent("nudge.read", {"nudge": command["nudge"]})] if known else []


def _read(state: State, event: Happened) -> Dirty:
    left = [said for said in state.conduct.nudges.pop(event.actor, []) if said.id != event.body["nudge"]]
    if left:
        state.conduct.nudges[event.actor] = left
    return Dirty(people={event.actor})


ANNOUNCING = Rules(
    commands={
        "announcement.make": ({"text": SENTENCE}, announce),
        "announcement.end": ({}, withdraw),
        "person.nudge": ({"person": Id(), "text": SENTENCE}, nudge),
        "nudge.read": ({"nudge": Id()}, read),
    },
    events={
        "announcement.made": _announced,
        "announcement.ended": _withdrawn,
        "person.nudged": _nudged,
        "nudge.read": _read,
    },
)
