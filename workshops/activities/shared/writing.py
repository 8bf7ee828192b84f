"""Kinds in which people write words: ideas, posts, reasons, lines.

Whatever it is, each piece is an `Idea` in the workshop's state: with an author, a consent, an id that stays. So hiding
it with a reason, flags, the look for what could identify somebody, withdrawal after the workshop, the archive and the
exports are the same for all of them, and a kind never keeps people's words in the memory of its rounds.

`sort` is the kind's own word for what a piece is ("idea", "post", "reason"), `about` what it belongs to (the id of
a question, a parent or a place, "" for nothing). Its card, where it has one, has the key `idea-<id>`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from realtime.fields import Id, Text
from workshops.activities.base import (
    Activity,
    Command,
    Dirty,
    Fragment,
    Happened,
    NewEvent,
    Refused,
    filled,
)
from workshops.live import words
from workshops.live.identifying import must_not_identify
from workshops.live.state import FACILITATOR, PARTICIPANT, Idea

if TYPE_CHECKING:
    from collections.abc import Collection

    from django_stubs_ext import StrOrPromise

    from workshops.live.state import Round, State, Step

MOST_CHARACTERS = 2000
MOST_PIECES = 200
"""So many one person can write in one round, those removed again included, whatever the settings say:
everybody's screen holds them all, so nobody may make them without end."""

IDEA = "idea"


