"""Makes what the hostile cases attack, in the database that DATABASE_URL names, and prints where it is.

Run as `python -m tests.hostile.scene`. There is something of every kind to be attacked: two open workshops of two
challenges with people, ideas that are hidden and ideas that nobody has been shown, a closed workshop with its archive,
insights, a report with versions and links that are open, revoked and over.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.daphne import Kind
from tests.staging import begin, copy_of_prepared, new_workshop

if TYPE_CHECKING:
    from challenges.models import Challenge

SECRET = "words-that-nobody-was-shown"
"""Stands in every text that no attacker may read."""
PEOPLE = ("sal", "pat", "obs", "oli", "lab")
"""Who has an account: staff of the first challenge, a participant, an observer, staff of the other one, Lab staff."""


@dataclass(frozen=True)
class Scene:
    """A copy of the prepared database, and what is where in it."""

    database_url: str
    workshops: dict[str, dict[str, str]]
    links: list[str]
    """Paths that sign in one facilitator each, as `tests.faults.stage` has them."""
    accounts: dict[str, str]
    """Paths that sign in the people with an account."""
    names: dict[str, str]
    """Ids, addresses and tokens, for cases to name as `$name`."""

    @property
    def workshop(self) -> str:
        return self.workshops["Here"]["id"]

    @property
    def code(self) -> str:
        return self.workshops["Here"]["code"]

    def next_link(self) -> str:
        return self.links.pop()


def new_scene(kind: Kind) -> Scene:
    """Copy the prepared database."""
    url, made = copy_of_prepared("tests.hostile.scene", kind)
    return Scene(url, made["workshops"], list(made["links"]), dict(made["accounts"]), dict(made["names"]))


def main() -> None:
    """Make everything."""
    begin()

    from lab_workspace.people import sign_in_links
    from tests.makers import make_challenge, make_member, make_team, make_user

    here, elsewhere = make_challenge("Here", public=True), make_challenge("Elsewhere")
    accounts = {
        "sal": make_member(here, "Sal Okafor", "staff"),
        "pat": make_member(here, "Pat Reed", "participant"),
        "obs": make_member(here, "Obi Stone", "observer"),
        "oli": make_member(elsewhere, "Oli Frost", "staff"),
        "lab": make_user("Lou Lab", is_staff=True),
    }
    facilitators = [make_member(here, f"Fay {number}", "facilitator") for number in range(4)]
    team = make_team(here, "Harbour Team", accounts["pat"])
    other_team = make_team(elsewhere, "Team of others")
    names = {
        "slug": here.slug,
        "other_slug": elsewhere.slug,
        "team": str(team.pk),
        "other_team": str(other_team.pk),
        "member": str(here.memberships.get(user=accounts["pat"]).pk),
        "other_member": str(elsewhere.memberships.get(user=accounts["oli"]).pk),
        "phase": str(here.phases.all()[0].pk),
        "other_phase": str(elsewhere.phases.all()[0].pk),
    }
    workshops = {title: _open(challenge) for title, challenge in (("Here", here), ("Elsewhere", elsewhere))}
    workshops["Past"] = _closed(here)
    for title, made in workshops.items():
        names |= {f"{title.lower()}_{part}": value for part, value in made.items()}
    names |= _report(here, accounts["sal"], "here") | _report(elsewhere, accounts["oli"], "elsewhere")
    told = {
        "workshops": workshops,
        "links": [sign_in_links.path_for(person) for person in facilitators],
        "accounts": {name: sign_in_links.path_for(person) for name, person in accounts.items()},
        "names": names,
    }
    print(json.dumps(told))  # noqa: T201


def _open(challenge: Challenge) -> dict[str, str]:
    """a1 is a shared brainstorm, open; a2 a vote not yet open; a3 a brainstorm whose ideas nobody has been shown."""
    place, do = new_workshop(challenge, challenge.title)
    do("step.add", kind="brainstorm", minutes=0, settings={"visibility": "shared"})
    do("step.add", kind="dot_vote", minutes=0, settings={"dots": 5, "cap": 2})
    do("step.add", kind="brainstorm", minutes=0)
    for person in ("p-there", "p-gone"):
        do("person.join", person=person, name=person.title(), role="participant", consent="internal")
    do("step.open", activity="a3")
    do("idea.add", by="p-there", activity="a3", text=f"Private: {SECRET}")  # i1
    do("step.open", activity="a1")
    do("idea.add", by="p-there", activity="a1", text="Somebody else's")  # i2
    do("idea.add", by="p-there", activity="a1", text=f"Taken off: {SECRET}")  # i3
    do("idea.add", by="p-there", activity="a1", text=f"Taken back: {SECRET}")  # i4
    do("idea.hide", idea="i3", reason=SECRET)
    do("idea.remove", by="p-there", activity="a1", idea="i4")
    return place


def _closed(challenge: Challenge) -> dict[str, str]:
    place, do = new_workshop(challenge, "Past")
    do("step.add", kind="brainstorm", minutes=0)
    do("person.join", person="p-there", name="There", role="participant", consent="internal")
    do("step.open", activity="a1")
    do("idea.add", by="p-there", activity="a1", text="An idea of the past")
    do("step.reveal", activity="a1")
    do("workshop.close")
    return place


def _report(challenge: Challenge, by: Any, prefix: str) -> dict[str, str]:
    from django.utils import timezone

    from insights.actions import board, publishing, reports
    from insights.models import Block

    insight = board.write_insight(challenge, by, f"Learned {prefix}", tags=["tea"])
    board.add_evidence(insight, by, note="Heard it")
    report = reports.new_report(challenge, by, title=f"Report {prefix}")
    reports.edit_report(report, title=report.title, summary="In plain words", authors="Us", licence="")
    block = reports.add_block(report, Block.Kind.TEXT, heading="First", text="Words")
    publishing.publish(report, by, listed=False)
    link, token = publishing.make_link(report, by, label="Open")
    revoked, revoked_token = publishing.make_link(report, by, label="Revoked")
    publishing.revoke_link(revoked)
    _over, over_token = publishing.make_link(
        report, by, label="Over", expires_at=timezone.now() - datetime.timedelta(days=1)
    )
    draft = reports.new_report(challenge, by, title=f"Draft {prefix}")
    reports.add_block(draft, Block.Kind.TEXT, heading="Secret", text=SECRET)
    evidence = insight.evidence.get()
    made = {
        "insight": insight.pk,
        "evidence": evidence.pk,
        "report": report.slug,
        "draft": draft.slug,
        "block": block.pk,
        "link": link.pk,
        "token": token,
        "revoked": revoked_token,
        "over": over_token,
    }
    return {f"{prefix}_{name}": str(value) for name, value in made.items()}


if __name__ == "__main__":
    main()
