"""Looking through everything a client received for what it should not have been sent yet, or any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from django.utils.html import escape

from workshops.crowd_trial.stage import Stage, stage_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SHORT = 12
"""A shorter text is looked for as a whole value only: a word or two may well stand in a heading."""


def found_in(
    log: Sequence[str],
    texts: Mapping[str, str],
    mine: Iterable[str],
    taken_off: Iterable[str],
    common: str = "",
) -> list[str]:
    """Say what somebody received too early, or after it was taken off. Never with its words.

    Args:
        log: the messages and pages in the order in which they came.
        texts: every idea by its id in the file.
        mine: the ideas this person wrote.
        taken_off: the ideas that were hidden from the board before the vote.
        common: words that everybody sees from the beginning (titles, prompts).
    """
    spoken = common + "\n".join(texts[idea] for idea in mine)
    others = {idea: _forms(text) for idea, text in texts.items() if text not in spoken}
    gone = {idea: forms for idea, forms in others.items() if idea in set(taken_off)}
    found: list[str] = []
    ideas_shown = votes_shown = voting = False
    for place, text in enumerate(log):
        stage = _stage_in(text) if text.startswith("{") else _next_stage(log, place)
        if stage is not None:
            ideas_shown |= stage.kind in {"dot_vote", "cluster"} or stage.phase in {"revealed", "over"}
            voting |= stage.kind == "dot_vote"
            votes_shown |= (stage.kind == "dot_vote" and stage.phase == "revealed") or stage.phase == "over"
        if not ideas_shown:
            found += [f"idea {idea} before the reveal" for idea, forms in others.items() if _has(text, forms)]
        if voting:
            found += [f"idea {idea} after it was hidden" for idea, forms in gone.items() if _has(text, forms)]
        if not votes_shown and ('.tally":' in text or '"tally":{' in text):
            found.append("totals before the result was shown")
    return found


def _forms(text: str) -> tuple[str, ...]:
    """Give a text as it stands in JSON and in a page."""
    as_json = orjson.dumps(text).decode()
    return (
        as_json if len(text) < SHORT else as_json[1:-1],
        f">{escape(text)}<" if len(text) < SHORT else escape(text),
    )


def _has(text: str, forms: tuple[str, ...]) -> bool:
    return any(form in text for form in forms)


def _stage_in(text: str) -> Stage | None:
    if '"stage"' not in text:
        return None
    message = orjson.loads(text)
    found = None
    for one in message.get("messages", [message]):
        found = stage_of(one.get("items", {})) or found
    return found


def _next_stage(log: Sequence[str], place: int) -> Any:
    """A page says nothing that this can read, but the snapshot fetched right after it does."""
    return next((stage for text in log[place + 1 : place + 4] if (stage := _stage_in(text))), None)
