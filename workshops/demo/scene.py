"""What is known while a past workshop of the demo is played: who came, what was written, where we are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workshops.live.state import Step
    from workshops.past import Note, Play, Slot

RUNNING_IT = ("p02", "p04")
"""Who facilitates all past workshops; the first one presses the buttons."""
LEADS = RUNNING_IT[0]


@dataclass(slots=True)
class Day:
    """One workshop on its day."""

    play: Play
    row: Mapping[str, Any]
    """What the file says of this workshop."""
    data: Mapping[str, Any]
    """The whole file."""
    notes: list[Note]
    came: list[str] = field(default_factory=list)
    ideas: dict[str, str] = field(default_factory=dict)
    """The ids of ideas by the notes that they were."""
    groups: dict[str, str] = field(default_factory=dict)
    """The ids of groups by their themes."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One activity while it is played."""

    day: Day
    slot: Slot
    told: Mapping[str, Any]
    """What the file says of this activity."""

    @property
    def step(self) -> Step:
        """The activity as the rules see it now."""
        step: Step = self.day.play.ledger.state.steps[self.slot.activity]
        return step

    @property
    def memory(self) -> Any:
        """The memory of its latest round."""
        return self.step.rounds[-1].memory

    def ask(self, at: int, by: str, do: str, **fields: Any) -> None:
        """Have somebody do something in this activity."""
        self.day.play.ask(at, by, do, activity=self.slot.activity, **fields)

    def lead(self, at: int, do: str, **fields: Any) -> None:
        """Have the facilitator do something in this activity."""
        self.ask(at, LEADS, do, **fields)

    def turns(self, *, part: int = 1, of: int = 1) -> Iterator[tuple[int, str]]:
        """Give everybody who came with a moment of their own: in all of the time, or in one part `of` several."""
        length = (self.slot.closes - self.slot.opens) // of
        begins = self.slot.opens + (part - 1) * length
        for place, person in enumerate(self.day.came):
            yield begins + length * (place + 1) // (len(self.day.came) + 1), person

    def ends_part(self, part: int, of: int) -> int:
        """Give the moment at which one part `of` several ends."""
        return self.slot.opens + (self.slot.closes - self.slot.opens) * part // of

    def actor(self, person: str) -> str:
        """Give the pseudonym under which the rules know somebody."""
        return self.day.play.actors[person]

    def key(self, actor: str) -> str:
        """Give who in the file stands behind a pseudonym."""
        return next(key for key, one in self.day.play.actors.items() if one == actor)

    def text_of(self, idea: str) -> str:
        """Give the words of an idea, or of a group."""
        return str(self.memory.items[idea])
