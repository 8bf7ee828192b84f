"""What people see of a word cloud: the cloud where they may see it, its ranked table, and each their own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from workshops.activities.base import Fragment, Own
from workshops.activities.shared.answers import Answering
from workshops.activities.shared.writing import Writing, pieces_now, undo_removing
from workshops.activities.word_cloud.clouds import Cloud, key_of, size_of
from workshops.live.state import FACILITATOR, PARTICIPANT

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.live.state import Round, State, Step

WORD = "word"
MOST_SHOWN = 40
"""So many words are drawn; the others are counted. The archive holds them all."""
WHILE_WRITING = 12
"""So many stand on each phone while the cloud grows: it is sent anew with every word. The projector draws it all."""


class CloudViews(Answering, Writing):
    """The half of a word cloud that only looks."""

    # -- who sees what -----------------------------------------------------------------------------------------------

    def live(self, settings: Any) -> bool:
        return bool(settings.visibility == "shared")

    def unseen(self, step: Step) -> bool:
        return bool(step.settings.visibility != "shared")

    def facilitators_see(self, step: Step) -> bool:
        """Whether facilitators see the words now."""
        return self.shows_results(step) or step.settings.visibility == "checked"

    def _may_see(self, step: Step, reader: str) -> bool:
        if not step.rounds:
            return False
        return self.facilitators_see(step) if reader == FACILITATOR else self.shows_results(step)

    # -- the cloud ---------------------------------------------------------------------------------------------------

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        return {}

    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        if key != "stage.result" or not self._may_see(step, reader):
            return None
        return Fragment(self.template("cloud"), {"cloud": self._result(state, step, reader)})

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
        for idea in pieces_now(state, step, person, WORD):
            word = cloud.root(cloud.word_of.get(idea.id, ""))
            reason = idea.hidden if idea.hidden is not None else cloud.hidden.get(word)
            words.append(
                {
                    "id": idea.id,
                    "text": idea.text,
                    "hidden": reason is not None,
                    "reason": reason or "",
                    "removable": step.phase == "open" and idea.on_board,
                    "undo": undo_removing(idea),
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
