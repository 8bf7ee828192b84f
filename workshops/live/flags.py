"""Asking the facilitators to look at something that somebody wrote. They hide it with a reason, or leave it.

Who flagged it is shown to nobody. Nothing changes for the others until a facilitator decides.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from realtime.fields import Id, OneOf
from realtime.kinds import Command, Dirty, Happened, NewEvent, Refused
from workshops.activities.registry import writing_of
from workshops.live import words
from workshops.live.rules import Rules
from workshops.live.state import FACILITATOR, State

REASONS = {
    "person": _("It says something about a person"),
    "rude": _("It is rude or hurtful"),
    "other": _("Something else is wrong with it"),
}
MOST_FLAGS = 50
"""So many one person may raise in a workshop."""


def flag(state: State, command: Command, by: str) -> list[NewEvent]:
    """Ask the facilitators to look at something others can see."""
    person = state.member(by)
    idea = state.found_idea(command["idea"])
    origin = state.steps[idea.step]
    if not writing_of(origin.kind).sees(state, origin, idea, by):
        raise Refused("no_such_idea", words.NO_SUCH_IDEA)
    if by in idea.flags:
        return []
    if person.role != FACILITATOR and sum(by in other.flags for other in state.ideas.values()) >= MOST_FLAGS:
        raise Refused("too_many_flags", _("You have flagged a lot. Please talk to a facilitator."))
    return [NewEvent("idea.flagged", {"idea": idea.id, "why": command["why"] or "other"})]


def _flagged(state: State, event: Happened) -> Dirty:
    idea = state.ideas[event.body["idea"]]
    idea.flags[event.actor] = event.body["why"]
    say = _("Somebody asks you to look at an idea.")
    return Dirty(keys={"hidden"}, people={event.actor}, say=[(FACILITATOR, say)])


def unflag(state: State, command: Command, by: str) -> list[NewEvent]:
    """Take off one's own flag; for facilitators all of them: the piece stays where it is."""
    person = state.member(by)
    flags = state.found_idea(command["idea"]).flags
    gone = sorted(flags) if person.role == FACILITATOR else [by] if by in flags else []
    return [NewEvent("idea.unflagged", {"idea": command["idea"], "people": gone})] if gone else []


def _unflagged(state: State, event: Happened) -> Dirty:
    flags, people = state.ideas[event.body["idea"]].flags, event.body["people"]
    for person in people:
        flags.pop(person, None)
    return Dirty(keys={"hidden"}, people=set(people))


FLAGS = Rules(
    commands={
        "idea.flag": ({"idea": Id(), "why": OneOf(required=False, choices=tuple(REASONS))}, flag),
        "idea.unflag": ({"idea": Id()}, unflag),
    },
    events={"idea.flagged": _flagged, "idea.unflagged": _unflagged},
)
