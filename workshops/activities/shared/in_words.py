"""Kinds in which everybody gives one answer, and may write something with it: at most one piece of each sort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from workshops.activities.base import Refused
from workshops.activities.shared.answers import Answering
from workshops.activities.shared.writing import Writing, pieces_now, undo_removing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workshops.activities.base import Command, NewEvent
    from workshops.live.state import Idea, State, Step


class AnsweringInWords(Answering, Writing):
    """A kind with an answer and words that go with it."""

    @staticmethod
    def piece(state: State, step: Step, person: str, sort: str) -> Idea | None:
        """Give what somebody wrote of a sort in the latest round, and did not remove."""
        mine = pieces_now(state, step, person, sort)
        return mine[-1] if mine else None

    def decide_piece(
        self, state: State, step: Step, command: Command, by: str, *, sort: str, text: str
    ) -> list[NewEvent]:
        """Decide what somebody writes of a sort: other words for the piece that stands, or a first one."""
        piece = self.piece(state, step, by, sort)
        if piece is None:
            return [self.added(state, step, by, text, sort=sort)]
        return self.decide_words(state, step, command, by, piece=piece, text=text)

    def decide_own(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        """Decide a change of one's own piece; only one of each sort stands."""
        events = self.decide_writing(state, step, command, by)
        idea = state.ideas[command["idea"]]
        if command.do != "idea.put_back" or not events:
            return events
        self.must_be_asked(state, step, by, idea.sort)
        if self.piece(state, step, by, idea.sort) is not None:
            raise Refused("written_already", _("You have written something else since. Remove that first."))
        return events

    def must_be_asked(self, state: State, step: Step, by: str, sort: str) -> None:
        """Raise Refused if somebody is not asked for words of this sort now."""

    @staticmethod
    def own_pieces(step: Step, pieces: Iterable[Idea | None]) -> list[dict[str, Any]]:
        """Give what a writer sees of these pieces of their own."""
        return [
            {
                "id": piece.id,
                "sort": piece.sort,
                "text": piece.text,
                "hidden": piece.hidden is not None,
                "reason": piece.hidden or "",
                "removable": step.phase == "open" and piece.on_board,
                "undo": undo_removing(piece),
            }
            for piece in pieces
            if piece is not None
        ]
