"""Whether everybody's board is the server's, and how long that took."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import aiohttp

from realtime.client_view import View
from tests.chaos.crowd import Person
from workshops.crowd_trial.stage import differences

WITHIN_SECONDS = 5.0
GIVE_UP_SECONDS = 30.0


async def fresh(person: Person) -> View | None:
    """What this person would see after loading the page now; None while the server can't say."""
    query = {"format": "json"} | ({"as": person.reader} if person.reader else {})
    try:
        async with person.session.get(
            person.paths.base_url + person.paths.frames,
            params=query,
            timeout=aiohttp.ClientTimeout(total=10),
        ) as response:
            if response.status != 200:
                return None
            view = View()
            view.replace(await response.json())
            return view
    except (aiohttp.ClientError, TimeoutError, OSError):
        return None


async def differs(person: Person, *, words_only: bool = False) -> list[str]:
    """Name what somebody's board shows otherwise than a fresh page."""
    if not person.client.ended and not person.client._connected.is_set():
        return ["not connected"]
    there = await fresh(person)
    if there is None:
        return ["no answer"]
    if words_only:
        return [] if said_by(person.client.view) == said_by(there) else ["its words or their order"]
    found = differences(person.client.view, there)
    return [
        *found[:4],
        *(f"{one}: {_value(person.client.view, one)} / {_value(there, one)}" for one in found[:1]),
    ]


def _value(view: View, key: str) -> str:
    """What a view shows there, for the report."""
    value = {name: shown for name, shown in view.items.items() if name.partition(".")[0] == key}
    return str(value or (view.own, view.own_items, view.lists))[:600]


def said_by(view: View) -> tuple[object, ...]:
    """Only words and totals in their order, and what is somebody's own: what two releases must agree about."""
    lists = {name: ids for name, ids in view.lists.items() if ids and name in {"ideas", "items"}}
    shown = [(one, view.items.get(one, {}).get("text")) for ids in lists.values() for one in ids]
    own = {name: value for name, value in view.own.items() if name in {"dots", "mine"}}
    return lists, shown, own


async def same_for_all(
    people: Sequence[Person], since: float, *, within: float = WITHIN_SECONDS, words_only: bool = False
) -> tuple[float, list[str]]:
    """Wait until everybody's board is the server's. Gives the seconds since then, and who was too late or never is."""
    loop = asyncio.get_running_loop()

    async def one(person: Person) -> tuple[float, str]:
        while wrong := await differs(person, words_only=words_only):
            if loop.time() - since > GIVE_UP_SECONDS:
                return loop.time() - since, f"{person.name}'s board never became the server's: {wrong[:5]}"
            await asyncio.sleep(0.1)  # a board that isn't right yet tells nobody when it will be
        seconds = loop.time() - since
        return (
            seconds,
            "" if seconds <= within else f"{person.name}'s board was right only after {seconds:.1f} s",
        )

    results = await asyncio.gather(*(one(person) for person in people))
    return max(seconds for seconds, _ in results), [late for _, late in results if late]
