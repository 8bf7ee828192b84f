"""Scenes of the brainstorm, and who may know an idea in each of its ways."""

from __future__ import annotations

from typing import Any

from tests.workshop_driver import Driver
from workshops.live.state import Idea


def brainstorm_scene(driver: Driver, step: str) -> None:
    settings = driver.state.steps[step].settings
    one = driver.idea("p-ann", step, "First one")
    let_through(driver, step, one)
    two = driver.idea("p-ben", step, "Second one")
    let_through(driver, step, two)
    driver.do("p-ann", "idea.edit", activity=step, idea=one, text="First one, better")
    gone = driver.idea("p-cat", step, "Third one")
    driver.do("p-cat", "idea.remove", activity=step, idea=gone)
    driver.do("p-cat", "idea.put_back", activity=step, idea=gone)
    if settings.moderated:
        driver.do("p-gus", "idea.turn_down", activity=step, idea=gone, reason="Names somebody")
    if settings.visibility == "suggestive":
        driver.do("p-ben", "idea.answer", activity=step, idea=one, answer="same")
        driver.do("p-ann", "idea.edit", activity=step, idea=one, text="First one, best")
        driver.do("p-ben", "my.undo", activity=step)
        driver.ask("p-ann", "idea.suggest", activity=step)
        driver.do("p-ben", "idea.answer", activity=step, idea=one, answer="pass")
    if settings.reveal == "one_by_one":
        driver.do("p-fay", "step.reveal", activity=step)
        driver.do("p-fay", "idea.show", activity=step, shown=0)
        driver.do("p-fay", "idea.show", activity=step, idea=unshown(driver, step)[0])
        driver.do("p-ann", "idea.edit", activity=step, idea=one, text="First one, as it was meant")
        driver.idea("p-ann", step, "A late one")
        driver.ask("p-fay", "idea.show_rest", activity=step)
        driver.do("p-fay", "step.new_round", activity=step)


def let_through(driver: Driver, step: str, *ideas: str) -> None:
    if driver.state.steps[step].settings.moderated:
        driver.do("p-gus", "idea.let_through", activity=step, ideas=list(ideas))


def unshown(driver: Driver, step: str) -> list[str]:
    listed = driver.ledger.kind.lists(driver.state, "facilitator").get("unshown", [])
    return [key.removeprefix("idea-") for key in listed]


def everybody_sees(driver: Driver, idea: Idea) -> bool:
    """Told from the settings and from what facilitators did, not from the methods that draw it."""
    step = driver.state.steps[idea.step]
    settings, run = step.settings, step.rounds[idea.round - 1]
    if settings.moderated and idea.id not in run.memory.passed:
        return False
    if settings.visibility == "shared":
        return True
    if run.revealed_at is None:
        return False
    return settings.reveal == "whole" or idea.id in run.memory.shown or run.memory.all_shown


def some_see(driver: Driver, idea: Idea, to: str) -> bool:
    """Facilitators who read first or show one by one, and people to whom an idea was offered."""
    step, people = driver.state.steps[idea.step], driver.state.people
    settings, run = step.settings, step.rounds[idea.round - 1]
    if idea.removed:
        return False
    leads = (people[to].role if to in people else to) == "facilitator"
    if leads and settings.moderated and idea.id not in run.memory.passed:
        return True
    if leads and settings.reveal == "one_by_one" and run.revealed_at is not None:
        return True
    offered = run.memory.offers.get(to, {}).get(idea.id)
    return offered in ("none", "same") and idea.hidden is None


WRITING_SCENES = {"brainstorm": brainstorm_scene}
WRITING_CHOSEN: dict[str, list[dict[str, Any]]] = {
    "brainstorm": [
        {},
        {"visibility": "shared", "names": "everybody"},
        {"visibility": "suggestive", "reveal": "one_by_one", "moderated": True},
        {"reveal": "one_by_one", "names": "facilitators"},
        {"visibility": "shared", "moderated": True},
        {"visibility": "suggestive"},
        {"visibility": "shared"},
        {"most_ideas": 2, "moderated": True},
    ]
}
WRITING_SHOWN = {"brainstorm": everybody_sees}
WRITING_KNOWS = {"brainstorm": some_see}
