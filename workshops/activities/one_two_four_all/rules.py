"""What may happen in 1-2-4-All: who goes on with whom, what is carried up, what a group shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from workshops.activities.base import NewEvent, Refused
from workshops.activities.one_two_four_all.gathering import (
    ALL,
    ALONE,
    FOURS,
    PAIRS,
    Gathering,
    Pair,
    Team,
    fours_of,
    pairs_of,
)
from workshops.activities.one_two_four_all.views import GatheringViews
from workshops.activities.shared.stages import Onward
from workshops.activities.shared.writing import Writing
from workshops.live import words
from workshops.live.state import FACILITATOR, PARTICIPANT

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Command
    from workshops.live.state import Idea, Person, State, Step

LEAST_PEOPLE = 2
TOO_FEW = _("Pairs need at least two participants.")
ON_TO: dict[int, StrOrPromise] = {
    ALONE: _("Now in pairs"),
    PAIRS: _("Now in fours"),
    FOURS: _("Now all together"),
}


class GatheringRules(GatheringViews):
    """The half of 1-2-4-All that decides."""

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        if command.do in ("four.next", "four.warn", "four.regroup", "four.visit"):
            state.facilitator(by)
            return self._lead(state, step, command, by)
        person = state.contributor(by)
        if command.do == "four.link":
            return self._link(step, command, person)
        if person.role != PARTICIPANT:
            raise Refused("not_allowed", _("Facilitators run this one. To take part, join as a participant."))
        gathering: Gathering = self.must_be_open(step).memory
        if command.do == "four.join":
            return self._join(step, gathering, by)
        if command.do == "four.gone":
            return self._gone(step, gathering, command, by)
        if command.do in self.commands.keys() & Writing.commands.keys():
            return self.decide_writing(state, step, command, by)
        on_boards = {"four.write": self._write, "four.choose": self._choose}
        return on_boards.get(command.do, self._carry)(state, step, gathering, command, by)

    def _lead(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        gathering: Gathering = self.must_be_open(step).memory
        if command.do == "four.visit":
            team = command["team"] or ""
            if team and team not in {one.id for one in gathering.now()}:
                raise Refused("no_such_group", _("This group is not there any more."))
            same = gathering.visits.get(by, "") == team
            return [] if same else [NewEvent("team.visited", {"activity": step.id, "team": team})]
        here = set((command["here"] or "").split())
        if command.do == "four.regroup":
            away = [person for person in gathering.at if person not in here]
            if not here or len(away) == len(gathering.at):
                raise Refused(
                    "nobody_here", _("It isn't known who is here. Ask the groups to say who has gone.")
                )
            return [NewEvent("team.left", {"activity": step.id, "people": away})] if away else []
        if gathering.stage != command["stage"] or gathering.stage == ALL:
            raise Refused("moved_on", words.MOVED_ON)
        if command.do == "four.next":
            return [self.next_stage(state, step, gathering, command.seed, here)]
        self._must_be_two(state, step)
        if gathering.warned:
            return []
        told = [person for person in state.people if person in here]
        return [NewEvent("stage.ending", {"activity": step.id, "here": told})]

    def onward(self, state: State, step: Step) -> Onward | None:
        stage = step.rounds[-1].memory.stage if step.running else ALL
        if stage == ALL:
            return None
        alone = stage == ALONE and len(state.people_at(step)) < LEAST_PEOPLE
        return Onward(stage, "four.next", ON_TO[stage], TOO_FEW if alone else "")

    def next_stage(
        self, state: State, step: Step, gathering: Gathering, seed: str, here: set[str]
    ) -> NewEvent:
        """Say who is with whom in the next stage. Who isn't here can join a group when they come back."""
        stage = gathering.stage + 1
        groups: list[list[str]] = []
        if stage == PAIRS:
            people = self._must_be_two(state, step)
            present = [person for person in people if person in here]
            people = present if len(present) > 1 else people
            background = {person: state.people[person].background.casefold() for person in people}
            groups = pairs_of(
                people,
                seed,
                background=background if step.settings.mix else None,
                met=self._met(state) if step.settings.new_faces else frozenset(),
            )
        elif stage == FOURS:
            groups = fours_of([team.people for team in gathering.now() if team.seats], seed)
        return NewEvent("stage.begun", {"activity": step.id, "stage": stage, "groups": groups})

    @staticmethod
    def _must_be_two(state: State, step: Step) -> list[str]:
        people = [person.id for person in state.people_at(step)]
        if len(people) < LEAST_PEOPLE:
            raise Refused("too_few_people", TOO_FEW)
        return people

    def _met(self, state: State) -> frozenset[Pair]:
        """Give who was in a pair with whom before in this workshop."""
        return frozenset(
            frozenset((one, two))
            for other in state.steps.values()
            if other.kind == self.kind
            for run in other.rounds
            for team in run.memory.teams.values()
            if team.id.startswith(f"{PAIRS}-")
            for one in team.people
            for two in team.people
            if one < two
        )

    @staticmethod
    def _my_team(gathering: Gathering, by: str) -> Team:
        team = gathering.team_of(by)
        if team is None:
            raise Refused("no_group", _("You are in no group now. Join one first."))
        return team

    def _write(
        self, state: State, step: Step, gathering: Gathering, command: Command, by: str
    ) -> list[NewEvent]:
        if gathering.stage == ALL:
            raise Refused("groups_over", _("The groups are over. Say it to all."))
        about = "" if gathering.stage == ALONE else self._my_team(gathering, by).id
        return [self.added(state, step, by, command["text"], about=about)]

    def _carry(
        self, state: State, step: Step, gathering: Gathering, command: Command, by: str
    ) -> list[NewEvent]:
        if gathering.stage not in (PAIRS, FOURS):
            raise Refused("groups_over", _("There are no groups now."))
        team, idea = self._my_team(gathering, by), command["idea"]
        on_board = idea in team.board
        body = {"activity": step.id, "idea": idea, "team": team.id}
        if command.do == "four.put_down":
            if not on_board:
                return []
            if team.chosen == idea:
                raise Refused("is_chosen", _("This is what your group shares. Choose something else first."))
            return [NewEvent("piece.put_down", body)]
        if idea not in self.to_bring(state, step, gathering, by):
            raise Refused("no_such_idea", words.NO_SUCH_IDEA)
        return [] if on_board else [NewEvent("piece.brought", body)]

    def _choose(
        self, state: State, step: Step, gathering: Gathering, command: Command, by: str
    ) -> list[NewEvent]:
        if gathering.stage not in (FOURS, ALL):
            raise Refused(
                "too_early", _("Groups of four choose what they share. Now you are still in pairs.")
            )
        team, idea = self._my_team(gathering, by), command["idea"] or ""
        if idea and (idea not in team.board or not state.ideas[idea].on_board):
            raise Refused("no_such_idea", words.NO_SUCH_IDEA)
        if idea == team.chosen:
            return []
        return [NewEvent("piece.chosen", {"activity": step.id, "idea": idea, "team": team.id})]

    def _join(self, step: Step, gathering: Gathering, by: str) -> list[NewEvent]:
        if gathering.stage not in (PAIRS, FOURS) or gathering.smallest() is None:
            raise Refused("no_group", _("There are no groups to join now."))
        return [] if by in gathering.at else [NewEvent("team.joined", {"activity": step.id})]

    def _gone(self, step: Step, gathering: Gathering, command: Command, by: str) -> list[NewEvent]:
        team = self._my_team(gathering, by)
        person = team.seats.get(command["seat"])
        if person is None or person == by:
            return []
        return [NewEvent("team.left", {"activity": step.id, "people": [person]})]

    def _link(self, step: Step, command: Command, person: Person) -> list[NewEvent]:
        gathering: Gathering = self.must_be_open(step).memory
        team = gathering.team_of(person.id)
        if person.role == FACILITATOR:
            team = next((one for one in gathering.now() if one.id == command["team"]), None)
        if team is None:
            raise Refused("no_such_group", _("This group is not there any more."))
        link = command["link"] or ""
        if link and (not link.startswith("https://") or " " in link):
            raise Refused("bad_link", _("A link must begin with https:// and have no spaces."))
        if link == team.link:
            return []
        return [NewEvent("team.linked", {"activity": step.id, "team": team.id}, {"link": link})]

    def may_still_change(self, state: State, step: Step, idea: Idea) -> None:
        super().may_still_change(state, step, idea)
        if idea.round != len(step.rounds):
            raise Refused("not_open", words.NOT_OPEN)
