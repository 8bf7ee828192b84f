"""Every kind of activity, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workshops.activities.brainstorm import Brainstorm
from workshops.activities.cluster import Clustering
from workshops.activities.dot_vote import DotVote

if TYPE_CHECKING:
    from workshops.activities.base import Activity

ACTIVITIES: dict[str, Activity] = {
    activity.kind: activity
    for activity in (
        Brainstorm(),
        Clustering(),
        DotVote(),
    )
}


def activity_of(kind: str) -> Activity:
    """Find a kind of activity. Raises KeyError."""
    return ACTIVITIES[kind]
