"""From fragments to text. What says the same is drawn once, however many audiences see it and however often."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from collections.abc import Mapping

    from realtime.kinds import Fragment, Own

MOST_KEPT = 6000
"""Texts kept: a few boards of some hundred cards, for each kind of reader. Others are only drawn again."""
LONG = 16_000
"""A longer text isn't kept. Cards are shorter by far; thousands of long ones would fill the memory."""

_TAG = re.compile(r"<([A-Za-z0-9]+)")
_LIST = re.compile(r'<\w+ id="([^"]+)" data-list[^>]*>')
_PLACE = "\ue000key\ue000"
"""Stands for the key while a fragment is drawn, so that two of the same differ in nothing."""
_kept: dict[tuple[str, str, bytes], str] = {}


def render(key: str, fragment: Fragment, **more: Any) -> SafeString:
    """Render one fragment. `key` is the id that its root element must have."""
    return render_to_string(fragment.template, {"key": key, **fragment.context, **more})


def drawn(key: str, fragment: Fragment, language: str) -> str:
    """Render a fragment in the language now active, or give the text of the last time that one said the same.

    What it says are plain values, which programs are sent as JSON: two that are equal as JSON look the same.
    """
    told = orjson.dumps(fragment.context, default=str)
    if len(told) > LONG or b"\xee\x80\x80" in told:  # somebody's words may have our mark in them
        return render(key, fragment).strip()
    name = (language, fragment.template, told)
    text = _kept.get(name)
    if text is None:
        text = render(_PLACE, fragment).strip()
        if len(text) > LONG:
            return text.replace(_PLACE, key)
        if len(_kept) >= MOST_KEPT:
            for oldest in list(islice(_kept, MOST_KEPT // 4)):
                _kept.pop(oldest, None)
        _kept[name] = text
    return text.replace(_PLACE, key)


def filled(text: str, lists: Mapping[str, str]) -> str:
    """Put children into the empty lists of a drawn fragment. Only the tag `live_list` writes this attribute."""
    if "data-list" not in text:
        return text
    return _LIST.sub(lambda tag: tag[0] + lists.get(tag[1], ""), text)


def with_part(card: str, key: str, part: str) -> str:
    """Put a part that was drawn since into the card that it lies in, in place of what stands there."""
    place = card.find(f'id="{key}"')
    if place < 0:
        return card  # these readers' card doesn't hold it
    start = card.rfind("<", 0, place)
    tag = _TAG.match(card, start)
    depth = 0
    for found in re.compile(rf"<(/?){tag[1] if tag else ''}\b[^>]*>").finditer(card, start):
        depth += -1 if found[1] else 0 if found[0].endswith("/>") else 1
        if depth == 0:
            return card[:start] + part.strip() + card[found.end() :]
    return card


def own_fragments(own: Own) -> dict[str, SafeString]:
    """Render what only one person sees, by key."""
    return {key: render(key, fragment, own=own.data) for key, fragment in own.fragments.items()}
