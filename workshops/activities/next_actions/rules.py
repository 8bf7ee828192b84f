"""What may happen in next actions: proposing while it is open; backing, agreeing and corrections once all see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from workshops.activities.base import NewEvent, Refused, filled
from workshops.activities.next_actions.plan import ACTION, OWNER, Plan, day_of
from workshops.activities.next_actions.views import NextActionsViews
from workshops.activities.shared.writing import own_piece
from workshops.live import words

if TYPE_CHECKING:
    from workshops.activities.base import Command
    from workshops.live.state import Idea, Round, State, Step


class NextActionsRules(NextActionsViews):
    """The half of next actions that decides."""

    def takes_writing(self, state: State, step: Step, *, new: bool) -> Round:
        """Give the round. After the reveal it takes corrections, which `decide` lets only facilitators make."""
        return step.rounds[-1] if step.revealed else self.must_be_open(step)

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        state.contributor(by)
        match command.do:
            case "actions.propose":
                return self._decide_proposal(state, step, command, by)
            case "actions.owner":
                return self._decide_owner(state, step, command, by)
            case "actions.due":
                return self._decide_due(state, step, command, by)
            case "actions.back":
                return self._decide_backing(state, step, command, by)
            case "actions.agree":
                state.facilitator(by)
                return self._decide_agreement(state, step, command)
        return self._decide_own(state, step, command, by)

    def _decide_proposal(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        self.must_be_open(step)
        due = day_of(command["due"], command.at)
        action = self.added(state, step, by, command["text"], sort=ACTION, due=due)
        if not command["owner"]:
            return [action]
        about = action.body["idea"]
        owner = self.added(state, step, by, command["owner"], sort=OWNER, about=about, ahead=1, along=True)
        return [action, owner]

    def _decide_owner(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        action = self._to_settle(state, step, command, by)
        owner = self.owner(state, step.rounds[-1], action.id)
        if owner is not None and owner.text == command["owner"]:
            return []
        if owner is not None and not step.revealed:
            return self.decide_words(state, step, command, by, piece=owner, text=command["owner"])
        events = [self.added(state, step, by, command["owner"], sort=OWNER, about=action.id)]
        if step.revealed:
            events.append(
                NewEvent("actions.corrected", {"activity": step.id, "idea": action.id, "what": OWNER})
            )
        return events

    def _decide_due(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        action = self._to_settle(state, step, command, by)
        due = day_of(command["due"], command.at)
        plan: Plan = step.rounds[-1].memory
        if due == plan.due.get(action.id, ""):
            return []
        body = {"activity": step.id, "idea": action.id, "due": due}
        if step.revealed:
            return [NewEvent("actions.corrected", body | {"what": "due"})]
        return [NewEvent("actions.dated", body)]

    def _to_settle(self, state: State, step: Step, command: Command, by: str) -> Idea:
        """Give the action whose owner or day may be set: one's own while it is open, then any by facilitators."""
        if step.revealed:
            state.facilitator(by)
            return self._in_front(state, step, command["idea"])
        self.must_be_open(step)
        idea = own_piece(state, step, command["idea"], by)
        if idea.sort != ACTION or idea.removed or idea.round != len(step.rounds):
            raise Refused("no_such_idea", words.NO_SUCH_IDEA)
        return idea

    def _in_front(self, state: State, step: Step, action: str) -> Idea:
        """Find an action that everybody has seen. Raises Refused."""
        if not step.revealed:
            raise Refused("not_revealed", _("Show the proposals first: people agree on what they have seen."))
        idea = state.found_idea(action)
        here = idea.step == step.id and idea.round == len(step.rounds)
        if not here or idea.sort != ACTION or not idea.on_board:
            raise Refused("no_such_idea", words.NO_SUCH_IDEA)
        return idea

    def _decide_backing(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        action = self._in_front(state, step, command["idea"])
        plan: Plan = step.rounds[-1].memory
        now = action.id in plan.backed.get(by, {})
        on = (not now) if command["on"] is None else command["on"]
        if on == now:
            return []
        return [NewEvent("actions.backed", {"activity": step.id, "idea": action.id, "on": on})]

    def _decide_agreement(self, state: State, step: Step, command: Command) -> list[NewEvent]:
        action = self._in_front(state, step, command["idea"])
        run = step.rounds[-1]
        agreed = self.agreed(state, step, run)
        if (action in agreed) == command["on"]:
            return []
        if command["on"]:
            if self.owner(state, run, action.id) is None or not run.memory.due.get(action.id):
                raise Refused("not_settled", _("Say first who does this and by when. Then it can be agreed."))
            most = self.most(step, run)
            if len(agreed) >= most:
                sentence = ngettext_lazy(
                    "%(most)d action is agreed already. Take it back to agree on another.",
                    "%(most)d actions are agreed already. Take one back to agree on another.",
                    most,
                )
                raise Refused("enough_agreed", filled(sentence, most=most))
        return [NewEvent("actions.agreed", {"activity": step.id, "idea": action.id, "on": command["on"]})]

    def _decide_own(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        """Decide a change of one's own piece: who does an action leaves, and comes back, with it."""
        run = self.must_be_open(step)
        idea = own_piece(state, step, command["idea"], by)
        if idea.round != run.number:
            raise Refused("revealed", _("This was shown in an earlier round, so it stays as it is."))
        if idea.sort == OWNER and state.ideas[idea.about].removed:
            raise Refused("no_such_idea", words.NO_SUCH_IDEA)
        events = self.decide_writing(state, step, command, by)
        if not events or idea.sort == OWNER or command.do == "idea.edit":
            return events
        plan: Plan = run.memory
        if command.do == "idea.remove":
            owner = self.owner(state, run, idea.id)
        else:
            owner = state.ideas.get(plan.removed_with.get(idea.id, ""))
        if owner is None or owner.removed != (command.do == "idea.put_back"):
            return events
        return [*events, NewEvent(events[0].kind, {"activity": step.id, "idea": owner.id, "along": True})]
