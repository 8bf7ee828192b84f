"""What a closed workshop leaves behind. `content` is described in `docs/architecture.md`."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from realtime.chain import canonical
from realtime.log import moment_of
from workshops.activities.registry import activity_of, writing_of
from workshops.activities.shared.writing import IDEA, MIX, Writing, mixed
from workshops.live.few import FEWEST
from workshops.live.state import FACILITATOR, PARTICIPANT
from workshops.models import Archive, Consent
from workshops.results.credit import consent_of, credit_of, may_be_kept

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from realtime.models import Stream
    from workshops.live.state import Idea, Round, State, Step
    from workshops.models import Workshop

FORMAT = 1


def make(state: State, workshop: Workshop, stream: Stream) -> Archive:
    """Seal an archive as of the stream's head. Call in the transaction that closes the workshop."""
    content = content_of(state, workshop, stream)
    return Archive.objects.create(
        workshop=workshop,
        seq=stream.seq,
        chain_head=bytes(stream.head).hex(),
        content=content,
        sha256=checksum(content),
    )


def checksum(content: dict[str, Any]) -> str:
    """Give the SHA-256 (hex) of plain data as canonical JSON: the same on every database."""
    return hashlib.sha256(canonical(content)).hexdigest()


def intact(archive: Archive) -> bool:
    """Whether an archive still is what was sealed."""
    return checksum(archive.content) == archive.sha256


def is_careful(content: Mapping[str, Any]) -> bool:
    """Whether an archive was sealed with the rules for roles of few people, and for names of who does an action."""
    return int(content.get("roles_from", 0)) >= FEWEST


def readable(archive: Archive) -> dict[str, Any]:
    """Give an archive's content as people may read it: what was sealed, or less.

    Archives older than those rules can't be mended without breaking their seals, and don't say how many shared a
    role. So all of it is shown but roles, and names that somebody wrote down as who does an action stay inside.
    """
    content: dict[str, Any] = archive.content
    if is_careful(content):
        return content
    return content | {"ideas": {gid: _careful(idea) for gid, idea in content["ideas"].items()}}


def _careful(idea: dict[str, Any]) -> dict[str, Any]:
    if idea.get("sort") == "owner":
        return idea | {"consent": str(Consent.INTERNAL), "credit": ""}
    if idea.get("consent") == Consent.ROLE:
        return idea | {"consent": str(Consent.UNNAMED), "credit": ""}
    return idea


def outcome_of(archive: Archive, outcome_id: str) -> dict[str, Any] | None:
    """Find one outcome, such as "a3/1"."""
    return next((one for one in archive.content["outcomes"] if one["id"] == outcome_id), None)


def content_of(state: State, workshop: Workshop, stream: Stream) -> dict[str, Any]:
    """Fold a workshop's state into what is kept of it."""
    outcomes = [_outcome(state, step, run) for step in state.everything() for run in step.rounds]
    return {
        "version": FORMAT,
        "workshop": {
            "id": str(workshop.pk),
            "title": workshop.title,
            "purpose": workshop.purpose,
            "challenge": workshop.challenge.title,
            "opened_at": _iso(state.opened_at),
            "closed_at": _iso(state.closed_at),
        },
        "agenda": [_step(step) for step in state.everything()],
        "people": _people(state),
        "roles_from": FEWEST,
        "log": {
            "stream": state.stream,
            "epoch": stream.epoch,
            "seq": stream.seq,
            "head": bytes(stream.head).hex(),
        },
        "ideas": _ideas(state),
        "clusters": _clusters(outcomes),
        "outcomes": outcomes,
    }


def _outcome(state: State, step: Step, run: Round) -> dict[str, Any]:
    shared = {
        "id": f"{step.id}/{run.number}",
        "step": step.id,
        "round": run.number,
        "kind": step.kind,
        "title": step.title,
        "prompt": step.prompt,
    }
    if step.breakout is not None:
        return {**shared, "kind": ROOMS, **_together(state, step, run)}
    of_room = {"room": step.room, "of": step.parent} if step.parent else {}
    return {**shared, **of_room, **activity_of(step.kind).outcome(state, step, run)}


