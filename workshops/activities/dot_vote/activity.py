"""Dot vote: people place dots on ideas or groups; by default nobody sees where until the result is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from realtime.fields import Id, OneOf, Whole
from workshops.activities.base import (
    Activity,
    Command,
    Dirty,
    Happened,
    NewEvent,
    Refused,
    filled,
)
from workshops.activities.dot_vote import ties as dot_ties
from workshops.activities.dot_vote.ballots import Ballots
from workshops.activities.dot_vote.rules import (
    AT_CLOSE,
    HIDDEN,
    LIVE,
    MOST_DOTS,
    ON_CAST,
    DotVoteSettings,
    limits_of,
    must_be_anothers,
    must_fit,
    must_not_take_away,
)
from workshops.activities.dot_vote.views import VoteViews
from workshops.live.state import FACILITATOR, PARTICIPANT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Pretender
    from workshops.live.state import Round, State, Step

_TIE = {"activity": Id(), "rank": Whole(least=1)}


class DotVote(VoteViews):
    """Placing dots."""

    kind = "dot_vote"
    label = _("Dot vote")
    about = _("Everybody places a few dots on what matters most to them.")
    icon = "circle-dot"
    verb = _("Start voting")
    minutes = 8
    Settings = DotVoteSettings
    foremost = ("target", "dots", "cap", "results")
    commands: ClassVar = {
        "dot.place": {"activity": Id(), "item": Id()},
        "dot.take_back": {"activity": Id(), "item": Id()},
        "dot.set": {"activity": Id(), "item": Id(), "dots": Whole(least=-MOST_DOTS, most=MOST_DOTS)},
        "dot.cast": {"activity": Id()},
        "dot.sit_out": {"activity": Id(), "out": OneOf(choices=("yes", "no"))},
        "dot.draw": _TIE,
        "dot.run_off": {**_TIE, "dots": Whole(least=1, most=MOST_DOTS, required=False)},
    }
    changes_only_its_round: ClassVar = frozenset({"dots.placed", "dots.cast"})

    # -- rules -----------------------------------------------------------------------------------------------------

    def promise(self, settings: DotVoteSettings) -> StrOrPromise:
        return {
            HIDDEN: _(
                "Nobody is shown the result until the facilitator closes the vote and shows it. "
                "It shows totals, never who chose what."
            ),
            AT_CLOSE: _("Everybody is shown the totals when the vote is closed, never who chose what."),
            ON_CAST: _(
                "When you cast your vote you are shown the totals as they are then; after that your vote stands. "
                "Nobody is shown who chose what."
            ),
            LIVE: _("Everybody sees the totals while voting. Nobody is shown who chose what."),
        }[settings.results]

    def begin(self, state: State, step: Step) -> Ballots:
        """A run-off has the tied items only; every other round takes what there is now."""
        run_off = step.rounds[-1].memory.run_off_next if step.rounds else None
        if run_off is None:
            made: Ballots = super().begin(state, step)
            return made
        before: Ballots = step.rounds[-1].memory
        items = {item: before.items[item] for item in run_off.items}
        return Ballots(before.target, items, before.sources, run_off=run_off)

    def memory(self, step: Step, target: str, items: dict[str, str], sources: dict[str, int]) -> Ballots:
        return Ballots(target, items, sources)

    def asked_now(self, state: State, step: Step) -> set[str]:
        """Facilitators who may vote are asked as well, unless they say that they leave it to the others."""
        asked = super().asked_now(state, step)
        if not step.settings.facilitators_vote or step.parent:
            return asked
        sitting_out = step.rounds[-1].memory.sitting_out if step.rounds else set()
        return (asked | self.facilitators_at(state)) - sitting_out

    def lost_at_close(self, step: Step) -> StrOrPromise:
        if step.settings.results == AT_CLOSE or all(self.was_shown(run) for run in step.rounds):
            return ""
        sentence = _(
            "The result of “%(title)s” was never shown: the archive only says how many voted. "
            "Show it first if it should be kept."
        )
        return filled(sentence, title=step.title)

    def was_shown(self, run: Round) -> bool:
        return super().was_shown(run) or run.settings.results == LIVE

    def ended(self, state: State, step: Step) -> None:
        super().ended(state, step)
        run = step.rounds[-1]
        if step.settings.results == AT_CLOSE:
            step.phase, run.revealed_at = "revealed", run.closed_at

    def reopened(self, state: State, step: Step) -> None:
        ballots: Ballots = step.rounds[-1].memory
        ballots.electorate = None
        for item in ballots.items:
            idea = state.ideas.get(item)
            if idea is not None and not idea.on_board:
                ballots.withdraw(item)

    def may_finish(self, state: State, step: Step, by: str) -> None:
        if (
            not step.settings.use_all
            or step.round is None
            or not self.takes_part(step, state.people[by].role)
        ):
            return
        left = self.left_to_place(state, step, step.round, by)
        if left:
            sentence = _(
                "You have dots left (%(left)d). The facilitator asks everybody to place all of them."
            )
            raise Refused("dots_left", filled(sentence, left=left))

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        if command.do in ("dot.draw", "dot.run_off"):
            return dot_ties.decide(state, step, command, by)
        self.taker(state, step, by)
        run = self.must_be_open(step)
        ballots: Ballots = run.memory
        if command.do == "dot.sit_out":
            return self._sit_out(state, step, ballots, command, by)
        if by in ballots.sitting_out:
            raise Refused("sitting_out", _("You said that you don't vote here. Change that first."))
        if by in ballots.cast:
            raise Refused("vote_cast", _("Your vote is cast and you have seen the totals, so it stands."))
        if command.do == "dot.cast":
            return self._cast(step, ballots, by)
        item = command["item"]
        self.must_stand(ballots, item)
        limits = limits_of(run)
        now = ballots.placed.get(by, {}).get(item, 0)
        wanted = {"dot.place": now + 1, "dot.take_back": now - 1}.get(command.do, command["dots"])
        if wanted == now or (wanted < 0 and not limits.against):
            return []
        if abs(wanted) > abs(now):
            must_be_anothers(state, step, item, by)
        must_fit(ballots, limits, by, now, wanted)
        return [NewEvent("dots.placed", {"activity": step.id, "item": item, "dots": wanted})]

    def _sit_out(
        self, state: State, step: Step, ballots: Ballots, command: Command, by: str
    ) -> list[NewEvent]:
        """Facilitators who may vote can leave it to the others; then nobody waits for them."""
        if state.people[by].role != FACILITATOR:
            raise Refused("not_allowed", _("Only facilitators can be left out. You need not place any dots."))
        out = command["out"] == "yes"
        if out == (by in ballots.sitting_out):
            return []
        if out and ballots.counting(by):
            raise Refused("has_voted", _("You have placed dots. Take them back first."))
        return [NewEvent("dots.sat_out", {"activity": step.id, "out": out})]

    @staticmethod
    def _cast(step: Step, ballots: Ballots, by: str) -> list[NewEvent]:
        if step.settings.results != ON_CAST:
            raise Refused("not_allowed", _("There is nothing to cast here: every dot counts at once."))
        if not ballots.counting(by):
            raise Refused("nothing_placed", _("You have not placed any dots yet."))
        return [NewEvent("dots.cast", {"activity": step.id})]

    def may_change(self, state: State, step: Step, new: Mapping[str, Any]) -> None:
        Activity.may_change(self, state, step, new)
        if step.round is not None and not step.revealed:
            must_not_take_away(step.round, new)

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        if event.kind in ("dots.drawn", "dots.run_off"):
            return dot_ties.apply(step, event)
        ballots: Ballots = step.rounds[-1].memory
        if event.kind == "dots.cast":
            ballots.cast[event.actor] = {item: ballots.net(item) for item in ballots.standing}
            return Dirty(people={event.actor})
        if event.kind == "dots.sat_out":
            (ballots.sitting_out.add if event.body["out"] else ballots.sitting_out.discard)(event.actor)
            return Dirty(keys={"stage", "stage.progress", f"person-{event.actor}"}, people={event.actor})
        item = event.body["item"]
        first = event.actor not in ballots.placed
        ballots.place(event.actor, item, event.body["dots"])
        keys = {"stage.progress"}
        if self.shows_results(step):
            keys.add(f"item-{item}.tally")
        elif first:  # see `done_by`
            keys.add(f"person-{event.actor}")
        return Dirty(keys=keys, people={event.actor})

    def inverse(self, state: State, step: Step, event: Happened) -> dict[str, Any] | None:
        if event.kind == "dots.placed":
            item = event.body["item"]
            before = step.rounds[-1].memory.placed.get(event.actor, {}).get(item, 0)
            return {"do": "dot.set", "activity": step.id, "item": item, "dots": before}
        if event.kind == "dots.sat_out":
            return {"do": "dot.sit_out", "activity": step.id, "out": "no" if event.body["out"] else "yes"}
        return None

    def pretend(self, state: State, step: Step, person: str, pretender: Pretender) -> dict[str, Any] | None:
        run = step.rounds[-1]
        ballots, limits = run.memory, limits_of(run)
        mine = ballots.placed.get(person, {})
        free = [item for item in ballots.standing if 0 <= mine.get(item, 0) < limits.cap]
        if not step.settings.own_ideas:
            free = [item for item in free if item not in state.ideas or state.ideas[item].author != person]
        enough = ballots.spent(person) >= (limits.dots or 5)
        if enough or not free or person in ballots.cast or not pretender.chance(9):
            return None
        return {"do": "dot.place", "activity": step.id, "item": pretender.one_of(free)}

    def withdrawn(self, state: State, step: Step, item: str) -> Dirty:
        """An idea hidden during the vote leaves the ballot; its dots can go elsewhere until it comes back."""
        ballots: Ballots = step.rounds[-1].memory
        idea = state.ideas.get(item)
        if item not in ballots.items or idea is None:
            return Dirty()
        if step.revealed or not (step.running or (idea.on_board and item in ballots.withdrawn)):
            keys = {f"item-{item}"} | ({"stage"} if ballots.ranking().shared else set())
            return Dirty(keys=keys)  # what was counted stays counted; only the words go or come
        if idea.on_board and item not in ballots.withdrawn:
            return Dirty(keys={f"item-{item}"})
        limits = limits_of(step.rounds[-1])
        before, concerned = ballots.most_dots(limits.dots, limits.cap), ballots.holders(item)
        if idea.on_board:
            ballots.bring_back(item, limits.dots, limits.cap, limits.against)
            say = _("An idea is on the ballot again. Your dots on it are back, as far as you had any left.")
        else:
            ballots.withdraw(item)
            say = _("One idea was taken off the ballot. If you had dots on it, you have them back.")
        dirty = Dirty({f"item-{item}", "stage.progress"}, {"items"}, say=[(PARTICIPANT, say)])
        dirty.people = concerned | ballots.cast.keys()
        fit_changes = ballots.most_dots(limits.dots, limits.cap) != before
        dirty.keys |= {"stage"} if fit_changes else set()
        # Whose own ideas are barred, or who has dots against, may have fewer things left to choose from.
        dirty.everybody = fit_changes or not step.settings.own_ideas or limits.against > 0
        return dirty

    # -- results ---------------------------------------------------------------------------------------------------

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        ballots: Ballots = run.memory
        limits = limits_of(run)
        rule: dict[str, Any] = {
            "target": ballots.target,
            "dots_per_person": limits.dots,
            "cap": limits.cap,
            "results": run.settings.results,
        }
        if limits.against:
            rule["against_per_person"] = limits.against
        if ballots.run_off is not None:
            rule["run_off_of"] = {"round": ballots.run_off.round, "rank": ballots.run_off.rank}
        summary = self.summary(state, step, run)
        if not self.was_shown(run):  # people were told that totals stay hidden until they are shown
            turnout = {name: summary[name] for name in ("eligible", "answered", "not_answered")}
            return {**rule, **turnout, "withheld": "not_shown", "rows": []}
        if limits.against:
            summary["against_placed"] = ballots.against_placed
        return {
            **rule,
            **summary,
            "unspent": self.unspent(state, step, run),
            "left_dots": self.leaving_dots(state, step, run),
            **self._draws(state, ballots),
            "rows": [
                row
                | {"item": state.gid(row["item"]), "text": self.words_of(state, ballots, row["item"])}
                | ({"against": ballots.against(row["item"])} if limits.against else {})
                for row in ballots.rows()
            ],
        }

    @staticmethod
    def _draws(state: State, ballots: Ballots) -> dict[str, Any]:
        if not ballots.draws:
            return {}
        draws = [
            {"rank": rank, "order": [state.gid(item) for item in order]}
            for rank, order in sorted(ballots.draws.items())
        ]
        return {"draws": draws}
