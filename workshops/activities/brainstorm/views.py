"""What people see of a brainstorm: their own ideas, what others may see by now, and what waits for facilitators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import ngettext

from workshops.activities.base import Dirty, Fragment, Own
from workshops.activities.brainstorm.unveiling import MOST_OFFERED, OPEN, SAME, Unveiling
from workshops.activities.shared.writing import (
    Writing,
    built_upon,
    mixed,
    pieces_now,
    pieces_of,
    undo_removing,
)
from workshops.live.state import FACILITATOR, SCREEN

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.live.state import Idea, Round, State, Step


def memory_of(step: Step, idea: Idea) -> Unveiling:
    """Give the memory of the round in which an idea was written."""
    return cast("Unveiling", step.rounds[idea.round - 1].memory)


class BrainstormViews(Writing):
    """The half of a brainstorm that only looks."""

    # -- who sees what -----------------------------------------------------------------------------------------------

    def unseen(self, step: Step) -> bool:
        return str(step.settings.visibility) != "shared"

    def shown(self, step: Step, idea: Idea) -> bool:
        if not self.unseen(step):
            return memory_of(step, idea).is_through(idea.id)
        return step.rounds[idea.round - 1].revealed_at is not None and memory_of(step, idea).is_shown(idea.id)

    def sees(self, state: State, step: Step, idea: Idea, person: str) -> bool:
        return self.visible(step, idea) or (
            idea.on_board and memory_of(step, idea).has_before_them(person, idea.id)
        )

    def beside(self, step: Step, idea: Idea) -> str:
        """Name the list in which only facilitators see an idea: "waiting", "unshown" or, if they don't, ""."""
        memory = memory_of(step, idea)
        if not idea.on_board or self.shown(step, idea):
            return ""
        if not memory.is_through(idea.id):
            return "waiting"
        return "unshown" if memory.one_by_one and step.rounds[idea.round - 1].revealed_at is not None else ""

    def unshown(self, state: State, step: Step) -> list[Idea]:
        """Give what facilitators can show next, in mixed order."""
        left = [idea for idea in state.ideas_of(step.id) if self.beside(step, idea) == "unshown"]
        return sorted(left, key=lambda idea: (idea.round, mixed(idea)))

    @staticmethod
    def count_shown(step: Step) -> int:
        """Count what was shown one by one, in all rounds."""
        return sum(len(run.memory.shown) for run in step.rounds)

    def in_order(self, step: Step, ideas: list[Idea]) -> list[Idea]:
        """Shown one by one they stand as they were shown."""
        if not self.unseen(step):
            return ideas

        def place(idea: Idea) -> tuple[int, int, int]:
            shown = memory_of(step, idea).shown
            return idea.round, shown.get(idea.id, len(shown)), mixed(idea)

        return sorted(ideas, key=place)

    def where(self, state: State, step: Step, idea: Idea) -> Dirty:
        """Name what shows an idea that came to be seen, or left the board."""
        memory = memory_of(step, idea)
        keys = {f"idea-{idea.id}", "stage.progress", *self.with_it(memory)}
        people = {idea.author} | memory.offered_to.get(idea.id, set())
        return Dirty(keys=keys, lists={"ideas", "waiting", "unshown"}, people=people)

    @staticmethod
    def with_it(memory: Unveiling) -> set[str]:
        """Name what tells how many ideas are not shown yet: the button for the next, and what closing would lose."""
        keys = {"run"} if memory.one_by_one or memory.checked else set()
        return keys | ({"stage.latest"} if memory.one_by_one else set())

    # -- lists and cards ---------------------------------------------------------------------------------------------

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        lists = {"ideas": [f"idea-{idea.id}" for idea in self.board(state, step)]}
        if reader != FACILITATOR:
            return lists
        if step.settings.moderated:
            waiting = (idea for idea in state.ideas_of(step.id) if self.beside(step, idea) == "waiting")
            lists["waiting"] = [f"idea-{idea.id}" for idea in waiting]
        if step.settings.reveal == "one_by_one":
            lists["unshown"] = [f"idea-{idea.id}" for idea in self.unshown(state, step)]
        return lists

    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        if key == "stage.latest":
            latest = self._latest(state, step, reader)
            return Fragment(self.template("latest"), {"latest": latest}) if latest else None
        idea = state.ideas.get(key.removeprefix("idea-"))
        if reader == FACILITATOR and idea is not None and idea.step == step.id and self.beside(step, idea):
            context = self.card_context(state, step, idea, reader)
            more = {"one": [idea.id], "waits": self.beside(step, idea) == "waiting"}
            return Fragment(self.template("waiting"), context | more)
        return self.card(state, step, key, reader)

    def card_context(self, state: State, step: Step, idea: Idea, reader: str) -> dict[str, Any]:
        context = super().card_context(state, step, idea, reader)
        origin = state.steps[idea.step]
        if not self.visible(origin, idea):
            return context
        memory = memory_of(origin, idea)
        first = memory.changed_from.get(idea.id)
        if step is origin and reader != SCREEN and first is not None:
            context["before"] = idea.earlier[: first - 1 if first else None : -1]
        if memory.same.get(idea.id):
            context["same"] = memory.same[idea.id]
        return context

    def _latest(self, state: State, step: Step, reader: str) -> dict[str, Any] | None:
        """Give what was shown last, one by one; for facilitators how to go on."""
        if not step.revealed or not step.rounds[-1].memory.one_by_one:
            return None
        last = next(
            (state.ideas[i] for i in reversed(step.rounds[-1].memory.shown) if state.ideas[i].on_board), None
        )
        latest: dict[str, Any] = {
            "step": step.id,
            "wall": reader == SCREEN,
            "all": step.rounds[-1].memory.all_shown,
            "text": last.text if last and not step.rounds[-1].memory.all_shown else "",
        }
        if reader == FACILITATOR:
            left = self.unshown(state, step)
            latest |= {
                "lead": True,
                "left": len(left),
                "shown": self.count_shown(step),
                "used": any(built_upon(state, step, idea.round) for idea in left[:1]),
            }
        return latest

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        settings = step.settings
        used = built_upon(state, step, len(step.rounds))
        return {
            "private": self.unseen(step),
            "visibility": settings.visibility,
            "checked": settings.moderated,
            "one_by_one": settings.reveal == "one_by_one" and self.unseen(step),
            "shown": not self.unseen(step) or step.revealed,
            "latest": self._latest(state, step, reader),
            "names": settings.names,
            "late_ideas": settings.late_ideas,
            "most_characters": settings.most_characters,
            "most_ideas": settings.most_ideas,
            "can_write": step.phase == "open" and not used,
            "can_write_late": step.phase in ("closed", "revealed") and settings.late_ideas and not used,
        }

    def own(self, state: State, step: Step, person: str) -> Own:
        written = pieces_of(state, step, person)
        mine = [idea for idea in written if idea.on_board]
        most = step.settings.most_ideas
        fragment = Fragment(
            self.template("own"),
            {
                "step": step.id,
                "ideas": [
                    {
                        "id": idea.id,
                        "text": idea.text,
                        "edited": bool(idea.earlier),
                        "seen": self.shown(step, idea)
                        and step.rounds[idea.round - 1].revealed_at is not None,
                        "waits": not memory_of(step, idea).is_through(idea.id),
                        "editable": step.phase != "paused" and not built_upon(state, step, idea.round),
                        "undo": undo_removing(idea),
                    }
                    for idea in mine
                ],
                "count": len(written),
                "taken_off": [self._taken_off(state, idea) for idea in written if not idea.on_board],
                "most_characters": step.settings.most_characters,
                "also_above": self.unseen(step) and step.revealed,
            },
        )
        data: dict[str, Any] = {"mine": [idea.id for idea in mine], "written": len(mine)}
        if most:
            data["left"] = max(0, most - len(pieces_now(state, step, person)))
            data["full"] = not data["left"]
        fragments = {"own-ideas": fragment}
        if step.settings.visibility == "suggestive" and step.round is not None:
            fragments["own-offers"] = self._offered(state, step, person)
        return Own(data, fragments)

    def _offered(self, state: State, step: Step, person: str) -> Fragment:
        """Show somebody the ideas of others that they were offered. Without names, whatever is promised."""
        memory: Unveiling = step.rounds[-1].memory
        had = memory.offers.get(person, {})
        there = (
            {} if step.revealed else {idea: said for idea, said in had.items() if state.ideas[idea].on_board}
        )
        context = {
            "step": step.id,
            "open": step.phase == "open",
            "offers": [{"id": i, "text": state.ideas[i].text} for i, said in there.items() if said == OPEN],
            "same": [{"id": i, "text": state.ideas[i].text} for i, said in there.items() if said == SAME],
            "may_ask": step.phase == "open"
            and len(had) < MOST_OFFERED
            and bool(pieces_now(state, step, person)),
            "write_first": step.phase == "open" and not pieces_of(state, step, person),
        }
        return Fragment(self.template("offers"), context)

    @staticmethod
    def _taken_off(state: State, idea: Idea) -> dict[str, Any]:
        """Say what became of an idea: hidden, perhaps with a reason, or merged into one that is named if it is seen."""
        into = state.ideas[idea.merged_into] if idea.merged_into else None
        return {
            "text": idea.text,
            "hidden": idea.hidden is not None,
            "reason": idea.hidden or "",
            "into": into.text if into and into.hidden is None and not into.removed else "",
        }

    def progress(self, state: State, step: Step) -> list[tuple[str, StrOrPromise]]:
        sheet = state.sheet(step.id)
        written = (str(sheet.on_board), ngettext("idea written", "ideas written", sheet.on_board))
        settings = step.settings
        unseen = settings.visibility == "private" and all(run.revealed_at is None for run in step.rounds)
        if settings.moderated:
            waiting = len({i for run in step.rounds for i in run.memory.written - run.memory.passed})
            told: list[tuple[str, StrOrPromise]] = [
                written,
                (str(waiting), ngettext("idea waits", "ideas wait", waiting)),
            ]
            return told
        if settings.names != "everybody" and not unseen:
            return [written]  # a number that moves as an idea appears would say whether its writer has others
        writers = len(sheet.on_board_by)
        return [written, (str(writers), ngettext("person with an idea", "people with an idea", writers))]

    def done_by(self, state: State, step: Step, person: str) -> str:
        if step.settings.names == "nobody":
            return ""  # a count that grows as an idea appears would say whose it is
        count = len(pieces_of(state, step, person))
        return ngettext("%(count)d idea", "%(count)d ideas", count) % {"count": count}

    # -- results ---------------------------------------------------------------------------------------------------

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        ideas = self.in_order(step, [idea for idea in state.ideas_of(step.id) if idea.round == run.number])
        revealed = not self.unseen(step) or run.revealed_at is not None
        seen = [idea for idea in ideas if self.shown(step, idea)] if revealed else ideas
        outcome: dict[str, Any] = {"ideas": [state.gid(idea.id) for idea in seen]}
        if not revealed:
            return outcome | {"withheld": "not_shown"}
        if len(seen) < len(ideas):
            outcome["not_shown"] = len(ideas) - len(seen)
        memory: Unveiling = run.memory
        if memory.offering:
            same = {state.gid(idea.id): memory.same.get(idea.id, 0) for idea in seen}
            outcome["same"] = [{"item": gid, "people": n} for gid, n in same.items() if n]
        return outcome
