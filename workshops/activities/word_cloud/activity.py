"""Word cloud: everybody writes a few words, and those that many wrote are drawn large. A ranked table says the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from realtime.fields import Id, Many, Text
from workshops.activities import base
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
from workshops.activities.shared.answers import Answering
from workshops.activities.shared.writing import Writing, own_piece, pieces_of
from workshops.activities.word_cloud.clouds import Cloud, key_of, size_of
from workshops.live.state import FACILITATOR, PARTICIPANT

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Pretender
    from workshops.live.state import Idea, Round, State, Step

WORD = "word"
LONGEST = 60
MOST_SHOWN = 40
"""So many words are drawn; the others are counted. The archive holds them all."""
WHILE_WRITING = 12
"""So many stand on each phone while the cloud grows: it is sent anew with every word. The projector draws it all."""
_FACILITATORS = frozenset({"cloud.merge", "cloud.split", "cloud.hide", "cloud.put_back"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WordCloudSettings(base.Settings):
    """How many words, how long, and who sees them when."""

    most_words: int = field(
        default=3, metadata=setting(_("Words from each person"), _("Up to so many."), least=1, most=10)
    )
    visibility: str = field(
        default="private",
        metadata=setting(
            _("While people write"),
            choices=(
                ("private", _("Nobody sees the words until you show them")),
                ("checked", _("Only facilitators see the words, without names, and show them when ready")),
                ("shared", _("Everybody sees the cloud grow")),
            ),
            guarded=True,
        ),
    )
    most_characters: int = field(
        default=30, metadata=setting(_("Longest word, in characters"), least=5, most=LONGEST)
    )
    facilitators_vote: bool = field(
        default=False, metadata=setting(_("Facilitators take part too"), guarded=True)
    )


class WordCloud(Answering, Writing):
    """Writing words that are counted."""

    kind = "word_cloud"
    label = _("Word cloud")
    about = _("Everybody writes a few words. Those that many wrote stand out.")
    icon = "cloud"
    verb = _("Ask for words")
    minutes = 3
    Settings = WordCloudSettings
    commands: ClassVar = {
        **Writing.commands,
        "cloud.add": {"activity": Id(), "text": Text(most=LONGEST, lines=False)},
        "cloud.merge": {"activity": Id(), "words": Many(), "into": Id(required=False)},
        "cloud.split": {"activity": Id(), "word": Id()},
        "cloud.hide": {
            "activity": Id(),
            "words": Many(),
            "reason": Text(most=200, lines=False, required=False),
        },
        "cloud.put_back": {"activity": Id(), "word": Id()},
    }
    shows_more: ClassVar = frozenset({"cloud.merged", "cloud.split", "cloud.hidden", "cloud.put_back"})

    # -- what the shared parts ask ---------------------------------------------------------------------------------

    def begin(self, state: State, step: Step) -> Cloud:
        return Cloud()

    def live(self, settings: Any) -> bool:
        return bool(settings.visibility == "shared")

    def unseen(self, step: Step) -> bool:
        return bool(step.settings.visibility != "shared")

    def keeps_words(self, step: Step, idea: Idea) -> bool:
        cloud: Cloud = step.rounds[idea.round - 1].memory
        return cloud.root(cloud.word_of.get(idea.id, "")) not in cloud.hidden

    def promise(self, settings: WordCloudSettings) -> StrOrPromise:
        return {
            "private": _(
                "Nobody else is shown your words until the facilitator shows them all. Nobody is shown who wrote what."
            ),
            "checked": _(
                "Facilitators see the words as they come, the others when they are shown to all. "
                "Nobody is shown who wrote what."
            ),
            "shared": _("Everybody sees the words as they come. Nobody is shown who wrote what."),
        }[settings.visibility]

    def lost_at_close(self, step: Step) -> StrOrPromise:
        if all(self.was_shown(run) for run in step.rounds):
            return ""
        sentence = _(
            "The words of “%(title)s” were never shown: they are not put into the archive. "
            "Show them first if they should be."
        )
        return filled(sentence, title=step.title)

    # -- rules -----------------------------------------------------------------------------------------------------

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        if command.do in _FACILITATORS:
            state.facilitator(by)
            return self._decide_tidying(step, command)
        self.taker(state, step, by)
        if command.do == "idea.remove":
            return self.decide_writing(state, step, command, by)
        run = self.takes_writing(state, step, new=True)
        if command.do == "idea.put_back":
            idea = own_piece(state, step, command["idea"], by)
            if not idea.removed:
                return []
            self._must_be_new(state, step, run, by, idea.text)
            return self.decide_writing(state, step, command, by)
        if not key_of(command["text"]):
            raise Refused("no_word", _("Write a word: these are only signs."))
        if command.do == "idea.edit":
            idea = own_piece(state, step, command["idea"], by)
            self._must_be_new(state, step, run, by, command["text"], instead=idea.id)
            edited = self.decide_writing(state, step, command, by)
            word = {"word": run.memory.word_for(command["text"])}
            return [NewEvent(event.kind, event.body | word, event.private) for event in edited]
        self._must_be_new(state, step, run, by, command["text"])
        word = run.memory.word_for(command["text"])
        return [self.added(state, step, by, command["text"], sort=WORD, word=word)]

    def _must_be_new(
        self, state: State, step: Step, run: Round, by: str, text: str, *, instead: str = ""
    ) -> None:
        """Refuse one word too many, and one that this person has said already."""
        mine = [idea for idea in self._mine(state, step, run, by) if idea.id != instead]
        most = step.settings.most_words
        if len(mine) >= most:
            sentence = ngettext_lazy(
                "You have written your %(most)d word. Remove it to write another.",
                "You have written all of your %(most)d words. Remove one to write another.",
                most,
            )
            raise Refused("no_words_left", filled(sentence, most=most))
        if any(key_of(idea.text) == key_of(text) for idea in mine):
            raise Refused("said_already", _("You have written this already. Everybody's word counts once."))

    @staticmethod
    def _mine(state: State, step: Step, run: Round, person: str) -> list[Idea]:
        return [idea for idea in pieces_of(state, step, person, WORD) if idea.round == run.number]

    def _decide_tidying(self, step: Step, command: Command) -> list[NewEvent]:
        """Decide what facilitators do with words that they see."""
        if step.round is None or not self._facilitators_see(step):
            raise Refused("not_revealed", _("The words are not shown yet."))
        cloud: Cloud = step.round.memory
        body: dict[str, Any] = {"activity": step.id}
        if command.do in ("cloud.split", "cloud.put_back"):
            word = command["word"]
            found = word in (cloud.hidden if command.do == "cloud.put_back" else cloud.into.values())
            kind = "cloud.split" if command.do == "cloud.split" else "cloud.put_back"
            return [NewEvent(kind, body | {"word": word})] if found else []
        chosen = [word for word in command["words"] if word in cloud.words and cloud.standing(word)]
        if not chosen:
            raise Refused("no_such_word", _("Choose words first. They may have gone meanwhile."))
        if command.do == "cloud.hide":
            return [NewEvent("cloud.hidden", body | {"words": chosen}, {"reason": command["reason"] or ""})]
        into = command["into"] or max(chosen, key=lambda word: len(cloud.words[word].writers))
        others = [word for word in chosen if word != into]
        if not others or into not in cloud.words or not cloud.standing(into):
            raise Refused("bad_merge", _("Choose two or more words to count as one."))
        return [NewEvent("cloud.merged", body | {"words": others, "into": into})]

    def _facilitators_see(self, step: Step) -> bool:
        return self.shows_results(step) or step.settings.visibility == "checked"

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        cloud: Cloud = step.rounds[-1].memory
        if event.kind not in self.EVENTS:
            return self._apply_tidying(state, cloud, event)
        idea = self.apply_writing(state, step, event)
        cloud.sync(idea, event.body.get("word", ""))
        dirty = Dirty(keys={"stage.progress"}, people={event.actor})
        if idea.flags or idea.stands_for:
            dirty.keys.add("hidden")
        if self._facilitators_see(step):
            dirty.keys.add("stage.result")
        return dirty

    @staticmethod
    def _apply_tidying(state: State, cloud: Cloud, event: Happened) -> Dirty:
        body = event.body
        touched = body["words"] if "words" in body else [body["word"]]
        if event.kind == "cloud.merged":
            cloud.join(touched, body["into"])
        elif event.kind == "cloud.split":
            cloud.part(body["word"])
        elif event.kind == "cloud.hidden":
            cloud.hide(touched, event.private.get("reason", ""))
        else:
            cloud.put_back(body["word"])
        writers = {state.ideas[entry].author for word in touched for entry in cloud.entries(word)}
        return Dirty(keys={"stage.result", "stage.progress"}, people=writers)

    def withdrawn(self, state: State, step: Step, item: str) -> Dirty:
        """Who hides one entry hides the word, whoever else wrote it; it comes back with that entry."""
        idea, cloud = state.ideas.get(item), step.rounds[-1].memory
        if idea is None or idea.step != step.id or idea.round != len(step.rounds):
            return Dirty()
        word = cloud.root(cloud.sync(idea))
        if idea.hidden is not None:
            cloud.hide([word], idea.hidden)
        elif idea.on_board:
            cloud.put_back(word)
        writers = {state.ideas[entry].author for entry in cloud.entries(word)}
        return Dirty(keys={"stage.result", "stage.progress"}, people=writers)

    def inverse(self, state: State, step: Step, event: Happened) -> dict[str, Any] | None:
        if event.kind == "cloud.merged" and not any(
            word in step.rounds[-1].memory.into.values()
            for word in (event.body["into"], *event.body["words"])
        ):
            return {"do": "cloud.split", "activity": step.id, "word": event.body["into"]}
        if event.kind == "cloud.hidden" and len(event.body["words"]) == 1:
            return {"do": "cloud.put_back", "activity": step.id, "word": event.body["words"][0]}
        return Writing.inverse(self, state, step, event) if event.kind in self.EVENTS else None

    def pretend(self, state: State, step: Step, person: str, pretender: Pretender) -> dict[str, Any] | None:
        mine = self._mine(state, step, step.rounds[-1], person)
        if len(mine) >= step.settings.most_words or (mine and pretender.chance(4)):
            return None
        word = pretender.words(most=step.settings.most_characters).split()[0].strip(".,;:!?")
        if not key_of(word) or any(key_of(idea.text) == key_of(word) for idea in mine):
            return None
        return {"do": "cloud.add", "activity": step.id, "text": word}

    # -- views -----------------------------------------------------------------------------------------------------

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        return {}

    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        if key != "stage.result" or not self._may_see(step, reader):
            return None
        return Fragment(self.template("cloud"), {"cloud": self._result(state, step, reader)})

    def _may_see(self, step: Step, reader: str) -> bool:
        if not step.rounds:
            return False
        return self._facilitators_see(step) if reader == FACILITATOR else self.shows_results(step)

    def _result(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        cloud: Cloud = step.rounds[-1].memory
        drawn = step.revealed or reader != PARTICIPANT
        ranked = cloud.ranked()
        most = ranked[0].people if ranked else 0
        rows: list[dict[str, Any]] = [
            {
                "id": one.id,
                "idea": cloud.first(one.id),
                "text": _text(state, cloud, one.id),
                "people": one.people,
                "rank": one.rank,
                "tied": one.tied,
                "size": size_of(one.people, most),
            }
            for one in ranked[: MOST_SHOWN if drawn else WHILE_WRITING]
        ]
        rows.sort(key=lambda row: (row["rank"], key_of(row["text"])))
        result: dict[str, Any] = {
            "title": step.title,
            "step": step.id,
            "rows": rows,
            "in_cloud": sorted(rows, key=lambda row: key_of(row["text"])) if drawn else [],
            "more": len(ranked) - len(rows),
            "may_flag": reader == PARTICIPANT and step.revealed,
            "tidy": reader == FACILITATOR,
        }
        if reader == FACILITATOR:
            result["joined"] = [
                {
                    "id": root,
                    "text": _text(state, cloud, root),
                    "others": [_text(state, cloud, word) for word in cloud.group(root)[1:]],
                }
                for root in dict.fromkeys(cloud.into.values())
            ]
            result["hidden"] = [
                {"id": word, "text": text, "reason": reason}
                for word, reason in cloud.hidden.items()
                if (text := _text(state, cloud, word))
            ]
        return result

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        return {
            "may_answer": self.takes_part(step, reader),
            "most_words": step.settings.most_words,
            "most_characters": step.settings.most_characters,
            "visibility": step.settings.visibility,
            "cloud": self._result(state, step, reader) if self._may_see(step, reader) else None,
        }

    def own(self, state: State, step: Step, person: str) -> Own:
        if not step.rounds or not self.takes_part(step, state.people[person].role):
            return Own()
        run = step.rounds[-1]
        cloud: Cloud = run.memory
        words = []
        for idea in self._mine(state, step, run, person):
            word = cloud.root(cloud.word_of.get(idea.id, ""))
            reason = idea.hidden if idea.hidden is not None else cloud.hidden.get(word)
            words.append(
                {
                    "id": idea.id,
                    "text": idea.text,
                    "hidden": reason is not None,
                    "reason": reason or "",
                    "removable": step.phase == "open" and idea.on_board,
                    "undo": {"do": "idea.put_back", "activity": step.id, "idea": idea.id},
                }
            )
        left = max(0, step.settings.most_words - len(words))
        context = {"step": step.id, "words": words, "open": step.phase == "open"}
        data = {"left": left, "none_left": left == 0, "mine": [word["id"] for word in words]}
        return Own(data, {"own-words": Fragment(self.template("own"), context)})

    def progress(self, state: State, step: Step) -> list[tuple[str, StrOrPromise]]:
        if not step.rounds:
            return []
        count = len(step.rounds[-1].memory.place)
        words = (str(count), ngettext("word written", "words written", count))
        if self.live(step.settings):
            return [
                words
            ]  # a count of people that stays as a word appears would say that its writer has others
        turnout = self.turnout(state, step, step.rounds[-1])
        return [(_("%(answered)d of %(eligible)d") % turnout, _("have written")), words]

    def done_by(self, state: State, step: Step, person: str) -> str:
        return ""  # ids are counted, so the order in which people have written would say whose word is which

    # -- results ---------------------------------------------------------------------------------------------------

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        rule = {"most_words": run.settings.most_words, "visibility": run.settings.visibility}
        turnout = self.turnout(state, step, run)
        if not self.was_shown(run):
            return {**rule, **turnout, "withheld": "not_shown", "words": []}
        cloud = self._counted_anew(state, step, run)
        ranked = sorted(cloud.ranked(), key=lambda one: (one.rank, key_of(_text(state, cloud, one.id))))
        return {
            **rule,
            **turnout,
            "entries": len(cloud.place),
            "hidden": sum(bool(cloud.words[word].writers) for word in cloud.hidden if word in cloud.words),
            "words": [
                {
                    "rank": one.rank,
                    "people": one.people,
                    "ideas": [state.gid(entry) for entry in cloud.entries(one.id)],
                }
                for one in ranked
            ],
        }

    @staticmethod
    def _counted_anew(state: State, step: Step, run: Round) -> Cloud:
        """Count a round as it is now: entries hidden long after it are known to the state only."""
        kept: Cloud = run.memory
        ids, words = dict(kept.ids), dict(kept.word_of)
        cloud = Cloud(ids=ids, word_of=words, most=kept.most, into=dict(kept.into), hidden=dict(kept.hidden))
        for idea in state.sheet(step.id).ideas:
            if idea.round == run.number and idea.sort == WORD:
                word = cloud.sync(idea)
                if idea.hidden is not None:
                    cloud.hide([cloud.root(word)], idea.hidden)
        for root in dict.fromkeys(cloud.into.values()):
            if root in cloud.words:
                cloud.recount(root)
        return cloud


def _text(state: State, cloud: Cloud, word: str) -> str:
    """Give a word as its first entry on the board writes it."""
    entry = cloud.first(word)
    return state.ideas[entry].text if entry else ""
