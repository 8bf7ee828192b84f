"""Next actions: what the group does next, each with who does it and by when.

An action is a piece of the sort "action", who does it a piece of the sort "owner" with `about` its action: both are
words that somebody wrote. Days, agreement and backing are no words, and stand in the round's memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from realtime.fields import Flag, Id, Text
from workshops.activities import base
from workshops.activities.base import Command, Dirty, Fragment, NewEvent, Own, Refused, filled, setting
from workshops.activities.shared.writing import Writing, own_piece
from workshops.live import words
from workshops.live.state import FACILITATOR, SCREEN

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Happened, Pretender
    from workshops.live.state import Idea, Round, State, Step

ACTION, OWNER = "action", "owner"
MOST_OWNER, MOST_ACTION = 100, 500
MOST_ACTIONS = 10
FARTHEST = timedelta(days=3 * 366)
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
    names: str = field(
        default="nobody",
        metadata=setting(
            _("Who sees who proposed an action"),
            choices=(
                ("nobody", _("Nobody on screen, not even facilitators")),
                ("facilitators", _("Facilitators only")),
                ("everybody", _("Everybody")),
            ),
            guarded=True,
        ),
    )
    most_characters: int = field(
        default=200, metadata=setting(_("Longest action, in characters"), least=20, most=MOST_ACTION)
    )


@dataclass(slots=True)
class Plan:
    """What one round came to, beside its words."""

    number: int
    """How many may be agreed, as it was when something was last agreed: for rounds that are over."""
    due: dict[str, str] = field(default_factory=dict)
    """By when each action is to be done, as YYYY-MM-DD."""
    due_before: dict[str, str] = field(default_factory=dict)
    """Of actions whose day a facilitator corrected: what was proposed, "" for no day."""
    owners: dict[str, list[str]] = field(default_factory=dict)
    """The pieces that say who does each action, oldest first: the last that is on the board holds."""
    owner_corrected: set[str] = field(default_factory=set)
    removed_with: dict[str, str] = field(default_factory=dict)
    """The owner's piece that left together with an action, by the action."""
    agreed: dict[str, None] = field(default_factory=dict)
    """In the order in which they were agreed."""
    backed: dict[str, dict[str, None]] = field(default_factory=dict)
    """The actions that each person backs."""
    backing: dict[str, int] = field(default_factory=dict)

    def back(self, person: str, action: str, *, on: bool) -> None:
        """Note that somebody backs an action, or does no more."""
        theirs = self.backed.setdefault(person, {})
        if (action in theirs) == on:
            return
        if on:
            theirs[action] = None
        else:
            del theirs[action]
        self.backing[action] = self.backing.get(action, 0) + (1 if on else -1)
        if not theirs:
            del self.backed[person]


