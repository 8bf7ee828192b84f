"""Makes the workshops that the bench plays in, in the database that DATABASE_URL names, and prints where they are.

Run as `python -m tests.bench.stage SPEC...`; a spec is `people-ideas-state`. Everything in them was done by the
workshop's own rules, only in large groups. Each run then plays in a copy of that database.
"""

from __future__ import annotations

import json
import sys
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tests.daphne import Kind
from tests.staging import begin, copy_of, prepare

if TYPE_CHECKING:
    from workshops.models import Workshop

type Doing = Literal["live", "hidden", "written"]
WORDS = "Let newcomers shadow a volunteer for a week before they decide, and pay for their bus"
BRAINSTORM, VOTE = "a1", "a2"


@dataclass(frozen=True)
class Spec:
    """A workshop of so many people and ideas. Dots are open, totals live or hidden; or ideas are written, not yet shown."""

    people: int
    ideas: int
    doing: Doing

    def __str__(self) -> str:
        return f"{self.people}-{self.ideas}-{self.doing}"

    @classmethod
    def read(cls, text: str) -> Spec:
        """Read what `str` wrote."""
        people, ideas, doing = text.split("-")
        assert doing in ("live", "hidden", "written")
        return cls(int(people), int(ideas), doing)  # type: ignore[arg-type]  # one of the three


@dataclass(frozen=True)
class Place:
    """One workshop in a database: its ids, and the pseudonyms of its people."""

    spec: Spec
    id: str
    code: str
    stream: str
    people: list[str]
    facilitator: str
    session: str
    items: list[str]


class Prepared:
    """Databases with the workshops in them, made once per run of the bench and kind of database."""

    def __init__(self) -> None:
        self._made: dict[Kind, tuple[str, dict[str, Place]]] = {}

    def make(self, kind: Kind, specs: list[Spec]) -> None:
        """Make these workshops in a database of this kind."""
        url, told = prepare("tests.bench.stage", kind, *map(str, specs))
        places = {name: Place(**{**fields, "spec": Spec.read(name)}) for name, fields in told.items()}
        self._made[kind] = (url, places)

    def copy(self, kind: Kind) -> str:
        """Give the URL of a fresh copy."""
        url, _made = self._made[kind]
        return copy_of(url, kind)

    def place(self, kind: Kind, spec: Spec) -> Place:
        """Say where a workshop is; in every copy the same."""
        return self._made[kind][1][str(spec)]


def main(specs: list[Spec]) -> None:
    """Make all of them."""
    begin()
    print(json.dumps({str(spec): _make(spec) for spec in specs}))  # noqa: T201


def _make(spec: Spec) -> dict[str, Any]:
    from django.conf import settings
    from django.test import Client
    from django.utils import timezone

    from tests.makers import make_challenge, make_member
    from workshops import actions

    challenge = make_challenge(f"Bench {spec}")
    facilitator = make_member(challenge, "Fay", "facilitator")
    workshop = actions.make_workshop(challenge, f"Bench {spec}", timezone.now(), 90, facilitator)
    seat = actions.seat_for_user(workshop, facilitator)
    guests = [actions.seat_for_guest(workshop) for _ in range(spec.people)]
    joining = [actions.joining(seat, "facilitator", "Fay")]
    joining += [actions.joining(guest, "participant", f"Guest {n}") for n, guest in enumerate(guests)]
    _all(workshop, joining)
    people = [guest.actor for guest in guests]
    _agenda(workshop, spec, people)
    client = Client()
    client.force_login(facilitator)
    return {
        "id": str(workshop.pk),
        "code": workshop.code,
        "stream": str(workshop.stream_id),
        "people": people,
        "facilitator": seat.actor,
        "session": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "items": _ideas(workshop),
    }


def _agenda(workshop: Workshop, spec: Spec, people: list[str]) -> None:
    from realtime.kinds import SYSTEM
    from realtime.ledger import Asked

    def asked(do: str, by: str = SYSTEM, /, **fields: Any) -> Asked:
        return Asked(str(uuid.uuid4()), do, fields, by)

    seen = "private" if spec.doing == "written" else "shared"
    dots = {"results": "hidden" if spec.doing == "hidden" else "live", "dots": 0, "cap": 99}
    _all(
        workshop,
        [
            asked("step.add", kind="brainstorm", minutes=0, settings={"visibility": seen}),
            asked("step.add", kind="dot_vote", minutes=0, settings=dots),
            asked("step.open", activity=BRAINSTORM),
        ],
    )
    _all(
        workshop,
        [
            asked("idea.add", people[n % len(people)], activity=BRAINSTORM, text=f"{WORDS} ({n + 1})")
            for n in range(spec.ideas)
        ],
    )
    _all(workshop, [asked("step.close", activity=BRAINSTORM)])
    if spec.doing != "written":
        _all(workshop, [asked("step.open", activity=VOTE)])


def _all(workshop: Workshop, commands: list[Any]) -> None:
    from realtime.ledger import Ack, run

    for answer in run(workshop.stream_id, *commands):
        assert isinstance(answer, Ack), answer


def _ideas(workshop: Workshop) -> list[str]:
    from workshops.prepare.plan import state_of

    return list(state_of(workshop).ideas)


if __name__ == "__main__":
    main([Spec.read(text) for text in sys.argv[1:]])
