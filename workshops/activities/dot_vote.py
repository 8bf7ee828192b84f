"""Dot vote: people place dots on ideas or groups; by default nobody sees where until the result is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from realtime.fields import Id, Whole
from workshops.activities import base
from workshops.activities.ballots import Ballots
from workshops.activities.base import (
    Activity,
    Command,
    Dirty,
    Fragment,
    Happened,
    NewEvent,
    Own,
    Refused,
    filled,
    setting,
)
from workshops.activities.sources import (
    brainstorms_for,
    groupings_for,
    must_be_shown,
    rounds_of,
    shown_ideas,
    still_private,
)
from workshops.live.state import FACILITATOR, PARTICIPANT, SCREEN

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from django_stubs_ext import StrOrPromise

    from workshops.live.state import Round, State, Step

MOST_DOTS = 99
MOST_PIPS = 10
"""Up to this cap a dot control draws every dot; beyond, a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DotVoteSettings(base.Settings):
    """How many dots, on what, and who sees what when."""

    target: str = field(
        default="ideas",
        metadata=setting(
            _("Vote on"), choices=(("ideas", _("Ideas")), ("clusters", _("Groups"))), guarded=True
        ),
    )
    dots: int = field(
        default=5,
        metadata=setting(
            _("Dots for each person"),
            _("About a quarter of the number of ideas works well. 0 means no limit."),
            most=MOST_DOTS,
        ),
    )
    cap: int = field(
        default=2, metadata=setting(_("Most dots one person may place on one idea"), least=1, most=MOST_DOTS)
    )
    results: str = field(
        default="hidden",
        metadata=setting(
            _("Results"),
            choices=(
                ("hidden", _("Hidden until you close the vote and show them")),
                ("live", _("Everybody sees the totals while voting")),
            ),
            guarded=True,
        ),
    )
    facilitators_vote: bool = field(default=False, metadata=setting(_("Facilitators vote too"), guarded=True))
    source: str = field(
        default="",
        metadata=setting(
            _("Ideas or groups from"),
            _("Automatic means all ideas, or the latest grouping."),
            takes=(base.GIVES_IDEAS, "cluster"),
        ),
    )


