"""Who is here, by lease: somebody is present until a while after they were last seen.

Nothing is ever counted up and down, because a closed laptop or a killed process says no goodbye. Leases are kept in
the order in which they end, so a crowd costs nothing until somebody comes or goes.
"""

from __future__ import annotations

LEASE_SECONDS = 40.0
"""A little over two heartbeats, and more than one long poll."""


class Presence:
    """The leases of one room, of this process and, by what they tell, of the others."""

    def __init__(self) -> None:
        self.changes = 0
        """Counts up whenever somebody comes or goes, anywhere."""
        self._here: dict[str, float] = {}
        self._elsewhere: dict[str, tuple[float, frozenset[str]]] = {}
        self._told: set[str] = set()

    def seen(self, person: str, now: float) -> None:
        """Renew somebody's lease; `now` is in seconds of any steady clock."""
        if self._here.pop(person, None) is None:
            self.changes += 1
        self._here[person] = now + LEASE_SECONDS

    def told(self, process: str, people: frozenset[str], now: float) -> None:
        """Take over what another process says of all who are there."""
        if self._elsewhere.get(process, (0.0, frozenset()))[1] != people:
            self.changes += 1
        self._elsewhere[process] = (now + LEASE_SECONDS, people)

    def told_changes(self, process: str, came: frozenset[str], went: frozenset[str], now: float) -> None:
        """Take over what another process says has changed there."""
        _until, people = self._elsewhere.get(process, (0.0, frozenset[str]()))
        self.told(process, (people | came) - went, now)

    def tell(self, now: float, *, whole: bool = False) -> tuple[list[str], list[str]]:
        """Give who came and who went here since the last call; with `whole`, all who are here as having come."""
        here = self.here(now)
        came, went = here if whole else here - self._told, self._told - here
        self._told = here
        return sorted(came), sorted(went)

    def here(self, now: float) -> set[str]:
        """Give those present in this process."""
        self._end_leases(now)
        return set(self._here)

    def everywhere(self, now: float) -> set[str]:
        """Give those present in any process."""
        self._end_leases(now)
        return set(self._here).union(*(people for _, people in self._elsewhere.values()))

    def changed_at(self, now: float) -> int:
        """Give `changes` after the leases that have run out are ended."""
        self._end_leases(now)
        return self.changes

    def _end_leases(self, now: float) -> None:
        while self._here:
            person = next(iter(self._here))
            if self._here[person] > now:
                break
            del self._here[person]
            self.changes += 1
        for process, (until, people) in list(self._elsewhere.items()):
            if until <= now:
                del self._elsewhere[process]
                self.changes += bool(people)
