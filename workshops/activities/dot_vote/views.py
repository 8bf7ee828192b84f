"""What a vote shows: the ballot with its dot controls, totals where they may be seen, ties, each person's own dots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from workshops.activities.base import Fragment, Own
from workshops.activities.dot_vote.rules import LIVE, ON_CAST, barred_for, limits_of
from workshops.activities.dot_vote.ties import place_drawn, ties_of
from workshops.activities.shared.choosing import GROUPS, IDEAS, Choosing
from workshops.activities.shared.sources import grouping_of, shown_ideas, sources_of
from workshops.live.state import FACILITATOR, SCREEN

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.activities.dot_vote.ballots import Ballots
    from workshops.live.state import Round, State, Step

MOST_PIPS = 10
"""Up to this cap a dot control draws every dot; beyond, a number."""
OF_ITEMS = 4
"""As many dots for each person as a quarter of what there is to choose from is the usual advice."""


class VoteViews(Choosing):
    """The views of a vote."""

    @staticmethod
    def shows_results(step: Step) -> bool:
        """Whether anybody may see totals now: all readers at the same moment, or nobody."""
        return step.revealed or (step.settings.results == LIVE and bool(step.rounds))

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        if not step.rounds:
            return {}
        ballots: Ballots = step.rounds[-1].memory
        if step.revealed:
            return {"items": [f"item-{row['item']}" for row in ballots.rows()]}
        return {"items": [f"item-{item}" for item in ballots.standing]}

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
        limits = limits_of(step.rounds[-1])
        drawn = limits.cap <= MOST_PIPS and not limits.against
        return {
            "id": item,
            "step": step.id,
            "text": self.words_of(state, ballots, item),
            "target": self.is_of(state, item),
            "votable": step.phase == "open" and reader != SCREEN and self.takes_part(step, reader),
            "cap": limits.cap,
            "against": limits.against,
            "pips": [10 + 22 * n for n in range(limits.cap)] if drawn else [],
            "pips_width": 22 * limits.cap - 2,
            "voting_over": step.phase in ("closed", "revealed"),
            "own_ideas": step.settings.own_ideas,
            "casts": step.settings.results == ON_CAST and not step.revealed,
            "moderate": reader == FACILITATOR and item in state.ideas,
            "tally": self._tally(step, ballots, item) if self.shows_results(step) else None,
        }

    @staticmethod
    def _tally(step: Step, ballots: Ballots, item: str) -> dict[str, Any]:
        """Give one item's result. While voting no rank and no scale: they would change with every other item."""
        dots, voters = ballots.tally(item)
        result: dict[str, Any] = {"dots": dots, "voters": voters, "rank": None, "tied": False, "most": None}
        result |= {"against": None, "net": dots, "drawn": 0, "share": None}
        if limits_of(step.rounds[-1]).against:
            result |= {"against": ballots.against(item), "net": ballots.net(item)}
        if step.revealed:
            ranking = ballots.ranking()
            rank = ranking.rows[item]["rank"]
            result |= {"rank": rank, "tied": rank in ranking.shared, "most": ranking.most}
            result["drawn"] = place_drawn(ballots, item, rank)
            if ballots.voters:
                result["share"] = round(100 * voters / ballots.voters)  # of those who voted
        return result

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        run = step.rounds[-1] if step.rounds else None
        settings = step.settings
        limits = limits_of(run) if run is not None else settings
        return {
            "started": run is not None,
            "target": settings.target,
            "limited": bool(limits.dots),
            "dots": run.memory.most_dots(limits.dots, limits.cap) if run is not None else limits.dots,
            "cap": limits.cap,
            "against": limits.against,
            "secret": settings.results != LIVE,
            "results": settings.results,
            "use_all": settings.use_all,
            "run_off": run is not None and run.memory.run_off is not None,
            "may_vote": self.takes_part(step, reader),
            "summary": self._result(state, step, run) if run is not None and step.revealed else None,
        }

    def _result(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        ballots: Ballots = run.memory
        ties = [
            {
                "rank": tie["rank"],
                "field": f"run-off-dots-{tie['rank']}",
                "count": len(tie["items"]),
                "texts": [self.words_of(state, ballots, item) for item in tie["items"]],
                "drawn": self.words_of(state, ballots, tie["drawn"][0]) if tie["drawn"] else "",
                "is_drawn": bool(tie["drawn"]),
            }
            for tie in ties_of(ballots)
        ]
        left = self.leaving_dots(state, step, run)
        more = {"against_placed": ballots.against_placed, "left_dots": left, "ties": ties}
        return self.summary(state, step, run) | more

    def own(self, state: State, step: Step, person: str) -> Own:
        if not step.rounds:
            return Own()
        ballots: Ballots = step.rounds[-1].memory
        placed = ballots.counting(person)
        limits = limits_of(step.rounds[-1])
        spent = ballots.spent(person)
        data: dict[str, Any] = {"dots": placed, "spent": spent}
        data["full"] = [item for item, dots in placed.items() if dots >= limits.cap]
        if limits.dots:
            left = self.left_to_place(state, step, step.rounds[-1], person)
            data |= {"left": left, "out": not left}
        if limits.against:
            data["low"] = [item for item, dots in placed.items() if dots <= -limits.cap]
            data["left_against"] = limits.against - ballots.spent_against(person)
        if not step.settings.own_ideas:
            mine = [idea.id for idea in state.written_by(person) if idea.id in ballots.items]
            data |= {"mine": mine, "full": [*data["full"], *mine]}
        if person in ballots.cast:
            data |= {"full": ballots.standing, "low": ballots.standing}  # it stands
            data |= {"cast": True, "seen": {item: str(net) for item, net in ballots.cast[person].items()}}
        if person in ballots.sitting_out:
            data["sits_out"] = True
        return Own(data)

    # -- counts ------------------------------------------------------------------------------------------------------

    def summary(self, state: State, step: Step, run: Round) -> dict[str, int]:
        """Count people and dots of a round."""
        ballots: Ballots = run.memory
        turnout = self.turnout(state, step, run)
        return {
            "eligible": turnout["eligible"],
            "answered": turnout["answered"],
            "not_answered": turnout["not_answered"],
            "dots_placed": ballots.dots_placed,
        }

    @staticmethod
    def _alike(step: Step, run: Round) -> bool:
        """Whether just as many dots fit for everybody, whatever they have placed."""
        return step.settings.own_ideas and not limits_of(run).against

    def unspent(self, state: State, step: Step, run: Round) -> int:
        """Count the dots that those who may vote did not place and could have. May look at everybody."""
        ballots: Ballots = run.memory
        limits = limits_of(run)
        asked = self.asked_now(state, step) if ballots.electorate is None else ballots.electorate
        could = asked | ballots.answered
        if self._alike(step, run):
            return max(0, ballots.most_dots(limits.dots, limits.cap) * len(could) - ballots.dots_placed)
        return sum(self.left_to_place(state, step, run, person) for person in could)

    @staticmethod
    def left_to_place(state: State, step: Step, run: Round, person: str) -> int:
        """Count the dots that somebody has left and that still fit on something."""
        ballots: Ballots = run.memory
        limits = limits_of(run)
        if not limits.dots:
            return 0
        return ballots.left_to_place(person, limits.dots, limits.cap, barred_for(state, step, person))

    def leaving_dots(self, state: State, step: Step, run: Round) -> int:
        """Count those who voted and did not place all they could. Looks at everybody: for when a round is over."""
        if not limits_of(run).dots:
            return 0
        return sum(self.left_to_place(state, step, run, person) > 0 for person in run.memory.answered)

    def progress(self, state: State, step: Step) -> list[tuple[str, StrOrPromise]]:
        if not step.rounds:
            return self._advice(state, step)
        ballots: Ballots = step.rounds[-1].memory
        summary = self.summary(state, step, step.rounds[-1])
        shows = self.shows_results(step)
        # Who got dots back when something was taken off the ballot still counts here: this would tell how many had.
        voted = min(ballots.voters if shows else len(ballots.placed), summary["eligible"])
        counts: list[tuple[str, StrOrPromise]] = [
            (_("%(voted)d of %(eligible)d") % (summary | {"voted": voted}), _("have placed dots")),
        ]
        if step.running:  # afterwards nobody is asked any more
            counts.append((str(len(step.rounds[-1].finished)), _("say they have finished")))
        # While people vote it is counted often, so only where nobody has to be looked at.
        cheap = not step.running or self._alike(step, step.rounds[-1])
        if limits_of(step.rounds[-1]).dots and cheap and (shows or not ballots.withdrawn):
            left = self.unspent(state, step, step.rounds[-1])
            counts.append((str(left), ngettext("dot left", "dots left", left)))
        return counts

    @staticmethod
    def _advice(state: State, step: Step) -> list[tuple[str, StrOrPromise]]:
        """Say how many things there would be to vote on, and how many dots that suggests."""
        count = 0
        if step.settings.target != IDEAS:
            grouping = grouping_of(state, step)
            count += len(grouping.rounds[-1].memory.groups) if grouping and grouping.rounds else 0
        if step.settings.target != GROUPS:
            count += len(shown_ideas(state, sources_of(state, step)))
        if not count:
            return []
        dots = max(1, round(count / OF_ITEMS))
        return [
            (str(count), ngettext("thing to vote on", "things to vote on", count)),
            (str(dots), ngettext("dot each is the usual advice", "dots each is the usual advice", dots)),
        ]

    def done_by(self, state: State, step: Step, person: str) -> str:
        if not step.rounds or not self.takes_part(step, state.people[person].role):
            return ""
        ballots: Ballots = step.rounds[-1].memory
        if person in ballots.sitting_out:
            return str(_("does not vote"))
        if step.settings.results == LIVE:
            return ""  # a word that appears as a total grows would say whose dot it was
        # Not how many: that falls when something with dots on it is taken off the ballot.
        return str(_("has placed dots")) if person in ballots.placed else ""
