"""Asking for suggestions: in a process of its own, once for each question, and never in the way of anybody."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import threading
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.suggest.test_suggesting import IDEAS
from workshops.suggest import asking
from workshops.suggest.engine.matter import Text, There
from workshops.suggest.engine.suggesting import suggest


@pytest.fixture(autouse=True)
def own_asker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_asker", asking._Asker())


async def test_who_asks_the_same_gets_the_same_answer_and_it_is_worked_out_once(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.EMBEDDINGS = "none"
    asked: list[bytes] = []
    really = asking._ask

    def ask(question: bytes) -> object:
        asked.append(question)
        return really(question)

    monkeypatch.setattr(asking, "_ask", ask)
    there = [There(id="g1", title="Letters")]

    first, second = await asyncio.gather(asking.groups_for(IDEAS, there), asking.groups_for(IDEAS, there))
    third = await asking.groups_for(IDEAS, there)

    assert first == second == third == suggest(IDEAS, there)
    assert len(asked) == 1


async def test_the_loop_goes_on_while_a_thousand_ideas_are_looked_at(settings: Settings) -> None:
    settings.EMBEDDINGS = "none"
    many = [Text(id=f"i{n}", text=f"{IDEAS[n % len(IDEAS)].text} {n % 7} {n % 11}") for n in range(1000)]
    turns = 0
    work = asyncio.ensure_future(asking.groups_for(many, []))
    while not work.done():
        await asyncio.sleep(0.005)
        turns += 1

    assert turns > 20
    assert sum(len(group.ideas) for group in work.result().groups) > 500


async def test_what_breaks_is_told_by_its_kind_and_not_by_anybodys_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(asking, "_plain", lambda ideas: [{"id": "a", "wrong": "Morwenna is ill"}])
    with caplog.at_level(logging.WARNING), pytest.raises(asking.Unavailable):
        await asking.near_duplicates(IDEAS)
    assert "TypeError" in caplog.text
    assert "Morwenna" not in caplog.text


async def test_a_table_that_cannot_be_read_is_gone_without(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMBEDDINGS = str(tmp_path)
    with caplog.at_level(logging.WARNING):
        found = await asking.groups_for(IDEAS, [])
    assert found == suggest(IDEAS)
    assert str(tmp_path) in caplog.text


async def test_too_many_at_once_are_asked_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_MOST_WAITING", 0)
    with pytest.raises(asking.Unavailable):
        await asking.near_duplicates(IDEAS)


async def test_a_participant_waits_between_questions_and_a_workshop_has_one_under_way(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.EMBEDDINGS = "none"
    now, held = [100.0], threading.Event()

    def ask(question: bytes) -> object:
        held.wait(20)
        return {"groups": [], "alone": [], "by_meaning": False}

    monkeypatch.setattr(asking, "_ask", ask)
    monkeypatch.setattr(asking, "_asker", asking._Asker(asking._Pace(lambda: now[0])))

    def asked(number: int, by: asking.By | None) -> asyncio.Future[object]:
        """Each number is a question that nobody asked before."""
        return asyncio.ensure_future(asking.groups_for([Text(id="i1", text=f"Idea {number}")], [], by))

    ann, ben = asking.By("one", "ann"), asking.By("one", "ben")
    first = asked(1, ann)
    await asyncio.sleep(0)
    with pytest.raises(asking.OneUnderWay):
        await asked(2, ben)
    with pytest.raises(asking.AskedJustNow):
        await asked(2, ann)
    same, elsewhere, facilitator = asked(1, ben), asked(3, asking.By("two", "ann")), asked(4, None)
    held.set()
    assert await first == await same
    await asyncio.gather(elsewhere, facilitator)

    await asked(1, ann)  # known by now, so it costs nothing
    with pytest.raises(asking.AskedJustNow):
        await asked(5, ann)
    await asked(5, ben)
    now[0] += asking.SECONDS_BETWEEN
    await asked(6, ann)


def test_the_child_gets_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "not for everybody")
    given: dict[str, object] = {}

    def run(*args: object, **kwargs: object) -> object:
        given.update(kwargs)
        raise OSError

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(asking.Unavailable):
        asking._ask(b"{}")
    assert "SECRET_KEY" not in given["env"]  # type: ignore[operator]  # a dict
