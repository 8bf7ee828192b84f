"""The workspace itself: its real server on a copy of a prepared database, its clients' tickets, their commands."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Sequence
from typing import Any, Self

import psycopg

from tests.bench.generator import Action, Client, Unsound, spread_over
from tests.bench.machine import Cores, cpu_seconds, rss_bytes
from tests.bench.stage import VOTE, Place
from tests.daphne import Daphne


class Product(Daphne):
    """One server process, alone on its core."""

    def __init__(self, database_url: str, cores: Cores, *, redis_url: str = "", **env: str) -> None:
        super().__init__(database_url, redis_url=redis_url, **env)
        self.command = ["taskset", "-c", str(cores.server), *self.command]

    def cpu(self) -> float:
        """What it has used so far, in seconds."""
        return cpu_seconds(self.pid)

    def rss(self) -> int:
        """Its memory, in bytes."""
        return rss_bytes(self.pid)

    def __enter__(self) -> Self:
        self.start(60)
        return self

    def __exit__(self, *_: object) -> None:
        if "Traceback" in self.log:
            print(f"The server complained:\n{self.log[-3000:]}")  # noqa: T201
        self.kill()


def clients(
    place: Place,
    servers: Sequence[Product],
    count: int = 0,
    *,
    at: float = -1,
    first: int = 0,
    audiences: bool = False,
) -> list[Client]:
    """Give the sockets of a workshop's people, dealt out to its servers, each with its signed ticket.

    `audiences`: those of each server are compared only with each other.
    """
    from workshops.joining.seats import TICKET, ticket_for
    from workshops.models import Workshop

    workshop = Workshop(pk=place.id, stream_id=place.stream)
    path = f"/ws/workshops/{place.id}/"
    found = []
    for number, person in enumerate(place.people[first : first + (count or len(place.people))]):
        server = servers[number % len(servers)]
        headers = (f"Cookie: {TICKET}={ticket_for(workshop, person)}", f"Origin: {server.url}")
        audience = number % len(servers) * 2 if audiences else 0
        found.append(Client(server.port, path, headers, at, audience))
    return found


def facilitator(place: Place, server: Product) -> Client:
    """Give the socket of a workshop's facilitator, signed in, with the facilitators' view."""
    from django.conf import settings

    from workshops.joining.seats import TICKET, ticket_for
    from workshops.models import Workshop

    workshop = Workshop(pk=place.id, stream_id=place.stream)
    cookies = (
        f"{settings.SESSION_COOKIE_NAME}={place.session}; {TICKET}={ticket_for(workshop, place.facilitator)}"
    )
    headers = (f"Cookie: {cookies}", f"Origin: {server.url}")
    return Client(server.port, f"/ws/workshops/{place.id}/?as=facilitator", headers, audience=1)


class Commands:
    """Makes commands under operation ids of one run, each numbered as the generator numbers its actions."""

    def __init__(self) -> None:
        self.run = uuid.uuid4().hex[:8]
        self.made = 0

    def write(self, do: str, **fields: Any) -> str:
        """Write one command as JSON text, as a browser does."""
        import orjson

        op = f"{self.run}-{self.made:08d}"
        self.made += 1
        return orjson.dumps({"op": op, "do": do, **fields}).decode()


def votes(
    place: Place,
    commands: Commands,
    *,
    people: int,
    times: Sequence[float],
    seed: int = 1,
    group: int = 0,
    passed: dict[int, int] | None = None,
) -> list[Action]:
    """Let people set dots, in turn but in no order, on one idea after the other. Every one changes something.

    `passed` counts what each did before, for another series in the same room.
    """
    chance = random.Random(seed)
    passed = {} if passed is None else passed
    order: list[int] = []
    made = []
    for at in times:
        if not order:
            order = chance.sample(range(people), people)
        person = order.pop()
        turn = passed.get(person, 0)
        passed[person] = turn + 1
        item = place.items[(person * 7 + turn) % len(place.items)]
        text = commands.write("dot.set", activity=VOTE, item=item, dots=1 + turn // len(place.items) % 99)
        made.append(Action(at, person, text, group))
    return made


def schedule(
    place: Place, commands: Commands, *, people: int, rate: float, seconds: float, seed: int
) -> list[Action]:
    """Let people vote at a steady rate."""
    times = list(spread_over(int(rate * seconds), rate))
    return votes(place, commands, people=people, times=times, seed=seed)


def must_be_kept(url: str, commands: Commands, acknowledged: int) -> None:
    """Look into the database: what was acknowledged is in the log, each once. Raises Unsound."""
    select = "SELECT count(*), count(DISTINCT op) FROM realtime_event WHERE op LIKE "
    with _connected(url) as ask:
        rows, ops = ask(f"{select}'{commands.run}-%'")
    if (rows, ops) != (acknowledged, acknowledged):
        raise Unsound(f"{acknowledged} were acknowledged, {rows} are in the log, {ops} different ones")


class _connected:  # noqa: N801 (reads as a verb)
    """Ask a database something, whichever kind it is."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __enter__(self) -> Callable[[str], Any]:
        import sqlite3

        self.connection: Any
        if self.url.startswith("sqlite"):
            self.connection = sqlite3.connect(self.url.removeprefix("sqlite:///"))
        else:
            self.connection = psycopg.connect(self.url)
        return lambda text: self.connection.execute(text).fetchone()

    def __exit__(self, *_: object) -> None:
        self.connection.close()
