"""What people wrote in the demo's past workshops, gathered from where the file tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workshops.past import Note

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def notes_of(data: Mapping[str, Any], row: Mapping[str, Any]) -> list[Note]:
    """Give the notes of a workshop's idea board, in order of time.

    The file has ideas of one workshop. What was known after the first one is told by its insights, what the teams
    wrote in theirs by the activity itself.
    """
    participants = [person["id"] for person in data["people"] if "participant" in person["roles"]]
    if row["id"] == "w1":
        known = [insight for insight in data["insights"] if insight["phase"] == "ph1"]
        return [
            Note(
                one["id"],
                one["text"],
                participants[place * 7 % len(participants)],
                one["theme"],
                40 * place + 35,
            )
            for place, one in enumerate(known)
        ]
    made = [note for activity in row["activities"] for note in activity.get("notes", ())]
    ideas = [idea for idea in data["ideas"] if idea["workshop"] == row["id"]]
    notes = [Note(f"n{place}", one["text"], one["by"], "", 70 * place + 40) for place, one in enumerate(made)]
    notes += [
        Note(one["id"], one["text"], one["author"], one["theme"], one["seconds_into_activity"])
        for one in ideas
    ]
    return sorted(notes, key=lambda note: (note.after, note.key))


def first_tests(data: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Give each team that tests something with its first test."""
    teams = {team["id"]: team for team in data["teams"]}
    return ((teams[test["team"]], test) for test in data["tests"] if test["cycle"] == 1)


def posts_of(activity: Mapping[str, Any], data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give what was posted where people shared something: as the file says, or what came out of the first tests."""
    if activity["posts"] != "tests":
        return list(activity["posts"])
    return [
        {
            "by": team["members"][0],
            "text": f"We predicted: {test['prediction']} What happened: {test['what_happened']}",
        }
        for team, test in first_tests(data)
    ]


def problems_of(data: Mapping[str, Any]) -> list[str]:
    """Give the problems that people start from: those of the teams, and what is in the way of each persona."""
    teams = [team["challenge_statement"] for team in data["teams"] if "challenge_statement" in team]
    personas = [
        f"{persona['name'].partition(',')[0]}: {barrier}"
        for persona in data["personas"]
        for barrier in persona["barriers"]
    ]
    return [*teams, *personas]
