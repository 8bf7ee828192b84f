"""The state of a live workshop: what folding its log gives. Plain data, changed only by `apply` functions."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from realtime.kinds import SYSTEM, Refused
from workshops.live import words
from workshops.live.conduct import Conduct

type Role = Literal["facilitator", "participant", "observer"]
type StepPhase = Literal["ready", "open", "paused", "closed", "revealed"]

FACILITATOR, PARTICIPANT, SCREEN = "facilitator", "participant", "screen"
READERS = (PARTICIPANT, FACILITATOR, SCREEN)


@dataclass(slots=True)
class Person:
    """Somebody who joined. `id` is a pseudonym of this workshop's log."""

    id: str
    name: str
    role: Role
    background: str
    consent: str
    joined_at: int
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Brought:
    """Where words came from that a facilitator brought in, and whether they may be quoted outside the Lab."""

    how: str
    """typed, pasted, file or workshop."""
    consent: str
    row: int = 0
    """The row of the file, or the line of what was pasted."""
    source: str = ""
    """The file's name or the workshop's title: for facilitators."""
    gid: str = ""
    """The idea or group of an earlier workshop."""


@dataclass(slots=True)
class Idea:
    """One note. Its id stays the same through every activity, and after the workshop."""

    id: str
    step: str
    round: int
    author: str
    text: str
    at: int
    sort: str = "idea"
    """Its kind's own word for what this is: an idea, a post, a reason."""
    about: str = ""
    """What it belongs to within its step: a question, a parent, a place. "" for nothing."""
    earlier: list[str] = field(default_factory=list)
    removed: bool = False
    hidden: str | None = None
    merged_into: str | None = None
    stands_for: int = 0
    """How many others are merged into it. Counted as it happens: a card must not look through all ideas."""
    flags: dict[str, str] = field(default_factory=dict)
    """Who asked the facilitators to look at it, and why."""
    brought: Brought | None = None
    """Where it came from, if nobody wrote it here."""

    @property
    def on_board(self) -> bool:
        """Whether it is still there to be grouped and voted on."""
        return not self.removed and self.hidden is None and self.merged_into is None


@dataclass(slots=True)
class Sheet:
    """One brainstorm's ideas, counted as they come and go: nothing that happens often looks through them all."""

    ideas: list[Idea] = field(default_factory=list)
    by: dict[str, list[Idea]] = field(default_factory=dict)
    """Each writer's ideas, oldest first, those taken off the board too."""
    on_board: int = 0
    on_board_by: dict[str, int] = field(default_factory=dict)
    """How many of each writer's are on the board; only writers who have one there."""

    def add(self, idea: Idea) -> None:
        """Take in a new idea."""
        self.ideas.append(idea)
        self.by.setdefault(idea.author, []).append(idea)
        self.count(idea.author, 1)

    def count(self, author: str, more: int) -> None:
        """Count an idea that came to the board, or left it."""
        self.on_board += more
        left = self.on_board_by.pop(author, 0) + more
        if left:
            self.on_board_by[author] = left


@dataclass(slots=True)
class Round:
    """One run of a step, from opening to reveal. Kept for ever; a new run is a new round."""

    number: int
    opened_at: int
    memory: Any
    settings: Any
    closed_at: int | None = None
    revealed_at: int | None = None
    finished: set[str] = field(default_factory=set)
    undo: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """For each person the commands that would take back what they did last, the latest at the end."""
    redo: dict[str, dict[str, Any]] = field(default_factory=dict)
    """For each person the command that would bring back what they undid last, until they do something else. Empty
    where no single command would."""
    undoing: dict[str, int] = field(default_factory=dict)
    """For each person how many of their next events take something back."""


