"""What is shown of 25/10: the card somebody has to score, one's own card, and what was called out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from workshops.activities.base import Fragment, Own
from workshops.activities.shared.writing import IDEA, Writing, mixed, pieces_now, undo_removing
from workshops.activities.twenty_five_ten.deck import Deck, Place, next_call, ranking, rounds_for
from workshops.live.state import FACILITATOR, PARTICIPANT, SCREEN

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.live.state import Idea, Round, State, Step

MOST_IDEA = 200
MOST_FIRST_STEP = 200


class DeckViews(Writing):
    """The half of 25/10 that only looks."""

    @staticmethod
    def cards_of(state: State, step: Step, run: Round) -> list[Idea]:
        """Give a round's cards that are on the board, in mixed order."""
        cards = [idea for idea in state.ideas_of(step.id) if idea.round == run.number and idea.sort == IDEA]
        return sorted(cards, key=mixed)

    def ranking_of(self, state: State, step: Step, run: Round) -> list[Place]:
        """Give what each card came to. For rounds that are over: it is looked up once."""
        return state.once(
            ("25/10", step.id, run.number),
            lambda: ranking(run.memory, [idea.id for idea in self.cards_of(state, step, run)]),
        )

    def _called(self, state: State, step: Step, run: Round) -> list[Place]:
        if run.revealed_at is None:
            return []
        return [place for place in self.ranking_of(state, step, run) if run.memory.is_shown(place.card)]

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        called = self._called(state, step, step.rounds[-1]) if step.rounds else []
        if reader == SCREEN and called and not self._over(state, step, step.rounds[-1]):
            called.reverse()  # on the wall the newest stand where nobody has to scroll
        return {"cards": [f"idea-{place.card}" for place in called]}

    def _over(self, state: State, step: Step, run: Round) -> bool:
        return next_call(run.memory, self.ranking_of(state, step, run)) is None

    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        idea = state.ideas.get(key.removeprefix("idea-"))
        if idea is None or idea.step != step.id or idea.round != len(step.rounds):
            return None
        if not self.visible(step, idea):
            return None
        placed = self._by_card(state, step)
        return Fragment(
            self.template("card"),
            self.card_context(state, step, idea, reader) | split(idea) | told(placed.get(idea.id)),
        )

    def _by_card(self, state: State, step: Step) -> dict[str, Place]:
        run = step.rounds[-1]
        return state.once(
            ("25/10 by card", step.id, run.number),
            lambda: {place.card: place for place in self.ranking_of(state, step, run)},
        )

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        if not step.rounds:
            return {"stage": 0, "rounds": 0, "counting": False}
        deck: Deck = step.rounds[-1].memory
        context: dict[str, Any] = {
            "stage": deck.stage,
            "rounds": deck.rounds,
            "round_minutes": step.settings.round_minutes,
            "last": bool(deck.stage) and deck.stage == deck.rounds,
            "most_idea": MOST_IDEA,
            "most_first": MOST_FIRST_STEP,
            "counting": step.revealed,
        }
        if reader == FACILITATOR and step.running:
            context["cards_written"] = state.sheet(step.id).on_board if len(step.rounds) == 1 else None
        if step.revealed:
            placed = self.ranking_of(state, step, step.rounds[-1])
            following = next_call(deck, placed)
            context |= {
                "called": deck.called or 0,
                "called_points": shown_points(deck.called),
                "over": following is None,
                "rest_shown": deck.rest_shown,
                "total": len(placed),
            }
            if reader == FACILITATOR:
                more = len(placed) - sum(deck.is_shown(place.card) for place in placed)
                context |= {"more": more, "may_show_rest": step.settings.afterwards == "all" and more > 0}
                context["following"] = shown_points(following)
        return context

    def own(self, state: State, step: Step, person: str) -> Own:
        if not step.rounds or state.people[person].role != PARTICIPANT:
            return Own()
        deck: Deck = step.rounds[-1].memory
        mine = next(iter(pieces_now(state, step, person)), None)
        fragments = {"own-card": self._own_card(state, step, mine)} if mine else {}
        data: dict[str, Any] = {"mine": [mine.id] if mine else [], "wrote": mine is not None}
        if deck.stage and step.running:
            data["has_place"] = person in deck.places
            card = deck.card_for(person)
            if card is not None:
                fragments["own-read"] = self._own_read(state, step, deck, person, state.ideas[card])
        return Own(data, fragments)

    def _own_card(self, state: State, step: Step, mine: Idea) -> Fragment:
        deck: Deck = step.rounds[-1].memory
        context = {
            "step": step.id,
            "id": mine.id,
            **split(mine),
            "editable": step.phase == "open" and not deck.stage and mine.on_board,
            "hidden": mine.hidden is not None,
            "reason": mine.hidden or "",
            "most_idea": MOST_IDEA,
            "most_first": MOST_FIRST_STEP,
            "undo": undo_removing(mine),
        }
        if step.revealed and mine.on_board and deck.is_shown(mine.id):
            context |= told(self._by_card(state, step).get(mine.id))
        return Fragment(self.template("own_card"), context)

    def _own_read(self, state: State, step: Step, deck: Deck, person: str, card: Idea) -> Fragment:
        given = deck.given.get(person, {}).get(deck.stage, 0)
        context: dict[str, Any] = {"step": step.id, "stage": deck.stage, "rounds": deck.rounds, "gone": True}
        if card.on_board:
            context |= {
                "gone": False,
                "id": card.id,
                **split(card),
                "open": step.phase == "open",
                "given": given,
                "scores": [1, 2, 3, 4, 5],
                "flagged": person in card.flags,
                "unflag": {"do": "idea.unflag", "idea": card.id},
            }
        return Fragment(self.template("own_read"), context)

    def progress(self, state: State, step: Step) -> list[tuple[str, StrOrPromise]]:
        if not step.rounds:
            return []
        deck: Deck = step.rounds[-1].memory
        if not deck.stage:
            count = state.sheet(step.id).on_board - self._earlier(state, step)
            return [(str(count), ngettext("card written", "cards written", count))]
        if step.revealed:
            shown = len(self._called(state, step, step.rounds[-1]))
            return [
                (str(shown), ngettext("card called out", "cards called out", shown)),
                (str(len(deck.ring)), ngettext("card in all", "cards in all", len(deck.ring))),
            ]
        done = _("%(done)d of %(all)d") % {"done": deck.scored.get(deck.stage, 0), "all": len(deck.places)}
        return [(done, _("have scored the card they have now"))]

    @staticmethod
    def _earlier(state: State, step: Step) -> int:
        """Count the cards of earlier rounds. Looked up once: it can change only with what the sheet itself counts."""
        if len(step.rounds) == 1:
            return 0
        return sum(idea.round < len(step.rounds) for idea in state.ideas_of(step.id))

    def done_by(self, state: State, step: Step, person: str) -> str:
        if not step.rounds or not step.running:
            return ""
        deck: Deck = step.rounds[-1].memory
        # Not who has written: ids are counted, so the order in which that appears would say whose card is which.
        return str(_("has scored")) if deck.stage and deck.stage in deck.given.get(person, {}) else ""

    # -- results ---------------------------------------------------------------------------------------------------

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        deck: Deck = run.memory
        written = self.cards_of(state, step, run)
        counts = {
            "written": len(written),
            "rounds_scored": deck.stage,
            "rounds_planned": deck.rounds or rounds_for(len(written)),
            "scores_given": sum(deck.scored.values()),
            "helped": len(deck.helpers),
        }
        if run.revealed_at is None:
            return {**counts, "withheld": "not_shown", "cards": []}
        called = self._called(state, step, run)
        rows = [
            {
                "item": state.gid(place.card),
                "rank": place.rank,
                "points": None if place.points is None else place.points / 100,
                "scores": place.scores,
            }
            for place in called
        ]
        return {**counts, "not_shown": len(written) - len(called), "cards": rows}


def split(idea: Idea) -> dict[str, str]:
    """Give a card's two parts: the first line is the idea, what follows the first step."""
    bold, _line, first = idea.text.partition("\n")
    return {"text": bold, "first": first}


def shown_points(points: int | None) -> str:
    """Write points for people: 23.33, 24.5, 25. Empty for none."""
    return "" if points is None else f"{points / 100:.2f}".rstrip("0").rstrip(".")


def told(place: Place | None) -> dict[str, Any]:
    """Give what a card's place says, for its template."""
    if place is None:
        return {"points": "", "scores": 0, "rank": None}
    return {"points": shown_points(place.points), "scores": place.scores, "rank": place.rank}
