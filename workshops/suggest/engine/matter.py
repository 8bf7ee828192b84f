"""What is asked and what is answered. Plain data that goes to another process and back as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

VERSION = 2
"""Changes when the same question gets another answer than before, so that no old answer is taken for a new one."""
MOST_IDEAS = 2000
MOST_GROUPS = 40
"""More than anybody can look through before a group waits for them."""

ALMOST_SAME, MUCH, SOME, LITTLE = "almost_same", "much", "some", "little"
"""How alike two ideas are. People get words for it, not decimals that would claim too much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """An idea."""

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class There:
    """A group that people made: it keeps its name and its ideas, and may be given more."""

    id: str
    title: str
    ideas: list[Text] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """The idea that is nearest to another one, and how near."""

    id: str
    like: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A word that several ideas of a group have in common, as most of them write it."""

    word: str
    ideas: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """A new group, or ideas and perhaps a name for one that is there (`into`), and why."""

    name: str
    ideas: list[str]
    into: str = ""
    holds: str = SOME
    """How well it holds together."""
    shared: list[Shared] = field(default_factory=list)
    nearest: dict[str, Neighbour] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """All that is suggested, largest first, and the ideas that go with no others."""

    groups: list[Suggested] = field(default_factory=list)
    alone: list[str] = field(default_factory=list)
    by_meaning: bool = False
    """Whether a word model helped, or only the words themselves were compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Ideas that say nearly the same, the one that stands for them best first."""

    ideas: list[str]
    like: str


def as_json(answer: Suggestion | list[Alike]) -> Any:
    """Give plain data."""
    return [asdict(one) for one in answer] if isinstance(answer, list) else asdict(answer)


def suggestion(given: dict[str, Any]) -> Suggestion:
    """Read what `as_json` made of a suggestion."""
    groups = [
        Suggested(
            **{
                **one,
                "shared": [Shared(**word) for word in one["shared"]],
                "nearest": {idea: Neighbour(**near) for idea, near in one["nearest"].items()},
            }
        )
        for one in given["groups"]
    ]
    return Suggestion(groups=groups, alone=given["alone"], by_meaning=given["by_meaning"])


def alikes(given: list[dict[str, Any]]) -> list[Alike]:
    """Read what `as_json` made of near-duplicates."""
    return [Alike(**one) for one in given]
