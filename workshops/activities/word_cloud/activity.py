"""Word cloud: everybody writes a few words, and those that many wrote are drawn large. A ranked table says the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from realtime.fields import Id, Many, Text
from workshops.activities import base
from workshops.activities.base import Command, Dirty, Happened, NewEvent, Refused, filled, setting
from workshops.activities.shared.writing import Writing, own_piece, pieces_now
from workshops.activities.word_cloud.clouds import Cloud, key_of
from workshops.activities.word_cloud.views import WORD, CloudViews

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Pretender
    from workshops.live.state import Idea, State, Step

LONGEST = 60
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


class WordCloud(CloudViews):
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
    never_shown = _(
        "The words of “%(title)s” were never shown: they are not put into the archive. "
        "Show them first if they should be."
    )
    shows_more: ClassVar = frozenset({"cloud.merged", "cloud.split", "cloud.hidden", "cloud.put_back"})

    # -- what the shared parts ask ---------------------------------------------------------------------------------

    def begin(self, state: State, step: Step) -> Cloud:
        return Cloud()

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
            self._must_be_new(state, step, by, idea.text)
            return self.decide_writing(state, step, command, by)
        if not key_of(command["text"]):
            raise Refused("no_word", _("Write a word: these are only signs."))
        if command.do == "idea.edit":
            idea = own_piece(state, step, command["idea"], by)
            self._must_be_new(state, step, by, command["text"], instead=idea.id)
            edited = self.decide_writing(state, step, command, by)
            word = {"word": run.memory.word_for(command["text"])}
            return [NewEvent(event.kind, event.body | word, event.private) for event in edited]
        self._must_be_new(state, step, by, command["text"])
        word = run.memory.word_for(command["text"])
        return [self.added(state, step, by, command["text"], sort=WORD, word=word)]

    def _must_be_new(self, state: State, step: Step, by: str, text: str, *, instead: str = "") -> None:
        """Refuse one word too many, and one that this person has said already."""
        mine = [idea for idea in pieces_now(state, step, by, WORD) if idea.id != instead]
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

    def _decide_tidying(self, step: Step, command: Command) -> list[NewEvent]:
        """Decide what facilitators do with words that they see."""
        if step.round is None or not self.facilitators_see(step):
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

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        cloud: Cloud = step.rounds[-1].memory
        if event.kind not in self.EVENTS:
            return self._apply_tidying(state, cloud, event)
        idea = self.apply_writing(state, step, event)
        cloud.sync(idea, event.body.get("word", ""))
        dirty = Dirty(keys={"stage.progress"}, people={event.actor})
        if idea.flags or idea.stands_for:
            dirty.keys.add("hidden")
        if self.facilitators_see(step):
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
        mine = pieces_now(state, step, person, WORD)
        if len(mine) >= step.settings.most_words or (mine and pretender.chance(4)):
            return None
        word = pretender.words(most=step.settings.most_characters).split()[0].strip(".,;:!?")
        if not key_of(word) or any(key_of(idea.text) == key_of(word) for idea in mine):
            return None
        return {"do": "cloud.add", "activity": step.id, "text": word}
