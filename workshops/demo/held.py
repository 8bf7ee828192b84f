"""A past workshop of the demo: who came, what they did in each activity, and its sealed archive."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from realtime.log import ms_of
from workshops.actions import make_workshop
from workshops.demo.agenda import steps_of
from workshops.demo.playing import PLAYED
from workshops.demo.scene import LEADS, RUNNING_IT, Day, Scene
from workshops.demo.told import notes_of
from workshops.models import Archive, Attendance, Consent, Workshop
from workshops.past import Play, Slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from challenges.models import Challenge
    from lab_workspace.people.models import User

CONSENTS = (
    Consent.INTERNAL,
    Consent.ROLE,
    Consent.UNNAMED,
    Consent.INTERNAL,
    Consent.NAMED,
    Consent.UNNAMED,
)
WATCHING = "p06"
LONGEST_BREAK = 30
LATE = (40, 130, 15)
"""Seconds by which the steps ran over, so that plan and truth differ as they do."""
TO_SHOW, TO_TALK = 50_000, 120_000
"""Milliseconds from closing an activity to its result, and to the end of what is said of it."""


def make(
    row: Mapping[str, Any], data: Mapping[str, Any], challenge: Challenge, people: Mapping[str, User]
) -> Workshop:
    """Make a workshop of the file, with an empty agenda."""
    starts, minutes = _when(row)
    kinds = {phase["id"]: phase["kind"] for phase in data["phases"]}
    phase = challenge.phases.filter(kind=kinds.get(row["phase"], "")).first()
    return make_workshop(challenge, row["title"], starts, minutes, people.get(LEADS), phase=phase)


def _when(row: Mapping[str, Any]) -> tuple[datetime.datetime, int]:
    """Give a workshop's start and its length in minutes."""
    day = datetime.date.fromisoformat(row["date"])
    starts = datetime.datetime.combine(day, datetime.time.fromisoformat(row["starts"]))
    clock, _space, overnight = row["ends"].partition(" ")
    ends = datetime.datetime.combine(day, datetime.time.fromisoformat(clock))
    length = ends - starts + datetime.timedelta(days=1 if overnight else 0)
    return timezone.make_aware(starts), int(length.total_seconds() // 60)


def hold(
    row: Mapping[str, Any], data: Mapping[str, Any], challenge: Challenge, people: Mapping[str, User]
) -> None:
    """Make a workshop that is over."""
    workshop = make(row, data, challenge, people)
    start = ms_of(workshop.starts_at)
    weeks_before = workshop.starts_at - datetime.timedelta(days=14)
    day = Day(Play(workshop), row, data, notes_of(data, row))
    steps = steps_of(row, data)
    day.play.agenda(steps, ms_of(weeks_before))
    _let_in(day, people, start)
    end = start
    for step, activity, slot in _times(row, steps, start):
        end = _run(step["kind"], Scene(day, slot, activity))
    ends = start + (workshop.minutes - 3) * 60_000
    day.play.ask(max(end, ends), LEADS, "workshop.close")
    _date_back(workshop, weeks_before)


def _run(kind: str, scene: Scene) -> int:
    """Play one activity from before it opens to what follows its result. Gives the moment at which it is over."""
    acts, slot = PLAYED[kind], scene.slot
    if acts.before:
        acts.before(scene)
    scene.lead(slot.opens, "step.open")
    acts.during(scene)
    scene.lead(slot.closes, "step.close")
    scene.lead(slot.closes + TO_SHOW, "step.reveal")
    over = slot.closes + TO_TALK
    if acts.after:
        acts.after(scene, over)
    return over


def _date_back(workshop: Workshop, made: datetime.datetime) -> None:
    """Let rows that note their own making say when it would have been."""
    workshop.refresh_from_db()
    Workshop.objects.filter(pk=workshop.pk).update(created_at=made)
    Attendance.objects.filter(workshop=workshop).update(joined_at=workshop.starts_at)
    Archive.objects.filter(workshop=workshop).update(sealed_at=workshop.closed_at)


def let_in_leads(play: Play, data: Mapping[str, Any], people: Mapping[str, User], at: int) -> None:
    """Let in those who run it."""
    for person in data["people"]:
        if person["id"] in RUNNING_IT and person["id"] not in play.actors:
            play.join(at, person["id"], people[person["id"]], person["background"], Consent.UNNAMED)


def _let_in(day: Day, people: Mapping[str, User], start: int) -> None:
    """Let in those who run it, an observer, and the participants."""
    let_in_leads(day.play, day.data, people, start - 300_000)
    coming = set(_coming(day))
    for place, person in enumerate(day.data["people"]):
        key = person["id"]
        if key not in coming and key != WATCHING:
            continue
        at, consent = start - 180_000 + place * 11_000, CONSENTS[place % len(CONSENTS)]
        day.play.join(at, key, people[key], _background(person, consent), consent)
        if key in coming:
            day.came.append(key)


def _background(person: Mapping[str, Any], consent: Consent) -> str:
    """Give what somebody says of themselves at the door: who isn't named there says what others say, too.

    A role that few people have would point to them, so nobody is quoted with one.
    """
    return str(
        person["background"] if consent == Consent.NAMED else person.get("group", person["background"])
    )


def _coming(day: Day) -> list[str]:
    """Give who came: as the file says; the teams, where they are who it is about; else all participants."""
    if "came" in day.row:
        return list(day.row["came"])
    teams = [member for team in day.data["teams"] for member in team["members"]]
    about_tests = any(
        activity["kind"] in ("prototype", "twenty_five_ten") for activity in day.row["activities"]
    )
    everybody = [person["id"] for person in day.data["people"] if person["roles"] == ["participant"]]
    return [key for key in everybody if key in teams] if about_tests else everybody


def _times(
    row: Mapping[str, Any], steps: list[dict[str, Any]], start: int
) -> Iterator[tuple[dict[str, Any], Mapping[str, Any], Slot]]:
    """Give each step, what the file says of it, and when it was open; with breaks between them."""
    activities, (_starts, minutes) = row["activities"], _when(row)
    planned = sum(activity["minutes"] for activity in activities)
    pause = min(LONGEST_BREAK, (minutes - planned) // (len(activities) + 1))
    at = start
    for place, (step, activity) in enumerate(zip(steps, activities, strict=True)):
        at += pause * 60_000
        closes = at + activity["minutes"] * 60_000 + LATE[place % len(LATE)] * 1000
        yield step, activity, Slot(f"a{place + 1}", at, closes)
        at = max(at + activity["minutes"] * 60_000, closes)