class DotVote(Activity):
    """Placing dots."""

    kind = "dot_vote"
    label = _("Dot vote")
    about = _("Everybody places a few dots on what matters most to them.")
    icon = "circle-dot"
    verb = _("Start voting")
    minutes = 8
    Settings = DotVoteSettings
    commands: ClassVar = {
        "dot.place": {"activity": Id(), "item": Id()},
        "dot.take_back": {"activity": Id(), "item": Id()},
        "dot.set": {"activity": Id(), "item": Id(), "dots": Whole(most=MOST_DOTS)},
    }

    changes_only_its_round: ClassVar = frozenset({"dots.placed"})

    # -- rules -----------------------------------------------------------------------------------------------------

    def hidden_sources(self, state: State, step: Step) -> list[Step]:
        return still_private(brainstorms_for(state, step)) if step.settings.target == "ideas" else []

    def may_open(self, state: State, step: Step, *, shown: Collection[str] = ()) -> None:
        if step.settings.target == "clusters":
            grouping = groupings_for(state, step)
            if grouping is None or not grouping.rounds or not grouping.rounds[-1].memory.groups:
                raise Refused("no_groups", _("There are no groups to vote on yet. Group the ideas first."))
            if grouping.running:
                raise Refused(
                    "still_grouping",
                    _("“%(title)s” is still open. Close it first.") % {"title": grouping.title},
                )
            return
        sources = brainstorms_for(state, step)
        must_be_shown(sources, shown)
        if not shown and not shown_ideas(state, sources):
            raise Refused("no_ideas", _("There are no ideas to vote on yet."))

    def begin(self, state: State, step: Step) -> Ballots:
        sources = brainstorms_for(state, step)
        if step.settings.target == "clusters":
            grouping = groupings_for(state, step)
            groups = grouping.rounds[-1].memory.groups if grouping and grouping.rounds else {}
            return Ballots("clusters", {group.id: group.title for group in groups.values()}, {})
        items = {idea.id: idea.text for idea in shown_ideas(state, sources)}
        return Ballots("ideas", items, rounds_of(sources))

    def lost_at_close(self, step: Step) -> StrOrPromise:
        if all(self._was_shown(run) for run in step.rounds):
            return ""
        sentence = _(
            "The result of “%(title)s” was never shown: the archive only says how many voted. "
            "Show it first if it should be kept."
        )
        return filled(sentence, title=step.title)

    @staticmethod
    def _was_shown(run: Round) -> bool:
        return run.revealed_at is not None or run.settings.results == "live"

    def ended(self, state: State, step: Step) -> None:
        ballots: Ballots = step.rounds[-1].memory
        ballots.electorate = self._may_vote_now(state, step) | ballots.voted()

    def reopened(self, state: State, step: Step) -> None:
        ballots: Ballots = step.rounds[-1].memory
        ballots.electorate = None
        for item in ballots.items:
            idea = state.ideas.get(item)
            if idea is not None and not idea.on_board:
                ballots.withdraw(item)

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        person = state.contributor(by)
        if person.role == FACILITATOR and not step.settings.facilitators_vote:
            raise Refused("not_allowed", _("Facilitators don't vote in this round."))
        ballots: Ballots = self.must_be_open(step).memory
        item = command["item"]
        if item not in ballots.items or item in ballots.withdrawn:
            raise Refused("not_on_ballot", _("This is not on the ballot."))
        now = ballots.placed.get(by, {}).get(item, 0)
        wanted = {"dot.place": now + 1, "dot.take_back": now - 1}.get(command.do, command["dots"])
        if wanted == now or wanted < 0:
            return []
        if wanted > now:
            self._check_budget(step, ballots, by, now, wanted)
        return [NewEvent("dots.placed", {"activity": step.id, "item": item, "dots": wanted})]

    @staticmethod
    def _check_budget(step: Step, ballots: Ballots, by: str, now: int, wanted: int) -> None:
        if wanted > step.settings.cap:
            sentence = ngettext_lazy(
                "You can place at most %(cap)d dot on one.",
                "You can place at most %(cap)d dots on one.",
                step.settings.cap,
            )
            raise Refused("cap_reached", filled(sentence, cap=step.settings.cap))
        if step.settings.dots and ballots.spent(by) - now + wanted > step.settings.dots:
            raise Refused("no_dots_left", _("You have no dots left. Take one back to place it elsewhere."))

    def may_change(self, state: State, step: Step, new: Mapping[str, Any]) -> None:
        Activity.may_change(self, state, step, new)
        if step.round is None or step.revealed:
            return
        ballots: Ballots = step.round.memory
        dots, cap = new.get("dots", step.settings.dots), new.get("cap", step.settings.cap)
        most_spent = max(map(ballots.spent, ballots.placed), default=0)
        most_on_one = max(
            (max(ballots.counting(person).values(), default=0) for person in ballots.placed), default=0
        )
        if (dots and most_spent > dots) or most_on_one > cap:
            raise Refused("already_placed", _("Somebody has already placed more dots than that."))

    def source_problem(self, settings: Mapping[str, Any], kind: str) -> StrOrPromise:
        if settings.get("target") == "clusters" and kind != "cluster":
            return _("A vote on groups takes them from a grouping. Choose one, or leave it to the workspace.")
        if settings.get("target") == "ideas" and kind == "cluster":
            return _(
                "A vote on ideas takes them from a brainstorm. Choose one, or leave it to the workspace."
            )
        return ""

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        ballots: Ballots = step.rounds[-1].memory
        item = event.body["item"]
        first = event.actor not in ballots.placed
        ballots.place(event.actor, item, event.body["dots"])
        keys = {"stage.progress"}
        if self.shows_results(step):
            keys.add(f"item-{item}.tally")
        elif first:  # see `done_by`
            keys.add(f"person-{event.actor}")
        return Dirty(keys=keys, people={event.actor})

    def withdrawn(self, state: State, step: Step, item: str) -> Dirty:
        """An idea hidden during the vote leaves the ballot; its dots can go elsewhere until it comes back."""
        ballots: Ballots = step.rounds[-1].memory
        idea = state.ideas.get(item)
        if item not in ballots.items or idea is None:
            return Dirty()
        if step.revealed or not (step.running or (idea.on_board and item in ballots.withdrawn)):
            return Dirty(keys={f"item-{item}"})  # what was counted stays counted; only the words go or come
        if idea.on_board:
            if item not in ballots.withdrawn:
                return Dirty(keys={f"item-{item}"})
            rules = step.rounds[-1].settings
            holders = ballots.bring_back(item, rules.dots, rules.cap)
            say = _("An idea is on the ballot again. Your dots on it are back, as far as you had any left.")
        else:
            holders = ballots.withdraw(item)
            say = _("One idea was taken off the ballot. If you had dots on it, you have them back.")
        return Dirty(
            lists={"items"}, keys={f"item-{item}", "stage.progress"}, people=holders, say=[(PARTICIPANT, say)]
        )

    # -- views -----------------------------------------------------------------------------------------------------

    @staticmethod
    def shows_results(step: Step) -> bool:
        """Whether anybody may see totals now: all readers at the same moment, or nobody."""
        return step.revealed or (step.settings.results == "live" and bool(step.rounds))

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        if not step.rounds:
            return {}
        ballots: Ballots = step.rounds[-1].memory
        if step.revealed:
            return {"items": [f"item-{row['item']}" for row in ballots.rows()]}
        return {"items": [f"item-{item}" for item in ballots.items if item not in ballots.withdrawn]}

    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        name, _dot, part = key.partition(".")
        item = name.removeprefix("item-")
        if not step.rounds or not name.startswith("item-"):
            return None
        ballots: Ballots = step.rounds[-1].memory
        if item not in ballots.items or item in ballots.withdrawn:
            return None
        shows = self.shows_results(step)
        if part == "tally":
            return Fragment(self.template("tally"), self._tally(step, ballots, item)) if shows else None
        return Fragment(self.template("item"), self._item(state, step, ballots, item, reader))

    def _item(self, state: State, step: Step, ballots: Ballots, item: str, reader: str) -> dict[str, Any]:
        cap = step.rounds[-1].settings.cap
        return {
            "id": item,
            "step": step.id,
            "text": self._words(state, ballots, item),
            "target": ballots.target,
            "votable": step.phase == "open"
            and reader != SCREEN
            and (reader == PARTICIPANT or step.settings.facilitators_vote),
            "cap": cap,
            "pips": [10 + 22 * n for n in range(cap)] if cap <= MOST_PIPS else [],
            "pips_width": 22 * cap - 2,
            "voting_over": step.phase in ("closed", "revealed"),
            "moderate": reader == FACILITATOR and ballots.target == "ideas",
            "tally": self._tally(step, ballots, item) if self.shows_results(step) else None,
        }

    @staticmethod
    def _words(state: State, ballots: Ballots, item: str) -> str:
        """Give what stood on the ballot, unless it was taken off the board since."""
        idea = state.ideas.get(item)
        if idea is not None and (idea.hidden is not None or idea.removed):
            return ""
        return ballots.items[item]

    def _tally(self, step: Step, ballots: Ballots, item: str) -> dict[str, Any]:
        """Give one item's result. While voting no rank and no scale: they would change with every other item."""
        dots, voters = ballots.tally(item)
        result: dict[str, Any] = {"dots": dots, "voters": voters, "rank": None, "tied": False, "most": None}
        if step.revealed:
            ranking = ballots.ranking()
            rank = ranking.rows[item]["rank"]
            result |= {"rank": rank, "tied": rank in ranking.shared, "most": ranking.most}
        return result

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        ballots: Ballots | None = step.rounds[-1].memory if step.rounds else None
        settings = step.settings
        return {
            "started": ballots is not None,
            "target": settings.target,
            "dots": settings.dots,
            "cap": settings.cap,
            "secret": settings.results == "hidden",
            "may_vote": reader == PARTICIPANT or settings.facilitators_vote,
            "summary": self._summary(state, step, step.rounds[-1]) if step.revealed else None,
        }

    def own(self, state: State, step: Step, person: str) -> Own:
        if not step.rounds:
            return Own()
        ballots: Ballots = step.rounds[-1].memory
        placed = ballots.counting(person)
        rules = step.rounds[-1].settings
        spent, budget, cap = sum(placed.values()), rules.dots, rules.cap
        data: dict[str, Any] = {"dots": placed, "spent": spent}
        data["full"] = [item for item, dots in placed.items() if dots >= cap]
        if budget:
            data |= {"left": budget - spent, "out": spent >= budget}
        return Own(data)

    def progress(self, state: State, step: Step) -> list[tuple[str, StrOrPromise]]:
        if not step.rounds:
            return []
        ballots: Ballots = step.rounds[-1].memory
        summary = self._summary(state, step, step.rounds[-1])
        shows = self.shows_results(step)
        # Who got dots back when something was taken off the ballot still counts here: this would tell how many had.
        voted = min(ballots.voters if shows else len(ballots.placed), summary["eligible"])
        counts: list[tuple[str, StrOrPromise]] = [
            (_("%(voted)d of %(eligible)d") % (summary | {"voted": voted}), _("have placed dots")),
            (str(len(step.rounds[-1].finished)), _("say they have finished")),
        ]
        if step.settings.dots and (shows or not ballots.withdrawn):
            counts.append((str(summary["unspent"]), ngettext("dot left", "dots left", summary["unspent"])))
        return counts

    def done_by(self, state: State, step: Step, person: str) -> str:
        if not step.rounds or not self._may_vote(state, step, person):
            return ""
        if step.settings.results == "live":
            return ""  # a word that appears as a total grows would say whose dot it was
        # Not how many: that falls when something with dots on it is taken off the ballot.
        return str(_("has placed dots")) if person in step.rounds[-1].memory.placed else ""

    @staticmethod
    def _may_vote(state: State, step: Step, person: str) -> bool:
        role = state.people[person].role
        return role == PARTICIPANT or (role == FACILITATOR and step.settings.facilitators_vote)

    # -- results ---------------------------------------------------------------------------------------------------

    def _summary(self, state: State, step: Step, run: Round) -> dict[str, int]:
        ballots: Ballots = run.memory
        electorate = ballots.electorate or self._may_vote_now(state, step)
        eligible = len(electorate) + ballots.voters_beyond(electorate)
        placed = ballots.dots_placed
        return {
            "eligible": eligible,
            "voted": ballots.voters,
            "abstained": eligible - ballots.voters,
            "dots_placed": placed,
            "unspent": max(0, run.settings.dots * eligible - placed),
        }

    def _may_vote_now(self, state: State, step: Step) -> set[str]:
        """Give those inside who may vote. Looked up once until people change, because totals are drawn all the time."""
        return state.once(
            ("may vote", step.id),
            lambda: {
                person.id
                for person in state.people.values()
                if not person.removed and self._may_vote(state, step, person.id)
            },
        )

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        ballots: Ballots = run.memory
        rule = {
            "target": ballots.target,
            "dots_per_person": run.settings.dots,
            "cap": run.settings.cap,
            "results": run.settings.results,
        }
        summary = self._summary(state, step, run)
        if not self._was_shown(run):  # people were told that totals stay hidden until they are shown
            turnout = {name: summary[name] for name in ("eligible", "voted", "abstained")}
            return {**rule, **turnout, "withheld": "not_shown", "rows": []}
        return {
            **rule,
            **summary,
            "rows": [
                row | {"item": state.gid(row["item"]), "text": self._words(state, ballots, row["item"])}
                for row in ballots.rows()
            ],
        }
