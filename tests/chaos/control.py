"""What a test tells a server that runs `tests.chaos.asgi`, by files in a folder that both know."""

from __future__ import annotations

import asyncio
from pathlib import Path

BEFORE_COMMIT, BEFORE_ACK, AFTER_ACK = "before commit", "before ack", "after ack"
MOMENTS = (BEFORE_COMMIT, BEFORE_ACK, AFTER_ACK)
MARK = "stand-still-"
"""An op that begins so makes its server stand still where it was told to."""


class Control:
    """One server's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def tell(self, name: str, what: str) -> None:
        """Tell it something; the empty text takes it back."""
        new = self.folder / f"{name}.new"
        new.write_text(what)
        new.replace(self.folder / name)

    def pause_at(self, place: str) -> None:
        """Let the next marked command stand still there."""
        (self.folder / "reached").unlink(missing_ok=True)
        self.tell("pause", place)

    async def reached(self) -> None:
        """Wait until it stands there."""
        async with asyncio.timeout(20):
            while not (self.folder / "reached").exists():  # noqa: ASYNC110  # nothing tells but asking again
                await asyncio.sleep(0.01)

    def go_on(self) -> None:
        """Let it go on."""
        self.tell("pause", "")