class NextActions(Writing):
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
    shows_more: ClassVar = frozenset({"actions.corrected"})
    changes_only_its_round: ClassVar = frozenset({"actions.backed", "actions.agreed", "actions.dated"})

    # -- what it says of itself ------------------------------------------------------------------------------------

    def longest(self, step: Step, sort: str) -> int:
        return MOST_OWNER if sort == OWNER else int(step.settings.most_characters)

    def rests_on(self, state: State, step: Step, idea: Idea) -> tuple[Collection[str], list[Idea]]:
        """Who does an action is quoted no further than the action itself, and without its writer."""
        action = state.ideas.get(idea.about) if idea.sort == OWNER else None
        return (), [action] if action is not None else []

    def promise(self, settings: NextActionsSettings) -> StrOrPromise:
        names = {
            "nobody": _("Nobody is shown who proposed what."),
            "facilitators": _("Facilitators see who proposed what, nobody else does."),
            "everybody": _("Your name stands with what you propose."),
        }[settings.names]
        if settings.visibility == "private":
            seen = _("Nobody else is shown what you propose until the facilitator shows all proposals.")
        else:
            seen = _("Everybody sees what you propose.")
        sentence = _("%(seen)s %(names)s Of backing only the number is shown.")
        return filled(sentence, seen=seen, names=names)

    def lost_at_close(self, step: Step) -> StrOrPromise:
        if not self.unseen(step) or all(run.revealed_at is not None for run in step.rounds):
            return ""
        sentence = _(
            "The proposals of “%(title)s” were never shown: their words are not put into the archive. "
            "Show them first if they should be."
        )
        return filled(sentence, title=step.title)

    def may_change(self, state: State, step: Step, new: Mapping[str, Any]) -> None:
        super().may_change(state, step, new)
        if step.rounds and len(self._agreed(state, step, step.rounds[-1])) > new.get("number", MOST_ACTIONS):
            raise Refused("enough_agreed", _("More actions than that are agreed. Take some back first."))

    def takes_writing(self, state: State, step: Step, *, new: bool) -> Round:
        """Give the round. After the reveal it takes corrections, which `decide` lets only facilitators make."""
        return step.rounds[-1] if step.revealed else self.must_be_open(step)

    # -- what people may do ----------------------------------------------------------------------------------------

    def begin(self, state: State, step: Step) -> Plan:
        return Plan(step.settings.number)

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
        owner = self._owner(state, step.rounds[-1], action.id)
        if owner is not None and owner.text == command["owner"]:
            return []
        if owner is not None and not step.revealed:
            args = {"activity": step.id, "idea": owner.id, "text": command["owner"]}
            edit = Command("idea.edit", command.op, args, command.at, command.seed)
            return self.decide_writing(state, step, edit, by)
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
        agreed = self._agreed(state, step, run)
        if (action in agreed) == command["on"]:
            return []
        if command["on"]:
            if self._owner(state, run, action.id) is None or not run.memory.due.get(action.id):
                raise Refused("not_settled", _("Say first who does this and by when. Then it can be agreed."))
            most = self._most(step, run)
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
            owner = self._owner(state, run, idea.id)
        else:
            owner = state.ideas.get(plan.removed_with.get(idea.id, ""))
        if owner is None or owner.removed != (command.do == "idea.put_back"):
            return events
        return [*events, NewEvent(events[0].kind, {"activity": step.id, "idea": owner.id, "along": True})]

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
                plan.agreed.pop(action.id, None)
                if body["on"]:
                    plan.agreed[action.id] = None
                    plan.number = step.settings.number
                dirty.keys |= {"stage.agreed", "stage.progress"}
                dirty.lists |= {"agreed-actions", "proposed-actions"}
                return dirty
            case "actions.corrected" if body["what"] == OWNER:
                plan.owner_corrected.add(action.id)
            case "actions.corrected":
                plan.due_before.setdefault(action.id, plan.due.get(action.id, ""))
                plan.due[action.id] = body["due"]
            case "actions.dated":
                plan.due[action.id] = body["due"]
                if not self.is_seen(step):
                    dirty.keys.clear()
        dirty.people.add(action.author)
        return dirty

    def _apply_writing(self, state: State, step: Step, plan: Plan, event: Happened) -> Dirty:
        owner = (
            self._owner(state, step.rounds[-1], event.body["idea"]) if event.kind == "idea.removed" else None
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
        mine = self._of(state, step, run, person)
        if len(mine) >= 2 or (mine and not pretender.chance(2)):
            return None
        text = pretender.words(most=min(120, step.settings.most_characters))
        said: dict[str, Any] = {"do": "actions.propose", "activity": step.id, "text": text}
        if pretender.chance(8):
            said["owner"] = pretender.words(most=40)
        if pretender.chance(8):
            said["due"] = _day(run.opened_at + pretender.number(7, 60) * DAY_MS).isoformat()
        return said

    # -- views -----------------------------------------------------------------------------------------------------

    def is_seen(self, step: Step) -> bool:
        """Whether everybody sees the latest round's proposals now."""
        return bool(step.rounds) and (not self.unseen(step) or step.revealed)

    @staticmethod
    def _of(state: State, step: Step, run: Round, person: str) -> list[Idea]:
        """Give the actions that somebody proposed in a round and did not remove."""
        written = state.sheet(step.id).by.get(person, ())
        return [
            idea for idea in written if idea.round == run.number and idea.sort == ACTION and not idea.removed
        ]

    @staticmethod
    def _owners(state: State, run: Round, action: str) -> list[Idea]:
        """Give the pieces that say who does an action and are on the board: the last holds."""
        plan: Plan = run.memory
        found = (state.ideas[one] for one in plan.owners.get(action, ()))
        return [idea for idea in found if idea.on_board]

    def _owner(self, state: State, run: Round, action: str) -> Idea | None:
        owners = self._owners(state, run, action)
        return owners[-1] if owners else None

    @staticmethod
    def _most(step: Step, run: Round) -> int:
        """Give how many may be agreed. A round keeps its settings once it is shown, and agreeing comes after that."""
        plan: Plan = run.memory
        return int(step.settings.number) if run is step.rounds[-1] else plan.number

    def _agreed(self, state: State, step: Step, run: Round) -> list[Idea]:
        """Give the agreed actions: one that was taken off the board makes room, and comes back if it fits."""
        plan: Plan = run.memory
        found = [state.ideas[action] for action in plan.agreed if state.ideas[action].on_board]
        return found[: self._most(step, run)]

    def _proposed(self, state: State, step: Step, run: Round) -> list[Idea]:
        """Give what else was proposed, in the order in which all see it."""
        agreed = {idea.id for idea in self._agreed(state, step, run)}
        pieces = (
            idea for idea in state.ideas_of(step.id) if idea.sort == ACTION and idea.round == run.number
        )
        return self.in_order(step, [idea for idea in pieces if idea.id not in agreed])

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        if not self.is_seen(step):
            return {}
        run = step.rounds[-1]
        found = {"proposed-actions": self._proposed(state, step, run)}
        if step.revealed:
            found["agreed-actions"] = self._agreed(state, step, run)
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
        return Fragment(self.template("card"), context | {"agreed": idea in self._agreed(state, step, run)})

    def card_context(self, state: State, step: Step, idea: Idea, reader: str) -> dict[str, Any]:
        leads = reader == FACILITATOR and step.revealed
        press = reader != SCREEN and step.revealed
        return super().card_context(state, step, idea, reader) | {"leads": leads, "press": press}

    def _settled(self, state: State, run: Round, idea: Idea) -> dict[str, Any]:
        """Give who does an action by when, and what stood there before a facilitator corrected it."""
        plan: Plan = run.memory
        owners = self._owners(state, run, idea.id)
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
        return {"agreed": {"n": len(self._agreed(state, step, run)), "of": self._most(step, run)}}

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
        written = self._of(state, step, run, person)
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
                    "undo": {"do": "idea.put_back", "activity": step.id, "idea": idea.id},
                    **self._settled(state, run, idea),
                }
                for idea in mine
            ],
            "taken_off": [
                {"text": idea.text, "reason": idea.hidden or ""} for idea in written if not idea.on_board
            ],
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
        if step.settings.names == "everybody" or not self.is_seen(step):
            writers = len({idea.author for idea in actions})
            told.append((str(writers), ngettext("person has proposed", "people have proposed", writers)))
        if step.revealed:
            agreed = len(self._agreed(state, step, run))
            told.append((str(agreed), ngettext("action agreed", "actions agreed", agreed)))
        return told

    def done_by(self, state: State, step: Step, person: str) -> str:
        if step.settings.names == "nobody" or not step.rounds:
            return ""
        count = sum(idea.on_board for idea in self._of(state, step, step.rounds[-1], person))
        return ngettext("%(count)d action", "%(count)d actions", count) % {"count": count}

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        settings, plan = run.settings, run.memory
        kept = {"number": self._most(step, run), "visibility": settings.visibility, "names": settings.names}
        if self.unseen(step) and run.revealed_at is None:
            return {**kept, "withheld": "not_shown", "actions": []}
        rest = sorted(self._proposed(state, step, run), key=lambda idea: -plan.backing.get(idea.id, 0))
        agreed = [self._row(state, run, idea, agreed=1) for idea in self._agreed(state, step, run)]
        return {**kept, "actions": agreed + [self._row(state, run, idea, agreed=0) for idea in rest]}

    def _row(self, state: State, run: Round, idea: Idea, *, agreed: int) -> dict[str, Any]:
        plan: Plan = run.memory
        owners = [state.gid(one.id) for one in self._owners(state, run, idea.id)]
        return {
            "item": state.gid(idea.id),
            "agreed": agreed,
            "due": plan.due.get(idea.id, ""),
            "due_before": plan.due_before.get(idea.id),
            "backing": plan.backing.get(idea.id, 0),
            "owner": owners[-1] if owners else "",
            "owners": owners,
        }


def _day(at: int) -> date:
    return datetime.fromtimestamp(at / 1000, tz=UTC).date()


def day_of(given: str | None, at: int) -> str:
    """Read a day, such as "2026-12-04"; "" for none. Raises Refused for what is no day, past, or far away."""
    if not given:
        return ""
    today = _day(at)
    try:
        day = datetime.strptime(given, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        day = date.min
    if not today - timedelta(days=1) <= day <= today + FARTHEST:  # it may still be yesterday elsewhere
        raise Refused("bad_date", _("Choose a day from today on, within three years."))
    return day.isoformat()


def in_words(due: str) -> str:
    """Give a day as people write it, in the language in use."""
    return date_format(date.fromisoformat(due), "j F Y") if due else ""


__all__ = ["ACTION", "OWNER", "NextActions", "NextActionsSettings", "day_of"]
