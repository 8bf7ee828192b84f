"""1-2-4-All: everybody alone, then in pairs, then in foursomes, then all. What a foursome chooses goes to everybody.

A piece is written once and keeps its id and its author; carrying it up only puts it on the next board. A board is sent
to the people of its group alone, and to a facilitator who opened it: then the group sees that somebody is there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from realtime.fields import Id, Text, Whole
from workshops.activities import base
from workshops.activities.base import Dirty, setting
from workshops.activities.one_two_four_all.gathering import ALL, ALONE, FOURS, PAIRS, Gathering, Team
from workshops.activities.one_two_four_all.rules import GatheringRules
from workshops.activities.shared.stages import begin_stage
from workshops.activities.shared.writing import MOST_CHARACTERS, Writing, pieces_now
from workshops.live.holding import run_clock
from workshops.live.state import PARTICIPANT

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Command, Happened, NewEvent, Pretender
    from workshops.live.state import Idea, Person, State, Step

WARNING_MS = 30_000
HERE = Text(most=60_000, lines=False, required=False)
"""Who is here, as the console knows it: ids with spaces between. The rules themselves know nothing of presence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTwoFourAllSettings(base.Settings):
    """How long each stage takes, and who comes together."""

    alone_minutes: int = field(default=1, metadata=setting(_("Minutes alone"), least=1, most=60))
    pairs_minutes: int = field(default=2, metadata=setting(_("Minutes in pairs"), least=1, most=60))
    fours_minutes: int = field(default=4, metadata=setting(_("Minutes in foursomes"), least=1, most=60))
    all_minutes: int = field(default=5, metadata=setting(_("Minutes all together"), least=1, most=60))
    mix: bool = field(
        default=False,
        metadata=setting(
            _("Mix backgrounds"), _("Pairs are of different backgrounds, as far as it goes. Else by chance.")
        ),
    )
    new_faces: bool = field(
        default=True,
        metadata=setting(
            _("New faces"),
            _(
                "People who were a pair before in this workshop are not put together again, where it can be helped."
            ),
        ),
    )
    most_characters: int = field(
        default=280, metadata=setting(_("Longest idea, in characters"), least=20, most=MOST_CHARACTERS)
    )


