"""What a fault is: a blow at a moment, an end, and a proof that it happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tests.daphne import Kind

if TYPE_CHECKING:
    from realtime.client import Transport
    from tests.chaos.lab import Lab
    from tests.chaos.play import Play


class DidNotHappen(Exception):
    """The fault was no fault: nothing broke, so nothing was shown."""


class Fault:
    """One kind of fault. `moments`: whether it is played at the three moments around a commit."""

    name: ClassVar[str]
    stores: ClassVar[tuple[Kind, ...]] = ("sqlite", "postgres")
    alone: ClassVar[tuple[Kind, ...]] = ()
    """On which stores it needs a lab of its own."""
    moments: ClassVar[bool] = True
    wakes: ClassVar[bool] = False
    """Whether devices come back with a new line though the old one seems open, as after a sleep."""
    words_only: ClassVar[bool] = False
    """Whether boards are compared by their words only, because two releases draw them."""
    near_transport: ClassVar[Transport | None] = None
    scenes: ClassVar[tuple[str, ...]] = ()
    each: ClassVar[int] = 0
    gap: ClassVar[float] = 0.0
    """Seconds between two things that one person does, where people must be at work for long."""

    async def prepare(self, play: Play) -> None:
        """Set the scene, before anybody comes."""

    async def blow(self, play: Play) -> None:
        """Strike."""

    async def mend(self, play: Play) -> str:
        """End the fault; say what proves that it happened. Raises DidNotHappen."""
        raise NotImplementedError

    async def after(self, play: Play) -> None:
        """Bring back what people didn't need to get well again."""

    async def tidy(self, play: Play) -> None:
        """Leave the lab as it was, whatever happened."""

    def lab(self, kind: Kind) -> Lab:
        """The lab of its own, for those `alone`."""
        raise NotImplementedError


def must(happened: object, what: str) -> None:
    """Hold that the fault was one."""
    if not happened:
        raise DidNotHappen(what)
