"""Where requests for live pages read the database: all that one request needs, in one go, in one of a few threads.

The threads keep their connections, so a crowd at the door opens four and not a thousand. They are not the rooms' own
threads: whoever is inside doesn't wait for those who come in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from realtime.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Callable

_threads = Threads(4, "lookups")


async def look_up[**P, R](read: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Read the database off the event loop. What comes back must be whole: nothing in it is read later."""
    return await _threads.run(read, *args, **kwargs)