class OneTwoFourAll(GatheringRules):
    """Thinking alone, in twos, in fours, and all together."""

    kind = "one_two_four_all"
    label = _("1-2-4-All")
    about = _(
        "Everybody thinks alone, then in pairs, then in foursomes. Each foursome shares one thing with all."
    )
    icon = "git-merge"
    verb = _("Start: everybody alone")
    minutes = 12
    Settings = OneTwoFourAllSettings
    gives_ideas = True
    commands: ClassVar = {
        **Writing.commands,
        "four.write": {"activity": Id(), "text": Text(most=MOST_CHARACTERS)},
        "four.bring": {"activity": Id(), "idea": Id()},
        "four.put_down": {"activity": Id(), "idea": Id()},
        "four.choose": {"activity": Id(), "idea": Id(required=False)},
        "four.join": {"activity": Id()},
        "four.gone": {"activity": Id(), "seat": Whole(least=1, most=9999)},
        "four.link": {
            "activity": Id(),
            "team": Id(required=False),
            "link": Text(most=300, lines=False, required=False),
        },
        "four.next": {"activity": Id(), "stage": Whole(most=9), "here": HERE},
        "four.warn": {"activity": Id(), "stage": Whole(most=9), "here": HERE},
        "four.regroup": {"activity": Id(), "here": HERE},
        "four.visit": {"activity": Id(), "team": Id(required=False)},
    }

    # -- what it says of itself ------------------------------------------------------------------------------------

    def unseen(self, step: Step) -> bool:
        return True

    def shown(self, step: Step, idea: Idea) -> bool:
        run = step.rounds[idea.round - 1]
        gathering: Gathering = run.memory
        told = gathering.stage == ALL or run.revealed_at is not None
        return told and idea.id in gathering.shared

    def sees(self, state: State, step: Step, idea: Idea, person: str) -> bool:
        if not step.rounds:
            return False
        team = step.rounds[-1].memory.team_of(person)
        return self.visible(step, idea) or (team is not None and idea.on_board and idea.id in team.board)

    def first_minutes(self, step: Step) -> int:
        return int(step.settings.alone_minutes)

    def due(self, step: Step) -> int | None:
        """A stage whose end was announced ends by the clock; else only the last one, where the facilitator wants it."""
        gathering: Gathering | None = step.rounds[-1].memory if step.rounds else None
        if gathering is None or gathering.stage == ALL:
            return super().due(step)
        return step.ends_at if step.phase == "open" and gathering.warned else None

    def time_is_up(self, state: State, step: Step, command: Command) -> list[NewEvent]:
        gathering: Gathering = step.rounds[-1].memory
        if gathering.stage == ALL:
            return super().time_is_up(state, step, command)
        return [self.next_stage(state, step, gathering, command.seed, set(gathering.here))]

    def promise(self, settings: OneTwoFourAllSettings) -> StrOrPromise:
        return _(
            "What you write alone only you see, until you bring it to your pair or group, who see your name. "
            "Only what a group of four chooses to share is shown to everybody, without names. "
            "A facilitator can look at a group's board; the group is shown that somebody is there."
        )

    def begin(self, state: State, step: Step) -> Gathering:
        return Gathering()

    def inverse(self, state: State, step: Step, event: Happened) -> dict[str, Any] | None:
        act = {"activity": step.id}
        match event.kind:
            case "piece.brought":
                return {"do": "four.put_down", **act, "idea": event.body["idea"]}
            case "piece.put_down":
                return {"do": "four.bring", **act, "idea": event.body["idea"]}
            case "piece.chosen":
                team = step.rounds[-1].memory.teams[event.body["team"]]
                return {"do": "four.choose", **act, "idea": team.chosen or None}
        return super().inverse(state, step, event) if event.kind in self.EVENTS else None

    # -- what happened ---------------------------------------------------------------------------------------------

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        gathering: Gathering = step.rounds[-1].memory
        body = event.body
        match event.kind:
            case "stage.begun":
                return self._begun(state, step, gathering, event)
            case "stage.ending":
                return self._ending(state, step, gathering, event)
            case "team.visited" | "team.joined" | "team.left":
                return self._came_or_went(gathering, event)
            case "piece.chosen":
                return self._chosen(gathering, event)
        if event.kind in self.EVENTS:
            return self._written(state, step, gathering, event)
        team = gathering.teams[body["team"]]
        if event.kind == "team.linked":
            team.link = event.private.get("link", "")
        elif event.kind == "piece.brought":
            team.put(body["idea"])
        else:
            team.put_down(body["idea"])
        return self._team_changed(gathering, team, {event.actor})

    @staticmethod
    def _ending(state: State, step: Step, gathering: Gathering, event: Happened) -> Dirty:
        gathering.warned, gathering.here = True, event.body["here"]
        run_clock(state, step, WARNING_MS, event.at)
        say = _("Thirty seconds left, then everybody goes on.")
        return Dirty(keys={"stage", "run"}, say=[(None, say)])

    def _came_or_went(self, gathering: Gathering, event: Happened) -> Dirty:
        if event.kind == "team.visited":
            return self._visited(gathering, event)
        if event.kind == "team.joined":
            return Dirty(keys={"stage.teams", "stage.progress"}, people=gathering.come(event.actor))
        concerned: set[str] = set()
        for person in event.body["people"]:
            concerned |= gathering.leave(person)
        return Dirty(keys={"stage.teams", "stage.progress"}, people=concerned)

    @staticmethod
    def _begun(state: State, step: Step, gathering: Gathering, event: Happened) -> Dirty:
        settings = step.settings
        gathering.form(event.body["stage"], event.body["groups"])
        minutes = {PAIRS: settings.pairs_minutes, FOURS: settings.fours_minutes, ALL: settings.all_minutes}
        begin_stage(state, step, minutes[gathering.stage], event.at)
        if gathering.stage == ALL:  # the groups are over, but can still say what they share
            gathering.at = {
                person: team.id
                for team in gathering.teams.values()
                if team.id.startswith(f"{FOURS}-")
                for person in team.people
            }
        return Dirty(whole=True, everybody=True, say=[(None, SAY[gathering.stage])])

    @staticmethod
    def _visited(gathering: Gathering, event: Happened) -> Dirty:
        before = gathering.teams.get(gathering.visits.pop(event.actor, ""))
        if event.body["team"]:
            gathering.visits[event.actor] = event.body["team"]
        after = gathering.teams.get(event.body["team"])
        people = {event.actor}.union(*(team.people for team in (before, after) if team is not None))
        return Dirty(people=people)

    @staticmethod
    def _team_changed(gathering: Gathering, team: Team | None, people: set[str]) -> Dirty:
        near = gathering.near(team) if team is not None else set()
        return Dirty(keys={"stage.teams", "stage.progress"}, people=people | near)

    def _chosen(self, gathering: Gathering, event: Happened) -> Dirty:
        team = gathering.teams[event.body["team"]]
        cards = {f"idea-{piece}" for piece in (team.chosen, event.body["idea"]) if piece}
        team.chosen = event.body["idea"]
        dirty = self._team_changed(gathering, team, {event.actor})
        if gathering.stage == ALL:
            dirty.keys |= cards
            dirty.lists.add("shared")
        return dirty

    def _written(self, state: State, step: Step, gathering: Gathering, event: Happened) -> Dirty:
        idea = self.apply_writing(state, step, event)
        if event.kind == "idea.added" and idea.about in gathering.teams:
            gathering.teams[idea.about].put(idea.id)
        dirty = self.changed_by(state, step, idea, event, "shared")
        dirty.add(self._around(gathering, idea.id))
        return dirty

    @staticmethod
    def _around(gathering: Gathering, idea: str) -> Dirty:
        """Name whose own view may show a piece: groups with it on their board, and those who come from one."""
        dirty = Dirty()
        holding = {team.id for team in gathering.teams.values() if idea in team.board or idea in team.off}
        if holding:
            dirty.keys.add("stage.teams")
            dirty.people |= {person for person, team in gathering.at.items() if team in holding}
            dirty.people |= {person for person, team in gathering.was.items() if team in holding}
            dirty.people |= {person for person, team in gathering.visits.items() if team in holding}
        return dirty

    def withdrawn(self, state: State, step: Step, item: str) -> Dirty:
        idea = state.ideas.get(item)
        if idea is None or idea.step != step.id:
            return Dirty()
        dirty = Dirty(lists={"shared"}, keys={"stage"})
        dirty.add(self._around(step.rounds[-1].memory, item))
        return dirty

    def person_changed(self, state: State, step: Step, person: Person) -> Dirty:
        """Somebody was renamed, removed or is another now: their group sees it; who is removed leaves it."""
        if not step.rounds:
            return Dirty()
        gathering: Gathering = step.rounds[-1].memory
        visited = gathering.teams.get(gathering.visits.get(person.id, ""))
        dirty = Dirty(people=set(visited.people) if visited else set())
        team = gathering.team_of(person.id)
        if team is None:
            return dirty
        if step.running and (person.removed or person.role != PARTICIPANT):
            dirty.add(Dirty(keys={"stage.progress"}, people=gathering.leave(person.id)))
        dirty.add(Dirty(keys={"stage.teams"}, people=gathering.near(team)))
        return dirty

    def pretend(self, state: State, step: Step, person: str, pretender: Pretender) -> dict[str, Any] | None:  # noqa: PLR0911 (one stage after the other)
        if not step.rounds or step.phase != "open":
            return None
        gathering: Gathering = step.rounds[-1].memory
        act = {"activity": step.id}
        team = gathering.team_of(person)
        written = pieces_now(state, step, person)
        if gathering.stage == ALONE:
            if len(written) < 2 and pretender.chance(8):
                return {"do": "four.write", **act, "text": pretender.words(most=100)}
            return None
        if gathering.stage == ALL:
            return None
        if team is None:
            return {"do": "four.join", **act} if gathering.smallest() else None
        bring = [idea for idea in self.to_bring(state, step, gathering, person) if idea not in team.board]
        if bring and len(team.board) < 5:
            return {"do": "four.bring", **act, "idea": pretender.one_of(bring)}
        board = [idea for idea in team.board if state.ideas[idea].on_board]
        if gathering.stage == FOURS and board and not team.chosen:
            return {"do": "four.choose", **act, "idea": pretender.one_of(board)}
        return None


SAY: dict[int, StrOrPromise] = {
    PAIRS: _("Now in pairs."),
    FOURS: _("Now in groups of four."),
    ALL: _("Now all together."),
}
