"""Every hostile case, each over every way that it can take: refused, survived, and noticed by nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.hostile import rubbish, ways
from tests.hostile.arena import Play, arena, key_of
from tests.hostile.cases import Case, load

type Played = dict[str, list[str]]


def _commands() -> list[tuple[Case, Play]]:
    names = {"other": "$other", "idea": "i2", "elsewhere": "$elsewhere_stream", "me": "$me"}
    cases = load("messages")
    for by, texts in (
        ("participant", rubbish.cases(**names)),
        ("facilitator", rubbish.facilitators_cases(**names)),
    ):
        cases += [
            Case("rubbish", by, f"{number:03}", {"text": text, "by": by, "about": about})
            for number, (about, text) in enumerate(texts)
        ]
    return [(case, play) for case in cases for play in (ways.over_socket, ways.over_http)]


def _places() -> list[tuple[Case, Play]]:
    both = (ways.resumed_by_socket, ways.resumed_by_poll)
    return [(case, play) for case in load("places") for play in (both[1:] if case.get("only") else both)]


LIVE: list[tuple[Case, Play]] = [
    *_commands(),
    *[(case, ways.as_a_form) for case in load("forms")],
    *_places(),
    *[(case, ways.handshake) for case in load("handshakes")],
    *[(case, ways.by_frames) for case in load("frames")],
]
PAGES: list[tuple[Case, Play]] = [
    *[(case, ways.bare_request) for case in load("requests")],
    *[(case, ways.on_a_page) for case in load("pages")],
]


def groups(cases: list[tuple[Case, Play]]) -> list[str]:
    """The kinds of cases, as a failure names them."""
    return list(dict.fromkeys(f"{case.file}: {case.kind}" for case, _play in cases))


def wrong_with(played: Played, cases: list[tuple[Case, Play]], group: str) -> Played:
    these = [key_of(case, play) for case, play in cases if f"{case.file}: {case.kind}" == group]
    assert these
    return {key: played[key] for key in these if played[key]}


@pytest.fixture(scope="module")
async def on_postgres() -> AsyncIterator[Played]:
    """All cases on PostgreSQL, which is strict about what a text may hold."""
    async with arena("postgres") as made:
        yield await made.play([*LIVE, *PAGES])


@pytest.fixture(scope="module")
async def on_sqlite() -> AsyncIterator[Played]:
    """The pages on SQLite too, which is strict about how large a number may be."""
    async with arena("sqlite") as made:
        yield await made.play(PAGES)


@pytest.mark.parametrize("group", groups([*LIVE, *PAGES]))
async def test_on_postgres(on_postgres: Played, group: str) -> None:
    assert wrong_with(on_postgres, [*LIVE, *PAGES], group) == {}


@pytest.mark.parametrize("group", groups(PAGES))
async def test_on_sqlite(on_sqlite: Played, group: str) -> None:
    assert wrong_with(on_sqlite, PAGES, group) == {}


async def test_nothing_changed_and_nobody_noticed(on_postgres: Played, on_sqlite: Played) -> None:
    assert on_postgres["everybody"] == on_sqlite["everybody"] == []


def test_there_are_enough() -> None:
    assert len({case.id for case, _play in [*LIVE, *PAGES]}) >= 150
