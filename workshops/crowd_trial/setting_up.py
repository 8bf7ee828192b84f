"""Finding or making the workshop of a trial, and somebody to run it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from challenges.models import Challenge, Membership
from challenges.permissions import can_facilitate
from lab_workspace.people.models import User
from realtime.kinds import Refused
from workshops import queries
from workshops.actions import change_agenda, make_workshop
from workshops.models import Workshop
from workshops.prepare import plan

if TYPE_CHECKING:
    from workshops.crowd_trial.files import Script
    from workshops.live.state import Step

MARK = "Crowd trial: "
PURPOSE = (
    "A crowd trial. Its participants are simulated, and what they write and choose comes from a file. "
    "Nothing in it is evidence."
)
MINUTES = 30


class NoTrial(Exception):
    """It can't be tried like this; says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Stages:
    """The two steps that are played, and words that everybody sees from the beginning."""

    brainstorm: str
    vote: str
    common: str
    secret_ideas: bool


def challenge_named(slug: str) -> Challenge:
    """Find the challenge to make a workshop in: by its slug, else the oldest. Raises NoTrial."""
    found = Challenge.objects.filter(slug=slug) if slug else Challenge.objects.order_by("pk")
    challenge = found.first()
    if challenge is None:
        what = f"There is no challenge “{slug}”." if slug else "There is no challenge yet."
        raise NoTrial(f"{what} Make one, or load the demo with  manage.py demo")
    return challenge


def facilitator_for(challenge: Challenge, email: str) -> User:
    """Find who is to run it: by address, else the challenge's first facilitator. Raises NoTrial."""
    people = User.objects.filter(is_active=True)
    if email:
        user = people.filter(email__iexact=email).first()
        if user is None or not can_facilitate(user, challenge):
            raise NoTrial(f"{email} has no account, or may not facilitate in “{challenge}”.")
        return user
    role = {"memberships__challenge": challenge, "memberships__role": Membership.Role.FACILITATOR}
    found = (
        people.filter(**role).order_by("pk").first() or people.filter(is_staff=True).order_by("pk").first()
    )
    if found is None:
        raise NoTrial(f"“{challenge}” has no facilitator; give it one first.")
    return found


def make(challenge: Challenge, name: str, script: Script, facilitator: User) -> Workshop:
    """Make a workshop that fits the files, clearly marked."""
    title = f"{MARK}{name}"[:120]
    workshop = make_workshop(
        challenge, title, timezone.now(), MINUTES, facilitator, purpose=PURPOSE, phase=None
    )
    longest = max(280, script.longest)
    steps: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("brainstorm", "Write ideas", {"visibility": "private", "most_characters": longest}),
        ("dot_vote", "Vote with dots", {"dots": script.budget, "cap": script.cap, "results": "hidden"}),
    )
    for kind, step_title, settings in steps:
        change_agenda(
            workshop, "step.add", kind=kind, title=step_title, prompt="", minutes=15, settings=settings
        )
    return workshop


def find(code: str) -> Workshop:
    """Find an existing workshop by its code. Raises NoTrial."""
    workshop = queries.workshop_with_code(code)
    if workshop is None:
        raise NoTrial(f"No workshop of this database is planned or open under the code {code}.")
    return workshop


def is_fresh(workshop: Workshop) -> bool:
    """Whether it is a trial in which nothing has run: one that may be driven without being asked."""
    ran = any(step.rounds for step in plan.state_of(workshop).order())
    return workshop.title.startswith(MARK) and not ran


def stages_of(workshop: Workshop, script: Script, *, driven: bool) -> Stages:
    """Find the steps that are played; one that is to be driven must fit the files. Raises NoTrial."""
    state = plan.state_of(workshop)
    brainstorms = [step for step in state.order() if step.kind == "brainstorm"]
    votes = [step for step in state.order() if step.kind == "dot_vote" and step.settings.target == "ideas"]
    if driven:
        if not brainstorms or not votes:
            raise NoTrial("A crowd trial needs a brainstorm and a vote on ideas on the agenda.")
        try:
            _must_fit(brainstorms[0], votes[0], script)
        except Refused as refused:
            raise NoTrial(str(refused.sentence)) from refused
    words = [workshop.title, workshop.purpose, *(f"{step.title} {step.prompt}" for step in state.order())]
    return Stages(
        brainstorms[0].id if brainstorms else "",
        votes[0].id if votes else "",
        "\n".join(words),
        all(step.settings.visibility == "private" for step in brainstorms),
    )


def _must_fit(brainstorm: Step, vote: Step, script: Script) -> None:
    if brainstorm.rounds or vote.rounds:
        raise Refused("has_run", "This workshop has run already. Make a new one with --make.")
    if brainstorm.settings.most_characters < script.longest:
        what = f"Let an idea have {script.longest} characters: the file has one so long."
        raise Refused("too_short", what)
    if vote.settings.dots != script.budget or vote.settings.cap < script.cap:
        limit = script.budget or "as many as they like (0)"
        what = (
            f"Set the vote to {limit} dots for each person and at most {script.cap} on one, as in the file."
        )
        raise Refused("other_dots", what)
