"""Check-in: how people arrive, on a scale, in a picture of the weather or in a word, with a line if they like.

What is chosen is only ever counted. Words and lines are pieces of writing, shown with the answers. Skipping is an
answer too, and always possible. `check_out.py` builds upon this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from realtime.fields import Id, OneOf, Text
from workshops.activities.base import (
    Command,
    Dirty,
    Fragment,
    Happened,
    NewEvent,
    Own,
    Refused,
)
from workshops.activities.checks.checking import (
    A_ROOM,
    CHOICES,
    COMMENT,
    LINE,
    MOST_COMMENT,
    MOST_LINE,
    MOST_WORD,
    PICTURES,
    SKIP,
    WORD,
    WROTE,
    Checked,
    CheckSettings,
    options_of,
    promise_of,
)
from workshops.activities.checks.turns import TURNS, Turns, decide_turn, turned, turns_of
from workshops.activities.shared.answers import Answers, bars, kept
from workshops.activities.shared.in_words import AnsweringInWords
from workshops.activities.shared.writing import Writing
from workshops.live.state import FACILITATOR

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Pretender
    from workshops.live.state import Idea, Person, Round, State, Step


class CheckIn(AnsweringInWords):
    """Saying how one arrives."""

    kind = "check_in"
    label = _("Check-in")
    about = _("Everybody says how they arrive: a number, the weather or a word, and a line if they like.")
    icon = "log-in"
    verb = _("Start the check-in")
    minutes = 5
    Settings: ClassVar[type[CheckSettings]] = CheckSettings
    commands: ClassVar = {
        **Writing.commands,
        "check.answer": {"activity": Id(), "choice": OneOf(choices=CHOICES)},
        "check.take_back": {"activity": Id()},
        "check.write": {
            "activity": Id(),
            "text": Text(most=MOST_COMMENT),
            "sort": OneOf(choices=(WORD, LINE, COMMENT)),
        },
        "check.turns": {"activity": Id()},
        "check.next": {"activity": Id()},
        "check.pass": {"activity": Id()},
    }
    foremost: ClassVar[tuple[str, ...]] = ("form", "low", "high", "visibility", "names")
    sorts: ClassVar[tuple[str, ...]] = (WORD, LINE)
    """What people write here, in the order in which it is shown."""

    # -- what the shared parts ask ---------------------------------------------------------------------------------

    def begin(self, state: State, step: Step) -> Checked:
        return Checked()

    def answers(self, run: Round) -> Answers:
        answers: Answers = run.memory.answers
        return answers

    def live(self, settings: Any) -> bool:
        return bool(settings.visibility == "after")

    def shows_results(self, step: Step) -> bool:
        return step.revealed

    def unseen(self, step: Step) -> bool:
        return True

    def shown(self, step: Step, idea: Idea) -> bool:
        return self.live(step.settings) or step.rounds[idea.round - 1].revealed_at is not None

    def sees(self, state: State, step: Step, idea: Idea, person: str) -> bool:
        if not self.visible(step, idea):
            return False
        run = step.rounds[idea.round - 1]
        if run.revealed_at is not None or state.people[person].role == FACILITATOR:
            return True
        counting = self.answers(run).counting
        return person in counting and len(counting) <= A_ROOM

    def keeps_words(self, step: Step, idea: Idea) -> bool:
        return bool(step.settings.words_after != "nowhere")

    def consent(self, step: Step, idea: Idea) -> str | None:
        return None if step.settings.words_after == "agreed" else "internal"

    def longest(self, step: Step, sort: str) -> int:
        return {WORD: MOST_WORD, LINE: MOST_LINE}.get(sort, MOST_COMMENT)

    def asks(self, settings: Any) -> set[str]:
        """Say which sorts of words are asked for."""
        return {sort for sort, asked in ((WORD, settings.form == "word"), (LINE, settings.line)) if asked}

    def promise(self, settings: Any) -> StrOrPromise:
        return promise_of(settings, words=bool(self.asks(settings)))

    # -- rules -----------------------------------------------------------------------------------------------------

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        if command.do in TURNS:
            return decide_turn(state, step, command, by, self._may_speak(state, step))
        self.taker(state, step, by)
        self.must_be_open(step)
        if command.do in Writing.commands:
            return self.decide_own(state, step, command, by)
        if command.do == "check.write":
            return self._decide_words(state, step, command, by)
        return self._decide_answer(state, step, command, by)

    def _may_speak(self, state: State, step: Step) -> set[str]:
        """Give who has a turn to speak: facilitators, too, where they take part. They can pass."""
        asked = self.asked_now(state, step)
        return (
            asked | self.facilitators_at(state)
            if self.takes_part(step, FACILITATOR) and not step.parent
            else asked
        )

    def _decide_answer(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        run = step.rounds[-1]
        before = self.answers(run).of(by)
        if command.do == "check.take_back":
            if not before or before == (WROTE,):
                return []
            return [NewEvent("check.answered", {"activity": step.id, "choice": ""})]
        choice = command["choice"]
        if choice not in (SKIP, *(one for one, _label in options_of(run.settings))):
            raise Refused("no_such_option", _("This answer is not there to choose from."))
        if before == (choice,):
            return []
        events = [NewEvent("check.answered", {"activity": step.id, "choice": choice})]
        word = self.piece(state, step, by, WORD)
        if word is not None and word.on_board:  # who skips takes back the word that was the answer
            events.insert(0, NewEvent("idea.removed", {"activity": step.id, "idea": word.id}))
        return events

    def _decide_words(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        sort = command["sort"]
        if sort not in self.asks(step.settings):
            raise Refused("not_asked", _("This is not asked for here."))
        text = command["text"] if sort == COMMENT else " ".join(command["text"].split())
        return self.decide_piece(state, step, command, by, sort=sort, text=text)

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        run, body = step.rounds[-1], event.body
        if event.kind == "check.turns_began":
            run.memory.turns = Turns(list(body["order"]))
            return Dirty(keys={"stage"}, people=set(body["order"]))
        if event.kind == "check.turned":
            return turned(run.memory.turns, event)
        watching = self.watching(run)
        if event.kind in self.EVENTS:
            idea = self.apply_writing(state, step, event)
            self._note_word(state, step, idea.author)
            dirty = self.changed_by(state, step, idea, event, *(f"{sort}s" for sort in self.sorts))
        else:
            self.answers(run).put(event.actor, (body["choice"],) if body["choice"] else ())
            self._note_word(state, step, event.actor)
            dirty = Dirty(keys={"stage.progress"}, people={event.actor})
        if self.live(step.settings):
            dirty.keys.add("stage.result")
            dirty.people |= watching | self.watching(run)
        return dirty

    def watching(self, run: Round) -> set[str]:
        """Give those whose own page shows all answers while others still answer. Never more than a roomful."""
        counting = self.answers(run).counting
        return set(counting) if self.live(run.settings) and len(counting) <= A_ROOM else set()

    def _note_word(self, state: State, step: Step, person: str) -> None:
        """Count a word as an answer, where words are the answer."""
        answers = self.answers(step.rounds[-1])
        piece = self.piece(state, step, person, WORD)
        if piece is not None and piece.on_board:
            answers.put(person, (WROTE,))
        elif answers.of(person) == (WROTE,):
            answers.put(person, ())

    def withdrawn(self, state: State, step: Step, item: str) -> Dirty:
        idea = state.ideas.get(item)
        if idea is None or idea.step != step.id or idea.round != len(step.rounds):
            return Dirty()
        watching = self.watching(step.rounds[-1])
        self._note_word(state, step, idea.author)
        people = {idea.author} | watching | self.watching(step.rounds[-1])
        lists = {f"{sort}s" for sort in self.sorts}
        return Dirty(keys={"stage.result", "stage.progress"}, lists=lists, people=people)

    def person_changed(self, state: State, step: Step, person: Person) -> Dirty:
        return Dirty(keys={"stage.result", "stage.turns"})

    def inverse(self, state: State, step: Step, event: Happened) -> dict[str, Any] | None:
        if event.kind in self.EVENTS:
            return Writing.inverse(self, state, step, event)
        if event.kind != "check.answered":
            return None
        before = self.answers(step.rounds[-1]).of(event.actor)
        if not before or before == (WROTE,):
            return {"do": "check.take_back", "activity": step.id}
        return {"do": "check.answer", "activity": step.id, "choice": before[0]}

    def pretend(self, state: State, step: Step, person: str, pretender: Pretender) -> dict[str, Any] | None:
        run = step.rounds[-1]
        if not self.answers(run).of(person):
            if pretender.chance(1):
                return {"do": "check.answer", "activity": step.id, "choice": SKIP}
            if run.settings.form == "word":
                word = pretender.words(most=MOST_WORD)
                return {"do": "check.write", "activity": step.id, "sort": WORD, "text": word}
            choice, _label = pretender.one_of(options_of(run.settings))
            return {"do": "check.answer", "activity": step.id, "choice": choice}
        if step.settings.line and not state.sheet(step.id).by.get(person) and pretender.chance(3):
            line = pretender.words(most=60)
            return {"do": "check.write", "activity": step.id, "sort": LINE, "text": line}
        return None

    # -- views -----------------------------------------------------------------------------------------------------

    def _facilitator_sees(self, step: Step) -> bool:
        return bool(step.rounds) and (step.revealed or self.live(step.settings))

    def _may_see(self, step: Step, reader: str) -> bool:
        return self._facilitator_sees(step) if reader == FACILITATOR else step.revealed

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        if not self._may_see(step, reader):
            return {}
        return {
            f"{sort}s": [f"idea-{idea.id}" for idea in self.board(state, step, sort)] for sort in self.sorts
        }

    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        if key == "stage.turns":
            turns = turns_of(state, step)
            return Fragment("workshops/parts/turns.html", {"turns": turns}) if turns else None
        if not self._may_see(step, reader):
            return None
        if key == "stage.result":
            return Fragment(self.template("result"), {"result": self._result(state, step)})
        return self.card(state, step, key, reader)

    def _result(self, state: State, step: Step) -> dict[str, Any]:
        """Give how many chose what, and how many skipped."""
        run = step.rounds[-1]
        answers = self.answers(run)
        turnout = self.turnout(state, step, run)
        skipped = answers.people(SKIP)
        rows = bars(options_of(run.settings), answers, turnout["answered"] - skipped)
        rows = [row | {"icon": PICTURES.get(row["option"], "")} for row in rows]
        said = turnout["answered"] - skipped
        return {"title": step.title, "rows": rows, "skipped": skipped, "said": said, **turnout}

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        return {
            "may_answer": self.takes_part(step, reader),
            "asks": sorted(self.asks(step.settings)),
            "most_word": MOST_WORD,
            "most_line": MOST_LINE,
            "speaking": step.settings.speaking,
            "turns": turns_of(state, step),
            "result": self._result(state, step) if self._may_see(step, reader) else None,
        }

    def own(self, state: State, step: Step, person: str) -> Own:
        if not step.rounds:
            return Own()
        me, run = state.people[person], step.rounds[-1]
        data: dict[str, Any] = {}
        if step.settings.speaking:
            data["speaks"] = run.memory.turns.speaker == person
        if not self.takes_part(step, me.role):
            return Own(data)
        chosen = self.answers(run).of(person)
        pieces = {sort: self.piece(state, step, person, sort) for sort in self.sorts}
        data |= {f"has_{sort}": piece is not None for sort, piece in pieces.items()}
        data |= {"answered": bool(chosen), "mine": [piece.id for piece in pieces.values() if piece]}
        context = {
            "step": step.id,
            "open": step.phase == "open",
            "options": [
                {"id": one, "label": str(label), "icon": PICTURES.get(one, ""), "chosen": one in chosen}
                for one, label in options_of(run.settings)
            ],
            "skipped": SKIP in chosen,
            "answered": bool(chosen),
            "pieces": self.own_pieces(step, pieces.values()),
        }
        fragments = {
            "own-answer": Fragment(self.template("own"), context | self.own_more(state, step, person))
        }
        others = self._others(state, step, person) if me.role != FACILITATOR else None
        if others is not None:
            fragments["own-others"] = Fragment(self.template("others"), others)
        return Own(data, fragments)

    def own_more(self, state: State, step: Step, person: str) -> dict[str, Any]:
        """Give what the own fragment shows besides."""
        return {}

    def _others(self, state: State, step: Step, person: str) -> dict[str, Any] | None:
        """Give all answers, for one who has answered while others still do."""
        counting = self.answers(step.rounds[-1]).counting
        if step.revealed or not self.live(step.settings) or person not in counting:
            return None
        if len(counting) > A_ROOM:
            return {"many": True}
        number = len(step.rounds)
        cards = [
            self.card_context(state, step, idea, "")
            for sort in self.sorts
            for idea in self.board(state, step, sort)
            if idea.round == number
        ]
        # No names, and nothing of who could answer: these change without an answer. They come with the reveal.
        result = self._result(state, step)
        told = {name: result[name] for name in ("title", "rows", "said", "skipped")}
        written = [{"id": card["id"], "text": card["text"]} for card in cards]
        return {"many": False, "result": told, "cards": written}

    def progress(self, state: State, step: Step) -> list[tuple[str, StrOrPromise]]:
        if not step.rounds:
            return []
        turnout = self.turnout(state, step, step.rounds[-1])
        return [(_("%(answered)d of %(eligible)d") % turnout, _("have answered or skipped"))]

    def done_by(self, state: State, step: Step, person: str) -> str:
        if step.settings.form == "word" and step.settings.names == "nobody":
            return ""  # ids are counted, so the order in which people answer would say whose word is which
        return super().done_by(state, step, person)

    # -- results ---------------------------------------------------------------------------------------------------

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        turnout = self.turnout(state, step, run)
        skipped = self.answers(run).people(SKIP)
        said = turnout["answered"] - skipped
        rule = {"form": run.settings.form, "said": said, "skipped": skipped, **turnout}
        if not self.was_shown(run):
            return {**rule, "withheld": "not_shown", "choices": []}
        rows = kept(bars(options_of(run.settings), self.answers(run), said))
        written = [(sort, self._written(state, step, run, sort)) for sort in self.sorts]
        told = [{"sort": sort, "ideas": gids} for sort, gids in written if gids]
        return {**rule, "words_after": run.settings.words_after, "choices": rows, "written": told}

    def _written(self, state: State, step: Step, run: Round, sort: str) -> list[str]:
        """Give what was written in a round and is on the board, in the order in which it was shown."""
        ideas = [idea for idea in state.ideas_of(step.id) if idea.round == run.number and idea.sort == sort]
        return [state.gid(idea.id) for idea in self.in_order(step, ideas)]
