"""Makes the workshops that the fault tests play in, in the database that DATABASE_URL names, and prints where they are.

Run as `python -m tests.faults.stage`. Each test then plays in a copy of that database.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.daphne import Kind, environment, manage
from tests.staging import begin, copy_of_prepared, new_workshop, told_by

if TYPE_CHECKING:
    from challenges.models import Challenge

PROGRAM = "tests.faults.stage"


@dataclass(frozen=True)
class Stage:
    """A copy of the prepared database: two open workshops of two challenges, the first with facilitators.

    In both, a1 is a shared brainstorm, open, and a2 a dot vote (five dots, two on one idea), not yet open.
    """

    database_url: str
    workshops: dict[str, dict[str, str]]
    links: list[str]

    @property
    def workshop(self) -> str:
        """The id of the workshop that tests play in."""
        return self.workshops["Here"]["id"]

    @property
    def code(self) -> str:
        """Its join code."""
        return self.workshops["Here"]["code"]

    def next_link(self) -> str:
        """The path that signs one of its facilitators in, once."""
        return self.links.pop()


def new_stage(kind: Kind) -> Stage:
    """Copy the prepared database."""
    url, made = copy_of_prepared(PROGRAM, kind)
    return Stage(url, made["workshops"], list(made["links"]))


def stage_in(url: str) -> Stage:
    """Prepare an empty database, for a test that needs a database server of its own."""
    manage("migrate", "--verbosity", "0", env=environment(url))
    made = told_by(PROGRAM, url)
    return Stage(url, made["workshops"], made["links"])


def main() -> None:
    """Make both workshops."""
    begin()

    from lab_workspace.people import sign_in_links
    from tests.makers import make_challenge, make_member

    here, elsewhere = make_challenge("Here"), make_challenge("Elsewhere")
    facilitators = [make_member(here, f"Fay {number}", "facilitator") for number in range(6)]
    made = {
        "workshops": {"Here": _make(here), "Elsewhere": _make(elsewhere)},
        "links": [sign_in_links.path_for(facilitator) for facilitator in facilitators],
    }
    print(json.dumps(made))  # noqa: T201


def _make(challenge: Challenge) -> dict[str, str]:
    place, do = new_workshop(challenge, challenge.title)
    do("step.add", kind="brainstorm", minutes=0, settings={"visibility": "shared"})
    do("step.add", kind="dot_vote", minutes=0, settings={"dots": 5, "cap": 2})
    do("step.open", activity="a1")
    return place


if __name__ == "__main__":
    main()
