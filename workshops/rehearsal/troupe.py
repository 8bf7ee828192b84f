"""What all simulated people of a rehearsal do next: from the room's state, the time, and chances with a seed.

Nothing here waits, writes or looks at a clock; `playing` does. Tests drive it step by step. Every choice comes from
(seed, person, how often they have acted), so the same state at the same times gives the same acts.
"""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from realtime.kinds import SYSTEM
from workshops.activities.registry import activity_of, writing_of
from workshops.live.places import at_step, open_besides, reader_of
from workshops.live.state import PARTICIPANT
from workshops.rehearsal.people import SECOND, Mind, Player, player
from workshops.rehearsal.texts import texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workshops.live.conduct import Rehearsal
    from workshops.live.state import Round, State, Step

logger = logging.getLogger(__name__)

type Act = tuple[str, dict[str, Any]]
"""Who asks, and the command: `do` and its fields."""

FACTORS = {"slow": 2.0, "usual": 1.0, "fast": 0.2}
"""What a speed makes of a time."""
COMING = 30 * SECOND
"""At the usual speed everybody but the late ones comes within this time."""
LATE = (90 * SECOND, 240 * SECOND)
STAYS, AWAY = (60 * SECOND, 150 * SECOND), (60 * SECOND, 120 * SECOND)
"""How long somebody who leaves in between is here, and away. Shorter than a lease of presence nobody would notice."""
ENOUGH_FLAGS = 3
ENOUGH_HANDS = 6
"""With so many hands up nobody raises another one; in the lobby nobody does."""
LOOKED_AT = 40
"""So many of the latest pieces somebody reads before they flag one."""


@dataclass(slots=True)
class _InRound:
    """What one simulated person has done in one round, and how much they mean to write in it."""

    writes: int
    wrote: int = 0
    idle: int = 0


@dataclass(slots=True)
class _Moment:
    """Where one simulated person is."""

    arrives: int
    due: int
    acts: int = 0
    leaves: int | None = None
    back: int = 0
    rounds: dict[tuple[str, int], _InRound] = field(default_factory=dict)


@dataclass(slots=True)
class Turn:
    """What comes out of one look: the commands to send, and who is here."""

    acts: list[Act] = field(default_factory=list)
    here: set[str] = field(default_factory=set)


