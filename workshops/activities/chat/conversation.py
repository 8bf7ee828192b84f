"""What a guided chat is made of: its questions in their order, and the memory of one round.

Words are never here, only ids: what stands under which question, who pressed what, what waits to be let through.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from realtime.kinds import filled
from workshops.activities.shared.fields import things_in
from workshops.activities.shared.reading_first import ReadingFirst

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.live.state import Idea

MOST_QUESTIONS = 10
AT_ONCE = 20
"""So many posts of a question stand at once, and up to twice as many until the oldest of them go among the earlier
ones together: a list that loses one for each that comes would have to be sent whole each time."""
WAITING = "waiting"
HELLO, END = "hello", "end"

REACTIONS: dict[str, StrOrPromise] = {
    "agree": _("Agree"),
    "same": _("Same here"),
    "more": _("Tell us more"),
}
"""What one can press under a post."""


def parts_of(settings: Any) -> list[str]:
    """Give the parts of a chat in order: the welcome, the questions, the wrap-up."""
    count = len(things_in(settings.questions))
    parts = [HELLO] if settings.welcome_minutes else []
    parts += [f"q{number}" for number in range(1, count + 1)]
    return [*parts, END] if settings.wrap_minutes else parts


def minutes_of(settings: Any, part: str) -> int:
    """Give how long a part takes; 0 for no clock."""
    minutes = {HELLO: settings.welcome_minutes, END: settings.wrap_minutes}
    return int(minutes.get(part, settings.minutes_each))


def own_words(settings: Any, part: str) -> str:
    """Give what facilitators wrote for a part, "" if nothing."""
    if not part.startswith("q"):
        return str(settings.welcome if part == HELLO else settings.wrap_up)
    questions = things_in(settings.questions)
    number = int(part[1:])
    return questions[number - 1] if number <= len(questions) else ""


def words_of(settings: Any, part: str) -> StrOrPromise:
    """Give what is asked in a part."""
    given = own_words(settings, part)
    if given or part.startswith("q"):
        return given
    if part == HELLO:
        return _("Welcome. Say who you are and what brings you here.")
    return _("What do you take with you?")


def name_of(part: str) -> StrOrPromise:
    """Name a part for a heading."""
    if part.startswith("q"):
        return filled(_("Question %(number)s"), number=part[1:])
    return _("Welcome") if part == HELLO else _("Wrap-up")


@dataclass(slots=True)
class Conversation(ReadingFirst):
    """The memory of one round."""

    live: str
    """The part that is asked now."""
    asked: list[str]
    """All parts that were asked, in that order."""
    shelves: dict[str, list[str]] = field(default_factory=dict)
    """By part its posts, by post its replies, and what waits; oldest first, also those taken off the board."""
    pinned: set[str] = field(default_factory=set)
    highlighted: dict[str, None] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    """How many pressed what, by post."""
    pressed: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """What each person pressed, by post."""
    reactions: int = 0
    last_at: dict[str, int] = field(default_factory=dict)

    def let_in(self, idea: Idea, *, passed: bool) -> None:
        """Take in a new post or reply."""
        if passed:
            self.passed.add(idea.id)
        self._put(self.shelf_of(idea), idea.id)
        self.last_at[idea.author] = idea.at

    def shelf_of(self, idea: Idea) -> str:
        """Name where a post stands."""
        return idea.about if self.is_through(idea.id) else WAITING

    def move(self, idea: Idea, *, to: str = "", passed: bool = False) -> None:
        """Put a post under another question, or let it through."""
        self.shelves[self.shelf_of(idea)].remove(idea.id)
        if passed:
            self.passed.add(idea.id)
        idea.about = to or idea.about
        self._put(self.shelf_of(idea), idea.id)

    def _put(self, shelf: str, idea: str) -> None:
        insort(self.shelves.setdefault(shelf, []), idea, key=_number)

    def react(self, person: str, post: str, reaction: str, *, on: bool) -> None:
        """Count one press more or less. Only what changes something is asked for."""
        mine = self.pressed.setdefault(person, {}).setdefault(post, [])
        (mine.append if on else mine.remove)(reaction)
        if not mine:
            del self.pressed[person][post]
        counts = self.counts.setdefault(post, {})
        counts[reaction] = counts.get(reaction, 0) + (1 if on else -1)
        self.reactions += 1 if on else -1

    def has_pressed(self, person: str, post: str, reaction: str) -> bool:
        """Whether somebody pressed this."""
        return reaction in self.pressed.get(person, {}).get(post, ())

    def sums(self, post: str) -> dict[str, int]:
        """Give how many pressed what under a post."""
        counts = self.counts.get(post, {})
        return {reaction: counts.get(reaction, 0) for reaction in REACTIONS}


def _number(idea: str) -> int:
    return int(idea[1:])


def folded(posts: list[str]) -> tuple[list[str], list[str]]:
    """Part a question's posts, oldest first, into those that stand at once and the earlier ones, each newest first."""
    cut = max(0, (len(posts) // AT_ONCE - 1) * AT_ONCE)
    return posts[cut:][::-1], posts[:cut][::-1]