class Writing(Activity):
    """A kind in which people write.

    Give `commands` as `{**Writing.commands, "yours.add": {...}}`. In `decide`, make the event of a new piece with
    `added` and hand the shared commands to `decide_writing`; in `apply`, hand the four events in `EVENTS` to
    `apply_writing`. The methods below them say what is special; the defaults read the settings `visibility`,
    `names` and `most_characters` where a kind has them.
    """

    EVENTS: ClassVar = frozenset({"idea.added", "idea.edited", "idea.removed", "idea.put_back"})
    commands: ClassVar = {
        "idea.edit": {"activity": Id(), "idea": Id(), "text": Text(most=MOST_CHARACTERS)},
        "idea.remove": {"activity": Id(), "idea": Id()},
        "idea.put_back": {"activity": Id(), "idea": Id()},
    }
    """What everybody may do with their own pieces, in any kind."""

    ready_made: ClassVar[bool] = False
    """Whether its pieces are there from the start, so that others may work on them as soon as they were shown."""

    # -- what a kind says of itself --------------------------------------------------------------------------------

    def unseen(self, step: Step) -> bool:
        """Whether people write without others seeing it, until the reveal. Then order and times are not told either."""
        return getattr(step.settings, "visibility", "shared") == "private"

    def names(self, step: Step) -> str:
        """Who sees who wrote something: "nobody", "facilitators" or "everybody"."""
        return str(getattr(step.settings, "names", "nobody"))

    def shown(self, step: Step, idea: Idea) -> bool:
        """Whether others see what was written in this one's round."""
        return not self.unseen(step) or step.rounds[idea.round - 1].revealed_at is not None

    def is_seen(self, step: Step) -> bool:
        """Whether others see now what is written in the latest round."""
        return bool(step.rounds) and (not self.unseen(step) or step.revealed)

    def lost_at_close(self, step: Step) -> StrOrPromise:
        """Words are lost only where they were written unseen."""
        return super().lost_at_close(step) if self.unseen(step) else ""

    def sees(self, state: State, step: Step, idea: Idea, person: str) -> bool:
        """Whether somebody else than its author has a piece in front of them now, and so may flag it."""
        return self.visible(step, idea)

    def keeps_words(self, step: Step, idea: Idea) -> bool:
        """Whether the archive may keep the words once they were shown. If not, it keeps only that there were some."""
        return True

    def consent(self, step: Step, idea: Idea) -> str | None:
        """Give how the words may be used, where that isn't their author's to say; None: ask the author."""
        return None

    def rests_on(self, state: State, step: Step, idea: Idea) -> tuple[Collection[str], list[Idea]]:
        """Give who else wrote these words, and the pieces that they were taken from: their consent counts, too.

        Where there are any, the words are quoted without anybody's name or role.
        """
        return (), []

    def names_people(self, step: Step, idea: Idea) -> bool:
        """Whether a piece is somebody's name, perhaps of a third person: then it leaves the Lab only if they agreed."""
        return False

    def longest(self, step: Step, sort: str) -> int:
        """Give how many characters a piece may have."""
        return int(getattr(step.settings, "most_characters", 280))

    def takes_writing(self, state: State, step: Step, *, new: bool) -> Round:
        """Give the round that takes a new piece or a change. Raises Refused."""
        return self.must_be_open(step)

    def may_still_change(self, state: State, step: Step, idea: Idea) -> None:
        """Raise Refused if a piece must stay as it is now, because others built upon it."""
        if built_upon(state, step, idea.round):
            raise Refused("grouping_started", _("Grouping has started, so ideas stay as they are now."))

    # -- rules -----------------------------------------------------------------------------------------------------

    def added(
        self,
        state: State,
        step: Step,
        by: str,
        text: str,
        *,
        sort: str = IDEA,
        about: str = "",
        ahead: int = 0,
        **more: Any,
    ) -> NewEvent:
        """Make the event of a new piece. Raises Refused where the round, the length or the words don't allow it.

        `ahead` counts pieces made before it in the same command, `more` goes into the event's body.
        """
        number = self.takes_writing(state, step, new=True).number
        self.must_fit(step, text, sort)
        must_not_identify(text)
        if sum(idea.round == number for idea in state.sheet(step.id).by.get(by, ())) + ahead >= MOST_PIECES:
            sentence = _(
                "You have written %(most)d ideas in this round, and no more fit. Change one of them instead."
            )
            raise Refused("no_ideas_left", filled(sentence, most=MOST_PIECES))
        body: dict[str, Any] = {"activity": step.id, "idea": state.new_id("i", ahead), "round": number}
        if sort != IDEA:
            body["sort"] = sort
        if about:
            body["about"] = about
        return NewEvent("idea.added", body | more, {"text": text})

    def must_fit(self, step: Step, text: str, sort: str = IDEA) -> None:
        """Raise Refused if a piece is too long."""
        most, over = self.longest(step, sort), len(text) - self.longest(step, sort)
        if over > 0:
            sentence = ngettext_lazy(
                "This is %(over)d character too long. Up to %(most)d fit.",
                "This is %(over)d characters too long. Up to %(most)d fit.",
                over,
            )
            raise Refused("too_long", filled(sentence, over=over, most=most))

    def decide_writing(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        """Decide one of the shared commands: changing, removing or putting back one's own piece."""
        self.takes_writing(state, step, new=False)
        idea = own_piece(state, step, command["idea"], by)
        self.may_still_change(state, step, idea)
        return self.decide_change(step, command, idea)

    def decide_change(self, step: Step, command: Command, idea: Idea) -> list[NewEvent]:
        """Decide one of the shared commands about a piece that whoever asks may change."""
        body = {"activity": step.id, "idea": idea.id}
        if command.do == "idea.edit":
            if idea.removed:
                raise Refused("no_such_idea", words.NO_SUCH_IDEA)
            if command["text"] == idea.text:
                return []
            self.must_fit(step, command["text"], idea.sort)
            must_not_identify(command["text"])
            return [NewEvent("idea.edited", body, {"text": command["text"]})]
        if (command.do == "idea.remove") == idea.removed:
            return []
        return [NewEvent("idea.removed" if command.do == "idea.remove" else "idea.put_back", body)]

    def decide_words(
        self, state: State, step: Step, command: Command, by: str, *, piece: Idea, text: str
    ) -> list[NewEvent]:
        """Decide that one's own piece gets other words, where another command than `idea.edit` says so."""
        args = {"activity": step.id, "idea": piece.id, "text": text}
        edit = Command("idea.edit", command.op, args, command.at, command.seed)
        return self.decide_writing(state, step, edit, by)

    def apply_writing(self, state: State, step: Step, event: Happened) -> Idea:
        """Change the state by one of `EVENTS`; give the piece it is about."""
        body = event.body
        if event.kind == "idea.added":
            text, more = event.private.get("text", ""), (body.get("sort", IDEA), body.get("about", ""))
            state.add_idea(Idea(body["idea"], step.id, body["round"], event.actor, text, event.at, *more))
        idea = state.ideas[body["idea"]]
        if event.kind == "idea.edited":
            idea.earlier.append(idea.text)
            idea.text = event.private.get("text", "")
        elif event.kind != "idea.added":
            state.change_idea(idea, removed=event.kind == "idea.removed")
        return idea

    def changed_by(self, state: State, step: Step, idea: Idea, event: Happened, *lists: str) -> Dirty:
        """Name what one of `EVENTS` changed: the card, and the lists it may stand in, where others see it."""
        dirty = Dirty(keys={"stage.progress"}, people={event.actor} | state.merged_authors(idea))
        if self.shown(step, idea):
            dirty.keys.add(f"idea-{idea.id}")
            if event.kind != "idea.edited":
                dirty.lists.update(lists)
        if idea.stands_for or idea.flags:
            dirty.keys.add("hidden")
        if self.names(step) != "nobody":  # a count that grows as a piece appears would say whose it is
            dirty.keys.add(f"person-{event.actor}")
        return dirty

    def inverse(self, state: State, step: Step, event: Happened) -> dict[str, Any] | None:
        idea = event.body.get("idea", "")
        if event.kind == "idea.added":
            return {"do": "idea.remove", "activity": step.id, "idea": idea}
        if event.kind == "idea.edited":
            return {"do": "idea.edit", "activity": step.id, "idea": idea, "text": state.ideas[idea].text}
        if event.kind == "idea.removed":
            return {"do": "idea.put_back", "activity": step.id, "idea": idea}
        if event.kind == "idea.put_back":
            return {"do": "idea.remove", "activity": step.id, "idea": idea}
        return None

    # -- views -----------------------------------------------------------------------------------------------------

    def visible(self, step: Step, idea: Idea) -> bool:
        """Whether a piece may be seen by others than its author."""
        return idea.on_board and self.shown(step, idea)

    def board(self, state: State, step: Step, sort: str = IDEA) -> list[Idea]:
        """Give what everybody may see, in the order in which they see it."""
        found = (idea for idea in state.ideas_of(step.id) if idea.sort == sort and self.visible(step, idea))
        return self.in_order(step, list(found))

    def in_order(self, step: Step, ideas: list[Idea]) -> list[Idea]:
        """Give pieces in the order in which others see them."""
        return sorted(ideas, key=lambda idea: (idea.round, mixed(idea))) if self.unseen(step) else ideas

    def card(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        """Give the card of a piece of this step, or None if it may not be seen."""
        idea = state.ideas.get(key.removeprefix("idea-"))
        if idea is None or idea.step != step.id or not self.visible(step, idea):
            return None
        return Fragment("workshops/parts/idea.html", self.card_context(state, step, idea, reader))

    def card_context(self, state: State, step: Step, idea: Idea, reader: str) -> dict[str, Any]:
        """Give what a card shows; `step` is where it is shown. Never an author's id, and nothing of one viewer."""
        origin = state.steps[idea.step]
        names = self.names(origin)
        named = names == "everybody" or (names == "facilitators" and reader == FACILITATOR)
        author = state.people.get(idea.author)
        return {
            "id": idea.id,
            "step": step.id,
            "text": idea.text,
            "edited": bool(idea.earlier) and origin.revealed,
            "by": author.name if named and author else "",
            "merged": idea.stands_for,
            "moderate": reader == FACILITATOR,
            "may_flag": reader == PARTICIPANT,
            "flagged_text": _("Flagged. A facilitator will look at it."),
            "unflag": {"do": "idea.unflag", "idea": idea.id},
        }


def own_piece(state: State, step: Step, idea_id: str, by: str) -> Idea:
    """Find one's own piece. Raises Refused, with the same words for another's as for one that isn't there."""
    idea = state.found_idea(idea_id)
    if idea.author != by or idea.step != step.id:
        raise Refused("no_such_idea", words.NO_SUCH_IDEA)
    if idea.hidden is not None or idea.merged_into is not None:
        raise Refused("no_such_idea", _("The facilitator has taken this idea off the board."))
    return idea


def pieces_of(state: State, step: Step, by: str, sort: str = IDEA) -> list[Idea]:
    """Give what somebody wrote in a step and did not remove, oldest first."""
    return [idea for idea in state.sheet(step.id).by.get(by, ()) if not idea.removed and idea.sort == sort]


def pieces_now(state: State, step: Step, by: str, sort: str = IDEA) -> list[Idea]:
    """Give those of them that were written in the step's latest round."""
    return [idea for idea in pieces_of(state, step, by, sort) if idea.round == len(step.rounds)]


def undo_removing(piece: Idea) -> dict[str, str]:
    """Give the command that brings back one's own piece: what the notice after removing it offers."""
    return {"do": "idea.put_back", "activity": piece.step, "idea": piece.id}


def taken_off(written: list[Idea]) -> list[dict[str, str]]:
    """Give what facilitators took off the board of what somebody wrote, as its writer is told."""
    return [{"text": idea.text, "reason": idea.hidden or ""} for idea in written if not idea.on_board]


def built_upon(state: State, step: Step, number: int) -> bool:
    """Whether another activity has begun to work with the ideas of this round."""
    return any(
        other.rounds and getattr(other.rounds[-1].memory, "sources", {}).get(step.id, 0) >= number
        for other in state.steps.values()
    )


MIX = 2**32


def mixed(idea: Idea) -> int:
    """Give a piece's place, from 0 to below `MIX`, in the order in which what was written unseen is shown.

    Mixed once for the whole workshop, so that the quickest writers aren't read first and neighbours say nothing of
    who wrote when. It rests only on ids, so every process and every replay shows the same. Ids themselves are still
    counted as pieces are written: this keeps the order off every page and table, not from somebody who sorts ids.
    """
    return int(idea.id[1:]) * 2654435761 % MIX
