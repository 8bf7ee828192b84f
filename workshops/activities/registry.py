"""Every kind of activity, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from workshops.activities.base import GIVES_IDEAS
from workshops.activities.brainstorm.activity import Brainstorm
from workshops.activities.chat.activity import Chat
from workshops.activities.checks.check_in import CheckIn
from workshops.activities.checks.check_out import CheckOut
from workshops.activities.cluster.activity import Clustering
from workshops.activities.dot_vote.activity import DotVote
from workshops.activities.driver_diagram.activity import DriverDiagram
from workshops.activities.journey_map.activity import JourneyMap
from workshops.activities.list import PreparedList
from workshops.activities.matrix.activity import Matrix
from workshops.activities.next_actions.activity import NextActions
from workshops.activities.one_two_four_all.activity import OneTwoFourAll
from workshops.activities.poll import Poll
from workshops.activities.proposals.consent import ConsentRound
from workshops.activities.proposals.fist_to_five import FistToFive
from workshops.activities.ranking.activity import Ranking
from workshops.activities.talk import Talk
from workshops.activities.twenty_five_ten.activity import TwentyFiveTen
from workshops.activities.word_cloud.activity import WordCloud

if TYPE_CHECKING:
    from workshops.activities.base import Activity
    from workshops.activities.shared.writing import Writing

ACTIVITIES: dict[str, Activity] = {
    activity.kind: activity
    for activity in (
        Brainstorm(),
        PreparedList(),
        Clustering(),
        DotVote(),
        Poll(),
        Ranking(),
        Matrix(),
        OneTwoFourAll(),
        Talk(),
        TwentyFiveTen(),
        WordCloud(),
        CheckIn(),
        CheckOut(),
        FistToFive(),
        ConsentRound(),
        Chat(),
        DriverDiagram(),
        JourneyMap(),
        NextActions(),
    )
}


def activity_of(kind: str) -> Activity:
    """Find a kind of activity. Raises KeyError."""
    return ACTIVITIES[kind]


def writing_of(kind: str) -> Writing:
    """Find the kind in whose steps something was written: only these have ideas."""
    return cast("Writing", ACTIVITIES[kind])


def may_take(takes: tuple[str, ...], kind: str) -> bool:
    """Whether a source setting that `takes` these may name a step of that kind."""
    return kind in takes or (GIVES_IDEAS in takes and activity_of(kind).gives_ideas)
