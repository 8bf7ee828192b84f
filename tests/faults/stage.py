"""Makes the workshops that the fault tests play in, in the database that DATABASE_URL names, and prints where they are.

Run as `python -m tests.faults.stage`. Each test then plays in a copy of that database.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests import services
from tests.daphne import REPOSITORY, Kind, environment, fresh_database, manage
from tests.servers import new_database

if TYPE_CHECKING:
    from challenges.models import Challenge


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
    url, made = _prepared(kind)
    name = f"stage_{uuid.uuid4().hex[:12]}"
    if kind == "postgres":
        copy = new_database(services.POSTGRES_URL, name, template=url.rpartition("/")[2])
    else:
        path = services.FOLDER / f"{name}.sqlite3"
        shutil.copy(url.removeprefix("sqlite:///"), path)
        copy = f"sqlite:///{path}"
    return Stage(copy, made["workshops"], list(made["links"]))


@functools.cache
def _prepared(kind: Kind) -> tuple[str, dict[str, Any]]:
    url = fresh_database(kind)
    made = _run_here(url)
    if kind == "sqlite":
        path = Path(url.removeprefix("sqlite:///"))
        with sqlite3.connect(path) as connection:  # all into the one file that is copied
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    return url, made


def stage_in(url: str) -> Stage:
    """Prepare an empty database, for a test that needs a database server of its own."""
    manage("migrate", "--verbosity", "0", env=environment(url))
    made = _run_here(url)
    return Stage(url, made["workshops"], made["links"])


def _run_here(url: str) -> dict[str, Any]:
    made = subprocess.run(
        [sys.executable, "-m", "tests.faults.stage"],
        cwd=REPOSITORY,
        env=environment(url),
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return dict(json.loads(made.stdout))


def main() -> None:
    """Make both workshops."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lab_workspace.settings")
    django.setup()

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
    from django.utils import timezone

    from realtime.ledger import Ack, by_system, run
    from workshops.actions import make_workshop

    workshop = make_workshop(challenge, challenge.title, timezone.now(), 90, None)

    def do(name: str, **fields: Any) -> None:
        (answer,) = run(workshop.stream_id, by_system(str(uuid.uuid4()), name, **fields))
        assert isinstance(answer, Ack), answer

    do("step.add", kind="brainstorm", minutes=0, settings={"visibility": "shared"})
    do("step.add", kind="dot_vote", minutes=0, settings={"dots": 5, "cap": 2})
    do("step.open", activity="a1")
    return {"id": str(workshop.pk), "code": workshop.code, "stream": str(workshop.stream_id)}


if __name__ == "__main__":
    main()
