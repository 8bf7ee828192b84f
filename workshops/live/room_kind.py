"""The workshop as a kind of room: ties the rules, the activities and the views to the live engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from realtime.kinds import Command, Dirty, Fragment, Happened, NewEvent, Own, Refused, RoomKind
from workshops.activities.registry import ACTIVITIES, activity_of
from workshops.live import desk, putting_back, rooms, showing, taking_back, words
from workshops.live.agenda import AGENDA
from workshops.live.announcing import ANNOUNCING
from workshops.live.flags import FLAGS
from workshops.live.hands import HANDS
from workshops.live.holding import CONTRIBUTIONS, HOLDING, must_go_on
from workshops.live.leading import LEADING
from workshops.live.moderation import MODERATION
from workshops.live.people import PEOPLE
from workshops.live.places import base_of, is_there, reader_of, seen_from
from workshops.live.putting_back import PUTTING_BACK
from workshops.live.rehearsing import REHEARSING
from workshops.live.rooms import ROOMS
from workshops.live.rooms_following import with_rooms
from workshops.live.rooms_onward import ONWARD
from workshops.live.running import RUNNING, closes_at
from workshops.live.state import FACILITATOR, PARTICIPANT, READERS, SCREEN, State
from workshops.live.staying import STAYING
from workshops.live.taking_back import TAKING_BACK
from workshops.live.timing import TIMING
from workshops.results import projection

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from realtime.fields import Form

_PARTS = (
    AGENDA,
    RUNNING,
    ROOMS,
    ONWARD,
    TIMING,
    STAYING,
    HOLDING,
    PEOPLE,
    LEADING,
    HANDS,
    ANNOUNCING,
    MODERATION,
    FLAGS,
    TAKING_BACK,
    PUTTING_BACK,
    REHEARSING,
)
_COMMANDS = {name: command for part in _PARTS for name, command in part.commands.items()}
_EVENTS = {name: apply for part in _PARTS for name, apply in part.events.items()}
_KINDS_OF: dict[str, set[str]] = {}
for _activity in ACTIVITIES.values():
    for _name in _activity.commands:
        _KINDS_OF.setdefault(_name, set()).add(_activity.kind)
_FORMS: dict[str, Form] = {name: form for name, (form, _decide) in _COMMANDS.items()} | {
    name: form for activity in ACTIVITIES.values() for name, form in activity.commands.items()
}
_CHANGE_ONLY_THEIR_ROUND = {"step.finished", "step.asked_again", *HANDS.events, *ANNOUNCING.events}.union(
    *(activity.changes_only_its_round for activity in ACTIVITIES.values())
)
_ROOTS = {
    PARTICIPANT: ["room", "stage", "heard"],
    FACILITATOR: ["room", "stage", "desk", "run", "people", "hidden"],
    SCREEN: ["room", "stage"],
}


class WorkshopRoom(RoomKind[State]):
    """A workshop's log, read and written by the rules in this package."""

    name = "workshop"
    version = 1
    readers: ClassVar = READERS

    def start(self, stream: str) -> State:
        return State(stream)

    def forms(self) -> Mapping[str, Form]:
        return _FORMS

    def decide(self, state: State, command: Command, by: str) -> list[NewEvent]:
        must_go_on(state, by, contribution=command.do in CONTRIBUTIONS or command.do not in _COMMANDS)
        rooms.must_be_inside(state, command, by)
        if command.do in _COMMANDS:
            return with_rooms(state, _COMMANDS[command.do][1](state, command, by))
        state.member(by)
        step = state.found_step(command["activity"])
        if step.kind not in _KINDS_OF[command.do]:
            raise Refused("no_such_activity", words.NO_SUCH_ACTIVITY)
        activity = activity_of(step.kind)
        if command.do not in activity.for_all_rooms:
            rooms.must_not_be_split(step)
        return with_rooms(state, activity.decide(state, step, command, by))

    def apply(self, state: State, event: Happened) -> Dirty:
        if event.kind in _CHANGE_ONLY_THEIR_ROUND:
            return self._apply(state, event)
        state.look_again()
        dirty = self._apply(state, event)
        state.look_again()  # also what was looked up halfway
        if "run" in dirty.keys:
            dirty.keys.add("desk.note")  # another activity may be the one that the notes are about
        return dirty

    @staticmethod
    def _apply(state: State, event: Happened) -> Dirty:
        if event.kind in _EVENTS:
            return rooms.told(state, event, _EVENTS[event.kind](state, event))
        step = state.steps[event.body["activity"]]
        activity = activity_of(step.kind)
        kept = taking_back.note(step, event, activity.inverse(state, step, event))
        changes = putting_back.count(step)
        dirty = activity.apply(state, step, event)
        if putting_back.count(step) != changes:
            dirty.add(putting_back.changed(step))
        if kept:
            dirty.people.add(event.actor)
        return rooms.told(state, event, dirty)

    # -- views -----------------------------------------------------------------------------------------------------

    def roots(self, state: State, reader: str) -> list[str]:
        return _ROOTS[base_of(reader)]

    def lists(self, state: State, reader: str) -> dict[str, list[str]]:
        lists: dict[str, list[str]] = {}
        state, reader = seen_from(state, reader), base_of(reader)
        if state.step is not None and state.step.breakout is None and state.closed_at is None:
            lists |= activity_of(state.step.kind).lists(state, state.step, reader)
            lists |= putting_back.lists(state.step) if reader == FACILITATOR else {}
        if reader == FACILITATOR:
            lists["people-list"] = [f"person-{person}" for person in state.people]
        return lists

    def show(self, state: State, key: str, reader: str) -> Fragment | None:
        return showing.show(state, key, reader)

    def reader_of(self, state: State, person: str, reader: str) -> str:
        return reader_of(state, person, reader)

    def own(self, state: State, person: str, reader: str) -> Own:
        me = state.people.get(person)
        if me is None or reader == SCREEN:
            return Own()
        data: dict[str, Any] = {"name": me.name, "background": me.background, "consent": me.consent}
        mine, fragments = desk.own(state, person, reader)
        state = seen_from(state, reader)
        data |= mine
        step = state.step
        if step is None or state.closed_at is not None:
            return Own(data, fragments)
        own = activity_of(step.kind).own(state, step, person) if step.breakout is None else Own()
        if step.round is not None:
            data["finished"] = person in step.round.finished
            data["take_back"] = taking_back.offered(step, person)
            data |= taking_back.again(state, step, person)
        return Own(data | own.data, fragments | dict(own.fragments))

    def now(self, state: State, present: set[str], reader: str) -> dict[str, Any]:
        inside = {person for person in present if person in state.people and not state.people[person].removed}
        if base_of(reader) == FACILITATOR:
            return {"here": len(inside), **desk.now(state, inside)}
        return {"here": len(inside)}

    def may_enter(self, state: State, person: str, reader: str) -> bool:
        me = state.people.get(person)
        if me is None or me.removed:
            return False
        return is_there(state, reader) and (base_of(reader) == PARTICIPANT or me.role == FACILITATOR)

    # -- time and tables -------------------------------------------------------------------------------------------

    def due(self, state: State) -> tuple[int, str] | None:
        due = min((at for _step, at in closes_at(state)), default=None) if state.closed_at is None else None
        return (due, "clock.time_is_up") if due is not None else None

    def project(self, state: State, events: Iterable[Happened]) -> None:
        projection.project(state, list(events))
