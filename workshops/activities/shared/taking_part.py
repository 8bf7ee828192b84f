"""Who is asked in a round, and how many of them answered: for every kind that counts its turnout.

Who could answer is noted when the round is closed, so that nobody who comes or goes later changes a result.
Where facilitators may take part, one who does counts, and one who only runs the room is waited for by nobody.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, ClassVar, Protocol

from django.utils.translation import gettext_lazy as _

from workshops.activities.base import Activity, Refused
from workshops.live.state import FACILITATOR, PARTICIPANT

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.live.state import Person, Round, State, Step


class Turnout(Protocol):
    """What a round's memory must know to be counted."""

    electorate: set[str] | None
    """Who could answer, noted when the round was closed."""

    @property
    def answered(self) -> AbstractSet[str]:
        """Those whose answer counts."""


class TakingPart(Activity):
    """A kind that asks participants, and facilitators where its setting `facilitators_vote` says so."""

    never_shown: ClassVar[StrOrPromise] = _(
        "The result of “%(title)s” was never shown: the archive only says how many answered. "
        "Show it first if it should be kept."
    )

    def turnout_of(self, run: Round) -> Turnout:
        """Give who could and who did answer in a round: its memory, unless a kind keeps that elsewhere."""
        memory: Turnout = run.memory
        return memory

    def takes_part(self, step: Step, role: str) -> bool:
        """Whether people with this role are asked."""
        return role == PARTICIPANT or (role == FACILITATOR and step.settings.facilitators_vote)

    def taker(self, state: State, step: Step, by: str) -> Person:
        """Find who answers. Raises Refused for those who aren't asked."""
        person = state.contributor(by)
        if not self.takes_part(step, person.role):
            raise Refused("not_allowed", _("Facilitators don't take part in this round."))
        return person

    def asked_now(self, state: State, step: Step) -> set[str]:
        """Give the participants inside, or in its room. Looked up once until people change: it is counted often.

        Facilitators may answer where the setting says so; they count once they have.
        """
        return state.once(("asked", step.id), lambda: {person.id for person in state.people_at(step)})

    @staticmethod
    def facilitators_at(state: State) -> set[str]:
        """Give the facilitators inside."""
        inside = (person for person in state.people.values() if not person.removed)
        return {person.id for person in inside if person.role == FACILITATOR}

    def ended(self, state: State, step: Step) -> None:
        told = self.turnout_of(step.rounds[-1])
        told.electorate = self.asked_now(state, step) | told.answered

    def reopened(self, state: State, step: Step) -> None:
        self.turnout_of(step.rounds[-1]).electorate = None

    def turnout(self, state: State, step: Step, run: Round) -> dict[str, int]:
        """Count who could answer, who did and who didn't."""
        told = self.turnout_of(run)
        asked = self.asked_now(state, step) if told.electorate is None else told.electorate
        answered = len(told.answered)
        eligible = len(asked) + len(told.answered - asked)
        return {"eligible": eligible, "answered": answered, "not_answered": eligible - answered}
