"""A small workshop played through the rules and closed: ideas under every consent, a tie, words taken down."""

from __future__ import annotations

import datetime

from django.utils import timezone

from challenges.models import Challenge
from lab_workspace.people.models import User
from realtime.log import ms_of
from tests.makers import make_member
from workshops.actions import make_workshop
from workshops.models import Consent, Workshop
from workshops.past import Note, Play, Slot

INTERNAL = "Ring the ward sister after six"
UNNAMED = "Put a card in every new-diagnosis pack"
ROLE = "Let people refer themselves by text"
NAMED = '=HYPERLINK("http://evil.example","Öffnen") & host talks'
HIDDEN = "Somebody's private telephone number"
REMOVED = "I would rather not have said this"
REASON = "names a patient whom nobody asked"
BEFORE_EDIT = "First thought about text messages"
NOT_SENT = (HIDDEN, REMOVED, REASON, BEFORE_EDIT)

PEOPLE = {
    "ann": ("Ann Achterberg", "Porter", Consent.INTERNAL),
    "ben": ("Ben Brightwater", "Dietitian", Consent.UNNAMED),
    "cat": ("Cat Culpepper", "Ward nurse", Consent.ROLE),
    "dan": ("Dan Drinkwater", "Carer", Consent.NAMED),
}
STEPS = [
    {
        "kind": "brainstorm",
        "title": "Ideas",
        "prompt": "One a note",
        "minutes": 5,
        "settings": {"names": "facilitators"},
    },
    {"kind": "cluster", "title": "Groups", "prompt": "", "minutes": 5, "settings": {}},
    {"kind": "dot_vote", "title": "Vote", "prompt": "Choose", "minutes": 5, "settings": {}},
]
SECOND, MINUTE = 1000, 60_000


def start_workshop(challenge: Challenge, title: str = "Ideas day", *, nurses: int = 0) -> tuple[Play, int]:
    """A workshop of an hour ago with its people in it and its agenda; gives the player and the start (ms).

    With so many more ward nurses, who say nothing, so that the role of one of them points to nobody.
    """
    starts = timezone.now().replace(microsecond=0) - datetime.timedelta(hours=1)
    workshop = make_workshop(challenge, title, starts, 60, None, purpose="Find a way in.")
    play, start = Play(workshop), ms_of(starts)
    play.agenda(STEPS, start)
    play.join(start, "fay", _member(challenge, "Fay", "facilitator"), "Lab", Consent.INTERNAL)
    for key, (name, background, consent) in PEOPLE.items():
        play.join(start, key, _member(challenge, name, "participant"), background, consent)
    for n in range(nurses):
        play.join(
            start, f"n{n}", _member(challenge, f"Nurse {n}", "participant"), "ward  nurse", Consent.UNNAMED
        )
    return play, start


def _member(challenge: Challenge, name: str, role: str) -> User:
    there = User.objects.filter(name=name, memberships__challenge=challenge).first()
    return there or make_member(challenge, name, role)


def run_to_vote(play: Play, start: int) -> dict[str, str]:
    """Write, show, hide, group and vote; gives the ideas' local ids. The vote is still open."""
    at = start + MINUTE
    slot = Slot("a1", at, at + 5 * MINUTE)
    play.ask(at, "fay", "step.open", activity="a1")
    notes = [
        Note("internal", INTERNAL, "ann", "in", 10),
        Note("unnamed", UNNAMED, "ben", "in", 20),
        Note("role", BEFORE_EDIT, "cat", "", 30),
        Note("named", NAMED, "dan", "", 40),
        Note("hidden", HIDDEN, "dan", "", 50),
        Note("removed", REMOVED, "cat", "", 60),
    ]
    ideas = play.write(slot, notes)
    play.ask(at + 70 * SECOND, "cat", "idea.edit", activity="a1", idea=ideas["role"], text=ROLE)
    play.ask(at + 80 * SECOND, "cat", "idea.remove", activity="a1", idea=ideas["removed"])
    play.ask(slot.closes, "fay", "step.reveal", activity="a1")
    play.ask(slot.closes, "fay", "idea.hide", idea=ideas["hidden"], reason=REASON)
    at = slot.closes + MINUTE
    play.ask(at, "fay", "step.open", activity="a2")
    play.group(Slot("a2", at, at + 2 * MINUTE), notes[:2], ideas, {"in": "Finding a way in"}, ["ben"])
    play.ask(at + 3 * MINUTE, "fay", "step.reveal", activity="a2")
    at += 4 * MINUTE
    play.ask(at, "fay", "step.open", activity="a3")
    votes = [
        ("ann", ideas["internal"], 2),
        ("ben", ideas["internal"], 1),
        ("ben", ideas["role"], 2),
        ("cat", ideas["role"], 1),
        ("ann", ideas["named"], 1),
    ]
    play.vote(Slot("a3", at, at + MINUTE), votes)
    return ideas


def closed_workshop(challenge: Challenge, title: str = "Ideas day", *, nurses: int = 0) -> Workshop:
    """The whole of it, closed and sealed, twenty minutes long."""
    play, start = start_workshop(challenge, title, nurses=nurses)
    run_to_vote(play, start)
    play.ask(start + 19 * MINUTE, "fay", "step.reveal", activity="a3")
    play.ask(start + 20 * MINUTE, "fay", "workshop.close")
    play.workshop.refresh_from_db()
    return play.workshop
