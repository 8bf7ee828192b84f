"""What facilitators can do with a tie once the result is shown: a run-off, a draw by lot, or leave it as it is.

No tie is ever broken unseen: equal results share a rank. A draw is made from the command's seed, stands in the log
with that seed, and is shown as a draw wherever the result is.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from workshops.activities.base import Command, Dirty, Happened, NewEvent, Refused
from workshops.activities.dot_vote.ballots import Ballots, RunOff
from workshops.live import words

if TYPE_CHECKING:
    from workshops.live.state import State, Step

SHOWN = 5
"""So many ties are offered; those further down decide nothing."""


def decide(state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
    """Start a run-off between those who share a rank, or draw lots between them."""
    state.facilitator(by)
    if not step.revealed or step.round is None:
        raise Refused("not_revealed", _("Show the result first."))
    ballots: Ballots = step.round.memory
    rank = command["rank"]
    tied = ballots.tie_at(rank)
    if not tied:
        raise Refused("no_tie", _("Nothing shares this place any more."))
    if command.do == "dot.draw":
        if rank in ballots.draws:
            raise Refused(
                "drawn_already", _("Lots were drawn for this place already. That is done only once.")
            )
        order = drawn(command.seed, tied)
        body = {"activity": step.id, "rank": rank, "order": order, "seed": command.seed}
        return [NewEvent("dots.drawn", body)]
    standing = [item for item in tied if _stands(state, item)]
    if len(standing) < 2:
        raise Refused("no_tie", _("There are not two of them left to vote on."))
    if state.current != (step.parent or step.id):
        raise Refused("moved_on", words.MOVED_ON)
    number = len(step.rounds)
    dots = min(command["dots"] or 1, len(standing))
    body = {"activity": step.id, "round": number, "rank": rank, "items": standing, "dots": dots}
    return [
        NewEvent("dots.run_off", body),
        NewEvent("step.opened", {"activity": step.id, "round": number + 1}),
    ]


def drawn(seed: str, items: list[str]) -> list[str]:
    """Put items into the order of the hashes of seed and id: anybody who has the log can draw again."""
    return sorted(items, key=lambda item: sha256(f"{seed}/{item}".encode()).digest())


def _stands(state: State, item: str) -> bool:
    idea = state.ideas.get(item)
    return idea is None or idea.on_board


def apply(step: Step, event: Happened) -> Dirty:
    """Note a draw, or what the round that opens next shall decide."""
    ballots: Ballots = step.rounds[-1].memory
    body = event.body
    if event.kind == "dots.run_off":
        ballots.run_off_next = RunOff(body["round"], body["rank"], tuple(body["items"]), body["dots"])
        return Dirty()  # the round that opens with it changes everything
    ballots.draws[body["rank"]] = list(body["order"])
    return Dirty(keys={"stage", *(f"item-{item}.tally" for item in body["order"])})


def ties_of(ballots: Ballots) -> list[dict[str, Any]]:
    """Give the ties that may matter: of things that somebody placed dots on, best first."""
    found: list[dict[str, Any]] = []
    for rank in sorted(ballots.ranking().shared):
        items = ballots.tie_at(rank)
        if ballots.tally(items[0])[1] and len(found) < SHOWN:
            found.append({"rank": rank, "items": items, "drawn": ballots.draws.get(rank, [])})
    return found


def place_drawn(ballots: Ballots, item: str, rank: int) -> int:
    """Give the place that an item drew among those it shares a rank with; 0 if no lots were drawn."""
    order = ballots.draws.get(rank, [])
    return order.index(item) + 1 if item in order else 0
