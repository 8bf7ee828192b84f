"""Putting a proposal to the room: everybody answers unseen, all answers are shown at once, with reasons.

A proposal's words stay as they are while people answer. Revised ones are put to the room in a new round; each round
keeps the words it was about. `fist_to_five.py` and `consent.py` say what can be answered and what follows from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from realtime.fields import Id, OneOf, Text
from workshops.activities import base
from workshops.activities.base import Dirty, Happened, NewEvent, Refused, setting
from workshops.activities.proposals.views import (
    MOST_PROPOSAL,
    MOST_REASON,
    REASON,
    SORTS,
    ProposalViews,
)
from workshops.activities.shared.answers import Answers
from workshops.activities.shared.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Command, Pretender
    from workshops.live.state import State, Step

CHOICES = ("f5", "f4", "f3", "f2", "f1", "f0", "consent", "concern", "objection", "aside")
"""What can be answered in all these kinds: each takes its own of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalSettings(base.Settings):
    """What is proposed, and whether names are shown."""

    proposal: str = field(
        default="",
        metadata=setting(
            _("The proposal"),
            _("One thing that can be done or left. It stays as it is while people answer."),
            most=MOST_PROPOSAL,
            long=True,
        ),
    )
    names: str = field(
        default="nobody",
        metadata=setting(
            _("When the answers are shown"),
            choices=(
                ("nobody", _("Nobody is shown who chose what")),
                ("everybody", _("Names stand beside answers and reasons")),
            ),
            guarded=True,
        ),
    )
    facilitators_vote: bool = field(
        default=False, metadata=setting(_("Facilitators take part too"), guarded=True)
    )


