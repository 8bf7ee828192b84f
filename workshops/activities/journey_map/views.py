"""What people see of a journey map: the table of stages and lanes, the line of feelings, and each their own entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import ngettext

from workshops.activities.base import Fragment, Own
from workshops.activities.journey_map.journey import (
    FEELINGS,
    FEELS,
    LANES,
    ROWS,
    Journey,
    cell,
    lane_name,
    lane_of,
    line_of,
    stages_of,
)
from workshops.activities.shared.promises import EVERYBODY, NOBODY
from workshops.activities.shared.writing import Writing, built_upon, pieces_now, taken_off, undo_removing

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.live.state import Idea, Round, State, Step

ENTRY = "entry"


class JourneyViews(Writing):
    """The half of a journey map that only looks."""

    @staticmethod
    def list_of(about: str) -> str:
        """Name the list of a cell."""
        return f"cell-{about.replace('/', '-')}"

    def _entries(self, state: State, step: Step) -> dict[str, list[Idea]]:
        """Give the latest round's entries that everybody sees, by their cell."""
        found: dict[str, list[Idea]] = {}
        for idea in self.board(state, step, ENTRY):
            if idea.round == len(step.rounds):
                found.setdefault(idea.about, []).append(idea)
        return found

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        if not self.is_seen(step):
            return {}
        entries = self._entries(state, step)
        cells = [cell(stage, lane) for stage in stages_of(step.rounds[-1].settings) for lane in LANES]
        return {self.list_of(one): [f"idea-{idea.id}" for idea in entries.get(one, [])] for one in cells}

    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        if key == "stage.feelings" and self.is_seen(step):
            return Fragment(self.template("feelings"), {"feelings": self._feelings(step.rounds[-1])})
        if key.startswith("stage.f-") and self.is_seen(step):
            return Fragment(self.template("felt"), self._felt(step.rounds[-1], key.removeprefix("stage.f-")))
        if key.startswith("stage.n-") and self.is_seen(step):
            about = key.removeprefix("stage.n-cell-").replace("-", "/")
            names = step.rounds[-1].settings.names
            return Fragment(
                self.template("n"), self._counted(names, self._entries(state, step).get(about, []))
            )
        idea = state.ideas.get(key.removeprefix("idea-"))
        here = idea is not None and idea.round == len(step.rounds)
        return self.card(state, step, key, reader) if here and self.is_seen(step) else None

    @staticmethod
    def _counted(names: str, entries: list[Idea]) -> dict[str, Any]:
        """Count a cell: people where names are shown, else entries.

        A number of people that stays as an entry comes would say that its writer has another one there.
        """
        if names == EVERYBODY:
            return {"n": len({idea.author for idea in entries}), "of_people": True}
        return {"n": len(entries), "of_people": False}

    @staticmethod
    def _felt(run: Round, stage: str) -> dict[str, Any]:
        memory: Journey = run.memory
        return {"mean": memory.mean(stage), "n": memory.counts.get(stage, 0)}

    def _feelings(self, run: Round) -> dict[str, Any]:
        return {"line": line_of([self._felt(run, stage) for stage in stages_of(run.settings)])}

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        if not step.rounds:
            return {"started": False}
        run = step.rounds[-1]
        seen = self.is_seen(step)
        entries = self._entries(state, step) if seen else {}
        stages = stages_of(run.settings)
        context: dict[str, Any] = {
            "started": True,
            "seen_now": seen,
            "private": self.unseen(step),
            "names": run.settings.names,
            "lanes": [{"id": lane, "name": name, "hint": hint} for lane, (name, hint) in LANES.items()],
            "heads": [lane_name(lane) for lane in ROWS],
            "stages": [{"id": stage, "text": text} for stage, text in stages.items()],
            "levels": [{"n": n, "name": name} for n, name in FEELINGS.items()],
            "most_characters": run.settings.most_characters,
            "can_write": step.phase == "open" and not built_upon(state, step, run.number),
        }
        if seen:
            context["feelings"] = self._feelings(run)
            context["rows"] = [
                {
                    "id": stage,
                    "text": text,
                    "cells": [self._cell(run, stage, lane, entries) for lane in ROWS],
                }
                for stage, text in stages.items()
            ]
        return context

    def _cell(self, run: Round, stage: str, lane: str, entries: dict[str, list[Idea]]) -> dict[str, Any]:
        shared = {"lane": lane_name(lane), "feels": lane == FEELS}
        if lane == FEELS:
            return shared | {"key": f"stage.f-{stage}", **self._felt(run, stage)}
        name = self.list_of(cell(stage, lane))
        counted = self._counted(run.settings.names, entries.get(cell(stage, lane), []))
        return shared | {"list": name, "key": f"stage.n-{name}", **counted}

    def own(self, state: State, step: Step, person: str) -> Own:
        if not step.rounds:
            return Own()
        run = step.rounds[-1]
        memory: Journey = run.memory
        stages = stages_of(run.settings)
        written = pieces_now(state, step, person, ENTRY)
        mine = [idea for idea in written if idea.on_board]
        editable = step.phase == "open" and not built_upon(state, step, run.number)
        context = {
            "step": step.id,
            "most_characters": run.settings.most_characters,
            "pieces": [
                {
                    "id": idea.id,
                    "text": idea.text,
                    "stage": stages.get(idea.about.partition("/")[0], ""),
                    "lane": LANES[lane_of(idea)][0],
                    "editable": editable,
                    "undo": undo_removing(idea),
                }
                for idea in mine
            ],
            "taken_off": taken_off(written),
        }
        felt = {stage: [f"f{level}"] for stage, level in memory.felt.get(person, {}).items()}
        data = {"mine": [idea.id for idea in mine], "felt": felt}
        return Own(data, {"own-entries": Fragment(self.template("own"), context)})

    # -- counts and results ----------------------------------------------------------------------------------------

    def progress(self, state: State, step: Step) -> list[tuple[str, StrOrPromise]]:
        if not step.rounds:
            return []
        sheet, felt = state.sheet(step.id), len(step.rounds[-1].memory.felt)
        told: list[tuple[str, StrOrPromise]] = [
            (str(sheet.on_board), ngettext("entry", "entries", sheet.on_board)),
            (str(felt), ngettext("person has said how it feels", "people have said how it feels", felt)),
        ]
        if step.settings.names == EVERYBODY or not self.is_seen(step):
            writers = len(sheet.on_board_by)
            told.insert(1, (str(writers), ngettext("person has written", "people have written", writers)))
        return told

    def done_by(self, state: State, step: Step, person: str) -> str:
        if step.settings.names == NOBODY:
            return ""
        count = state.sheet(step.id).on_board_by.get(person, 0)
        return ngettext("%(count)d entry", "%(count)d entries", count) % {"count": count}

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        stages = stages_of(run.settings)
        kept: dict[str, Any] = {
            "visibility": run.settings.visibility,
            "names": run.settings.names,
            "stages": list(stages.values()),
        }
        if self.unseen(step) and run.revealed_at is None:
            return {**kept, "withheld": "not_shown", "entries": [], "cells": [], "feelings": []}
        shown = self.in_order(step, [idea for idea in state.ideas_of(step.id) if idea.round == run.number])
        by_cell: dict[str, list[Idea]] = {}
        for idea in shown:
            by_cell.setdefault(idea.about, []).append(idea)
        order = [(stage, lane) for stage in stages for lane in LANES]
        return {
            **kept,
            "entries": [
                {"item": state.gid(idea.id), "stage": stages[stage], "lane": lane}
                for stage, lane in order
                for idea in by_cell.get(cell(stage, lane), [])
            ],
            "cells": [
                {
                    "stage": int(stage[1:]),
                    "lane": lane,
                    **self._counted(run.settings.names, by_cell[cell(stage, lane)]),
                    "items": [state.gid(idea.id) for idea in by_cell[cell(stage, lane)]],
                }
                for stage, lane in order
                if cell(stage, lane) in by_cell
            ],
            "feelings": [
                {"stage": number, **self._felt(run, stage)} for number, stage in enumerate(stages, start=1)
            ],
        }
