"""Journey map: what people do, think and feel at each stage of an experience, put together from several of them.

Stages stand beside each other, lanes under each other. Each thing that somebody writes is a piece of the sort "entry"
with `about` its cell, such as "s1/pain"; feelings are numbers and only ever shown as a mean.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from realtime.fields import Id, OneOf, Text, Whole
from workshops.activities import base
from workshops.activities.base import Dirty, Fragment, NewEvent, Own, Refused, filled, setting
from workshops.activities.journey_map.journey import (
    BEST,
    FEELINGS,
    FEELS,
    IDEAS,
    LANES,
    MOST_STAGES,
    ROWS,
    WORST,
    Journey,
    cell,
    lane_name,
    lane_of,
    line_of,
    stages_of,
)
from workshops.activities.shared.fields import things_in
from workshops.activities.shared.writing import IDEA, Writing, built_upon, own_piece

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Command, Happened, Pretender
    from workshops.live.state import Idea, Round, State, Step

ENTRY = "entry"
MOST_ENTRY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyMapSettings(base.Settings):
    """Which stages there are, and who sees what when."""

    stages: str = field(
        default="Before\nFirst contact\nThe visit\nAfterwards",
        metadata=setting(
            _("Stages of the journey"),
            _(
                "One on each line, two to twelve. Once people have started you can only add stages at the end."
            ),
            lines=(2, MOST_STAGES),
            most=60,
        ),
    )
    visibility: str = field(
        default="shared",
        metadata=setting(
            _("While people write"),
            choices=(
                ("shared", _("Everybody sees the map grow")),
                ("private", _("Each person sees only their own until you show them all")),
            ),
            guarded=True,
        ),
    )
    names: str = field(
        default="nobody",
        metadata=setting(
            _("Who sees who wrote something"),
            choices=(
                ("nobody", _("Nobody on screen, not even facilitators")),
                ("facilitators", _("Facilitators only")),
                ("everybody", _("Everybody")),
            ),
            guarded=True,
        ),
    )
    most_characters: int = field(
        default=200, metadata=setting(_("Longest entry, in characters"), least=20, most=MOST_ENTRY)
    )


class JourneyMap(Writing):
    """Writing down a journey together."""

    kind = "journey_map"
    label = _("Journey map")
    about = _("What people do, think and feel at each stage of an experience, put together from several.")
    icon = "route"
    verb = _("Start the map")
    minutes = 25
    Settings = JourneyMapSettings
    gives_ideas = True
    columns: ClassVar = ("entries", {"stage": _("Stage"), "lane": _("Lane")})
    commands: ClassVar = {
        **Writing.commands,
        "journey.add": {
            "activity": Id(),
            "stage": Id(),
            "lane": OneOf(choices=tuple(LANES)),
            "text": Text(most=MOST_ENTRY),
        },
        "journey.feel": {
            "activity": Id(),
            "stage": Id(),
            "level": Whole(least=WORST, most=BEST, required=False),
        },
    }
    changes_only_its_round: ClassVar = frozenset({"journey.felt"})

    # -- what it says of itself ------------------------------------------------------------------------------------

    def board(self, state: State, step: Step, sort: str = IDEA) -> list[Idea]:
        """What stands in the lane of ideas is what others may take as ideas."""
        if sort != IDEA:
            return super().board(state, step, sort)
        return [idea for idea in super().board(state, step, ENTRY) if lane_of(idea) == IDEAS]

    def promise(self, settings: JourneyMapSettings) -> StrOrPromise:
        names = {
            "nobody": _("Nobody is shown who wrote what."),
            "facilitators": _("Facilitators see who wrote what, nobody else does."),
            "everybody": _("Your name stands with what you write."),
        }[settings.names]
        if settings.visibility == "private":
            seen = _("Nobody else is shown what you write until the facilitator shows the map.")
        else:
            seen = _("Everybody sees what you write.")
        sentence = _("%(seen)s %(names)s Of feelings only the mean is shown.")
        return filled(sentence, seen=seen, names=names)

    def lost_at_close(self, step: Step) -> StrOrPromise:
        if not self.unseen(step) or all(run.revealed_at is not None for run in step.rounds):
            return ""
        sentence = _(
            "The entries of “%(title)s” were never shown: their words are not put into the archive. "
            "Show them first if they should be."
        )
        return filled(sentence, title=step.title)

    def may_change(self, state: State, step: Step, new: Mapping[str, Any]) -> None:
        super().may_change(state, step, new)
        if not step.rounds:
            return
        old, now = things_in(step.settings.stages), things_in(new.get("stages", step.settings.stages))
        if now[: len(old)] != old:
            raise Refused(
                "stages_fixed", _("People have begun to write for these stages. Add new ones at the end.")
            )

    # -- rules -----------------------------------------------------------------------------------------------------

    def begin(self, state: State, step: Step) -> Journey:
        return Journey()

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        state.contributor(by)
        run = self.must_be_open(step)
        if command.do in ("journey.add", "journey.feel") and command["stage"] not in stages_of(run.settings):
            raise Refused("no_such_stage", _("There is no such stage here."))
        if command.do == "journey.feel":
            memory: Journey = run.memory
            if memory.felt.get(by, {}).get(command["stage"]) == command["level"]:
                return []
            body = {"activity": step.id, "stage": command["stage"], "level": command["level"]}
            return [NewEvent("journey.felt", body)]
        if built_upon(state, step, run.number):
            raise Refused(
                "grouping_started", _("Others work with the ideas already, so the map stays as it is.")
            )
        if command.do == "journey.add":
            about = cell(command["stage"], command["lane"])
            return [self.added(state, step, by, command["text"], sort=ENTRY, about=about)]
        own_piece(state, step, command["idea"], by)
        return self.decide_writing(state, step, command, by)

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        if event.kind == "journey.felt":
            memory: Journey = step.rounds[-1].memory
            memory.feel(event.actor, event.body["stage"], event.body["level"])
            keys = {"stage.progress"}
            if self.is_seen(step):
                keys |= {"stage.feelings", f"stage.f-{event.body['stage']}"}
            return Dirty(keys=keys, people={event.actor})
        idea = self.apply_writing(state, step, event)
        name = self.list_of(idea.about)
        dirty = self.changed_by(state, step, idea, event, name)
        if self.shown(step, idea):
            dirty.keys.add(f"stage.n-{name}")
        return dirty

    def withdrawn(self, state: State, step: Step, item: str) -> Dirty:
        idea = state.ideas.get(item)
        if idea is None or idea.step != step.id or not self.shown(step, idea):
            return Dirty()
        name = self.list_of(idea.about)
        return Dirty(keys={f"idea-{item}", f"stage.n-{name}"}, lists={name})

    def inverse(self, state: State, step: Step, event: Happened) -> dict[str, Any] | None:
        if event.kind != "journey.felt":
            return super().inverse(state, step, event)
        stage = event.body["stage"]
        before = step.rounds[-1].memory.felt.get(event.actor, {}).get(stage)
        return {"do": "journey.feel", "activity": step.id, "stage": stage, "level": before}

    def pretend(self, state: State, step: Step, person: str, pretender: Pretender) -> dict[str, Any] | None:
        run = step.rounds[-1]
        stages = list(stages_of(run.settings))
        felt = run.memory.felt.get(person, {})
        rest = [stage for stage in stages if stage not in felt]
        said: dict[str, Any] = {"activity": step.id}
        if rest and pretender.chance(5):
            return {"do": "journey.feel", **said, "stage": rest[0], "level": pretender.number(WORST, BEST)}
        mine = [idea for idea in state.sheet(step.id).by.get(person, ()) if idea.round == run.number]
        if len(mine) >= 5 or not pretender.chance(6):
            return None
        where = {"stage": pretender.one_of(stages), "lane": pretender.one_of(list(LANES))}
        text = pretender.words(most=min(120, step.settings.most_characters))
        return {"do": "journey.add", **said, **where, "text": text}

    # -- views -----------------------------------------------------------------------------------------------------

    def is_seen(self, step: Step) -> bool:
        """Whether everybody sees the latest round's map now."""
        return bool(step.rounds) and (not self.unseen(step) or step.revealed)

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
        if names == "everybody":
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
        written = [
            idea
            for idea in state.sheet(step.id).by.get(person, ())
            if idea.round == run.number and not idea.removed
        ]
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
                    "undo": {"do": "idea.put_back", "activity": step.id, "idea": idea.id},
                }
                for idea in mine
            ],
            "taken_off": [
                {"text": idea.text, "reason": idea.hidden or ""} for idea in written if not idea.on_board
            ],
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
        if step.settings.names == "everybody" or not self.is_seen(step):
            writers = len(sheet.on_board_by)
            told.insert(1, (str(writers), ngettext("person has written", "people have written", writers)))
        return told

    def done_by(self, state: State, step: Step, person: str) -> str:
        if step.settings.names == "nobody":
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
