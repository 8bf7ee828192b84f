"""Who is here, by lease: somebody is present until a while after they were last seen.

Nothing is ever counted up and down, because a closed laptop or a killed process says no goodbye.
"""

from __future__ import annotations

LEASE_SECONDS = 40.0
"""A little over two heartbeats, and more than one long poll."""


class Presence:
    """The leases of one room, of this process and, by what they tell, of the others."""

    def __init__(self) -> None:
        self._here: dict[str, float] = {}
        self._elsewhere: dict[str, tuple[float, frozenset[str]]] = {}

    def seen(self, person: str, now: float) -> None:
        """Renew somebody's lease; `now` is in seconds of any steady clock."""
        self._here[person] = now + LEASE_SECONDS

    def left(self, person: str) -> None:
        """Let a lease go early, when a socket closed in good order and was the person's last."""
        self._here.pop(person, None)

    def told(self, process: str, people: frozenset[str], now: float) -> None:
        """Take over what another process says of itself."""
        self._elsewhere[process] = (now + LEASE_SECONDS, people)

    def here(self, now: float) -> set[str]:
        """Give those present in this process."""
        self._here = {person: until for person, until in self._here.items() if until > now}
        return set(self._here)

    def everywhere(self, now: float) -> set[str]:
        """Give those present in any process."""
        self._elsewhere = {name: told for name, told in self._elsewhere.items() if told[0] > now}
        return self.here(now).union(*(people for _, people in self._elsewhere.values()))
