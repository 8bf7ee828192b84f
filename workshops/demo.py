"""The workshops of the demo challenge: past ones with real logs and archives, planned ones, and one to try now.

What was said in the past ones is taken from the demo file and played through the rules at its own times, so that
logs, records, archives and seals are made by the same code as those of real workshops.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from realtime.log import ms_of
from workshops.actions import make_workshop, new_join_code
from workshops.models import Archive, Attendance, Consent, Workshop
from workshops.past import Note, Play, Slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from challenges.models import Challenge
    from lab_workspace.people.models import User

TODAY_CODE = "PEERDEM0"
TODAY: dict[str, Any] = {
    "title": "Choosing what to test next",
    "purpose": "The teams have finished their second round of tests. What should we try with five people next month?",
    "minutes": 60,
    "steps": [
        {
            "kind": "brainstorm",
            "title": "What should we try next?",
            "prompt": "What could we try with five people next month? One idea a note.",
            "minutes": 8,
            "settings": {"visibility": "private"},
        },
        {
            "kind": "cluster",
            "title": "Bring together what belongs together",
            "prompt": "Move ideas that belong together into groups, then name each group.",
            "minutes": 10,
            "settings": {},
        },
        {
            "kind": "dot_vote",
            "title": "Choose what to test",
            "prompt": "Place your dots on the ideas that you would most like to see tested.",
            "minutes": 5,
            "settings": {"dots": 5, "cap": 2},
        },
    ],
}

# The file's kinds of activity that we have, or have something close to. Others are left out.
HELD = {
    "idea_board": "brainstorm",
    "one_two_four_all": "brainstorm",
    "plan": "brainstorm",
    "cluster": "cluster",
    "dot_vote": "dot_vote",
}
PLANNED = HELD | {
    "share": "brainstorm",
    "twenty_five_ten": "brainstorm",
    "insight_review": "brainstorm",
    "ranking": "dot_vote",
}
GROUPING = {
    "kind": "cluster",
    "title": "Group what was said",
    "prompt": "Which notes belong together, and what would you call each group?",
    "minutes": 15,
    "settings": {},
}
CHOOSING = {
    "kind": "dot_vote",
    "title": "Choose what matters most",
    "prompt": "Place your dots.",
    "minutes": 8,
    "settings": {},
}
CONSENTS = (
    Consent.INTERNAL,
    Consent.ROLE,
    Consent.UNNAMED,
    Consent.INTERNAL,
    Consent.NAMED,
    Consent.UNNAMED,
)
RUNNING_IT = ("p02", "p04")
TO_TRY = "p05"
"""Who made today's workshop: facilitator and staff, so that one sign-in link opens the whole way to a report."""
WATCHING = "p06"
LONGEST_BREAK = 30
LATE = (40, 130, 15)
"""Seconds by which the steps ran over, so that plan and truth differ as they do."""


def load_workshops(data: Mapping[str, Any], challenge: Challenge, people: Mapping[str, User]) -> int:
    """Load the demo workshops that the challenge does not have yet, known by their titles.

    Args:
        data: the demo file, its dates already moved to today.
        challenge: the demo challenge.
        people: the accounts by the id that people have in the file ("p01").

    Returns:
        How many were made.
    """
    there = set(Workshop.objects.filter(challenge=challenge).values_list("title", flat=True))
    rows = [row for row in data["workshops"] if row["title"] not in there]
    for row in rows:
        with transaction.atomic():
            notes = _notes(data, row["id"])
            if row["status"] == "closed" and notes:
                _hold(row, data, challenge, people, notes)
            else:
                _plan(row, data, challenge, people)
    if TODAY["title"] in there:
        return len(rows)
    with transaction.atomic():
        _open_today(challenge, people)
    return len(rows) + 1


# -- what the file says --------------------------------------------------------------------------------------------


