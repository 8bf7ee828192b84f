"""What is asked of people about a proposal, and what they see: each their own answer, then all with their reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from workshops.activities.base import Fragment, Own
from workshops.activities.shared.answers import bars, kept
from workshops.activities.shared.fields import things_in
from workshops.activities.shared.in_words import AnsweringInWords
from workshops.activities.shared.writing import mixed
from workshops.live.state import PARTICIPANT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from django_stubs_ext import StrOrPromise

    from workshops.activities.shared.answers import Answers
    from workshops.live.state import Idea, Round, State, Step

REASON, CHANGE = "reason", "change"
SORTS = (REASON, CHANGE)
MOST_PROPOSAL, MOST_REASON = 1000, 500
STOPPED, CONCERNS, PASSES, NOBODY = "stopped", "concerns", "passes", "nobody"


class ProposalViews(AnsweringInWords):
    """What a kind says of its answers, and the half of it that only looks."""

    choices: ClassVar[Sequence[str]]
    """What can be answered, in the order of the setting `meanings`."""
    heard: ClassVar[Sequence[str]]
    """The answers in the order in which their reasons are shown: those first that matter most for going on."""
    may_explain: ClassVar[Mapping[str, Sequence[str]]]
    """The answers for which something is asked: their choice, and the sorts."""
    stops: ClassVar[str]
    """The answer that stops a proposal, whoever gives it. It counts only with a reason."""
    worries: ClassVar[AbstractSet[str]]
    """The answers that say it may go on, with something to note."""
    abstains: ClassVar[AbstractSet[str]] = frozenset()
    """The answers that say nothing for or against it."""

    def verdict(self, answers: Answers) -> str:
        """Say what follows from the answers."""
        given = {choice for choice in self.choices if answers.people(choice)}
        if not given - self.abstains:
            return NOBODY
        if self.stops in given:
            return STOPPED
        return CONCERNS if given & self.worries else PASSES

    def template(self, name: str) -> str:
        folder = self.kind if name in ("help", "verdict", "rule") else "proposal"
        return f"workshops/activities/{folder}/{name}.html"

    def options(self, settings: Any) -> list[tuple[str, StrOrPromise]]:
        """Give what can be answered, as (id, words)."""
        return list(zip(self.choices, things_in(settings.meanings), strict=False))

    @staticmethod
    def proposal_of(step: Step, run: Round | None) -> str:
        """Give the words of the proposal; of a step without any its question stands for them."""
        settings = run.settings if run else step.settings
        return str(settings.proposal or step.prompt or step.title)

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

    def beside_rooms(self, state: State, step: Step) -> tuple[str, dict[str, Any]] | None:
        """Offer to put a revised proposal to all rooms, once what they answered was shown."""
        if not step.revealed:
            return None
        words = {"proposal": self.proposal_of(step, None), "most_proposal": MOST_PROPOSAL}
        return self.template("revise"), {**words, "all_rooms": True}

    def own(self, state: State, step: Step, person: str) -> Own:
        if not step.rounds or not self.takes_part(step, state.people[person].role):
            return Own()
        run = step.rounds[-1]
        answers = self.answers(run)
        chosen = answers.of(person)
        asked = self.may_explain.get(chosen[0], ()) if chosen else ()
        pieces = {sort: self.piece(state, step, person, sort) for sort in SORTS}
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
            "pieces": self.own_pieces(step, pieces.values()),
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
