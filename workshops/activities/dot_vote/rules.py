"""How many dots, on what, and what may be done with them: the settings of a vote, and its limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from workshops.activities.base import Refused, filled, setting
from workshops.activities.shared.choosing import ChoosingSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workshops.activities.dot_vote.ballots import Ballots
    from workshops.live.state import Round, State, Step

MOST_DOTS = 99
HIDDEN, ON_CAST, AT_CLOSE, LIVE = "hidden", "voted", "close", "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class DotVoteSettings(ChoosingSettings):
    """How many dots, on what, and who sees what when."""

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
    against: int = field(
        default=0,
        metadata=setting(
            _("Dots against, for each person"),
            _("0 means none. Each takes one dot off what it is placed on."),
            most=MOST_DOTS,
        ),
    )
    results: str = field(
        default=HIDDEN,
        metadata=setting(
            _("Results"),
            choices=(
                (HIDDEN, _("Hidden until you close the vote and show them")),
                (AT_CLOSE, _("Shown to everybody as soon as the vote is closed")),
                (ON_CAST, _("Each person sees the totals as they are when their own vote is cast")),
                (LIVE, _("Everybody sees the totals while voting")),
            ),
            guarded=True,
        ),
    )
    own_ideas: bool = field(
        default=True,
        metadata=setting(_("People may place dots on what they wrote themselves"), guarded=True),
    )
    use_all: bool = field(
        default=False,
        metadata=setting(
            _("Ask everybody to place all their dots"),
            _(
                "Nobody can say that they have finished while they have dots left that fit on something. "
                "What is left over is counted."
            ),
        ),
    )


@dataclass(frozen=True, slots=True)
class Limits:
    """What one person may place in a round."""

    dots: int
    """0 means as many as they like."""
    cap: int
    against: int


def limits_of(run: Round) -> Limits:
    """Give a round's limits: those of the settings, or of the run-off that it is."""
    run_off = run.memory.run_off
    if run_off is not None:
        return Limits(run_off.dots, 1, 0)
    return Limits(run.settings.dots, run.settings.cap, run.settings.against)


def must_fit(ballots: Ballots, limits: Limits, by: str, now: int, wanted: int) -> None:
    """Raise Refused if somebody can't have so many dots on one thing. Taking some off always fits."""
    if abs(wanted) <= abs(now) and (wanted > 0) == (now > 0):
        return
    if abs(wanted) > limits.cap:
        sentence = ngettext_lazy(
            "You can place at most %(cap)d dot on one.",
            "You can place at most %(cap)d dots on one.",
            limits.cap,
        )
        raise Refused("cap_reached", filled(sentence, cap=limits.cap))
    if wanted > 0 and limits.dots and ballots.spent(by) - max(now, 0) + wanted > limits.dots:
        raise Refused("no_dots_left", _("You have no dots left. Take one back to place it elsewhere."))
    if wanted < 0 and ballots.spent_against(by) - max(-now, 0) - wanted > limits.against:
        raise Refused(
            "no_dots_left", _("You have no dots against left. Take one back to place it elsewhere.")
        )


def barred_for(state: State, step: Step, person: str) -> set[str]:
    """Give what somebody may place no dots on: what they wrote, where the facilitator has ruled that out."""
    return set() if step.settings.own_ideas else {idea.id for idea in state.written_by(person)}


def must_be_anothers(state: State, step: Step, item: str, by: str) -> None:
    """Raise Refused for more dots on one's own idea where the facilitator has ruled that out."""
    idea = state.ideas.get(item)
    if idea is not None and idea.author == by and not step.settings.own_ideas:
        raise Refused("own_idea", _("You wrote this yourself. Place your dots on other people's ideas."))


def must_not_take_away(run: Round, new: Mapping[str, Any]) -> None:
    """Raise Refused if new limits are below what somebody has placed. More is always free; nothing is ever wiped."""
    ballots: Ballots = run.memory
    if ballots.run_off is not None:
        return  # it has limits of its own
    counted = [ballots.counting(person).values() for person in ballots.placed]
    spent = max(map(ballots.spent, ballots.placed), default=0)
    against = max(map(ballots.spent_against, ballots.placed), default=0)
    most_on_one = max((abs(dots) for dots_of in counted for dots in dots_of), default=0)
    dots, cap = new.get("dots", run.settings.dots), new.get("cap", run.settings.cap)
    too_low = (dots and spent > dots) or most_on_one > cap
    if too_low or against > new.get("against", run.settings.against):
        raise Refused("already_placed", _("Somebody has already placed more dots than that."))
