"""Hidden means not sent: every message to anybody is searched for what they may not know, whatever people do.

Every text, every name and every pseudonym is one of a kind, so that a single search finds it.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.ledger import Refusal
from tests.activities import scenes_groups, scenes_maps, scenes_words, scenes_writing
from tests.activities.chance import PICKS, Crowd, Picks
from tests.activities.test_contract import A_FEW, CHOSEN, KINDS, SCENES, ready
from tests.workshop_driver import READERS, Driver
from workshops.live.state import Idea

pytestmark = pytest.mark.django_db
SHOWN = {
    **scenes_groups.SHOWN,
    **scenes_words.WORDS_SHOWN,
    **scenes_maps.MAPS_SHOWN,
    **scenes_writing.WRITING_SHOWN,
}
KNOWS = {
    **scenes_groups.KNOWS,
    **scenes_maps.MAPS_KNOWS,
    **scenes_words.WORDS_KNOWS,
    **scenes_writing.WRITING_KNOWS,
}


def shown(driver: Driver, idea: Idea) -> bool:
    """Whether others than its author and the facilitators may know an idea's words, told from the rules' own words."""
    step = driver.state.steps[idea.step]
    if step.kind in SHOWN:
        return SHOWN[step.kind](driver, idea) and not idea.removed and idea.hidden is None
    open_to_all = getattr(step.settings, "visibility", "shared") == "shared"
    revealed = open_to_all or step.rounds[idea.round - 1].revealed_at is not None
    return revealed and not idea.removed and idea.hidden is None


class Censor:
    """Listens to everything that is sent."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        driver.heard = self.hear
        self.count = 0

    def _undid(self, idea: Idea, to: str) -> bool:
        """Whether its author undid writing it just now: they are told which words, to bring them back."""
        run = self.driver.state.steps[idea.step].rounds[-1]
        return to == idea.author and run.redo.get(to, {}).get("idea") == idea.id

    def hear(self, to: str, text: str) -> None:
        self.count += 1
        people = self.driver.state.people
        role = people[to].role if to in people else to
        for idea in self.driver.state.ideas.values():
            taken_off = shown(self.driver, Idea(**{**_fields(idea), "hidden": None}))
            kind = self.driver.state.steps[idea.step].kind
            if kind in KNOWS and (
                KNOWS[kind](self.driver, idea, to) or (role == "facilitator" and idea.flags)
            ):
                continue
            knows = to == idea.author or shown(self.driver, idea) or (role == "facilitator" and taken_off)
            told = idea.text.partition("\n")[0]  # a card's two parts stand apart
            assert knows or told not in text, f"{to} was sent {idea.text}"
            if not idea.removed or self._undid(idea, to):
                continue
            assert told not in text, f"{to} was sent {idea.text}, which its author removed"
        if role != "facilitator":
            for person in people.values():
                assert person.id == to or f"{person.id}" not in text, f"{to} was sent who {person.id} is"
                may = any(_shows_names(step.settings) for step in self._steps())
                may = may or scenes_groups.works_with(self.driver, person.id, to)
                assert may or person.id == to or person.name not in text, (
                    f"{to} was sent the name {person.name}"
                )
        self._dots(to, text)

    def _steps(self) -> list[Any]:
        return list(self.driver.state.steps.values())

    def _dots(self, to: str, text: str) -> None:
        step = self.driver.state.step
        secret = step is not None and step.kind == "dot_vote" and step.settings.results == "hidden"
        if secret and step is not None and not step.revealed:
            assert "tally-line" not in text, f"{to} was sent a total"
            assert '"tally":{' not in text, f"{to} was sent a total"


def _shows_names(settings: Any) -> bool:
    return getattr(settings, "names", "") == "everybody" or getattr(settings, "speaking", False)


def _fields(idea: Idea) -> dict[str, Any]:
    return {name: getattr(idea, name) for name in Idea.__dataclass_fields__}