class Proposing(ProposalViews):
    """A kind in which people answer to a proposal."""

    commands: ClassVar = {
        **Writing.commands,
        "proposal.answer": {"activity": Id(), "choice": OneOf(choices=CHOICES)},
        "proposal.take_back": {"activity": Id()},
        "proposal.explain": {"activity": Id(), "sort": OneOf(choices=SORTS), "text": Text(most=MOST_REASON)},
        "proposal.revise": {"activity": Id(), "text": Text(most=MOST_PROPOSAL)},
    }
    for_all_rooms: ClassVar = frozenset({"proposal.revise", "proposal.revised"})
    foremost: ClassVar[tuple[str, ...]] = ("proposal", "names", "meanings")

    # -- what the shared parts ask ---------------------------------------------------------------------------------

    def begin(self, state: State, step: Step) -> Answers:
        return Answers()

    def unseen(self, step: Step) -> bool:
        return True

    def longest(self, step: Step, sort: str) -> int:
        return MOST_REASON

    def promise(self, settings: Any) -> StrOrPromise:
        if settings.names == "everybody":
            return _(
                "Nobody is shown any answer until the facilitator shows all at once. "
                "Then names stand beside answers and reasons. The archive keeps how many chose what, "
                "and reasons as each writer allows."
            )
        return _(
            "Nobody is shown any answer until the facilitator shows all at once. "
            "Nobody is shown who chose what, nor who gave a reason."
        )

    def may_change(self, state: State, step: Step, new: Mapping[str, Any]) -> None:
        super().may_change(state, step, new)
        if step.round is None or step.revealed:
            return
        if any(new.get(name) != getattr(step.settings, name) for name in ("proposal", "meanings")):
            raise Refused(
                "promised",
                _(
                    "People are answering to these words. Show the answers, then put a revised proposal to the room."
                ),
            )

    # -- rules -----------------------------------------------------------------------------------------------------

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        if command.do == "proposal.revise":
            state.facilitator(by)
            return self._decide_revision(state, step, command)
        self.taker(state, step, by)
        run = self.must_be_open(step)
        if command.do in Writing.commands:
            return self.decide_own(state, step, command, by)
        if command.do == "proposal.explain":
            self.must_be_asked(state, step, by, command["sort"])
            return self.decide_piece(state, step, command, by, sort=command["sort"], text=command["text"])
        return self._decide_answer(state, step, command, by, self.answers(run).of(by))

    def _decide_answer(
        self, state: State, step: Step, command: Command, by: str, now: tuple[str, ...]
    ) -> list[NewEvent]:
        wanted = "" if command.do == "proposal.take_back" else command["choice"]
        if wanted and wanted not in self.choices:
            raise Refused("no_such_option", _("This answer is not there to choose from."))
        if now == ((wanted,) if wanted else ()):
            return []
        gone = [
            piece
            for sort in SORTS
            if sort not in self.may_explain.get(wanted, ())
            and (piece := self.piece(state, step, by, sort)) is not None
            and piece.on_board
        ]
        # The answer comes last: so it is what Undo takes back first, and the reason fits again after it.
        events = [NewEvent("idea.removed", {"activity": step.id, "idea": piece.id}) for piece in gone]
        return [*events, NewEvent("proposal.answered", {"activity": step.id, "choice": wanted})]

    def _decide_revision(self, state: State, step: Step, command: Command) -> list[NewEvent]:
        """Put other words to the room in a new round. The round before, with its words, is kept."""
        here = state.current == step.id
        if (
            step.parent == state.current
        ):  # a breakout room: while people are apart, and its own answers were shown
            here = state.steps[step.parent].phase == "open"
        if not step.revealed or not here:
            raise Refused(
                "not_revealed", _("Show the answers first, then put a revised proposal to the room.")
            )
        self.may_open(state, step)
        return [
            NewEvent("proposal.revised", {"activity": step.id}, {"text": command["text"]}),
            NewEvent("step.opened", {"activity": step.id, "round": len(step.rounds) + 1}),
        ]

    def must_be_asked(self, state: State, step: Step, by: str, sort: str) -> None:
        chosen = self.answers(step.rounds[-1]).of(by)
        if not chosen or sort not in self.may_explain.get(chosen[0], ()):
            raise Refused("not_asked", _("Choose an answer that this belongs to first."))

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        if event.kind == "proposal.revised":
            step.settings = replace(step.settings, proposal=event.private.get("text", ""))
            return Dirty(keys={"stage", "run"})
        answers = self.answers(step.rounds[-1])
        if event.kind in self.EVENTS:
            self.apply_writing(state, step, event)
            chosen = answers.of(event.actor)
        else:
            chosen = (event.body["choice"],) if event.body["choice"] else ()
        answers.put(event.actor, chosen, counts=self._counts(state, step, event.actor, chosen))
        return Dirty(keys={"stage.progress"}, people={event.actor})

    def _counts(self, state: State, step: Step, person: str, chosen: tuple[str, ...]) -> bool:
        """Whether an answer counts. What stops does only with a reason, also one that a facilitator hid."""
        if self.stops not in chosen:
            return True
        return self.piece(state, step, person, REASON) is not None

    def withdrawn(self, state: State, step: Step, item: str) -> Dirty:
        idea = state.ideas.get(item)
        if idea is None or idea.step != step.id:
            return Dirty()
        return Dirty(lists={"reasons", "changes"}, people={idea.author})

    def inverse(self, state: State, step: Step, event: Happened) -> dict[str, Any] | None:
        if event.kind in self.EVENTS:
            return Writing.inverse(self, state, step, event)
        if event.kind != "proposal.answered":
            return None
        before = self.answers(step.rounds[-1]).of(event.actor)
        if not before:
            return {"do": "proposal.take_back", "activity": step.id}
        return {"do": "proposal.answer", "activity": step.id, "choice": before[0]}

    def pretend(self, state: State, step: Step, person: str, pretender: Pretender) -> dict[str, Any] | None:
        chosen = self.answers(step.rounds[-1]).of(person)
        if not chosen:
            return {"do": "proposal.answer", "activity": step.id, "choice": pretender.one_of(self.choices)}
        asked = self.may_explain.get(chosen[0], ())
        if REASON not in asked or self.piece(state, step, person, REASON) is not None:
            return None
        if self.stops not in chosen and pretender.chance(5):
            return None
        text = pretender.words(most=200)
        return {"do": "proposal.explain", "activity": step.id, "sort": REASON, "text": text}
