"""Choices made of bytes: the same bytes, the same choices."""

from __future__ import annotations

from collections.abc import Sequence


class Dice:
    """Deals numbers out of bytes, zeros when they have run out."""

    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0

    def __bool__(self) -> bool:
        return self.place < len(self.data)

    def byte(self) -> int:
        """Give the next byte."""
        self.place += 1
        return self.data[self.place - 1] if self.place <= len(self.data) else 0

    def below(self, bound: int) -> int:
        """Give a number from 0 to below `bound`."""
        return (self.byte() if bound <= 256 else self.byte() * 256 + self.byte()) % bound

    def chance(self, one_in: int) -> bool:
        """Say yes about once in so many times."""
        return self.below(one_in) == one_in - 1

    def pick[T](self, choices: Sequence[T]) -> T:
        """Choose one."""
        return choices[self.below(len(choices))]

    def rest(self) -> bytes:
        """Give all bytes that are left."""
        left, self.place = self.data[self.place :], len(self.data)
        return left