def play(kind: str, chosen: dict[str, Any], moves: list[Picks]) -> Censor:
    driver, step = ready(kind, **chosen)
    for number, somebody in enumerate(list(driver.state.people.values())):
        driver.do("p-fay", "person.describe", person=somebody.id, name=f"Named-{number}-once")
    for idea in list(driver.state.ideas.values()):
        idea.text = f"told-{idea.id}-once"  # the start's words too are one of a kind
    driver.watch()
    censor = Censor(driver)
    driver.do("p-fay", "step.open", activity=step)
    driver.flush()
    crowd = Crowd(driver, step)
    for count, picks in enumerate(moves):
        person, do, args, answer = crowd.act(picks)
        if isinstance(answer, Refusal):
            quoted = [value for value in args.values() if isinstance(value, str)]
            assert not any(
                idea.text in str(answer.sentence) and idea.text not in quoted
                for idea in driver.state.ideas.values()
                if idea.author != person
            ), do
        before = {reader: driver.watches[reader, "json"].audience.seq for reader in READERS}
        driver.flush(resume=count % 4 == 3)
        _frames_tell_no_choice(driver, do, person, answer, before)
    driver.check()
    return censor


def _frames_tell_no_choice(driver: Driver, do: str, person: str, answer: Any, before: dict[str, int]) -> None:
    """In a secret vote a dot changes only counts of people; no frame names what it was placed on."""
    if do not in ("dot.place", "dot.take_back", "dot.set", "dot.sit_out") or isinstance(answer, Refusal):
        return  # run-offs and lots come after the reveal
    step = driver.state.step
    if step is None or step.settings.results != "hidden":
        return
    for reader in READERS:
        if driver.watches[reader, "json"].audience.seq != before[reader]:
            frame = driver.watches[reader, "json"].audience.since(before[reader]) or ""
            assert '"item-' not in frame, f"{reader}: {frame} after {person} did {do}"


@pytest.mark.parametrize("kind", KINDS)
@A_FEW
@given(chosen=st.integers(0, 7), moves=st.lists(PICKS, min_size=4, max_size=25))
def test_nobody_is_sent_what_they_may_not_know(kind: str, chosen: int, moves: list[Picks]) -> None:
    choices = CHOSEN[kind]
    assert play(kind, choices[chosen % len(choices)], moves).count


@pytest.mark.parametrize("kind", KINDS)
def test_nor_in_a_usual_run(kind: str) -> None:
    driver, step = ready(kind)
    driver.watch()
    censor = Censor(driver)
    driver.do("p-fay", "step.open", activity=step)
    SCENES[kind](driver, step)
    driver.flush(resume=True)
    for do in ("step.pause", "step.resume", "step.close", "step.reveal", "workshop.close"):
        driver.do("p-fay", do, **({} if do == "workshop.close" else {"activity": step}))
        driver.flush(resume=True)
        driver.check()
    assert censor.count


@pytest.mark.parametrize("results", ["hidden", "live"])
def test_the_facilitators_list_moves_with_no_dot(results: str) -> None:
    """A row that changes as a total grows would tell whose dot it was."""
    driver, step = ready("dot_vote", results=results)
    driver.do("p-fay", "step.open", activity=step)
    driver.do("p-ann", "dot.place", activity=step, item="i1")
    driver.watch()
    heard: list[str] = []
    driver.heard = lambda to, text: heard.append(text) if to == "facilitator" else None
    driver.do("p-ann", "dot.place", activity=step, item="i2")
    driver.flush()
    assert not any("p-ann" in text for text in heard)
    assert bool([text for text in heard if "item-i2" in text]) == (results == "live")


@pytest.mark.parametrize("reader", READERS)
def test_who_resumes_is_not_told_where_secret_dots_went(reader: str) -> None:
    """A resume stands for the frames that were missed, and none of them named an item."""
    driver, step = ready("dot_vote", results="hidden")
    driver.do("p-fay", "step.open", activity=step)
    driver.watch()
    missed = driver.watches[reader, "json"].audience.seq
    driver.do("p-ann", "dot.place", activity=step, item="i2")
    driver.flush()
    driver.do("p-fay", "step.extend", activity=step, minutes=1)  # something that everybody may see
    driver.flush()
    frame = driver.watches[reader, "json"].audience.since(missed)
    assert frame is not None
    assert "stage.timer" in frame
    assert "item-i2" not in frame
