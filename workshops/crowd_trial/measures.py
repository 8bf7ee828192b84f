"""What a trial notes while it runs: every operation with its answer, and how long things took."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

type Outcome = Literal["acked", "refused", "unknown"]


@dataclass(slots=True)
class Sent:
    """One operation of one person. `item` is the idea's id in the file, where there is one."""

    op: str
    do: str
    actor: str
    item: str = ""
    step: str = ""
    dots: int = 0
    outcome: Outcome = "unknown"
    code: str = ""
    seq: int = 0


@dataclass(slots=True)
class Written:
    """Where an idea of the file is in the room."""

    id: str
    step: str


@dataclass(slots=True)
class Said:
    """What was said over the wire, without any words: enough to check a database against, now or later."""

    workshop: str
    driven: bool
    people: dict[str, str] = field(default_factory=dict)
    """Pseudonyms in the room by the people's ids in the file; silent people have ids of their own."""
    facilitator: str = ""
    ideas: dict[str, Written] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Give plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> Said:
        """Read what `as_json` gave."""
        ideas = {key: Written(**one) for key, one in given["ideas"].items()}
        return cls(**{**given, "ideas": ideas, "sent": [Sent(**one) for one in given["sent"]]})

    def count(self, outcome: Outcome, do: str = "") -> int:
        """Count operations."""
        return sum(1 for one in self.sent if one.outcome == outcome and do in ("", one.do))


@dataclass(slots=True)
class Measures:
    """Times in milliseconds, and counts."""

    ack_ms: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    own_ms: list[float] = field(default_factory=list)
    """From pressing to seeing one's own idea or dot stand there."""
    room_ms: list[float] = field(default_factory=list)
    """From the facilitator's pressing until a participant sees it; one value for each of them."""
    seconds: dict[str, float] = field(default_factory=dict)
    """How long each part took."""
    counts: Counter[str] = field(default_factory=Counter)
    problems: dict[str, list[str]] = field(default_factory=dict)
    """What was seen to be wrong while it ran, by the name of the check."""

    def problem(self, check: str, what: str) -> None:
        """Note something wrong."""
        self.problems.setdefault(check, []).append(what)

    def acks(self) -> list[float]:
        """Give the times of all acknowledgements."""
        return [ms for times in self.ack_ms.values() for ms in times]


def part(values: list[float], share: float) -> float:
    """Give the value below which that share of all values lies; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