def _notes(data: Mapping[str, Any], workshop: str) -> list[Note]:
    """Give what people wrote in a workshop of the file, in order of time.

    The file has ideas of one workshop only. For the others their results are told elsewhere in it: what was known
    after the first, the questions that the second arrived at, the predictions made in the fourth.
    """
    participants = [person["id"] for person in data["people"] if "participant" in person["roles"]]
    if workshop == "w1":
        found = [(row["id"], row["text"], row["theme"]) for row in data["insights"] if row["phase"] == "ph1"]
    elif workshop == "w2":
        found = [(row["id"], row["text"], row["themes"][0]) for row in data["questions"]]
    elif workshop == "w4":
        first = [row for row in data["tests"] if row["cycle"] == 1]
        members = {team["id"]: team["members"] for team in data["teams"]}
        return [
            Note(row["team"], row["prediction"], members[row["team"]][0], "", 60 * place + 45)
            for place, row in enumerate(first)
        ]
    else:
        ideas = [row for row in data["ideas"] if row["workshop"] == workshop]
        notes = [
            Note(row["id"], row["text"], row["author"], row["theme"], row["seconds_into_activity"])
            for row in ideas
        ]
        return sorted(notes, key=lambda note: (note.after, note.key))
    return [
        Note(key, text, participants[place * 7 % len(participants)], theme, 40 * place + 35)
        for place, (key, text, theme) in enumerate(found)
    ]


def _steps(row: Mapping[str, Any], kinds: Mapping[str, str]) -> list[dict[str, Any]]:
    """Give a workshop's agenda as far as we have its kinds of activity."""
    return [_step(row["id"], activity, kinds) for activity in row["activities"] if activity["kind"] in kinds]


def _step(workshop: str, activity: Mapping[str, Any], kinds: Mapping[str, str]) -> dict[str, Any]:
    kind, settings = kinds[activity["kind"]], {}
    if kind == "dot_vote":
        settings = {
            "dots": activity.get("dots_per_person", activity.get("choose", 5)),
            "cap": activity.get("max_dots_per_item", 1),
            "target": "clusters" if workshop == "w1" else "ideas",
        }
    elif kind == "brainstorm" and workshop == "w3":
        settings = {"names": "facilitators"}  # so that those who want to be quoted by name can be
    elif activity["kind"] == "share":
        settings = {"visibility": "shared"}
    words = {name: activity[name] for name in ("title", "prompt", "minutes")}
    return {"kind": kind, **words, "settings": settings}


