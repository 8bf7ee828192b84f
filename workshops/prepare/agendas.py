"""Agendas to start from, as plain parts: out of a workshop, a format or what somebody saved, onto a new workshop."""

from __future__ import annotations

import uuid
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.text import Truncator

from realtime.fields import Text
from realtime.kinds import Refused
from realtime.ledger import Refusal, by_system, run
from workshops.activities.registry import ACTIVITIES, activity_of
from workshops.formats.model import QUESTION, Part
from workshops.live.agenda import MOST_NOTES, MOST_STEPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from workshops.live.state import State
    from workshops.models import Workshop

MOST_PROMPT = 600


def parts_of(state: State) -> list[Part]:
    """Give a workshop's agenda: words, minutes, settings and notes, nothing of what people did."""
    places = {step.id: place for place, step in enumerate(state.order())}
    parts = []
    for step in state.order():
        settings = asdict(step.settings)
        source = settings.pop("source", "")
        parts.append(
            Part(
                step.kind,
                step.title,
                step.prompt,
                step.minutes,
                settings,
                step.notes,
                places.get(source),
            )
        )
    return parts


def asking_anew(parts: Iterable[Part], question: str) -> list[Part]:
    """Give parts in which a challenge's own question is asked for again wherever they are put on."""
    if not question:
        return list(parts)
    return [replace(part, prompt=str(part.prompt).replace(question, QUESTION)) for part in parts]


def as_data(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Give parts as plain data, to be kept."""
    return [
        {
            "kind": part.kind,
            "title": str(part.title),
            "prompt": str(part.prompt),
            "minutes": part.minutes,
            "settings": dict(part.settings),
            "notes": str(part.notes),
            "takes": part.takes,
        }
        for part in parts
    ]


def from_data(steps: Iterable[Mapping[str, Any]]) -> list[Part]:
    """Read parts that were kept. A kind that isn't here any more becomes a talk: its words and time stay."""
    return [
        Part(
            step["kind"] if step["kind"] in ACTIVITIES else "talk",
            step["title"],
            step["prompt"],
            step["minutes"],
            step.get("settings", {}),
            step.get("notes", ""),
            step.get("takes"),
        )
        for step in steps
    ]


def in_words(parts: Iterable[Part], question: str) -> list[Part]:
    """Give parts with the challenge's question where a format asks it, in the language of whoever looks."""
    return [
        Part(
            part.kind,
            str(part.title),
            _short(str(part.prompt), question),
            part.minutes,
            {
                name: str(value) if isinstance(value, Promise) else value
                for name, value in part.settings.items()
            },
            str(part.notes),
            part.takes,
        )
        for part in parts
    ]


def _short(prompt: str, question: str) -> str:
    if QUESTION not in prompt:
        return prompt
    room = MOST_PROMPT - (len(prompt) - len(QUESTION))
    return prompt.replace(QUESTION, Truncator(question).chars(room))


def put_on(workshop: Workshop, parts: Sequence[Part]) -> None:
    """Put parts on the empty agenda of a new workshop. Raises Refused.

    Nobody else knows the workshop yet, so ids are given in order from a1.
    """
    asked = [
        by_system(
            str(uuid.uuid4()),
            "step.add",
            kind=part.kind,
            title=part.title,
            prompt=part.prompt,
            minutes=part.minutes,
            notes=_readable(part.notes),
            settings=_settings(part),
        )
        for part in in_words(parts, workshop.challenge.question)[:MOST_STEPS]
    ]
    for answer in run(workshop.stream_id, *asked):
        if isinstance(answer, Refusal):
            raise Refused(answer.code, answer.sentence)


def _readable(notes: Any) -> str:
    return Text(most=MOST_NOTES, required=False).read("notes", str(notes))


def _settings(part: Part) -> dict[str, Any]:
    """Give a part's settings as its kind knows them now: what it doesn't know any more is left out."""
    known = activity_of(part.kind).Settings
    given = dict(part.settings)
    if part.takes is not None:
        given["source"] = f"a{part.takes + 1}"
    return asdict(known.read(given))
