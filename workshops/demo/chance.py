"""What the demo file leaves open, such as who gave how much, is made up from what it says: always the same."""

from __future__ import annotations

from hashlib import sha256


def drawn(of: int, *about: str) -> int:
    """Give a number from 0 to below `of`; the same for the same words."""
    digest = sha256("/".join(about).encode()).digest()
    return int.from_bytes(digest[:4]) % of


def liking(person: str, thing: str) -> int:
    """Say how much somebody likes a thing, from 0 to 11: some are liked by more, and people differ."""
    return drawn(4, thing) + drawn(9, person, thing)


def graded(question: str, person: str, thing: str) -> int:
    """Say what somebody gives a thing on a scale, from 0 to 4: things differ widely, people a little."""
    return (drawn(31, question, thing) + drawn(20, question, person, thing)) // 11