def _when(row: Mapping[str, Any]) -> tuple[datetime.datetime, int]:
    """Give a workshop's start and its length in minutes."""
    day = datetime.date.fromisoformat(row["date"])
    starts = datetime.datetime.combine(day, datetime.time.fromisoformat(row["starts"]))
    clock, _space, overnight = row["ends"].partition(" ")
    ends = datetime.datetime.combine(day, datetime.time.fromisoformat(clock))
    length = ends - starts + datetime.timedelta(days=1 if overnight else 0)
    return timezone.make_aware(starts), int(length.total_seconds() // 60)


def _make(
    row: Mapping[str, Any], data: Mapping[str, Any], challenge: Challenge, people: Mapping[str, User]
) -> Workshop:
    starts, minutes = _when(row)
    kinds = {phase["id"]: phase["kind"] for phase in data["phases"]}
    phase = challenge.phases.filter(kind=kinds.get(row["phase"], "")).first()
    return make_workshop(challenge, row["title"], starts, minutes, people.get(RUNNING_IT[0]), phase=phase)


# -- planned, and today's ------------------------------------------------------------------------------------------


def _plan(
    row: Mapping[str, Any], data: Mapping[str, Any], challenge: Challenge, people: Mapping[str, User]
) -> None:
    """Make a workshop that is still to come, with something to write, to group and to choose."""
    steps = _steps(row, PLANNED)
    kinds = [step["kind"] for step in steps]
    if "cluster" not in kinds:
        steps.insert(kinds.index("dot_vote") if "dot_vote" in kinds else len(steps), GROUPING)
    if "dot_vote" not in kinds:
        steps.append(CHOOSING)
    _put_on_agenda(_make(row, data, challenge, people), steps)


def _open_today(challenge: Challenge, people: Mapping[str, User]) -> None:
    """Make the workshop that whoever just started the workspace can try."""
    now = timezone.localtime().replace(second=0, microsecond=0)
    code = new_join_code() if Workshop.objects.filter(code=TODAY_CODE).exists() else TODAY_CODE
    workshop = make_workshop(
        challenge,
        TODAY["title"],
        now - datetime.timedelta(minutes=now.minute % 5),
        TODAY["minutes"],
        people.get(TO_TRY),
        purpose=TODAY["purpose"],
        phase=challenge.phases.filter(starts__lte=now.date(), ends__gte=now.date()).first(),
        code=code,
    )
    _put_on_agenda(workshop, TODAY["steps"])


def _put_on_agenda(workshop: Workshop, steps: list[dict[str, Any]]) -> None:
    Play(workshop).agenda(steps, ms_of(timezone.now()))


# -- past ones -----------------------------------------------------------------------------------------------------


def _hold(
    row: Mapping[str, Any],
    data: Mapping[str, Any],
    challenge: Challenge,
    people: Mapping[str, User],
    notes: list[Note],
) -> None:
    """Make a workshop that is over: who came, what they wrote, grouped and chose, and its sealed archive."""
    workshop = _make(row, data, challenge, people)
    steps, start = _steps(row, HELD), ms_of(workshop.starts_at)
    weeks_before = workshop.starts_at - datetime.timedelta(days=14)
    play = Play(workshop)
    play.agenda(steps, ms_of(weeks_before))
    came = _let_in(play, data, people, notes, start)
    told = data["dot_vote"]["votes"] if data["dot_vote"]["workshop"] == row["id"] else None
    titles = {theme["id"]: theme["name"] for theme in data["themes"]}
    ideas: dict[str, str] = {}
    groups: dict[str, str] = {}
    end = start
    for step, slot in _times(row, steps, start):
        play.ask(slot.opens, RUNNING_IT[0], "step.open", activity=slot.activity)
        match step["kind"]:
            case "brainstorm":
                ideas = play.write(slot, notes)
            case "cluster":
                groups = play.group(slot, notes, ideas, titles, came)
            case _:
                play.vote(slot, _votes(told, ideas, groups, came))
        play.ask(slot.closes, RUNNING_IT[0], "step.close", activity=slot.activity)
        play.ask(slot.closes + 50_000, RUNNING_IT[0], "step.reveal", activity=slot.activity)
        end = slot.closes + 120_000
    ends = start + (workshop.minutes - 3) * 60_000
    play.ask(max(end, ends), RUNNING_IT[0], "workshop.close")
    _date_back(workshop, weeks_before)


def _date_back(workshop: Workshop, made: datetime.datetime) -> None:
    """Let rows that note their own making say when it would have been."""
    workshop.refresh_from_db()
    Workshop.objects.filter(pk=workshop.pk).update(created_at=made)
    Attendance.objects.filter(workshop=workshop).update(joined_at=workshop.starts_at)
    Archive.objects.filter(workshop=workshop).update(sealed_at=workshop.closed_at)


def _let_in(
    play: Play, data: Mapping[str, Any], people: Mapping[str, User], notes: list[Note], start: int
) -> list[str]:
    """Let in those who ran it, an observer, and who wrote or voted; gives the participants."""
    writers = {note.author for note in notes}
    if len(notes) > 10:  # a large workshop: everybody came
        writers |= {person["id"] for person in data["people"] if person["roles"] == ["participant"]}
    came = []
    for place, person in enumerate(data["people"]):
        key = person["id"]
        if key not in writers and key not in (*RUNNING_IT, WATCHING):
            continue
        at = start - 300_000 if key in RUNNING_IT else start - 180_000 + place * 11_000
        play.join(at, key, people[key], person["background"], CONSENTS[place % len(CONSENTS)])
        if key in writers:
            came.append(key)
    return came


def _times(
    row: Mapping[str, Any], steps: list[dict[str, Any]], start: int
) -> Iterator[tuple[dict[str, Any], Slot]]:
    """Give each of our steps with when it was open; the time of what was left out passes too."""
    activities, (_starts, minutes) = row["activities"], _when(row)
    planned = sum(activity["minutes"] for activity in activities)
    pause = min(LONGEST_BREAK, (minutes - planned) // (len(activities) + 1))
    at, place = start, 0
    for activity in activities:
        at += pause * 60_000
        closes = at + activity["minutes"] * 60_000
        if activity["kind"] in HELD:
            closes += LATE[place % len(LATE)] * 1000
            yield steps[place], Slot(f"a{place + 1}", at, closes)
            place += 1
        at = closes


def _votes(
    votes: list[dict[str, Any]] | None, ideas: Mapping[str, str], groups: Mapping[str, str], came: list[str]
) -> list[tuple[str, str, int]]:
    """Give (voter, item, dots): as the file says or, where it doesn't, five dots of each on two groups."""
    if votes is not None:
        return [(vote["voter"], ideas[vote["idea"]], vote["dots"]) for vote in votes]
    items, made = list(groups.values()), []
    for place, voter in enumerate(came):
        first, second = place * place % len(items), (place * 5 + 2) % len(items)
        made.append((voter, items[first], 3))
        if first != second:
            made.append((voter, items[second], 2))
    return made
