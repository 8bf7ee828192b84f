"""25/10 crowd-sourcing: one bold idea each, read and scored by others in five rounds, the best ten called out.

A card is one piece: its first line is the idea, what follows is the first step towards it. Who reads which card stands
in `deck.py`. A card is sent to its writer and to who reads it now; to others only once it was called out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from realtime.fields import Id, Text, Whole
from workshops.activities import base
from workshops.activities.base import Dirty, NewEvent, Refused, filled, setting
from workshops.activities.shared.promises import joined
from workshops.activities.shared.stages import Onward, begin_stage
from workshops.activities.shared.writing import Writing, built_upon, pieces_now
from workshops.activities.twenty_five_ten.deck import LEAST_CARDS, WHOLE, Deck, next_call, shuffled
from workshops.activities.twenty_five_ten.views import MOST_FIRST_STEP, MOST_IDEA, DeckViews
from workshops.live import words
from workshops.live.state import PARTICIPANT

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Command, Happened, Pretender
    from workshops.live.state import Idea, Round, State, Step

TOO_FEW = filled(_("Scoring needs at least %(least)d cards. Wait until there are more."), least=LEAST_CARDS)
NOT_WITH_YOU = _("This card isn't with you any more. Score the one you have now.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TwentyFiveTenSettings(base.Settings):
    """How long each part takes, and what is shown in the end."""

    writing_minutes: int = field(default=5, metadata=setting(_("Minutes for writing"), least=1, most=60))
    round_minutes: int = field(
        default=2, metadata=setting(_("Minutes for each round of reading and scoring"), least=1, most=30)
    )
    afterwards: str = field(
        default="all",
        metadata=setting(
            _("After the top ten"),
            choices=(
                ("all", _("You can show all other cards, too")),
                ("top", _("The other cards are shown to nobody")),
            ),
            guarded=True,
        ),
    )


class TwentyFiveTen(DeckViews, Writing):
    """Writing a card, scoring others' cards, calling out the best."""

    kind = "twenty_five_ten"
    label = _("25/10 crowd-sourcing")
    about = _("One bold idea each. Five others score it from 1 to 5. The top ten are called out.")
    icon = "trophy"
    verb = _("Start writing")
    minutes = 25
    Settings = TwentyFiveTenSettings
    gives_ideas = True
    columns: ClassVar = ("cards", {"rank": _("Rank"), "points": _("Points"), "scores": _("Scores")})
    commands: ClassVar = {
        **Writing.commands,
        "crowd.write": {
            "activity": Id(),
            "text": Text(most=MOST_IDEA, lines=False),
            "first": Text(most=MOST_FIRST_STEP),
        },
        "crowd.next": {"activity": Id(), "stage": Whole(most=9)},
        "crowd.score": {"activity": Id(), "card": Id(), "score": Whole(most=5)},
        "crowd.help": {"activity": Id()},
        "crowd.call": {"activity": Id(), "called": Whole(most=WHOLE)},
        "crowd.show_rest": {"activity": Id()},
    }
    never_shown = _(
        "The cards of “%(title)s” were never called out: their words are not put into the archive. "
        "Show the result first if they should be."
    )
    shows_more: ClassVar = frozenset({"crowd.called", "crowd.rest_shown"})
    changes_only_its_round: ClassVar = frozenset({"card.scored"})

    # -- what it says of itself ------------------------------------------------------------------------------------

    def unseen(self, step: Step) -> bool:
        return True

    def shown(self, step: Step, idea: Idea) -> bool:
        run = step.rounds[idea.round - 1]
        deck: Deck = run.memory
        return run.revealed_at is not None and deck.is_shown(idea.id)

    def sees(self, state: State, step: Step, idea: Idea, person: str) -> bool:
        reads = step.running and idea.on_board and step.rounds[-1].memory.card_for(person) == idea.id
        return reads or self.visible(step, idea)

    def longest(self, step: Step, sort: str) -> int:
        return MOST_IDEA + 1 + MOST_FIRST_STEP

    def first_minutes(self, step: Step) -> int:
        return int(step.settings.writing_minutes)

    def due(self, step: Step) -> int | None:
        """Close by the clock only in the last round: before, somebody has to say that it goes on."""
        deck = step.rounds[-1].memory if step.rounds else None
        return super().due(step) if deck is not None and deck.stage and deck.stage == deck.rounds else None

    def promise(self, settings: TwentyFiveTenSettings) -> StrOrPromise:
        if settings.afterwards == "all":
            end = _("The cards with most points are shown to everybody, and perhaps all others after them.")
        else:
            end = _("Only the cards with most points are shown to everybody.")
        start = _(
            "A few others read your card and score it. Nobody is shown who wrote a card, or who scored what."
        )
        return joined(start, end)

    # -- rules -----------------------------------------------------------------------------------------------------

    def begin(self, state: State, step: Step) -> Deck:
        return Deck()

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        match command.do:
            case "crowd.next":
                state.facilitator(by)
                return self._next(state, step, command)
            case "crowd.call" | "crowd.show_rest":
                state.facilitator(by)
                return self._call(state, step, command)
        if state.contributor(by).role != PARTICIPANT:
            raise Refused("not_allowed", _("Facilitators run this one. To take part, join as a participant."))
        if command.do == "crowd.score":
            return self._score(state, step, command, by)
        if command.do == "crowd.help":
            return self._help(step, by)
        return self._write(state, step, command, by)

    def takes_writing(self, state: State, step: Step, *, new: bool) -> Round:
        run = self.must_be_open(step)
        if run.memory.stage:
            raise Refused("scoring_started", _("Scoring has started, so cards stay as they are now."))
        return run

    def _write(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        self.takes_writing(state, step, new=True)
        mine = next(iter(pieces_now(state, step, by)), None)
        if command.do == "crowd.write":
            text = f"{command['text']}\n{command['first']}"
            if mine is None:
                return [self.added(state, step, by, text)]
            return self.decide_words(state, step, command, by, piece=mine, text=text)
        if command.do == "idea.put_back" and mine is not None and mine.id != command["idea"]:
            raise Refused("one_card", _("Everybody has one card. Change yours instead."))
        return self.decide_writing(state, step, command, by)

    def onward(self, state: State, step: Step) -> Onward | None:
        deck: Deck | None = step.rounds[-1].memory if step.running else None
        if deck is None or (deck.stage and deck.stage == deck.rounds):
            return None
        if deck.stage:
            said = filled(_("End round %(n)d, pass the cards on"), n=deck.stage)
            return Onward(deck.stage, "crowd.next", said)
        few = len(self.cards_of(state, step, step.rounds[-1])) < LEAST_CARDS
        return Onward(0, "crowd.next", _("Shuffle the cards, start round 1"), TOO_FEW if few else "")

    def _next(self, state: State, step: Step, command: Command) -> list[NewEvent]:
        run = self.must_be_open(step)
        deck: Deck = run.memory
        if deck.stage != command["stage"] or (deck.stage and deck.stage == deck.rounds):
            raise Refused("moved_on", words.MOVED_ON)
        body: dict[str, Any] = {"activity": step.id, "stage": deck.stage + 1}
        if not deck.stage:
            cards = [idea.id for idea in self.cards_of(state, step, run)]
            if len(cards) < LEAST_CARDS:
                raise Refused("too_few_cards", TOO_FEW)
            ring, shifts = shuffled(cards, command.seed)
            body |= {"ring": ring, "shifts": shifts}
        return [NewEvent("crowd.went_on", body)]

    def _score(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        deck: Deck = self.must_be_open(step).memory
        card, score = command["card"], command["score"]
        if deck.card_for(by) != card or not state.ideas[card].on_board:
            raise Refused("not_your_card", NOT_WITH_YOU)
        if deck.given.get(by, {}).get(deck.stage, 0) == score:
            return []
        return [NewEvent("card.scored", {"activity": step.id, "card": card, "score": score})]

    def _help(self, step: Step, by: str) -> list[NewEvent]:
        deck: Deck = self.must_be_open(step).memory
        if not deck.stage:
            raise Refused("not_scoring", _("Scoring has not started yet. Write a card."))
        if by in deck.places:
            return []
        return [NewEvent("crowd.helped", {"activity": step.id, "place": deck.seat_for_helper()})]

    def _call(self, state: State, step: Step, command: Command) -> list[NewEvent]:
        if not step.revealed or step.running:
            raise Refused("not_revealed", _("Close the scoring and begin the countdown first."))
        deck: Deck = step.rounds[-1].memory
        points = next_call(deck, self.ranking_of(state, step, step.rounds[-1]))
        if command.do == "crowd.call":
            if (deck.called or 0) != command["called"]:
                raise Refused("moved_on", words.MOVED_ON)
            return [NewEvent("crowd.called", {"activity": step.id, "points": points})] if points else []
        if step.settings.afterwards != "all":
            raise Refused("promised", _("People were told that only the cards with most points are shown."))
        if points is not None:
            raise Refused("still_counting", _("Call out the top ten first."))
        return [] if deck.rest_shown else [NewEvent("crowd.rest_shown", {"activity": step.id})]

    def inverse(self, state: State, step: Step, event: Happened) -> dict[str, Any] | None:
        if event.kind in self.EVENTS:
            return super().inverse(state, step, event)
        if event.kind != "card.scored":
            return None
        deck: Deck = step.rounds[-1].memory
        before = deck.given.get(event.actor, {}).get(deck.stage, 0)
        return {"do": "crowd.score", "activity": step.id, "card": event.body["card"], "score": before}

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        run = step.rounds[-1]
        deck: Deck = run.memory
        body = event.body
        match event.kind:
            case "card.scored":
                deck.score(event.actor, body["card"], body["score"])
                return Dirty(keys={"stage.progress"}, people={event.actor})
            case "crowd.helped":
                deck.places[event.actor] = body["place"]
                deck.helpers.add(event.actor)
                return Dirty(keys={"stage.progress"}, people={event.actor})
            case "crowd.went_on":
                return self._go_on(state, step, event)
            case "crowd.called" | "crowd.rest_shown":
                deck.called = body.get("points", deck.called)
                deck.rest_shown = deck.rest_shown or event.kind == "crowd.rest_shown"
                say = _("More cards were called out.")
                return Dirty(keys={"stage"}, lists={"cards"}, everybody=True, say=[(None, say)])
        return self.changed_by(state, step, self.apply_writing(state, step, event), event)

    def _go_on(self, state: State, step: Step, event: Happened) -> Dirty:
        run = step.rounds[-1]
        deck: Deck = run.memory
        if "ring" in event.body:
            ring = event.body["ring"]
            deck.deal(ring, event.body["shifts"], {card: state.ideas[card].author for card in ring})
        deck.stage = event.body["stage"]
        begin_stage(state, step, step.settings.round_minutes, event.at)
        say = filled(_("Round %(n)d of %(all)d: here is another card."), n=deck.stage, all=deck.rounds)
        return Dirty(keys={"stage", "run"}, everybody=True, say=[(None, say)])

    def withdrawn(self, state: State, step: Step, item: str) -> Dirty:
        """A card that a facilitator took away: whoever has it is told, and it has no place in the result."""
        idea = state.ideas.get(item)
        if idea is None or idea.step != step.id:
            return Dirty()
        return Dirty(keys={"stage"}, lists={"cards"}, everybody=True)

    def may_still_change(self, state: State, step: Step, idea: Idea) -> None:
        if idea.round != len(step.rounds) or built_upon(state, step, idea.round):
            raise Refused("scoring_started", _("Scoring has started, so cards stay as they are now."))

    def pretend(self, state: State, step: Step, person: str, pretender: Pretender) -> dict[str, Any] | None:
        if not step.rounds:
            return None
        deck: Deck = step.rounds[-1].memory
        if not deck.stage:
            if pieces_now(state, step, person):
                return None
            text, first = pretender.words(most=120).replace("\n", " "), pretender.words(most=80)
            return {"do": "crowd.write", "activity": step.id, "text": text, "first": first}
        card = deck.card_for(person)
        if card is None:
            return {"do": "crowd.help", "activity": step.id} if pretender.chance(5) else None
        if deck.stage in deck.given.get(person, {}) or not state.ideas[card].on_board:
            return None
        return {"do": "crowd.score", "activity": step.id, "card": card, "score": pretender.number(1, 5)}
