"""The demo challenge: invented, so that a workspace just started shows a year in full swing.

`demo-challenge.json` says when it was written (`as_of`, in the second phase). All its dates move along with
the calendar by whole weeks, so that workshops stay on working days and what lay ahead still lies ahead.
"""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction

from challenges import actions
from challenges.models import Challenge, Membership
from lab_workspace.people.models import User

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = Path(__file__).parent / "demo-challenge.json"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MONTH = re.compile(r"\d{4}-\d{2}")


def weeks_since(as_of: datetime.date, today: datetime.date) -> datetime.timedelta:
    """How far to move the dates: whole weeks, and never so few that something planned is already past."""
    return datetime.timedelta(weeks=-((as_of - today).days // 7))


def moved(value: Any, by: datetime.timedelta) -> Any:
    """The same JSON value with every date in it moved."""
    if isinstance(value, dict):
        return {key: moved(inner, by) for key, inner in value.items()}
    if isinstance(value, list):
        return [moved(inner, by) for inner in value]
    if isinstance(value, str) and DAY.fullmatch(value):
        return (datetime.date.fromisoformat(value) + by).isoformat()
    if isinstance(value, str) and MONTH.fullmatch(value):
        return (datetime.date.fromisoformat(f"{value}-01") + by).strftime("%Y-%m")
    return value


def demo_data(today: datetime.date) -> dict[str, Any]:
    """What the file holds, moved to `today`."""
    data: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    by = weeks_since(datetime.date.fromisoformat(data["as_of"]), today)
    return {**moved(data, by), "as_of": today.isoformat()}


def _people(data: Mapping[str, Any]) -> dict[str, User]:
    """The accounts of the file's people by their id there. Who has an account keeps it as it is."""
    people = {}
    for person in data["people"]:
        user = User.objects.filter(email=person["email"]).first()
        if user is None:
            user = User.objects.create_user(
                person["email"], person["name"], is_staff=person.get("is_staff", False)
            )
        people[person["id"]] = user
    return people


@transaction.atomic
def load_challenge(data: Mapping[str, Any]) -> tuple[Challenge, dict[str, User]]:
    """The demo challenge with its phases, people and teams. What is there already stays as it is.

    Args:
        data: what `demo_data` gives.

    Returns:
        The challenge, and the accounts by the id that people have in the file ("p01").
    """
    people = _people(data)
    about = data["challenge"]
    if there := Challenge.objects.filter(slug=about["slug"]).first():
        return there, people
    starts, ends = (datetime.date.fromisoformat(about[end]) for end in ("starts", "ends"))
    challenge = actions.make_challenge(
        slug=about["slug"],
        title=about["title"],
        question=about["question"],
        about=about["about"],
        partner=about["partner"],
        starts=starts,
        ends=ends,
    )
    phases: dict[str, actions.PhasePlan] = {
        phase["kind"]: {
            "name": phase["name"],
            "purpose": phase["purpose"],
            "done_when": "\n".join(phase["done_when"]),
            "starts": datetime.date.fromisoformat(phase["starts"]),
            "ends": datetime.date.fromisoformat(phase["ends"]),
        }
        for phase in data["phases"]
    }
    actions.plan_year(challenge, starts=starts, ends=ends, phases=phases)
    Membership.objects.bulk_create(
        Membership(challenge=challenge, user=people[person["id"]], role=role, background=person["background"])
        for person in data["people"]
        for role in person["roles"]
    )
    for team in data["teams"]:
        actions.add_team(
            challenge,
            name=team["name"],
            organisation=team["organisation"],
            challenge_statement=team.get("challenge_statement", ""),
            members=[people[member] for member in team["members"]],
        )
    return challenge, people