class Troupe:
    """The simulated people of one rehearsal."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self._moments: dict[int, _Moment] = {}
        self._stood: tuple[Any, ...] = ()

    def turn(self, state: State, now: int, most: int) -> Turn:
        """Say what is done now (ms), up to `most` commands. Who would come after that waits for the next turn."""
        made, plan = Turn(), state.conduct.rehearsal
        if plan is None or state.closed_at is not None:
            return made
        self._look_up(state, plan, now)
        ready: list[tuple[int, Player, _Moment]] = []
        for number in range(plan.people):
            who = player_number(number)
            moment = self._moment(state, who, plan, now)
            if self._is_here(state, who, moment, now):
                made.here.add(who.id)
            if plan.going and moment.arrives <= now and moment.back <= now and moment.due <= now:
                ready.append((moment.due, who, moment))
        for _due, who, moment in sorted(ready, key=lambda one: (one[0], one[1].number)):
            if len(made.acts) >= most:
                break
            made.acts += self._acts(state, who, moment, plan, now)
        return made

    # -- coming and going ------------------------------------------------------------------------------------------

    def _chances(self, who: Player, what: str | int) -> random.Random:
        return random.Random(f"{self.seed}/{who.id}/{what}")  # noqa: S311 (nobody's secret)

    def _moment(self, state: State, who: Player, plan: Rehearsal, now: int) -> _Moment:
        moment = self._moments.get(who.number)
        if moment is not None:
            return moment
        chances, factor = self._chances(who, "comes"), FACTORS[plan.speed]
        arrives = now
        if who.id not in state.people:
            arrives += int(chances.uniform(0, COMING) * factor)
            if who.temperament.late:
                arrives += int(chances.uniform(*LATE) * factor)
        moment = self._moments[who.number] = _Moment(arrives, max(now, arrives))
        if who.temperament.leaves:
            moment.leaves = arrives + int(chances.uniform(*STAYS))
        return moment

    def _is_here(self, state: State, who: Player, moment: _Moment, now: int) -> bool:
        person = state.people.get(who.id)
        if person is None or person.removed or moment.arrives > now:
            return False
        if moment.leaves is not None and now >= moment.leaves:
            chances = self._chances(who, f"leaves {moment.leaves}")
            moment.back = now + int(chances.uniform(*AWAY))
            moment.leaves = moment.back + int(chances.uniform(*STAYS))
        return moment.back <= now

    def _look_up(self, state: State, plan: Rehearsal, now: int) -> None:
        """Where the room has moved on, or people go on after a stop, everybody first reads what is new."""
        step = state.step
        stands = (plan.going, plan.speed, state.current, step and step.phase, step and len(step.rounds))
        if stands == self._stood:
            return
        self._stood = stands
        for number, moment in self._moments.items():
            who = player_number(number)
            chances = self._chances(who, f"reads {now}")
            moment.due = max(moment.arrives, now + self._pause(who, plan, chances, shortest=0.3))

    @staticmethod
    def _pause(who: Player, plan: Rehearsal, chances: random.Random, *, shortest: float = 1.0) -> int:
        least, most = who.temperament.pace
        return int(chances.uniform(least * shortest, most) * FACTORS[plan.speed])

    # -- acting ----------------------------------------------------------------------------------------------------

    def _acts(self, state: State, who: Player, moment: _Moment, plan: Rehearsal, now: int) -> Iterator[Act]:
        moment.acts += 1
        chances = self._chances(who, moment.acts)
        moment.due = now + self._pause(who, plan, chances)
        person = state.people.get(who.id)
        if person is None:
            yield SYSTEM, {"do": "person.join", **_joining(who)}
        elif not person.removed:
            mind = Mind(who.temperament, chances)
            command = self._aside(state, who, mind) or self._in_step(state, who, moment, mind)
            if command is not None:
                yield who.id, command

    def _aside(self, state: State, who: Player, mind: Mind) -> dict[str, Any] | None:
        """Do something that isn't the activity itself: a hand, a message read, a flag, something taken back."""
        conduct, chances = state.conduct, mind.chances
        if unread := conduct.nudges.get(who.id):
            return {"do": "nudge.read", "nudge": unread[0].id}
        speaks = conduct.speaking == who.id
        if (who.id in conduct.hands and chances.random() < 0.15) or (speaks and chances.random() < 0.3):
            return {"do": "hand.lower"}
        waits = len(conduct.hands) >= ENOUGH_HANDS or state.step is None
        if (
            not (waits or speaks or who.id in conduct.hands)
            and chances.random() * 100 < who.temperament.speaks
        ):
            return {"do": "hand.raise"}
        if not who.temperament.careless and chances.random() < 0.03:
            return _flag(state, who)
        step = state.step
        if step is not None and step.phase == "open" and chances.random() < 0.02:
            return {"do": "my.undo", "activity": step.id}
        return None

    def _in_step(self, state: State, who: Player, moment: _Moment, mind: Mind) -> dict[str, Any] | None:
        step = _where(state, who, mind)
        if step is not None and step.breakout is not None:
            return _goes_to_a_room(state, step, mind)
        if step is None or step.phase != "open" or step.round is None or state.conduct.frozen:
            return None
        name = (step.id, step.round.number)
        if name not in moment.rounds:
            moment.rounds[name] = _InRound(mind.chances.randint(*who.temperament.writes))
        done = moment.rounds[name]
        command = _pretended(state, step, who, mind)
        if command is not None and "text" in command:
            if done.wrote >= done.writes:
                command = None
            else:
                done.wrote += 1
                if who.temperament.careless:
                    command["text"] = mind.slip(str(command["text"]))
        done.idle = done.idle + 1 if command is None else 0
        return command or self._says_finished(who, done, step, step.round, mind)

    @staticmethod
    def _says_finished(
        who: Player, done: _InRound, step: Step, run: Round, mind: Mind
    ) -> dict[str, Any] | None:
        if who.id in run.finished or done.idle < 2 or mind.number(1, 10) > who.temperament.finishes:
            return None
        return {"do": "step.finish", "activity": step.id, "finished": "yes"}


_players: list[Player] = []


def player_number(number: int) -> Player:
    """Give a simulated person, made once."""
    while len(_players) <= number:
        _players.append(player(len(_players)))
    return _players[number]


def _joining(who: Player) -> dict[str, Any]:
    return {
        "person": who.id,
        "name": who.name,
        "role": "participant",
        "background": who.background,
        "consent": who.consent,
    }


def _where(state: State, who: Player, mind: Mind) -> Step | None:
    """Give the activity somebody turns to: where all are, or their breakout room; now and then one that stays open."""
    besides = open_besides(state)
    if besides and (state.step is None or not state.step.running or mind.chances.random() < 0.2):
        return mind.one_of(besides)
    return state.steps.get(at_step(reader_of(state, who.id, PARTICIPANT))) or state.step


def _goes_to_a_room(state: State, step: Step, mind: Mind) -> dict[str, Any] | None:
    """Choose a breakout room, where somebody is in none yet."""
    rooms = state.rooms_of(step)
    if not rooms or step.phase != "open" or not mind.chance(7):
        return None
    return {"do": "rooms.join", "activity": step.id, "room": mind.one_of(rooms).id}


def _pretended(state: State, step: Step, who: Player, mind: Mind) -> dict[str, Any] | None:
    try:
        return activity_of(step.kind).pretend(state, step, who.id, mind)
    except Exception:  # one kind's slip must not end everybody's rehearsal
        logger.exception("rehearsal.pretend_failed %s", step.kind)
        return None


def _flag(state: State, who: Player) -> dict[str, Any] | None:
    """Flag something rude, if somebody sees it. Only what this person has in front of them is looked at."""
    rude = set(texts().rude)
    for idea in islice(reversed(state.ideas.values()), LOOKED_AT):
        origin = state.steps.get(idea.step)
        if idea.text not in rude or origin is None or who.id in idea.flags or idea.author == who.id:
            continue
        if (
            idea.on_board
            and len(idea.flags) < ENOUGH_FLAGS
            and writing_of(origin.kind).sees(state, origin, idea, who.id)
        ):
            return {"do": "idea.flag", "idea": idea.id, "why": "rude"}
    return None
