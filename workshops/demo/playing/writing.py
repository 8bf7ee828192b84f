"""Kinds in which people write: ideas, alone or in rooms, lists, posts, boxes of a diagram, and actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workshops.demo.agenda import brought_to
from workshops.demo.chance import drawn, liking
from workshops.demo.scene import LEADS
from workshops.demo.told import first_tests, posts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workshops.demo.scene import Scene
    from workshops.past import Play

MINUTE = 60_000
HIGHLIGHTS = 3
MOVED, BACKED = 8, 5
"""How much one must like what others wrote to press something, and to back it."""
REACTIONS = ("agree", "same", "agree", "more")


# -- ideas -----------------------------------------------------------------------------------------------------------


def split(scene: Scene) -> None:
    """Split into rooms, one for each team, where the file says so."""
    if scene.told.get("rooms") != "teams":
        return
    teams = {
        team["name"]: [scene.actor(member) for member in team["members"]]
        for team in scene.day.data["teams"]
        if team["kind"] == "test_team"
    }
    scene.lead(scene.slot.opens - 2 * MINUTE, "rooms.split", how="teams", teams=teams)


def write(scene: Scene) -> None:
    """Write the notes of this workshop, each where its writer is."""
    day, slot = scene.day, scene.slot
    breakout = scene.step.breakout
    if breakout is None:
        day.ideas = day.play.write(slot, day.notes)
        return
    for note in day.notes:
        room = breakout.at[scene.actor(note.author)]
        day.play.ask(slot.opens + note.after * 1000, note.author, "idea.add", activity=room, text=note.text)


# -- lists -----------------------------------------------------------------------------------------------------------


def bring(play: Play, at: int, activity: str, lines: Sequence[str]) -> None:
    """Put lines on a prepared list. They are invented, so they may be quoted."""
    what = {"lines": [{"text": text, "how": "typed", "consent": "unnamed"} for text in lines]}
    play.ask(at, LEADS, "list.bring", activity=activity, what=what)


def prepare(scene: Scene) -> None:
    """Prepare the list an hour before it is shown."""
    lines = brought_to(scene.told, scene.day.data)
    bring(scene.day.play, scene.slot.opens - MINUTE, scene.slot.activity, lines)


def read(scene: Scene) -> None:
    """Read a list together: nothing is written."""


# -- posts -----------------------------------------------------------------------------------------------------------


def talk(scene: Scene) -> None:
    """Post and reply, press what one feels; the facilitator highlights what most people pressed something under."""
    told = posts_of(scene.told, scene.day.data)
    posts: list[tuple[str, dict[str, Any]]] = []
    for at, one in zip(scene.slot.spread(len(told)), told, strict=True):
        scene.ask(at, one["by"], "chat.post", text=one["text"])
        posts.append((scene.day.play.last("i"), one))
        for reply in one.get("replies", ()):
            scene.ask(at + 20_000, reply["by"], "chat.reply", post=posts[-1][0], text=reply["text"])
    pressed = {post: _react(scene, post, one) for post, one in posts}
    for post in sorted(pressed, key=lambda post: -pressed[post])[:HIGHLIGHTS]:
        scene.lead(scene.slot.closes - 10_000, "chat.highlight", post=post, on=True)


def _react(scene: Scene, post: str, told: dict[str, Any]) -> int:
    """Have those press something under a post whom it moves. Gives how many they are."""
    doing = []
    for person in scene.day.came:
        if person != told["by"] and liking(person, told["text"]) >= MOVED:
            reaction = REACTIONS[drawn(len(REACTIONS), person, told["text"])]
            fields = {"activity": scene.slot.activity, "post": post, "reaction": reaction}
            doing.append((person, "chat.react", fields))
    scene.day.play.ask_all(scene.slot.closes - MINUTE, doing)
    return len(doing)


# -- diagrams --------------------------------------------------------------------------------------------------------


def draw(scene: Scene) -> None:
    """Draw up the diagram: the aim first, then what drives it, from left to right."""
    diagram = scene.told["diagram"]
    boxes = list(_boxes(diagram))
    made: dict[int, str] = {}
    for at, (place, (level, box, above)) in zip(scene.slot.spread(len(boxes)), enumerate(boxes), strict=True):
        under = {"under": made[above]} if above is not None else {}
        by = box.get("by", LEADS)
        scene.ask(at, by, "driver.add", level=level, text=box["text"], **under)
        made[place] = scene.day.play.last("i")
        if "measure" in box:
            scene.ask(at + 9000, by, "driver.measure", node=made[place], text=box["measure"])


def _boxes(diagram: dict[str, Any]) -> list[tuple[str, dict[str, Any], int | None]]:
    """Give each box with its level and the place of the one that it feeds."""
    boxes: list[tuple[str, dict[str, Any], int | None]] = [("aim", diagram["aim"], None)]
    for driver in diagram["drivers"]:
        boxes.append(("primary", driver, None))
        primary = len(boxes) - 1
        for smaller in driver["smaller"]:
            boxes.append(("secondary", smaller, primary))
            if "start" in smaller:
                boxes.append(("change", smaller["start"], len(boxes) - 1))
    return boxes


# -- actions ---------------------------------------------------------------------------------------------------------


def propose(scene: Scene) -> None:
    """Each team says what it tests, what it predicts, and by when."""
    ideas = {idea["id"]: idea["text"] for idea in scene.day.data["ideas"]}
    for (at, _person), (team, test) in zip(scene.turns(), first_tests(scene.day.data), strict=False):
        text = f"{ideas[team['testing']]} Prediction: {test['prediction']}"
        said = {"text": text, "owner": team["name"], "due": test["plan_to"]}
        scene.ask(at, team["members"][0], "actions.propose", **said)


def agree(scene: Scene, at: int) -> None:
    """People back what they like, and all that was proposed is agreed."""
    state = scene.day.play.ledger.state
    actions = [idea for idea in state.ideas_of(scene.slot.activity) if idea.sort == "action"]
    for action in actions:
        backing = [
            (person, "actions.back", {"activity": scene.slot.activity, "idea": action.id, "on": True})
            for person in scene.day.came
            if scene.actor(person) != action.author and liking(person, action.text) >= BACKED
        ]
        scene.day.play.ask_all(at, backing)
        scene.lead(at + 20_000, "actions.agree", idea=action.id, on=True)
