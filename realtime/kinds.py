"""What a kind of room must be able to do. The engine knows rooms only through this interface.

Rules are pure: no ORM, clock, randomness or I/O inside `decide` and `apply`. The time and a seed arrive with
the command, ids come from counters in the state, so folding the same log always gives the same room.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.utils.functional import keep_lazy_text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from realtime.fields import Form

SYSTEM = "system"
"""The actor of what nobody in particular did: the clock, the door, the demo."""


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody asks for, decoded. `at` is milliseconds since 1970 and never runs back within a stream."""

    do: str
    op: str
    args: Mapping[str, Any]
    at: int
    seed: str

    def __getitem__(self, name: str) -> Any:
        return self.args.get(name)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What a rule wants written. Texts and names go into `private`, so that they can be erased later."""

    kind: str
    body: dict[str, Any] = field(default_factory=dict)
    private: dict[str, Any] | None = None


class Happened(NamedTuple):
    """An event of the log, as `apply` sees it."""

    seq: int
    at: int
    v: int
    kind: str
    actor: str
    body: Mapping[str, Any]
    private: Mapping[str, Any]


class Refused(Exception):
    """A rule says no. `code` is for programs, `sentence` tells the person what to do."""

    def __init__(self, code: str, sentence: StrOrPromise) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence


@keep_lazy_text
def filled(sentence: StrOrPromise, **values: object) -> str:
    """Put values into a lazy sentence that stays lazy; `%` would take it in the language of whoever decides here."""
    return str(sentence) % values


@dataclass(slots=True)
class Dirty:
    """What an event made worth showing again.

    `keys` are fragments, `lists` are orders of fragments, `people` are those whose own view changed
    (`everybody` for all), `whole` means that a reader's whole view may have changed, and `say` holds sentences
    to be read out, each for one reader ("participant" for those at any place, too) or, with None, for all. What
    isn't named here isn't looked at: a card that comes or goes without its list shows nowhere.
    """

    keys: set[str] = field(default_factory=set)
    lists: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    everybody: bool = False
    whole: bool = False
    say: list[tuple[str | None, StrOrPromise]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.keys or self.lists or self.people or self.everybody or self.whole or self.say)

    def add(self, other: Dirty) -> None:
        """Take in what another event made dirty."""
        self.keys |= other.keys
        self.lists |= other.lists
        self.people |= other.people
        self.everybody |= other.everybody
        self.whole |= other.whole
        self.say.extend(other.say)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of the page: one template and what it shows, as plain values: text, numbers, lists, dicts.

    The root element's id is the fragment's key, which the template finds in `key` and decides nothing by.
    """

    template: str
    context: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Own:
    """What only one person gets: numbers and marks, and fragments such as that person's hidden ideas."""

    data: dict[str, Any] = field(default_factory=dict)
    fragments: Mapping[str, Fragment] = field(default_factory=dict)


class RoomKind[State](ABC):
    """The rules, views and rights of one kind of room.

    Keys name fragments and are ids in the page. A key "card.tally" is a part drawn inside "card"; it may come
    and go only when "card" is dirty too. Everything a reader may not see is answered with None by `show` and
    missing in `lists`: hidden means not sent.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    readers: ClassVar[Sequence[str]]

    @abstractmethod
    def start(self, stream: str) -> State:
        """Give the state of an empty log. `stream` is the id that global ids begin with."""

    @abstractmethod
    def forms(self) -> Mapping[str, Form]:
        """Give the fields of every command, by its name."""

    @abstractmethod
    def decide(self, state: State, command: Command, by: str) -> list[NewEvent]:
        """Say what a command makes happen; raise Refused when the rules say no. Never changes `state`."""

    @abstractmethod
    def apply(self, state: State, event: Happened) -> Dirty:
        """Change `state` by one event; name every fragment, list and person whose view it changes."""

    @abstractmethod
    def roots(self, state: State, reader: str) -> list[str]:
        """Give the keys of the page's outermost fragments, in order. They never vanish."""

    @abstractmethod
    def lists(self, state: State, reader: str) -> dict[str, list[str]]:
        """Give every list that a reader sees, as keys in order."""

    @abstractmethod
    def show(self, state: State, key: str, reader: str) -> Fragment | None:
        """Give a fragment for a reader, or None if that reader may not see it."""

    def reader_of(self, state: State, person: str, reader: str) -> str:
        """Give the audience that somebody belongs to now who came as this reader: the reader itself, or "reader/place".

        When it changes, the event must name the person (`Dirty.people`, `everybody` or `whole`): they are moved to
        the other audience and sent all that it shows. `roots`, `lists`, `show`, `own` and `now` get these names.
        """
        return reader

    def own(self, state: State, person: str, reader: str) -> Own:
        """Give what only this person gets."""
        return Own()

    def now(self, state: State, present: set[str], reader: str) -> dict[str, Any]:
        """Give what a reader is told about who is here."""
        return {"here": len(present)}

    def may_enter(self, state: State, person: str, reader: str) -> bool:
        """Say whether a person may see the room as this kind of reader. Asked again whenever people change."""
        return True

    def due(self, state: State) -> tuple[int, str] | None:
        """Say when (ms) the room wants which command from the clock, whether or not anybody is connected."""
        return None

    def project(self, state: State, events: Iterable[Happened]) -> None:
        """Write what other parts read into ordinary tables, in the transaction that appends `events`."""


_kinds: dict[str, RoomKind[Any]] = {}


def register(kind: RoomKind[Any]) -> None:
    """Make a kind of room known to the engine."""
    _kinds[kind.name] = kind


def kind_named(name: str) -> RoomKind[Any]:
    """Find a registered kind of room. Raises KeyError for an unknown name."""
    return _kinds[name]
