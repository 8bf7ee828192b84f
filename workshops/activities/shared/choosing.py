"""What those kinds share in which people choose between ideas or groups: what there is to choose from.

What stands there is fixed when a round opens. An idea hidden meanwhile leaves it, and comes back with what people had
given it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from workshops.activities import base
from workshops.activities.base import Dirty, Refused, filled, setting
from workshops.activities.shared.sources import (
    grouping_of,
    must_be_shown,
    rounds_of,
    shown_ideas,
    sources_of,
    still_private,
)
from workshops.activities.shared.taking_part import TakingPart
from workshops.live.state import PARTICIPANT

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from django import forms
    from django_stubs_ext import StrOrPromise

    from workshops.live.state import State, Step

IDEAS, GROUPS, BOTH = "ideas", "clusters", "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoosingSettings(base.Settings):
    """What is chosen from, and by whom."""

    target: str = field(
        default=IDEAS,
        metadata=setting(
            _("Choose between"),
            choices=((IDEAS, _("Ideas")), (GROUPS, _("Groups")), (BOTH, _("Ideas and groups together"))),
            guarded=True,
        ),
    )
    source: str = field(
        default="",
        metadata=setting(
            _("Ideas or groups from"),
            _("Automatic means all ideas, or the latest grouping."),
            takes=(base.GIVES_IDEAS, "cluster"),
        ),
    )
    facilitators_vote: bool = field(
        default=False, metadata=setting(_("Facilitators take part too"), guarded=True)
    )

    @classmethod
    def form_fields(cls) -> dict[str, forms.Field]:
        """Make the form's fields: what a kind asks for itself comes before where things come from and who is asked."""
        found = super(ChoosingSettings, cls).form_fields()
        last = ("source", "facilitators_vote", "when_time_is_up")
        return {
            name: found[name]
            for name in sorted(found, key=lambda name: 1 + last.index(name) if name in last else 0)
        }


@dataclass(slots=True)
class OnTable:
    """The memory of one round, as far as it is the same for all these kinds."""

    target: str
    items: dict[str, str]
    """Each item's id with the text that stood there when the round opened, in that order."""
    sources: dict[str, int]
    """The steps the ideas come from, and how many rounds of each there were."""
    withdrawn: set[str] = field(default_factory=set)
    """Items that were hidden since."""
    electorate: set[str] | None = None
    """Who could take part, noted when the round was closed."""

    @property
    def standing(self) -> list[str]:
        """The items that there are to choose from now."""
        return [item for item in self.items if item not in self.withdrawn]

    @property
    def answered(self) -> AbstractSet[str]:
        """Those whose choice counts."""
        raise NotImplementedError


