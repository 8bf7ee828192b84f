"""Kinds in which facilitators may read what people write before the others see it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class ReadingFirst:
    """What a round's memory keeps of it."""

    checked: bool
    """Whether pieces wait until a facilitator lets them through."""
    passed: set[str] = field(default_factory=set)
    """Those that were let through."""

    def is_through(self, piece: str) -> bool:
        """Whether facilitators have no more to say about showing a piece."""
        return not self.checked or piece in self.passed
