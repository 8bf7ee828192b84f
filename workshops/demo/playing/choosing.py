"""Grouping, voting, ranking and placing: as the file says, or after people's likings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workshops.demo.chance import drawn, graded, liking

if TYPE_CHECKING:
    from workshops.demo.scene import Scene


TALKED_ABOUT = 3


def group(scene: Scene) -> None:
    """Bring together what the file says belongs to one theme."""
    day = scene.day
    titles = {theme["id"]: theme["name"] for theme in day.data["themes"]}
    day.groups = day.play.group(scene.slot, day.notes, day.ideas, titles, day.came)


def vote(scene: Scene) -> None:
    """Place dots as the file says or, where it doesn't, all of everybody's on the two groups that they like most."""
    day, told = scene.day, scene.day.data["dot_vote"]
    if told["workshop"] == day.row["id"]:
        votes = [(one["voter"], day.ideas[one["idea"]], one["dots"]) for one in told["votes"]]
    else:
        most, cap = scene.step.settings.dots, scene.step.settings.cap
        votes = []
        for person in day.came:
            first, second = _liked(scene, person)[:2]
            votes += [(person, first, cap), (person, second, most - cap)]
    day.play.vote(scene.slot, votes)


def _liked(scene: Scene, person: str) -> list[str]:
    """Give what there is to choose from, what somebody likes most first."""
    return sorted(scene.memory.standing, key=lambda item: -liking(person, scene.text_of(item)))


def rank(scene: Scene) -> None:
    """Put what one likes most in order, and send it."""
    for at, person in scene.turns():
        if not drawn(12, "ranks", person):
            continue  # somebody is always on the telephone
        scene.ask(at, person, "ranking.order", items=_liked(scene, person)[: scene.step.settings.top])
        scene.ask(at + 4000, person, "ranking.submit")


def place(scene: Scene) -> None:
    """Place every group on both axes; where somebody has no view they skip it."""
    for at, person in scene.turns():
        doing = []
        for item in scene.memory.standing:
            text = scene.text_of(item)
            x, y = 1 + graded("effort", person, text), 1 + graded("impact", person, text)
            said = {"x": x, "y": y} if drawn(10, "places", person, text) else {"skip": True}
            doing.append((person, "matrix.put", {"activity": scene.slot.activity, "item": item, **said}))
        scene.day.play.ask_all(at, doing)


def agree(scene: Scene, at: int) -> None:
    """Talk about the groups on which people differ most, and agree where they belong: at the nearest step."""
    placed = [(item, point) for item, point in scene.memory.points().items() if point.x and point.y]
    for item, point in placed[:TALKED_ABOUT]:
        scene.lead(at, "matrix.agree", item=item, x=round(point.x.mean), y=round(point.y.mean))