class Choosing(TakingPart):
    """A kind in which people choose between ideas or groups."""

    Settings: ClassVar[type[ChoosingSettings]]
    most_items: ClassVar[int] = 0
    """So many things can be chosen from; 0 means any number."""
    columns: ClassVar[tuple[str, Mapping[str, StrOrPromise]] | None] = None
    """For tables: the outcome's list with one entry for each item, and what each of its numbers is called."""

    # -- what there is to choose from --------------------------------------------------------------------------------

    def hidden_sources(self, state: State, step: Step) -> list[Step]:
        return [] if step.settings.target == GROUPS else still_private(sources_of(state, step))

    def may_open(self, state: State, step: Step, *, shown: Collection[str] = ()) -> None:
        count = 0
        if step.settings.target != IDEAS:
            grouping = grouping_of(state, step)
            if grouping is None or not grouping.rounds or not grouping.rounds[-1].memory.groups:
                raise Refused("no_groups", _("There are no groups to work with yet. Group the ideas first."))
            if grouping.running:
                sentence = _("“%(title)s” is still open. Close it first.")
                raise Refused("still_grouping", filled(sentence, title=grouping.title))
            count += len(grouping.rounds[-1].memory.groups)
        if step.settings.target != GROUPS:
            sources = sources_of(state, step)
            must_be_shown(sources, shown)
            ideas = shown_ideas(state, sources)
            if not shown and not ideas:
                raise Refused("no_ideas", _("There are no ideas to choose from yet."))
            count += len(ideas)
            count += sum(idea.sort == "idea" for source in shown for idea in state.ideas_of(source))
        self._must_fit(count)

    def _must_fit(self, count: int) -> None:
        if self.most_items and count > self.most_items:
            sentence = _(
                "These are %(count)d. Up to %(most)d can be looked at in this way: group them first, or vote with dots."
            )
            raise Refused("too_many_items", filled(sentence, count=count, most=self.most_items))

    def begin(self, state: State, step: Step) -> Any:
        target, items, sources = step.settings.target, {}, {}
        if target != GROUPS:
            steps = sources_of(state, step)
            items = {idea.id: idea.text for idea in shown_ideas(state, steps)}
            sources = rounds_of(steps)
        if target != IDEAS:
            grouping = grouping_of(state, step)
            groups = grouping.rounds[-1].memory.groups if grouping and grouping.rounds else {}
            items |= {group.id: group.title for group in groups.values()}
        return self.memory(step, target, items, sources)

    @abstractmethod
    def memory(self, step: Step, target: str, items: dict[str, str], sources: dict[str, int]) -> OnTable:
        """Give the memory of a new round."""

    def source_problem(self, settings: Mapping[str, Any], kind: str) -> StrOrPromise:
        if settings.get("target") == GROUPS and kind != "cluster":
            return _("Groups are taken from a grouping. Choose one, or leave it to the workspace.")
        if settings.get("target") == IDEAS and kind == "cluster":
            return _("Ideas are not taken from a grouping. Choose where they were written, or Automatic.")
        return ""

    @staticmethod
    def words_of(state: State, memory: OnTable, item: str) -> str:
        """Give what stood there, unless it was taken off the board since."""
        idea = state.ideas.get(item)
        if idea is not None and (idea.hidden is not None or idea.removed):
            return ""
        return memory.items[item]

    @staticmethod
    def is_of(state: State, item: str) -> str:
        """Say what an item is: one of the ideas, or one of the groups."""
        return IDEAS if item in state.ideas else GROUPS

    @staticmethod
    def must_stand(memory: OnTable, item: str) -> None:
        """Refuse what can't be chosen."""
        if item not in memory.items or item in memory.withdrawn:
            raise Refused("not_on_ballot", _("This is not there to choose from."))

    def withdrawn(self, state: State, step: Step, item: str) -> Dirty:
        """An idea hidden while a round runs leaves it, until it is brought back."""
        memory: OnTable = step.rounds[-1].memory
        idea = state.ideas.get(item)
        if item not in memory.items or idea is None:
            return Dirty()
        card = Dirty(keys={f"item-{item}"} | ({"stage"} if step.revealed else set()), everybody=True)
        if step.revealed or not (step.running or (idea.on_board and item in memory.withdrawn)):
            return card  # what was counted stays counted; only the words go or come
        if idea.on_board == (item not in memory.withdrawn):
            return card
        if idea.on_board:
            memory.withdrawn.discard(item)
            say = _("An idea is there again, with what you had given it.")
        else:
            memory.withdrawn.add(item)
            say = _("One idea was taken away by the facilitator. What you gave the others is kept.")
        self.changed(memory)
        card.add(Dirty(lists={"items"}, keys={"stage.progress"}, say=[(PARTICIPANT, say)]))
        return card

    def changed(self, memory: OnTable) -> None:
        """Hear, within `apply`, that an item came or went."""

    def reopened(self, state: State, step: Step) -> None:
        memory: OnTable = step.rounds[-1].memory
        super().reopened(state, step)
        for item in memory.items:
            idea = state.ideas.get(item)
            if idea is not None and not idea.on_board:
                memory.withdrawn.add(item)
        self.changed(memory)
