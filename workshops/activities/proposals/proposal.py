"""Putting a proposal to the room: everybody answers unseen, all answers are shown at once, with reasons.

A proposal's words stay as they are while people answer. Revised ones are put to the room in a new round; each round
keeps the words it was about. `fist_to_five.py` and `consent.py` say what can be answered and what follows from it.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from realtime.fields import Id, OneOf, Text
from workshops.activities import base
from workshops.activities.base import Command, Dirty, Fragment, Happened, NewEvent, Own, Refused, setting
from workshops.activities.shared.answers import Answering, Answers, bars, kept
from workshops.activities.shared.fields import things_in
from workshops.activities.shared.writing import Writing, mixed, pieces_of
from workshops.live.state import PARTICIPANT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Pretender
    from workshops.live.state import Idea, Round, State, Step

REASON, CHANGE = "reason", "change"
SORTS = (REASON, CHANGE)
MOST_PROPOSAL, MOST_REASON = 1000, 500
CHOICES = ("f5", "f4", "f3", "f2", "f1", "f0", "consent", "concern", "objection", "aside")
STOPPED, CONCERNS, PASSES, NOBODY = "stopped", "concerns", "passes", "nobody"


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


class Proposing(Answering, Writing):
    """A kind in which people answer to a proposal."""

    commands: ClassVar = {
        **Writing.commands,
        "proposal.answer": {"activity": Id(), "choice": OneOf(choices=CHOICES)},
        "proposal.take_back": {"activity": Id()},
        "proposal.explain": {"activity": Id(), "sort": OneOf(choices=SORTS), "text": Text(most=MOST_REASON)},
        "proposal.revise": {"activity": Id(), "text": Text(most=MOST_PROPOSAL)},
    }
    foremost: ClassVar[tuple[str, ...]] = ("proposal", "names", "meanings")
    choices: ClassVar[Sequence[str]]
    """What can be answered, in the order of the setting `meanings`."""
    heard: ClassVar[Sequence[str]]
    """The answers in the order in which their reasons are shown: those first that matter most for going on."""
    may_explain: ClassVar[Mapping[str, Sequence[str]]]
    """The answers for which something is asked: their choice, and the sorts."""
    must_explain: ClassVar[frozenset[str]]
    """The answers that count only with a reason."""

    @abstractmethod
    def verdict(self, answers: Answers) -> str:
        """Say what follows from the answers: `STOPPED`, `CONCERNS`, `PASSES` or `NOBODY`."""

    # -- what the shared parts ask ---------------------------------------------------------------------------------

    def template(self, name: str) -> str:
        folder = self.kind if name in ("help", "verdict", "rule") else "proposal"
        return f"workshops/activities/{folder}/{name}.html"

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

    def options(self, settings: Any) -> list[tuple[str, StrOrPromise]]:
        """Give what can be answered, as (id, words)."""
        return list(zip(self.choices, things_in(settings.meanings), strict=False))

    @staticmethod
    def proposal_of(step: Step, run: Round | None) -> str:
        """Give the words of the proposal; of a step without any its question stands for them."""
        settings = run.settings if run else step.settings
        return str(settings.proposal or step.prompt or step.title)

    # -- rules -----------------------------------------------------------------------------------------------------

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        if command.do == "proposal.revise":
            state.facilitator(by)
            return self._decide_revision(state, step, command)
        self.taker(state, step, by)
        run = self.must_be_open(step)
        if command.do in Writing.commands:
            return self._decide_own(state, step, command, by)
        now = self.answers(run).of(by)
        if command.do == "proposal.explain":
            return self._decide_reason(state, step, command, by, now)
        wanted = "" if command.do == "proposal.take_back" else command["choice"]
        if wanted and wanted not in self.choices:
            raise Refused("no_such_option", _("This answer is not there to choose from."))
        if now == ((wanted,) if wanted else ()):
            return []
        gone = [
            piece
            for sort in SORTS
            if sort not in self.may_explain.get(wanted, ())
            and (piece := self._piece(state, step, by, sort)) is not None
            and piece.on_board
        ]
        # The answer comes last: so it is what Undo takes back first, and the reason fits again after it.
        events = [NewEvent("idea.removed", {"activity": step.id, "idea": piece.id}) for piece in gone]
        return [*events, NewEvent("proposal.answered", {"activity": step.id, "choice": wanted})]

    def _decide_revision(self, state: State, step: Step, command: Command) -> list[NewEvent]:
        """Put other words to the room in a new round. The round before, with its words, is kept."""
        if not step.revealed or state.current != step.id:
            raise Refused(
                "not_revealed", _("Show the answers first, then put a revised proposal to the room.")
            )
        self.may_open(state, step)
        return [
            NewEvent("proposal.revised", {"activity": step.id}, {"text": command["text"]}),
            NewEvent("step.opened", {"activity": step.id, "round": len(step.rounds) + 1}),
        ]

    def _decide_own(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        """Decide a change of one's own reason; only one of each sort stands."""
        events = self.decide_writing(state, step, command, by)
        idea = state.ideas[command["idea"]]
        if command.do != "idea.put_back" or not events:
            return events
        self._must_be_asked(self.answers(step.rounds[-1]).of(by), idea.sort)
        if self._piece(state, step, by, idea.sort) is not None:
            raise Refused("written_already", _("You have written something else since. Remove that first."))
        return events

    def _decide_reason(
        self, state: State, step: Step, command: Command, by: str, now: tuple[str, ...]
    ) -> list[NewEvent]:
        self._must_be_asked(now, command["sort"])
        piece = self._piece(state, step, by, command["sort"])
        if piece is None:
            return [self.added(state, step, by, command["text"], sort=command["sort"])]
        args = {"activity": step.id, "idea": piece.id, "text": command["text"]}
        edit = Command("idea.edit", command.op, args, command.at, command.seed)
        return self.decide_writing(state, step, edit, by)

    def _must_be_asked(self, now: tuple[str, ...], sort: str) -> None:
        if not now or sort not in self.may_explain.get(now[0], ()):
            raise Refused("not_asked", _("Choose an answer that this belongs to first."))

    @staticmethod
    def _piece(state: State, step: Step, person: str, sort: str) -> Idea | None:
        """Give what somebody wrote of a sort in this round, and did not remove."""
        mine = [idea for idea in pieces_of(state, step, person, sort) if idea.round == len(step.rounds)]
        return mine[-1] if mine else None

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
        """Whether an answer counts: some do only with a reason. One that a facilitator hid was given all the same."""
        if not chosen or chosen[0] not in self.must_explain:
            return True
        return self._piece(state, step, person, REASON) is not None

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
        if REASON not in asked or self._piece(state, step, person, REASON) is not None:
            return None
        if chosen[0] not in self.must_explain and pretender.chance(5):
            return None
        text = pretender.words(most=200)
        return {"do": "proposal.explain", "activity": step.id, "sort": REASON, "text": text}

    # -- views -----------------------------------------------------------------------------------------------------

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        if not step.revealed:
            return {}
        return {
            f"{sort}s": [f"idea-{idea.id}" for idea in self._told(state, step, step.rounds[-1], sort)]
            for sort in SORTS
        }

    def _told(self, state: State, step: Step, run: Round, sort: str) -> list[Idea]:
        """Give the reasons of a round that are on the board, those of the least agreement first."""
        answers = self.answers(run)
        ideas = [
            idea
            for idea in state.ideas_of(step.id)
            if idea.round == run.number and idea.sort == sort and answers.of(idea.author)
        ]
        return sorted(ideas, key=lambda idea: (self.heard.index(answers.of(idea.author)[0]), mixed(idea)))

    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        if not step.revealed:
            return None
        if key == "stage.result":
            return Fragment(self.template("result"), {"result": self._result(state, step)})
        idea = state.ideas.get(key.removeprefix("idea-"))
        if idea is None or idea.round != len(step.rounds):
            return None
        return self.card(state, step, key, reader)

    def card_context(self, state: State, step: Step, idea: Idea, reader: str) -> dict[str, Any]:
        context = super().card_context(state, step, idea, reader)
        run = step.rounds[idea.round - 1]
        labels = dict(self.options(run.settings))
        chosen = self.answers(run).of(idea.author)
        told = str(labels.get(chosen[0], "")) if chosen else ""
        return context | {"by": f"{context['by']}: {told}" if context["by"] else told}

    def _result(self, state: State, step: Step) -> dict[str, Any]:
        run = step.rounds[-1]
        answers = self.answers(run)
        turnout = self.turnout(state, step, run)
        rows = bars(self.options(run.settings), answers, turnout["answered"])
        if run.settings.names == "everybody":
            names: dict[str, list[str]] = {}
            for person in sorted(answers.counting, key=lambda one: state.people[one].name.casefold()):
                names.setdefault(answers.of(person)[0], []).append(state.people[person].name)
            rows = [row | {"names": names.get(row["option"], [])} for row in rows]
        return {
            "title": step.title,
            "rows": rows,
            "verdict": self.verdict(answers),
            "verdict_template": self.template("verdict"),
            "named": run.settings.names == "everybody",
            **turnout,
        }

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        return {
            "proposal": self.proposal_of(step, step.round),
            "may_answer": self.takes_part(step, reader),
            "named": step.settings.names == "everybody",
            "most_reason": MOST_REASON,
            "most_proposal": MOST_PROPOSAL,
            "rule_template": self.template("rule"),
            "asks_change": any(CHANGE in sorts for sorts in self.may_explain.values()),
            "may_flag": reader == PARTICIPANT,
            "result": self._result(state, step) if step.revealed else None,
        }

    def own(self, state: State, step: Step, person: str) -> Own:
        if not step.rounds or not self.takes_part(step, state.people[person].role):
            return Own()
        run = step.rounds[-1]
        answers = self.answers(run)
        chosen = answers.of(person)
        asked = self.may_explain.get(chosen[0], ()) if chosen else ()
        pieces = {sort: self._piece(state, step, person, sort) for sort in SORTS}
        data: dict[str, Any] = {f"wants_{sort}": sort in asked and pieces[sort] is None for sort in SORTS}
        data["mine"] = [piece.id for piece in pieces.values() if piece]
        context = {
            "step": step.id,
            "open": step.phase == "open",
            "options": [
                {"id": one, "label": str(label), "chosen": one in chosen}
                for one, label in self.options(run.settings)
            ],
            "answered": bool(chosen),
            "counts": person in answers.counting,
            "pieces": [
                {
                    "id": piece.id,
                    "sort": sort,
                    "text": piece.text,
                    "hidden": piece.hidden is not None,
                    "reason": piece.hidden or "",
                    "removable": step.phase == "open" and piece.on_board,
                    "undo": {"do": "idea.put_back", "activity": step.id, "idea": piece.id},
                }
                for sort, piece in pieces.items()
                if piece is not None
            ],
        }
        return Own(data, {"own-answer": Fragment(self.template("own"), context)})

    def done_by(self, state: State, step: Step, person: str) -> str:
        """Say so from the answer on, also where a reason must follow: ids are counted as reasons come."""
        chosen = bool(step.rounds) and person in self.answers(step.rounds[-1]).chosen
        return str(_("has answered")) if chosen else ""

    # -- results ---------------------------------------------------------------------------------------------------

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        answers = self.answers(run)
        about = {"proposal": self.proposal_of(step, run), "names": run.settings.names}
        turnout = self.turnout(state, step, run)
        if not self.was_shown(run):  # people were told that no answer is shown until all are
            return {**about, **turnout, "withheld": "not_shown", "choices": []}
        rows = bars(self.options(run.settings), answers, turnout["answered"])
        before = [
            {
                "round": one.number,
                "proposal": self.proposal_of(step, one),
                "verdict": self.verdict(self.answers(one)),
            }
            for one in step.rounds[: run.number - 1]
            if self.was_shown(one)
        ]
        without = len(answers.chosen) - len(answers.counting)
        return {
            **about,
            **turnout,
            "without_reason": without,
            "verdict": self.verdict(answers),
            "choices": kept(rows),
            "written": self._written(state, step, run),
            "before": before,
        }

    def _written(self, state: State, step: Step, run: Round) -> list[dict[str, Any]]:
        """Give the reasons by answer. Without names also without the answer: beside a role it could tell who it was."""
        named = run.settings.names == "everybody"
        found: dict[tuple[str, str], list[str]] = {}
        for sort in SORTS:
            told = self._told(state, step, run, sort)
            for idea in told if named else self.in_order(step, told):
                choice = self.answers(run).of(idea.author)[0] if named else ""
                found.setdefault((sort, choice), []).append(state.gid(idea.id))
        return [{"sort": sort, "choice": choice, "ideas": gids} for (sort, choice), gids in found.items()]
