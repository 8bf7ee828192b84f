"""Journey map: what people do, think and feel at each stage of an experience, put together from several of them.

Stages stand beside each other, lanes under each other. Each thing that somebody writes is a piece of the sort "entry"
with `about` its cell, such as "s1/pain"; feelings are numbers and only ever shown as a mean.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from realtime.fields import Id, OneOf, Text, Whole
from workshops.activities import base
from workshops.activities.base import Dirty, NewEvent, Refused, setting
from workshops.activities.journey_map.journey import (
    BEST,
    IDEAS,
    LANES,
    MOST_STAGES,
    WORST,
    Journey,
    cell,
    lane_of,
    stages_of,
)
from workshops.activities.journey_map.views import ENTRY, JourneyViews
from workshops.activities.shared.fields import things_in
from workshops.activities.shared.promises import joined, names_setting, who_wrote
from workshops.activities.shared.writing import IDEA, Writing, built_upon

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Command, Happened, Pretender
    from workshops.live.state import Idea, State, Step

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
    names: str = field(default="nobody", metadata=names_setting(_("Who sees who wrote something")))
    most_characters: int = field(
        default=200, metadata=setting(_("Longest entry, in characters"), least=20, most=MOST_ENTRY)
    )


class JourneyMap(JourneyViews):
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
    never_shown = _(
        "The entries of “%(title)s” were never shown: their words are not put into the archive. "
        "Show them first if they should be."
    )
    changes_only_its_round: ClassVar = frozenset({"journey.felt"})

    # -- what it says of itself ------------------------------------------------------------------------------------

    def board(self, state: State, step: Step, sort: str = IDEA) -> list[Idea]:
        """What stands in the lane of ideas is what others may take as ideas."""
        if sort != IDEA:
            return super().board(state, step, sort)
        return [idea for idea in super().board(state, step, ENTRY) if lane_of(idea) == IDEAS]

    def promise(self, settings: JourneyMapSettings) -> StrOrPromise:
        if settings.visibility == "private":
            seen = _("Nobody else is shown what you write until the facilitator shows the map.")
        else:
            seen = _("Everybody sees what you write.")
        names = who_wrote(settings.names, _("Your name stands with what you write."))
        return joined(seen, names, _("Of feelings only the mean is shown."))

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
