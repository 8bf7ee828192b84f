"""What people see of next actions: each their own, all proposals once they are shown, and what is agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import ngettext

from workshops.activities.base import Fragment, Own
from workshops.activities.next_actions.plan import ACTION, Plan, in_words
from workshops.activities.shared.promises import EVERYBODY, NOBODY
from workshops.activities.shared.writing import Writing, pieces_now, taken_off, undo_removing
from workshops.live.state import FACILITATOR, SCREEN

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.live.state import Idea, Round, State, Step

MOST_OWNER = 100


class NextActionsViews(Writing):
    """The half of next actions that only looks."""

    # -- what there is -----------------------------------------------------------------------------------------------

    @staticmethod
    def owners(state: State, run: Round, action: str) -> list[Idea]:
        """Give the pieces that say who does an action and are on the board: the last holds."""
        plan: Plan = run.memory
        found = (state.ideas[one] for one in plan.owners.get(action, ()))
        return [idea for idea in found if idea.on_board]

    def owner(self, state: State, run: Round, action: str) -> Idea | None:
        """Give the one that holds."""
        owners = self.owners(state, run, action)
        return owners[-1] if owners else None

    @staticmethod
    def most(step: Step, run: Round) -> int:
        """Give how many may be agreed. A round keeps its settings once it is shown, and agreeing comes after that."""
        plan: Plan = run.memory
        return int(step.settings.number) if run is step.rounds[-1] else plan.number

    def agreed(self, state: State, step: Step, run: Round) -> list[Idea]:
        """Give the agreed actions: one that was taken off the board makes room, and comes back if it fits."""
        plan: Plan = run.memory
        found = [state.ideas[action] for action in plan.agreed if state.ideas[action].on_board]
        return found[: self.most(step, run)]

    def proposed(self, state: State, step: Step, run: Round) -> list[Idea]:
        """Give what else was proposed, in the order in which all see it."""
        agreed = {idea.id for idea in self.agreed(state, step, run)}
        pieces = (
            idea for idea in state.ideas_of(step.id) if idea.sort == ACTION and idea.round == run.number
        )
        return self.in_order(step, [idea for idea in pieces if idea.id not in agreed])

    # -- lists and cards ---------------------------------------------------------------------------------------------

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        if not self.is_seen(step):
            return {}
        run = step.rounds[-1]
        found = {"proposed-actions": self.proposed(state, step, run)}
        if step.revealed:
            found["agreed-actions"] = self.agreed(state, step, run)
        return {name: [f"idea-{idea.id}" for idea in ideas] for name, ideas in found.items()}

    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        if not self.is_seen(step):
            return None
        run = step.rounds[-1]
        if key == "stage.agreed":
            return Fragment(self.template("agreed"), self._count(state, step, run)) if step.revealed else None
        name, _dot, part = key.removeprefix("idea-").partition(".")
        idea = state.ideas.get(name)
        if idea is None or idea.sort != ACTION or idea.round != run.number or part not in ("", "backing"):
            return None
        card = self.card(state, step, f"idea-{name}", reader)
        if card is None:
            return None
        backing = self._backing(step, run, idea)
        if part:
            return Fragment(self.template("backing"), backing) if step.revealed else None
        context = card.context | self._settled(state, run, idea) | backing
        return Fragment(self.template("card"), context | {"agreed": idea in self.agreed(state, step, run)})

    def card_context(self, state: State, step: Step, idea: Idea, reader: str) -> dict[str, Any]:
        leads = reader == FACILITATOR and step.revealed
        press = reader != SCREEN and step.revealed
        return super().card_context(state, step, idea, reader) | {"leads": leads, "press": press}

    def _settled(self, state: State, run: Round, idea: Idea) -> dict[str, Any]:
        """Give who does an action by when, and what stood there before a facilitator corrected it."""
        plan: Plan = run.memory
        owners = self.owners(state, run, idea.id)
        due, before = plan.due.get(idea.id, ""), plan.due_before.get(idea.id, "")
        return {
            "owner": owners[-1].text if owners else "",
            "owner_id": owners[-1].id if owners else "",
            "owner_corrected": idea.id in plan.owner_corrected,
            "owner_before": owners[0].text if len(owners) > 1 else "",
            "owner_before_id": owners[0].id if len(owners) > 1 else "",
            "due": due,
            "due_words": in_words(due),
            "due_corrected": idea.id in plan.due_before and before != due,
            "due_before": in_words(before),
        }

    @staticmethod
    def _backing(step: Step, run: Round, idea: Idea) -> dict[str, Any]:
        plan: Plan = run.memory
        return {
            "backing_key": f"idea-{idea.id}.backing",
            "backing": plan.backing.get(idea.id, 0),
            "revealed": step.revealed,
        }

    def _count(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        return {"agreed": {"n": len(self.agreed(state, step, run)), "of": self.most(step, run)}}

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        if not step.rounds:
            return {"started": False, "private": self.unseen(step), "names": step.settings.names}
        run = step.rounds[-1]
        context = {
            "started": True,
            "seen_now": self.is_seen(step),
            "private": self.unseen(step),
            "names": run.settings.names,
            "most_characters": run.settings.most_characters,
            "most_owner": MOST_OWNER,
        }
        return context | (self._count(state, step, run) if step.revealed else {})

    def own(self, state: State, step: Step, person: str) -> Own:
        if not step.rounds:
            return Own()
        run = step.rounds[-1]
        plan: Plan = run.memory
        written = pieces_now(state, step, person, ACTION)
        mine = [idea for idea in written if idea.on_board]
        context = {
            "step": step.id,
            "most_characters": run.settings.most_characters,
            "most_owner": MOST_OWNER,
            "editable": step.phase == "open",
            "pieces": [
                {
                    "id": idea.id,
                    "text": idea.text,
                    "undo": undo_removing(idea),
                    **self._settled(state, run, idea),
                }
                for idea in mine
            ],
            "taken_off": taken_off(written),
        }
        data = {"mine": [idea.id for idea in mine], "backed": list(plan.backed.get(person, ()))}
        return Own(data, {"own-actions": Fragment(self.template("own"), context)})

    # -- counts and results ----------------------------------------------------------------------------------------

    def progress(self, state: State, step: Step) -> list[tuple[str, StrOrPromise]]:
        if not step.rounds:
            return []
        run = step.rounds[-1]
        actions = [
            idea for idea in state.ideas_of(step.id) if idea.sort == ACTION and idea.round == run.number
        ]
        count = len(actions)
        told: list[tuple[str, StrOrPromise]] = [
            (str(count), ngettext("action proposed", "actions proposed", count))
        ]
        if step.settings.names == EVERYBODY or not self.is_seen(step):
            writers = len({idea.author for idea in actions})
            told.append((str(writers), ngettext("person has proposed", "people have proposed", writers)))
        if step.revealed:
            agreed = len(self.agreed(state, step, run))
            told.append((str(agreed), ngettext("action agreed", "actions agreed", agreed)))
        return told

    def done_by(self, state: State, step: Step, person: str) -> str:
        if step.settings.names == NOBODY or not step.rounds:
            return ""
        count = sum(idea.on_board for idea in pieces_now(state, step, person, ACTION))
        return ngettext("%(count)d action", "%(count)d actions", count) % {"count": count}

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        settings, plan = run.settings, run.memory
        kept = {"number": self.most(step, run), "visibility": settings.visibility, "names": settings.names}
        if self.unseen(step) and run.revealed_at is None:
            return {**kept, "withheld": "not_shown", "actions": []}
        rest = sorted(self.proposed(state, step, run), key=lambda idea: -plan.backing.get(idea.id, 0))
        agreed = [self._row(state, run, idea, agreed=1) for idea in self.agreed(state, step, run)]
        return {**kept, "actions": agreed + [self._row(state, run, idea, agreed=0) for idea in rest]}

    def _row(self, state: State, run: Round, idea: Idea, *, agreed: int) -> dict[str, Any]:
        plan: Plan = run.memory
        owners = [state.gid(one.id) for one in self.owners(state, run, idea.id)]
        return {
            "item": state.gid(idea.id),
            "agreed": agreed,
            "due": plan.due.get(idea.id, ""),
            "due_before": plan.due_before.get(idea.id),
            "backing": plan.backing.get(idea.id, 0),
            "owner": owners[-1] if owners else "",
            "owners": owners,
        }
