"""What a closed workshop leaves behind. `content` is described in `docs/architecture.md`."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from realtime.chain import canonical
from realtime.log import moment_of
from workshops.activities.registry import activity_of, writing_of
from workshops.activities.shared.writing import IDEA, MIX, Writing, mixed
from workshops.models import Archive, Consent

if TYPE_CHECKING:
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
    """Give what a split step leaves: its rooms, and the ideas of all of them."""
    rooms, ideas = [], []
    for room in state.rooms_of(step):
        theirs = next((one for one in room.rounds if one.opened_at == run.opened_at), None)
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


def may_be_kept(state: State, idea: Idea) -> bool:
    """Whether an idea's words may leave the room: it was shown to everybody, and nobody took it off the board."""
    origin = state.steps[idea.step]
    kind = writing_of(origin.kind)
    kept = kind.shown(origin, idea) and kind.keeps_words(origin, idea)
    return kept and not idea.removed and idea.hidden is None


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


def consent_of(state: State, idea: Idea) -> str:
    """Give how an idea's author lets it be used. Where names were promised to nobody, none is ever given.

    Of words that are not kept nothing of their author is told either: they are the Lab's own matter.
    """
    if not may_be_kept(state, idea):
        return str(Consent.INTERNAL)
    origin = state.steps[idea.step]
    given = writing_of(origin.kind).consent(origin, idea)
    consent = _asked(state, origin, idea.author) if given is None else given
    people, pieces = writing_of(origin.kind).rests_on(state, origin, idea)
    if not people and not pieces:
        return consent
    all_given = [consent, *(_asked(state, origin, person) for person in people)]
    all_given += [consent_of(state, piece) for piece in pieces]
    return _STRICTEST_FIRST[min(_STRICTEST_FIRST.index(one) for one in (*all_given, str(Consent.UNNAMED)))]


_STRICTEST_FIRST = [str(one) for one in (Consent.INTERNAL, Consent.UNNAMED, Consent.ROLE, Consent.NAMED)]


def _asked(state: State, origin: Step, person: str) -> str:
    """Give what somebody chose, as far as their name was not promised to nobody."""
    author = state.people.get(person)
    consent = author.consent if author else Consent.INTERNAL
    promised_nobody = writing_of(origin.kind).names(origin) == "nobody"
    if promised_nobody and consent == Consent.NAMED:
        return str(Consent.ROLE)
    return str(consent)


def credit_of(state: State, idea: Idea) -> str:
    """Give the words under a quotation: a name, a role, or nothing."""
    author = state.people.get(idea.author)
    if author is None or not may_be_kept(state, idea):
        return ""
    consent = consent_of(state, idea)
    if consent == Consent.NAMED:
        return ", ".join(filter(None, (author.name, author.background)))
    return author.background if consent == Consent.ROLE else ""


def _people(state: State) -> dict[str, Any]:
    joined = [person for person in state.people.values() if not person.removed]
    named = [person for person in joined if person.consent == Consent.NAMED]
    return {
        "joined": len(joined),
        "named": [{"name": person.name, "background": person.background} for person in named],
        "unnamed": len(joined) - len(named),
    }


def _iso(ms: int | None) -> str | None:
    return moment_of(ms).isoformat(timespec="seconds") if ms is not None else None