@dataclass(slots=True)
class Breakout:
    """The rooms of a step: what they are, and who is where."""

    how: str
    rooms: list[str] = field(default_factory=list)
    """The steps that are its rooms, in order."""
    at: dict[str, str] = field(default_factory=dict)
    """Which room everybody belongs to."""
    visits: dict[str, str] = field(default_factory=dict)
    """Which room each facilitator looks at."""
    links: dict[str, str] = field(default_factory=dict)
    """Where a room meets by video."""
    warned: bool = False
    """Whether everybody was told that the rooms are about to close."""


@dataclass(slots=True)
class Step:
    """One activity of the agenda."""

    id: str
    kind: str
    title: str
    prompt: str
    minutes: int
    settings: Any
    phase: StepPhase = "ready"
    rounds: list[Round] = field(default_factory=list)
    ends_at: int | None = None
    left: int | None = None
    stays_until: int | None = None
    """Until when it stays open (ms), also while the room is elsewhere; None for as long as the room is at it."""
    notes: str = ""
    """What facilitators wrote for themselves. For no other reader, nor the archive."""
    breakout: Breakout | None = None
    """The rooms it is split into."""
    rooms_made: int = 0
    parent: str = ""
    """Of a room: the step it belongs to. Rooms are steps, but not on the agenda."""
    room: str = ""
    """Of a room: what it is called."""

    @property
    def round(self) -> Round | None:
        """The latest round."""
        return self.rounds[-1] if self.rounds else None

    @property
    def revealed(self) -> bool:
        """Whether the latest round's results were shown."""
        return self.round is not None and self.round.revealed_at is not None

    @property
    def running(self) -> bool:
        """Whether a round is under way, perhaps paused."""
        return self.phase in ("open", "paused")


