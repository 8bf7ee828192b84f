"""Ranking: people put ideas or groups in order, each alone; the result is shown once the round is over."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from realtime.fields import Id, Many, Whole
from workshops.activities.base import (
    Command,
    Dirty,
    Fragment,
    Happened,
    NewEvent,
    Own,
    Refused,
    filled,
    setting,
)
from workshops.activities.ranking.rankings import Place, Ranked, Rankings
from workshops.activities.shared.choosing import Choosing, ChoosingSettings
from workshops.live.state import PARTICIPANT

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Pretender
    from workshops.live.state import Round, State, Step

MOST_ITEMS = 60
"""Nobody can put more in order, and everybody's own list is sent to them whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingSettings(ChoosingSettings):
    """How many places there are to give."""

    top: int = field(
        default=0,
        metadata=setting(
            _("How many each person ranks"),
            _("0 means all. With many ideas, three or five are easier to choose."),
            most=MOST_ITEMS,
            guarded=True,
        ),
    )
    complete: bool = field(
        default=False,
        metadata=setting(
            _("Only take rankings that give every place"),
            _("Otherwise people may leave out what they have no view on."),
            guarded=True,
        ),
    )


class Ranking(Choosing):
    """Putting ideas or groups in order."""

    kind = "ranking"
    label = _("Ranking")
    about = _(
        "Everybody puts ideas or groups in order. The result shows points, places and comparisons in pairs."
    )
    icon = "list-ordered"
    verb = _("Start ranking")
    minutes = 8
    Settings = RankingSettings
    foremost = ("target", "top")
    most_items = MOST_ITEMS
    columns = (
        "places",
        {
            "rank": _("Rank"),
            "points": _("Points, on average"),
            "mean_place": _("Place, on average"),
            "ranked": _("People who ranked it"),
            "share": _("Of those who answered, in percent"),
        },
    )
    commands: ClassVar = {
        "ranking.place": {
            "activity": Id(),
            "item": Id(),
            "place": Whole(least=1, most=MOST_ITEMS, required=False),
        },
        "ranking.up": {"activity": Id(), "item": Id()},
        "ranking.down": {"activity": Id(), "item": Id()},
        "ranking.remove": {"activity": Id(), "item": Id()},
        "ranking.drop": {"activity": Id(), "idea": Id(), "before": Id(required=False)},
        "ranking.order": {"activity": Id(), "items": Many(most=MOST_ITEMS)},
        "ranking.submit": {"activity": Id()},
        "ranking.take_back": {"activity": Id()},
    }
    changes_only_its_round: ClassVar = frozenset({"ranking.ordered", "ranking.sent", "ranking.taken_back"})

    # -- rules -----------------------------------------------------------------------------------------------------

    def promise(self, settings: RankingSettings) -> StrOrPromise:
        return _(
            "Only you see your ranking. When the facilitator shows the result, everybody sees points and places, "
            "never who chose what."
        )

    def memory(self, step: Step, target: str, items: dict[str, str], sources: dict[str, int]) -> Rankings:
        return Rankings(target, items, sources, most=step.settings.top)

    def changed(self, memory: Any) -> None:
        memory.forget_result()

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        self.taker(state, step, by)
        rankings: Rankings = self.must_be_open(step).memory
        body: dict[str, Any] = {"activity": step.id}
        if command.do == "ranking.submit":
            return self._submit(step, rankings, by)
        if command.do == "ranking.take_back":
            return [NewEvent("ranking.taken_back", body)] if by in rankings.sent else []
        before = rankings.draft(by)
        order = self._wanted(rankings, before, command)
        if order == before:
            return []
        return [NewEvent("ranking.ordered", body | {"order": order})]

    def _submit(self, step: Step, rankings: Rankings, by: str) -> list[NewEvent]:
        draft = rankings.draft(by)
        if by in rankings.sent and not rankings.has_changes(by):
            return []
        if not draft:
            raise Refused("nothing_ranked", _("You have not ranked anything yet. Choose your first place."))
        missing = rankings.scale - len(draft)
        if step.settings.complete and missing > 0:
            sentence = ngettext_lazy(
                "%(n)d place is still free. Give it too, then send.",
                "%(n)d places are still free. Give them too, then send.",
                missing,
            )
            raise Refused("places_left", filled(sentence, n=missing))
        return [NewEvent("ranking.sent", {"activity": step.id})]

    def _wanted(self, rankings: Rankings, before: list[str], command: Command) -> list[str]:
        """Give the order that a command asks for."""
        if command.do == "ranking.order":
            for item in command["items"]:
                self.must_stand(rankings, item)
            return self._fitting(rankings, command["items"])
        item = command["idea"] if command.do == "ranking.drop" else command["item"]
        self.must_stand(rankings, item)
        others = [other for other in before if other != item]
        if command.do == "ranking.remove":
            return others
        if item not in before and command.do in ("ranking.up", "ranking.down"):
            raise Refused("not_ranked", _("You have not ranked this. Give it a place first."))
        at = before.index(item) if item in before else len(before)
        place = {
            "ranking.up": max(0, at - 1),
            "ranking.down": at + 1,
            "ranking.place": command["place"] - 1 if command["place"] else len(others),
            "ranking.drop": others.index(command["before"]) if command["before"] in others else len(others),
        }[command.do]
        return self._fitting(rankings, [*others[:place], item, *others[place:]])

    @staticmethod
    def _fitting(rankings: Rankings, order: list[str]) -> list[str]:
        if len(order) > rankings.scale:
            sentence = ngettext_lazy(
                "There is %(n)d place to give, and you have given it. Take that one off first.",
                "There are %(n)d places to give, and you have given all. Take one off first.",
                rankings.scale,
            )
            raise Refused("no_places_left", filled(sentence, n=rankings.scale))
        return order

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        rankings: Rankings = step.rounds[-1].memory
        keys = {"stage.progress", f"person-{event.actor}"}
        if event.kind == "ranking.ordered":
            if event.actor in rankings.drafts:
                keys = set()
            rankings.set_draft(event.actor, event.body["order"])
        elif event.kind == "ranking.sent":
            rankings.send(event.actor)
        else:
            rankings.take_back(event.actor)
        return Dirty(keys=keys, people={event.actor})

    def inverse(self, state: State, step: Step, event: Happened) -> dict[str, Any] | None:
        rankings: Rankings = step.rounds[-1].memory
        if event.kind == "ranking.ordered":
            items = rankings.draft(event.actor)
            return {"do": "ranking.order", "activity": step.id, "items": items}
        if event.kind == "ranking.sent" and event.actor not in rankings.sent:
            return {"do": "ranking.take_back", "activity": step.id}
        return None

    def pretend(self, state: State, step: Step, person: str, pretender: Pretender) -> dict[str, Any] | None:
        rankings: Rankings = step.rounds[-1].memory
        draft, said = rankings.draft(person), {"activity": step.id}
        rest = [item for item in self._shuffled(step, person, rankings.standing) if item not in draft]
        if person in rankings.sent:
            return None
        if rest and len(draft) < rankings.scale and (step.settings.complete or pretender.chance(8)):
            return {"do": "ranking.place", "item": pretender.one_of(rest), **said}
        return {"do": "ranking.submit", **said} if draft else None

    # -- views -----------------------------------------------------------------------------------------------------

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        if not step.rounds:
            return {}
        rankings: Rankings = step.rounds[-1].memory
        if step.revealed:
            return {"items": [f"item-{place.item}" for place in rankings.result().places]}
        if reader == PARTICIPANT:
            return {"items": []}  # each has them in an order of their own
        return {"items": [f"item-{item}" for item in rankings.standing]}

    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        item = key.removeprefix("item-")
        if not step.rounds or not key.startswith("item-"):
            return None
        rankings: Rankings = step.rounds[-1].memory
        if (
            item not in rankings.items
            or item in rankings.withdrawn
            or (reader == PARTICIPANT and not step.revealed)
        ):
            return None
        context: dict[str, Any] = {
            "id": item,
            "target": self.is_of(state, item),
            "text": self.words_of(state, rankings, item),
            "got": None,
        }
        if step.revealed:
            result = rankings.result()
            place = next(place for place in result.places if place.item == item)
            context["got"] = self._row(place, result) | {"scale": result.scale, "tied": place.tied}
        return Fragment(self.template("item"), context)

    @staticmethod
    def _row(place: Place, result: Ranked) -> dict[str, Any]:
        """Give an item's numbers as people read them."""
        return {
            "rank": place.rank,
            "points": round(place.points / result.answered, 2) if result.answered else 0,
            "mean_place": round(place.places / place.ranked, 2) if place.ranked else None,
            "ranked": place.ranked,
            "share": round(100 * place.ranked / result.answered) if result.answered else 0,
        }

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        context: dict[str, Any] = {
            "started": bool(step.rounds),
            "target": step.settings.target,
            "top": step.settings.top,
            "may_rank": self.takes_part(step, reader),
            "summary": None,
        }
        if step.revealed:
            context["summary"] = self._summary(state, step, step.rounds[-1])
        return context

    def _summary(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        result = run.memory.result()
        best = result.best_in_pairs
        return {
            **self.turnout(state, step, run),
            "unsent": len(run.memory.drafts.keys() - run.memory.sent.keys()),
            "scale": result.scale,
            "best_in_pairs": self.words_of(state, run.memory, best) if best else "",
            "has_best": best is not None,
            "differs": result.differs,
        }

    def own(self, state: State, step: Step, person: str) -> Own:
        if not step.rounds or not self.takes_part(step, state.people[person].role):
            return Own()
        rankings: Rankings = step.rounds[-1].memory
        draft = rankings.draft(person)
        rest = [item for item in self._shuffled(step, person, rankings.standing) if item not in draft]
        sent, changed = person in rankings.sent, person in rankings.sent and rankings.has_changes(person)
        context: dict[str, Any] = {
            "step": step.id,
            "open": step.phase == "open",
            "over": step.phase in ("closed", "revealed"),
            "ranked": [
                self._ranked_line(state, rankings, item, place) for place, item in enumerate(draft, 1)
            ],
            "rest": [self._line(state, rankings, item) for item in rest],
            "scale": rankings.scale,
            "full": len(draft) >= rankings.scale,
            "sent": sent,
            "changed": changed,
        }
        data = {
            "placed": len(draft),
            "settled": sent and not changed,
            "unsent": bool(draft) and not sent,
            "changed": changed,
        }
        return Own(data, {"own-ranking": Fragment(self.template("own"), context)})

    def _line(self, state: State, rankings: Rankings, item: str) -> dict[str, Any]:
        """Give one thing as it stands in somebody's order, and in short for what reads buttons out."""
        text = self.words_of(state, rankings, item)
        return {
            "id": item,
            "target": self.is_of(state, item),
            "text": text,
            "short": Truncator(text).chars(60),
        }

    def _ranked_line(self, state: State, rankings: Rankings, item: str, place: int) -> dict[str, Any]:
        """Give a line with its place, and what is said once it was moved: a screen reader hears nothing else of it."""
        line = self._line(state, rankings, item)

        def now(at: int) -> str:
            return _("Place %(n)d: %(text)s") % {"n": at, "text": line["short"]}

        more = {
            "place": place,
            "field": f"place-{item}",
            "up_done": now(place - 1),
            "down_done": now(place + 1),
        }
        return line | more

    @staticmethod
    def _shuffled(step: Step, person: str, items: list[str]) -> list[str]:
        """Mix the items for each person in another way, so that none is favoured by standing first. Always the same."""

        def mixed(item: str) -> bytes:
            return sha256(f"{step.id}/{len(step.rounds)}/{person}/{item}".encode()).digest()

        return sorted(items, key=mixed)

    def progress(self, state: State, step: Step) -> list[tuple[str, StrOrPromise]]:
        if not step.rounds:
            return []
        run = step.rounds[-1]
        turnout = self.turnout(state, step, run)
        begun = len(run.memory.drafts.keys() - run.memory.sent.keys())
        return [
            (_("%(answered)d of %(eligible)d") % turnout, _("have sent their ranking")),
            (str(begun), ngettext("has begun and not sent", "have begun and not sent", begun)),
        ]

    def done_by(self, state: State, step: Step, person: str) -> str:
        if not step.rounds:
            return ""
        rankings: Rankings = step.rounds[-1].memory
        if person in rankings.sent:
            return str(_("has sent a ranking"))
        return str(_("has begun")) if person in rankings.drafts else ""

    # -- results ---------------------------------------------------------------------------------------------------

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        rankings: Rankings = run.memory
        rule = {
            "target": rankings.target,
            "top": run.settings.top,
            "complete": run.settings.complete,
            **self.turnout(state, step, run),
            "begun_not_sent": len(rankings.drafts.keys() - rankings.sent.keys()),
        }
        if run.revealed_at is None:
            return {**rule, "withheld": "not_shown", "places": []}
        result = rankings.result()
        best = result.best_in_pairs
        return {
            **rule,
            "first_place_points": result.scale,
            "best_in_pairs": state.gid(best) if best else None,
            "pairs_differ": result.differs,
            "places": [
                {
                    "item": state.gid(place.item),
                    "text": self.words_of(state, rankings, place.item),
                    **self._row(place, result),
                }
                for place in result.places
            ],
        }
