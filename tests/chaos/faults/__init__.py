"""Every fault, in the order in which they are played."""

from __future__ import annotations

from tests.chaos.fault import Fault
from tests.chaos.faults import crowding, databases, deploys, hints, networks, people, processes

FAULTS: tuple[type[Fault], ...] = (
    *networks.FAULTS,
    *processes.FAULTS,
    *deploys.FAULTS,
    *hints.FAULTS,
    *databases.FAULTS,
    *people.FAULTS,
    *crowding.FAULTS,
)
