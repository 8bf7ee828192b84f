"""The server, with places where a test can make it stand still for ever: around the commit of a marked command.

The folder PAUSE_FOLDER holds a file `at` that names the place. Once there, a file `reached` is made. Production code
has no such hook: this module puts it around `Ledger` from outside.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lab_workspace.asgi import application  # sets up Django, so it comes before the rest
from realtime.ledger import Answer, Asked, Ledger

__all__ = ["BEFORE_ACK", "BEFORE_COMMIT", "MARKED", "application"]

BEFORE_COMMIT, BEFORE_ACK = "before commit", "before ack"
MARKED = "Stand still here"
"""The text of the idea that makes the server stand still."""

_folder = Path(os.environ["PAUSE_FOLDER"])
_write, _commit = Ledger._write, Ledger.commit


def _stand_still(place: str, batch: Sequence[Asked]) -> None:
    if (_folder / "at").read_text() == place and any(
        MARKED in str(asked.fields.get("text")) for asked in batch
    ):
        (_folder / "reached").touch()
        threading.Event().wait()


def _written(self: Ledger, stream: Any, batch: Sequence[Asked], said: int | None) -> list[Answer]:
    answers = _write(self, stream, batch, said)
    _stand_still(BEFORE_COMMIT, batch)
    return answers


def _committed(self: Ledger, batch: Sequence[Asked], *, at: int | None = None) -> list[Answer]:
    answers = _commit(self, batch, at=at)
    _stand_still(BEFORE_ACK, batch)
    return answers


Ledger._write, Ledger.commit = _written, _committed  # type: ignore[method-assign]
