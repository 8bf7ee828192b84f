"""What a format of a workshop is: its parts in order, and what somebody should know who chooses it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

QUESTION = "{question}"
"""Stands in a prompt for the challenge's own question."""


@dataclass(frozen=True, slots=True)
class Part:
    """One activity of a format. `takes` is the place (0 is the first) of the earlier part whose things it works on."""

    kind: str
    title: StrOrPromise
    prompt: StrOrPromise
    minutes: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    notes: StrOrPromise = ""
    takes: int | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """A whole workshop. `purpose` is shown to participants too."""

    key: str
    title: StrOrPromise
    purpose: StrOrPromise
    people: StrOrPromise
    comes_out: StrOrPromise
    parts: tuple[Part, ...]

    @property
    def minutes(self) -> int:
        """How long all parts take."""
        return sum(part.minutes for part in self.parts)