@dataclass(slots=True)
class State:
    """A whole workshop."""

    stream: str
    people: dict[str, Person] = field(default_factory=dict)
    ideas: dict[str, Idea] = field(default_factory=dict)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)
    taken_off: dict[str, tuple[Step, str | None]] = field(default_factory=dict)
    """Steps that were taken off the agenda, the latest last, each with the one that it stood before."""
    current: str | None = None
    door_locked: bool = False
    conduct: Conduct = field(default_factory=Conduct)
    """How the room is being run."""
    opened_at: int | None = None
    closed_at: int | None = None
    counters: dict[str, int] = field(default_factory=dict)
    _once: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    def once[Found](self, name: Hashable, find: Callable[[], Found]) -> Found:
        """Give what `find` finds, looked up once until an event changes people, ideas, steps or settings.

        For what is shown to everybody again and again, and rests on nothing else. The result must not be changed.
        """
        if name not in self._once:
            self._once[name] = find()
        return cast("Found", self._once[name])

    def look_again(self) -> None:
        """Forget what was looked up."""
        self._once.clear()

    @property
    def step(self) -> Step | None:
        """The step that everybody is at, or None in the lobby."""
        return self.steps.get(self.current) if self.current else None

    def new_id(self, letter: str, ahead: int = 0) -> str:
        """Give the next id of its kind; `ahead` counts ids given in the same command."""
        return f"{letter}{self.counters.get(letter, 0) + 1 + ahead}"

    def count_id(self, given: str) -> None:
        """Note that an id was given."""
        self.counters[given[0]] = max(self.counters.get(given[0], 0), int(given[1:]))

    def gid(self, local: str) -> str:
        """Give the global id, by which other parts and later years know it."""
        return f"{self.stream}/{local}"

    def order(self) -> list[Step]:
        """Give the agenda in order. Rooms are not on it."""
        return [step for step in self.steps.values() if not step.parent]

    def rooms_of(self, step: Step) -> list[Step]:
        """Give the rooms that a step is split into."""
        return [self.steps[room] for room in step.breakout.rooms] if step.breakout is not None else []

    def people_at(self, step: Step) -> list[Person]:
        """Give the participants a step is for: all inside, or those of its room."""
        parent = self.steps.get(step.parent)
        at = parent.breakout.at if parent is not None and parent.breakout is not None else None
        return [
            person
            for person in self.people.values()
            if person.role == PARTICIPANT
            and not person.removed
            and (at is None or at.get(person.id) == step.id)
        ]

    def everything(self) -> list[Step]:
        """Give all steps in order, the rooms of each after it: all that somebody may have done something in."""
        return [one for step in self.order() for one in (step, *self.rooms_of(step))]

    def after(self, step_id: str | None) -> Step | None:
        """Give the step that follows, or the first for the lobby."""
        order = self.order()
        place = next((n for n, step in enumerate(order, start=1) if step.id == step_id), 0)
        return order[place] if place < len(order) else None

    # -- finding, or refusing --------------------------------------------------------------------------------------

    def member(self, by: str) -> Person:
        """Find who asks. Raises Refused for strangers, removed people and when the workshop is closed."""
        person = self.people.get(by)
        if person is None or person.removed:
            raise Refused("not_allowed", words.NOT_HERE)
        if self.closed_at is not None:
            raise Refused("workshop_closed", words.WORKSHOP_CLOSED)
        return person

    def contributor(self, by: str) -> Person:
        """Find who asks, if they may contribute."""
        person = self.member(by)
        if person.role == "observer":
            raise Refused("not_allowed", words.OBSERVERS_WATCH)
        return person

    def facilitator(self, by: str) -> None:
        """Let only facilitators pass, and the system, which acts for them when a workshop is made."""
        if by == SYSTEM:
            if self.closed_at is not None:
                raise Refused("workshop_closed", words.WORKSHOP_CLOSED)
            return
        if self.member(by).role != FACILITATOR:
            raise Refused("not_allowed", words.FACILITATORS_ONLY)

    def found_step(self, step_id: str) -> Step:
        """Find a step. Raises Refused."""
        if step_id not in self.steps:
            raise Refused("no_such_activity", words.NO_SUCH_ACTIVITY)
        return self.steps[step_id]

    def on_agenda(self, step_id: str) -> Step:
        """Find a step of the agenda, not a room. Raises Refused."""
        step = self.found_step(step_id)
        if step.parent:
            raise Refused("no_such_activity", words.NO_SUCH_ACTIVITY)
        return step

    def found_idea(self, idea_id: str) -> Idea:
        """Find an idea, whatever became of it. Raises Refused."""
        if idea_id not in self.ideas:
            raise Refused("no_such_idea", words.NO_SUCH_IDEA)
        return self.ideas[idea_id]

    def merged_authors(self, idea: Idea) -> set[str]:
        """Give the authors of what is merged into an idea: they are told what it says."""
        if not idea.stands_for:
            return set()
        return {other.author for other in self.ideas.values() if other.merged_into == idea.id}

    def ideas_of(self, step_id: str) -> list[Idea]:
        """Give what people wrote in a step and is on the board, oldest first, of every sort."""
        return [idea for idea in self.sheet(step_id).ideas if idea.on_board]

    def written_by(self, person: str) -> list[Idea]:
        """Give all that somebody wrote."""
        return [idea for sheet in self.sheets.values() for idea in sheet.by.get(person, ())]

    # -- ideas -----------------------------------------------------------------------------------------------------

    def sheet(self, step_id: str) -> Sheet:
        """Give a brainstorm's ideas with their counts."""
        return self.sheets.get(step_id) or Sheet()

    def add_idea(self, idea: Idea) -> None:
        """Take in a new idea. Only `apply` functions may."""
        self.count_id(idea.id)
        self.ideas[idea.id] = idea
        self.sheets.setdefault(idea.step, Sheet()).add(idea)

    def change_idea(self, idea: Idea, **now: Any) -> None:
        """Change what decides whether an idea is on the board. Only `apply` functions may."""
        was = idea.on_board
        for name, value in now.items():
            setattr(idea, name, value)
        if idea.on_board != was:
            self.sheets[idea.step].count(idea.author, 1 if idea.on_board else -1)
