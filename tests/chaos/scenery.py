"""Makes the workshops that faults are played in, in the database that DATABASE_URL names, and prints where they are.

Run as `python -m tests.chaos.scenery 12`. In each, a1 is a brainstorm whose ideas stay private, a2 a shared one, a3 a
dot vote whose totals stay hidden, a4 one whose totals are live; both votes are on a2. Writing in a2 is open.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.staging import begin, new_workshop, told_by

if TYPE_CHECKING:
    from challenges.models import Challenge

PRIVATE, SHARED, HIDDEN, LIVE = "a1", "a2", "a3", "a4"
DOTS, CAP = 20, 3
FACILITATORS = 4


@dataclass(frozen=True)
class Place:
    """One workshop."""

    id: str
    code: str
    stream: str


def make_places(database_url: str, number: int) -> tuple[list[Place], list[str]]:
    """Make workshops of one challenge; give them, and the paths that sign its facilitators in, once each."""
    told = told_by("tests.chaos.scenery", database_url, str(number))
    return [Place(**one) for one in told["places"]], list(told["links"])


def main(number: int) -> None:
    """Make them."""
    begin()

    from lab_workspace.people import sign_in_links
    from tests.makers import make_challenge, make_member

    challenge = make_challenge("Chaos")
    facilitators = [make_member(challenge, f"Fay {number}", "facilitator") for number in range(FACILITATORS)]
    made = {
        "places": [_make(challenge, f"Workshop {place}") for place in range(number)],
        "links": [sign_in_links.path_for(facilitator) for facilitator in facilitators],
    }
    print(json.dumps(made))  # noqa: T201


def _make(challenge: Challenge, title: str) -> dict[str, str]:
    place, do = new_workshop(challenge, title)
    vote = {"dots": DOTS, "cap": CAP, "source": SHARED}
    do("step.add", kind="brainstorm", minutes=0, settings={"visibility": "private"})
    do("step.add", kind="brainstorm", minutes=0, settings={"visibility": "shared"})
    do("step.add", kind="dot_vote", minutes=0, settings={**vote, "results": "hidden"})
    do("step.add", kind="dot_vote", minutes=0, settings={**vote, "results": "live"})
    do("step.open", activity=PRIVATE)
    do("step.open", activity=SHARED)
    return place


if __name__ == "__main__":
    main(int(sys.argv[1]))
