"""What the demo file's activities are in the workspace: their kinds and their settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workshops.demo.told import first_tests

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = {
    "share": "chat",
    "idea_board": "brainstorm",
    "prototype": "brainstorm",
    "persona": "list",
    "insight_review": "list",
    "problem_map": "driver_diagram",
    "plan": "next_actions",
}
"""The file's own words for activities. What isn't here has the workspace's name."""
WRITING = ("brainstorm", "list", "twenty_five_ten")
LONGEST = 400
"""Characters that a persona, or an action with its prediction, may need."""


def steps_of(row: Mapping[str, Any], data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give a workshop's agenda. Its steps become a1, a2 and so on, in the file's order."""
    steps: list[dict[str, Any]] = []
    for activity in row["activities"]:
        kind = KINDS.get(activity["kind"], activity["kind"])
        words = {name: activity[name] for name in ("title", "prompt", "minutes")}
        settings = activity.get("settings", {}) | _settings(row["id"], kind, activity, data)
        if kind in ("cluster", "ranking") and (source := _latest(steps, *WRITING)):
            settings["source"] = source
        steps.append({"kind": kind, **words, "settings": settings})
    return steps


def _latest(steps: list[dict[str, Any]], *kinds: str) -> str:
    """Find the step before, the latest of these kinds: what is grouped or ranked comes from there."""
    places = [place for place, step in enumerate(steps, start=1) if step["kind"] in kinds]
    return f"a{places[-1]}" if places else ""


def _settings(
    workshop: str, kind: str, activity: Mapping[str, Any], data: Mapping[str, Any]
) -> dict[str, Any]:
    """Give the settings that follow from what the file says of an activity."""
    found: dict[str, Any] = {}
    match kind:
        case "dot_vote":
            found = {"dots": activity["dots_per_person"], "cap": activity["max_dots_per_item"]}
            found["target"] = "ideas" if data["dot_vote"]["workshop"] == workshop else "clusters"
        case "ranking":
            found = {"top": activity["choose"]}
        case "matrix":
            found = {"target": "clusters"}
        case "chat":
            found = {"questions": activity["prompt"], "minutes_each": activity["minutes"]}
            found |= {"welcome_minutes": 0, "wrap_minutes": 0}
        case "brainstorm" if workshop == "w3":
            found = {"names": "facilitators"}  # so that those who want to be quoted by name can be
        case "list":
            found = {"most_characters": LONGEST}
        case "next_actions":
            found = {"number": len(list(first_tests(data))), "most_characters": LONGEST}
        case "one_two_four_all":
            parts = ("alone_minutes", "pairs_minutes", "fours_minutes", "all_minutes")
            found = dict(zip(parts, activity["steps"], strict=True))
        case "consent" | "fist_to_five":
            found = {"proposal": activity["proposal"]}
    return found


def brought_to(activity: Mapping[str, Any], data: Mapping[str, Any]) -> list[str]:
    """Give the lines of a prepared list: personas, or the insights of the board."""
    if activity["kind"] == "persona":
        return [
            f"{one['name']}: {one['summary']} Wants: {one['wants']} In the way: {', '.join(one['barriers'])}."
            for one in data["personas"]
        ]
    return [insight["text"] for insight in data["insights"]]
