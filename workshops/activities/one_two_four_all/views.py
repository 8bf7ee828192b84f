"""What is shown of 1-2-4-All: to everybody, to facilitators, and to each group alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from realtime.kinds import filled
from workshops.activities.base import Fragment, Own
from workshops.activities.one_two_four_all.gathering import ALL, ALONE, FOURS, PAIRS, Gathering, Team
from workshops.activities.shared.writing import Writing, pieces_now, undo_removing
from workshops.live.state import FACILITATOR, PARTICIPANT

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.live.state import Round, State, Step


class GatheringViews(Writing):
    """The half of 1-2-4-All that only looks."""

    @staticmethod
    def name_of(team: Team) -> StrOrPromise:
        """Give what a group is called."""
        pair = team.id.startswith(f"{PAIRS}-")
        return filled(_("Pair %(n)d") if pair else _("Group %(n)d"), n=team.number)

    def to_bring(self, state: State, step: Step, gathering: Gathering, person: str) -> list[str]:
        """Give what somebody could put on their group's board: their own, their pair's, and what was put down."""
        mine = pieces_now(state, step, person)
        before = gathering.teams.get(gathering.was.get(person, "")) if gathering.stage == FOURS else None
        team = gathering.team_of(person)
        ids = [*(before.board if before else ()), *(idea.id for idea in mine), *(team.off if team else ())]
        return [idea for idea in dict.fromkeys(ids) if state.ideas[idea].on_board]

    # -- for everybody ---------------------------------------------------------------------------------------------

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        """Give what the groups share, once all are together."""
        if not step.rounds:
            return {"shared": []}
        shared = step.rounds[-1].memory.shared
        found = [idea for idea in shared if self.visible(step, state.ideas[idea])]
        return {"shared": [f"idea-{idea}" for idea in sorted(found, key=lambda idea: shared[idea].number)]}

    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        """Give the groups' table for facilitators, or the card of something that is shared."""
        if key == "stage.teams":
            return (
                Fragment(self.template("teams"), self._teams(state, step)) if reader == FACILITATOR else None
            )
        idea = state.ideas.get(key.removeprefix("idea-"))
        if idea is None or not step.rounds or idea.round != len(step.rounds):
            return None
        return self.card(state, step, key, reader)

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        """Give what the stage's templates need."""
        if not step.rounds:
            return {"at": ALONE, "shares": False}
        gathering: Gathering = step.rounds[-1].memory
        context: dict[str, Any] = {
            "at": gathering.stage,
            "warned": gathering.warned and step.phase == "open",
            "most_characters": step.settings.most_characters,
            "shares": gathering.stage == ALL or step.revealed,
        }
        if reader == FACILITATOR:
            context |= self._teams(state, step)
        return context

    def _teams(self, state: State, step: Step) -> dict[str, Any]:
        """Give the facilitators' table: who is where and how far. Never what stands on a board."""
        gathering: Gathering | None = step.rounds[-1].memory if step.rounds else None
        if gathering is None or gathering.stage not in (PAIRS, FOURS) or not step.running:
            return {"teams": [], "step_id": step.id, "open": False}
        return {
            "step_id": step.id,
            "open": step.phase == "open",
            "fours": gathering.stage == FOURS,
            "teams": [
                {
                    "id": team.id,
                    "name": self.name_of(team),
                    "people": [state.people[person].name for person in team.people],
                    "pieces": sum(state.ideas[idea].on_board for idea in team.board),
                    "chosen": bool(team.chosen),
                    "link": team.link,
                }
                for team in gathering.now()
                if team.seats
            ],
        }

    # -- for one person --------------------------------------------------------------------------------------------

    def own(self, state: State, step: Step, person: str) -> Own:
        """Give somebody's own pieces and their group's board; a facilitator the board they opened."""
        if not step.rounds:
            return Own()
        gathering: Gathering = step.rounds[-1].memory
        if state.people[person].role == FACILITATOR:
            team = gathering.teams.get(gathering.visits.get(person, ""))
            if team is None or not step.running:
                return Own({"visits": []})
            return Own(
                {"visits": [team.id]}, {"own-visit": self._board(state, step, gathering, team, person)}
            )
        if state.people[person].role != PARTICIPANT:
            return Own()
        team = gathering.team_of(person)
        mine = pieces_now(state, step, person)
        fragments = {}
        if gathering.stage == ALONE or not step.running:
            fragments["own-alone"] = self._alone(state, step, [idea.id for idea in mine])
        if team is not None and step.running:
            fragments["own-group"] = self._board(state, step, gathering, team, person)
        data = {"mine": [idea.id for idea in mine], "in_group": team is not None}
        return Own(data, fragments)

    def _alone(self, state: State, step: Step, mine: list[str]) -> Fragment:
        return Fragment(
            self.template("own_alone"),
            {
                "step": step.id,
                "ideas": [self._piece(state, idea) for idea in mine],
                "most_characters": step.settings.most_characters,
                "open": step.phase == "open",
            },
        )

    def _board(self, state: State, step: Step, gathering: Gathering, team: Team, person: str) -> Fragment:
        member = person in team.people
        bring = (
            self.to_bring(state, step, gathering, person)
            if member and gathering.stage in (PAIRS, FOURS)
            else []
        )
        visitors = [state.people[who].name for who in sorted(gathering.visitors(team)) if who in state.people]
        return Fragment(
            self.template("board"),
            {
                "step": step.id,
                "team": team.id,
                "name": self.name_of(team),
                "at": gathering.stage,
                "fours": team.id.startswith(f"{FOURS}-"),
                "member": member,
                "open": step.phase == "open",
                "people": [
                    {"seat": seat, "name": state.people[who].name, "me": who == person}
                    for seat, who in team.seats.items()
                ],
                "visitors": visitors,
                "link": team.link,
                "chosen": team.chosen,
                "board": [
                    self._piece(state, idea, person) for idea in team.board if state.ideas[idea].on_board
                ],
                "bring": [self._piece(state, idea) for idea in bring if idea not in team.board],
                "most_characters": step.settings.most_characters,
            },
        )

    @staticmethod
    def _piece(state: State, idea_id: str, person: str = "") -> dict[str, Any]:
        idea = state.ideas[idea_id]
        return {
            "id": idea.id,
            "text": idea.text,
            "mine": idea.author == person,
            "flagged": person in idea.flags,
            "hidden": idea.hidden is not None,
            "reason": idea.hidden or "",
            "undo": undo_removing(idea),
        }

    # -- results ---------------------------------------------------------------------------------------------------

    def progress(self, state: State, step: Step) -> list[tuple[str, StrOrPromise]]:
        if not step.rounds:
            return []
        gathering: Gathering = step.rounds[-1].memory
        written = state.sheet(step.id).on_board
        ideas = (str(written), ngettext("idea written", "ideas written", written))
        teams = [team for team in gathering.now() if team.seats]
        if gathering.stage == PAIRS:
            return [ideas, (str(len(teams)), ngettext("pair", "pairs", len(teams)))]
        if gathering.stage == ALONE:
            return [ideas]
        fours = [team for team in gathering.teams.values() if team.id.startswith(f"{FOURS}-") and team.seats]
        chosen = sum(bool(team.chosen) for team in fours)
        told = _("%(chosen)d of %(all)d") % {"chosen": chosen, "all": len(fours)}
        return [ideas, (told, _("groups have chosen what they share"))]

    def done_by(self, state: State, step: Step, person: str) -> str:
        if not step.rounds or not step.running:
            return ""
        gathering: Gathering = step.rounds[-1].memory
        team = gathering.team_of(person)
        if gathering.stage not in (PAIRS, FOURS):
            return ""
        if team is None:
            return str(_("in no group"))
        return str(self.name_of(team))

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        gathering: Gathering = run.memory
        written = [idea for idea in state.ideas_of(step.id) if idea.round == run.number]
        teams = [team for team in gathering.teams.values() if team.seats or team.chosen]
        fours = [team for team in teams if team.id.startswith(f"{FOURS}-")]
        counts = {
            "people": gathering.most_people,
            "written": len(written),
            "pairs": sum(team.id.startswith(f"{PAIRS}-") for team in teams),
            "fours": len(fours),
        }
        if gathering.stage != ALL and run.revealed_at is None:
            return {**counts, "withheld": "not_shown", "ideas": [], "groups": []}
        shared = [team for team in fours if team.chosen and state.ideas[team.chosen].on_board]
        return {
            **counts,
            "ideas": [state.gid(team.chosen) for team in shared],
            "groups": [
                {"number": team.number, "people": len(team.seats), "item": state.gid(team.chosen)}
                for team in shared
            ],
            "shared_nothing": len(fours) - len(shared),
        }
