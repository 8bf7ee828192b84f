"""Outcomes of guided chats as people read them. Works on plain data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workshops.activities.chat.conversation import END, HELLO, REACTIONS, name_of
from workshops.results.outcomes import Found, Line, line_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FIRST = 12


@dataclass(frozen=True, slots=True)
class Said:
    """One post or reply with its words."""

    line: Line
    got: Mapping[str, Any]
    replies: list[Said] = field(default_factory=list)

    @property
    def reactions(self) -> list[tuple[StrOrPromise, int]]:
        """What people pressed under it, and how many."""
        return [(label, self.got[name]) for name, label in REACTIONS.items() if self.got.get(name)]


@dataclass(frozen=True, slots=True)
class Part:
    """One question with what may be read of its answers."""

    name: StrOrPromise
    text: str
    posts: int
    said: list[Said]
    untold: int
    """Posts and replies that are counted without their words."""

    @property
    def first(self) -> list[Said]:
        """What stands at once."""
        return self.said[:FIRST]

    @property
    def rest(self) -> list[Said]:
        """What opens on demand."""
        return self.said[FIRST:]


@dataclass(frozen=True, slots=True)
class Transcript:
    """A whole chat."""

    highlights: list[Said]
    parts: list[Part]
    posts: int


def transcript_of(outcome: Mapping[str, Any], ideas: Found, *, public: bool) -> Transcript:
    """Give what may be read of a chat, question by question."""
    rows = outcome.get("posts", ())
    parts = [_part(one, rows, ideas, public=public) for one in outcome.get("questions", ())]
    highlights = [
        Said(line, row)
        for row in rows
        if row.get("highlighted") and not (line := line_of(row["item"], ideas, public=public)).why
    ]
    return Transcript(highlights, parts, len(rows))


def _part(one: Mapping[str, Any], rows: Any, ideas: Found, *, public: bool) -> Part:
    said: list[Said] = []
    by_item: dict[str, Said] = {}
    untold = 0
    for row in rows:
        if row["question"] != one["id"]:
            continue
        line = line_of(row["item"], ideas, public=public)
        if line.why:
            untold += 1
            continue
        piece = Said(line, row)
        by_item[row["item"]] = piece
        parent = by_item.get(row["reply_to"])
        (parent.replies if parent else said).append(piece)
    return Part(_name(one["id"]), str(one["text"]), one["posts"], said, untold)


def _name(part: str) -> StrOrPromise:
    known = part in (HELLO, END) or (part.startswith("q") and part[1:].isdigit())
    return name_of(part) if known else part
