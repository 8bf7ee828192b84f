"""Next actions: what the group does next, each with who does it and by when.

An action is a piece of the sort "action", who does it a piece of the sort "owner" with `about` its action: both are
words that somebody wrote. Days, agreement and backing are no words, and stand in the round's memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from realtime.fields import Flag, Id, Text
from workshops.activities import base
from workshops.activities.base import Dirty, Refused, setting
from workshops.activities.next_actions.plan import ACTION, OWNER, Plan, day_at
from workshops.activities.next_actions.rules import NextActionsRules
from workshops.activities.next_actions.views import MOST_OWNER
from workshops.activities.shared.promises import joined, names_setting, who_wrote
from workshops.activities.shared.writing import Writing, pieces_now

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Happened, Pretender
    from workshops.live.state import Idea, State, Step

MOST_ACTION = 500
MOST_ACTIONS = 10
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NextActionsSettings(base.Settings):
    """How many actions are agreed, and who sees what when."""

    number: int = field(
        default=3,
        metadata=setting(
            _("How many actions you want to agree on"),
            _("Everything else that is proposed is kept beside them."),
            least=1,
            most=MOST_ACTIONS,
        ),
    )
    visibility: str = field(
        default="private",
        metadata=setting(
            _("While people propose"),
            choices=(
                ("private", _("Each person sees only their own proposals until you show them all")),
                ("shared", _("Everybody sees every proposal at once")),
            ),
            guarded=True,
        ),
    )
    names: str = field(default="nobody", metadata=names_setting(_("Who sees who proposed an action")))
    most_characters: int = field(
        default=200, metadata=setting(_("Longest action, in characters"), least=20, most=MOST_ACTION)
    )


class NextActions(NextActionsRules):
    """Agreeing on what happens next."""

    kind = "next_actions"
    label = _("Next actions")
    about = _("What happens next: a few actions that all agree on, each with who does it and by when.")
    icon = "list-checks"
    verb = _("Start proposing")
    minutes = 15
    Settings = NextActionsSettings
    foremost: ClassVar = ("number", "visibility", "names")
    columns: ClassVar = (
        "actions",
        {
            "agreed": _("Agreed (1 is yes)"),
            "due": _("By when"),
            "due_before": _("By when, before the correction"),
            "backing": _("People who back it"),
            "owner": _("Who does it (idea id)"),
        },
    )
    commands: ClassVar = {
        **Writing.commands,
        "actions.propose": {
            "activity": Id(),
            "text": Text(most=MOST_ACTION),
            "owner": Text(most=MOST_OWNER, lines=False, required=False),
            "due": Text(most=10, lines=False, required=False),
        },
        "actions.owner": {"activity": Id(), "idea": Id(), "owner": Text(most=MOST_OWNER, lines=False)},
        "actions.due": {"activity": Id(), "idea": Id(), "due": Text(most=10, lines=False, required=False)},
        "actions.back": {"activity": Id(), "idea": Id(), "on": Flag(required=False)},
        "actions.agree": {"activity": Id(), "idea": Id(), "on": Flag()},
    }
    never_shown = _(
        "The proposals of “%(title)s” were never shown: their words are not put into the archive. "
        "Show them first if they should be."
    )
    shows_more: ClassVar = frozenset({"actions.corrected"})
    changes_only_its_round: ClassVar = frozenset({"actions.backed", "actions.agreed", "actions.dated"})

    # -- what it says of itself ------------------------------------------------------------------------------------

    def longest(self, step: Step, sort: str) -> int:
        return MOST_OWNER if sort == OWNER else int(step.settings.most_characters)

    def rests_on(self, state: State, step: Step, idea: Idea) -> tuple[Collection[str], list[Idea]]:
        """Who does an action is quoted no further than the action itself, and without its writer."""
        action = state.ideas.get(idea.about) if idea.sort == OWNER else None
        return (), [action] if action is not None else []

    def names_people(self, step: Step, idea: Idea) -> bool:
        return idea.sort == OWNER

    def promise(self, settings: NextActionsSettings) -> StrOrPromise:
        if settings.visibility == "private":
            seen = _("Nobody else is shown what you propose until the facilitator shows all proposals.")
        else:
            seen = _("Everybody sees what you propose.")
        names = who_wrote(settings.names, _("Your name stands with what you propose."))
        who = _("Who does it stays inside the Lab unless they are here and agreed to be named.")
        return joined(seen, names, who, _("Of backing only the number is shown."))

    def may_change(self, state: State, step: Step, new: Mapping[str, Any]) -> None:
        super().may_change(state, step, new)
        if step.rounds and len(self.agreed(state, step, step.rounds[-1])) > new.get("number", MOST_ACTIONS):
            raise Refused("enough_agreed", _("More actions than that are agreed. Take some back first."))

    def begin(self, state: State, step: Step) -> Plan:
        return Plan(step.settings.number)

    # -- what happened ---------------------------------------------------------------------------------------------

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        plan: Plan = step.rounds[-1].memory
        if event.kind in self.EVENTS:
            return self._apply_writing(state, step, plan, event)
        body = event.body
        action = state.ideas[body["idea"]]
        dirty = Dirty(keys={f"idea-{action.id}"})
        match event.kind:
            case "actions.backed":
                plan.back(event.actor, action.id, on=body["on"])
                return Dirty(keys={f"idea-{action.id}.backing"}, people={event.actor})
            case "actions.agreed":
                plan.agree(action.id, on=body["on"], number=step.settings.number)
                dirty.keys |= {"stage.agreed", "stage.progress"}
                dirty.lists |= {"agreed-actions", "proposed-actions"}
                return dirty
            case "actions.corrected" if body["what"] == OWNER:
                plan.owner_corrected.add(action.id)
            case "actions.corrected":
                plan.correct_day(action.id, body["due"])
            case "actions.dated":
                plan.due[action.id] = body["due"]
                if not self.is_seen(step):
                    dirty.keys.clear()
        dirty.people.add(action.author)
        return dirty

    def _apply_writing(self, state: State, step: Step, plan: Plan, event: Happened) -> Dirty:
        owner = (
            self.owner(state, step.rounds[-1], event.body["idea"]) if event.kind == "idea.removed" else None
        )
        idea = self.apply_writing(state, step, event)
        if idea.sort == ACTION:
            if event.kind == "idea.added":
                plan.due[idea.id] = event.body.get("due", "")
            elif event.kind == "idea.removed":
                plan.removed_with[idea.id] = owner.id if owner is not None else ""
            return self.changed_by(state, step, idea, event, "proposed-actions")
        if event.kind == "idea.added":
            plan.owners.setdefault(idea.about, []).append(idea.id)
        dirty = self.changed_by(state, step, idea, event)
        dirty.people.add(state.ideas[idea.about].author)
        if f"idea-{idea.id}" in dirty.keys:
            dirty.keys.remove(f"idea-{idea.id}")
            dirty.keys.add(f"idea-{idea.about}")
        return dirty

    def withdrawn(self, state: State, step: Step, item: str) -> Dirty:
        idea = state.ideas.get(item)
        if idea is None or idea.step != step.id:
            return Dirty()
        action = state.ideas[idea.about] if idea.sort == OWNER else idea
        dirty = Dirty(people={action.author})
        if self.is_seen(step):
            plan: Plan = step.rounds[-1].memory
            dirty.keys |= {f"idea-{one}" for one in (action.id, *plan.agreed)} | {"stage.agreed"}
            dirty.lists |= {"agreed-actions", "proposed-actions"}
        return dirty

    def inverse(self, state: State, step: Step, event: Happened) -> dict[str, Any] | None:
        body = event.body
        if event.kind in self.EVENTS:
            # What came or left along with its action is taken back with it.
            return None if body.get("along") else super().inverse(state, step, event)
        if event.kind == "actions.dated":
            before = step.rounds[-1].memory.due.get(body["idea"], "")
            return {"do": "actions.due", "activity": step.id, "idea": body["idea"], "due": before}
        return None  # all else happens after the reveal, when it is taken back by its own button

    def pretend(self, state: State, step: Step, person: str, pretender: Pretender) -> dict[str, Any] | None:
        run = step.rounds[-1]
        mine = pieces_now(state, step, person, ACTION)
        if len(mine) >= 2 or (mine and not pretender.chance(2)):
            return None
        text = pretender.words(most=min(120, step.settings.most_characters))
        said: dict[str, Any] = {"do": "actions.propose", "activity": step.id, "text": text}
        if pretender.chance(8):
            said["owner"] = pretender.words(most=40)
        if pretender.chance(8):
            said["due"] = day_at(run.opened_at + pretender.number(7, 60) * DAY_MS).isoformat()
        return said
