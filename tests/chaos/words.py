"""Ideas that can be found again wherever they turn up: each holds a mark that nothing else has."""

from __future__ import annotations

import random
import re
import uuid

_MARK = re.compile(r"zz[0-9a-f]{16}zz")
_START = ("Meet", "Call", "Walk", "Cook", "Write", "Sing", "Read", "Swim")
_END = (
    "in the library",
    "on Tuesdays",
    "with the nurse",
    "by the river",
    "“quietly” & <slowly>",
    "i’r ysgol",
)


def new(rng: random.Random) -> str:
    """Words that nobody has written before."""
    return f"{rng.choice(_START)} {rng.choice(_END)} zz{uuid.uuid4().hex[:16]}zz"


def marks_in(text: str) -> list[str]:
    """The marks of all ideas whose words stand in there."""
    return _MARK.findall(text)


def mark_of(text: str) -> str:
    """The mark of one idea."""
    (mark,) = _MARK.findall(text)
    return str(mark)
