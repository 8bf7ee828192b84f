"""Check-ins and proposals: what people answer, and what the file says that they wrote with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workshops.demo.chance import drawn

if TYPE_CHECKING:
    from collections.abc import Callable

    from workshops.demo.scene import Scene

WEATHER = ("sun", "bright", "bright", "cloud", "cloud", "fog", "rain")
SKIPS = 14
"""One in so many skips a check-in."""


def arrive(scene: Scene) -> None:
    """Say how one arrives: on the scale, or in the weather."""
    for at, person in scene.turns():
        scene.ask(at, person, "check.answer", choice=_arrival(scene, person))
    _lines(scene)


def _arrival(scene: Scene, person: str) -> str:
    workshop = scene.day.row["id"]
    if not drawn(SKIPS, "skips", workshop, person):
        return "skip"
    if scene.step.settings.form == "weather":
        return WEATHER[drawn(len(WEATHER), "weather", workshop, person)]
    return f"s{_energy(scene, person)}"


def _energy(scene: Scene, person: str) -> int:
    return 2 + drawn(3, "energy", scene.day.row["id"], person)


def leave(scene: Scene) -> None:
    """Say how one leaves, mostly a little better than one arrived, and how useful it was."""
    for at, person in scene.turns():
        lifted = drawn(6, "lifted", scene.day.row["id"], person)
        energy = _energy(scene, person) + (1 if lifted > 1 else -1 if lifted == 0 else 0)
        scene.ask(at, person, "check.answer", choice=f"s{energy}")
        if drawn(5, "rates", person):
            rating = 3 + drawn(3, "useful", scene.day.row["id"], person)
            scene.ask(at + 3000, person, "check.rate", rating=rating)
    _lines(scene)


def _lines(scene: Scene) -> None:
    for said in scene.told.get("said", ()):
        for sort in ("line", "comment"):
            if sort in said:
                scene.ask(scene.slot.closes - 20_000, said["by"], "check.write", sort=sort, text=said[sort])


def consent(scene: Scene) -> None:
    """Say whether one goes along: who the file says has a concern, some who stand aside, else all consent."""
    _answer(scene, lambda person: "consent" if drawn(9, "aside", person) else "aside")


def support(scene: Scene) -> None:
    """Say from five to three how far one supports it; the file says who supports it less."""
    _answer(scene, lambda person: f"f{3 + drawn(3, 'support', person)}")


def _answer(scene: Scene, usual: Callable[[str], str]) -> None:
    told = {said["by"]: said for said in scene.told.get("said", ())}
    for at, person in scene.turns():
        said = told.get(person)
        scene.ask(at, person, "proposal.answer", choice=said["choice"] if said else usual(person))
        if said:
            scene.ask(at + 5000, person, "proposal.explain", sort="reason", text=said["reason"])
