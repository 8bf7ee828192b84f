"""What simulated people say: invented words, read once from `texts.json`."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Texts:
    """All of them, by what they are for."""

    plain: list[str]
    near: list[list[str]]
    """Lots that say the same in other words: near-duplicates."""
    short: list[str]
    lines: list[str]
    rude: list[str]
    telling: list[str]
    """With something in them that could identify a person; refused at the door."""
    too_long: str
    names: list[str]
    surnames: list[str]
    backgrounds: list[str]


@functools.cache
def texts() -> Texts:
    """Read them."""
    data = json.loads((Path(__file__).parent / "texts.json").read_text(encoding="utf-8"))
    del data["notice"]
    return Texts(**data)


def fitting(texts_: list[str], most: int) -> list[str]:
    """Give those that are no longer than `most` characters; if none is, the first one's beginning."""
    found = [text for text in texts_ if len(text) <= most]
    return found or [_cut(texts_[0], most)]


def _cut(text: str, most: int) -> str:
    short = text[:most].rsplit(" ", 1)[0] if " " in text[:most] else text[:most]
    return short.rstrip(" ,.;:") or text[:most]