ROOMS = "rooms"
"""The kind of the outcome of a step that was split: what its rooms came to stands in theirs."""


def _together(state: State, step: Step, run: Round) -> dict[str, Any]:
    """Give what a split step leaves: its rooms, and the ideas of all of them. What a room came to last counts."""
    rooms, ideas = [], []
    following = step.rounds[run.number : run.number + 1]
    for room in state.rooms_of(step):
        within = [one for one in room.rounds if one.opened_at >= run.opened_at]
        within = [one for one in within if not following or one.opened_at < following[0].opened_at]
        theirs = within[-1] if within else None
        if theirs is None:
            continue
        people = len(state.people_at(room))
        rooms.append({"name": room.room, "people": people, "outcome": f"{room.id}/{theirs.number}"})
        ideas += activity_of(room.kind).outcome(state, room, theirs).get("ideas", [])
    return {"rooms": rooms} | ({"ideas": ideas} if ideas else {})


def _clusters(outcomes: list[dict[str, Any]]) -> dict[str, Any]:
    """Give every group by its id, as it was at the end of the last round that held it."""
    return {
        cluster["id"]: {"title": cluster["title"], "ideas": cluster["ideas"], "step": outcome["step"]}
        for outcome in outcomes
        for cluster in outcome.get("clusters", [])
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "step": step.id,
        "kind": step.kind,
        "title": step.title,
        "prompt": step.prompt,
        "minutes": step.minutes,
        **({"of": step.parent} if step.parent else {}),
        "rounds": [
            {
                "number": run.number,
                "opened_at": _iso(run.opened_at),
                "closed_at": _iso(run.closed_at),
                "revealed_at": _iso(run.revealed_at),
            }
            for run in step.rounds
        ],
    }


def _ideas(state: State) -> dict[str, Any]:
    """Give every idea by its id, in the order in which others saw them: where people wrote unseen, not as written.

    A database may keep an object's keys in an order of its own: what must be in order reads the outcomes' lists.
    """
    found = [
        idea
        for step in state.everything()
        if isinstance(activity_of(step.kind), Writing)
        for idea in writing_of(step.kind).in_order(step, state.sheet(step.id).ideas)
        if not idea.removed
    ]
    return {state.gid(idea.id): _idea(state, idea) for idea in found}


def written_at(state: State, idea: Idea) -> datetime:
    """Give when an idea was written. Of those written unseen only when their round began, and then their mixed order.

    The place in that order is kept within the second, so that sorting by time gives what everybody saw.
    """
    origin = state.steps[idea.step]
    if not writing_of(origin.kind).unseen(origin):
        return moment_of(idea.at)
    begun = moment_of(origin.rounds[idea.round - 1].opened_at).replace(microsecond=0)
    return begun + timedelta(microseconds=mixed(idea) * 1_000_000 // MIX)


def _idea(state: State, idea: Idea) -> dict[str, Any]:
    more = {} if idea.sort == IDEA else {"sort": idea.sort}
    return more | {
        "text": idea.text if may_be_kept(state, idea) else "",
        "consent": consent_of(state, idea),
        "credit": credit_of(state, idea),
        "step": idea.step,
        "hidden": not may_be_kept(state, idea),
        "merged_into": state.gid(idea.merged_into) if idea.merged_into else None,
    }


def _people(state: State) -> dict[str, Any]:
    joined = [person for person in state.people.values() if not person.removed]
    named = [person for person in joined if person.consent == Consent.NAMED]
    roles: Counter[str] = Counter(person.role for person in joined)
    return {
        "joined": len(joined),
        "participants": roles[PARTICIPANT],
        "facilitators": roles[FACILITATOR],
        "named": [{"name": person.name, "background": person.background} for person in named],
        "unnamed": len(joined) - len(named),
    }


def _iso(ms: int | None) -> str | None:
    return moment_of(ms).isoformat(timespec="seconds") if ms is not None else None
