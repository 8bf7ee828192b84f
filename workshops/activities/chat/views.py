"""What people see of a guided chat: the question that is live, and a list of posts for each that was asked.

Each post is a card with two parts that change more often than it: its replies and its reactions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workshops.activities.base import Dirty, Fragment, Own
from workshops.activities.chat.conversation import (
    REACTIONS,
    WAITING,
    Conversation,
    folded,
    minutes_of,
    name_of,
    parts_of,
    words_of,
)
from workshops.activities.shared.writing import Writing, built_upon, taken_off, undo_removing
from workshops.live.state import FACILITATOR, SCREEN

if TYPE_CHECKING:
    from workshops.live.state import Idea, State, Step

POST, REPLY = "post", "reply"
ON_THE_WALL = 6
MOST_OWN = 5
"""So many of one's own posts can be changed: the latest."""


class ChatViews(Writing):
    """The half of a chat that only looks."""

    # -- what stands where -----------------------------------------------------------------------------------------

    @staticmethod
    def thread(state: State, idea: Idea) -> str:
        """Name the question that a post or reply belongs to."""
        return state.ideas[idea.about].about if idea.about in state.ideas else idea.about

    @staticmethod
    def posts(state: State, memory: Conversation, thread: str) -> list[str]:
        """Give a question's posts that are on the board, oldest first."""
        ideas = state.ideas
        return [post for post in memory.shelves.get(thread, ()) if ideas[post].on_board]

    @staticmethod
    def waiting(state: State, memory: Conversation) -> list[str]:
        """Give the posts and replies that facilitators have to look at, oldest first."""
        return [post for post in memory.shelves.get(WAITING, ()) if state.ideas[post].on_board]

    @staticmethod
    def lists_of(thread: str) -> tuple[str, ...]:
        """Name the lists of one question."""
        return f"thread-{thread}.pinned", f"thread-{thread}.newest", f"thread-{thread}.older"

    @staticmethod
    def following(step: Step) -> str | None:
        """Give the part after the one that is live, or None."""
        if not step.rounds:
            return None
        parts, live = parts_of(step.rounds[-1].settings), step.rounds[-1].memory.live
        place = parts.index(live) + 1 if live in parts else 0
        return parts[place] if place < len(parts) else None

    def where(self, idea: Idea) -> Dirty:
        """Name what shows a post or reply."""
        if idea.sort == REPLY:
            return Dirty(keys={f"idea-{idea.about}.replies", f"idea-{idea.id}"})
        keys = {f"idea-{idea.id}", f"thread-{idea.about}.count", f"thread-{idea.about}.earlier"}
        return Dirty(keys=keys, lists=set(self.lists_of(idea.about)))

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        if not step.rounds:
            return {}
        memory: Conversation = step.rounds[-1].memory
        wall = reader == SCREEN
        threads = (
            [memory.live] if wall else [memory.live, *(t for t in memory.asked[::-1] if t != memory.live)]
        )
        lists = {"threads": [f"thread-{thread}" for thread in threads]}
        for thread in threads:
            posts = self.posts(state, memory, thread)
            pinned = [post for post in posts if post in memory.pinned]
            newest, older = folded([post for post in posts if post not in memory.pinned] if pinned else posts)
            if wall:
                newest, older = newest[:ON_THE_WALL], []
            for name, some in zip(self.lists_of(thread), (pinned, newest, older), strict=True):
                lists[name] = [f"idea-{post}" for post in some]
        if reader == FACILITATOR:
            lists["waiting"] = [f"idea-{post}" for post in self.waiting(state, memory)]
        return lists

    # -- fragments -------------------------------------------------------------------------------------------------

    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        if not step.rounds:
            return None
        memory: Conversation = step.rounds[-1].memory
        if key == "stage.now":
            return Fragment(self.template("now"), {"now": self._now(step, memory, reader)})
        if key == "stage.next" and reader == FACILITATOR and not step.revealed:
            return Fragment(self.template("next"), {"ask": self._ask_next(step, memory)})
        if key == "stage.write" and reader != SCREEN:
            return Fragment(self.template("write"), {"write": self._write(step, memory)})
        if key.startswith("thread-"):
            return self._thread(state, step, memory, key, reader)
        return self._piece(state, step, memory, key, reader) if key.startswith("idea-") else None

    def _thread(
        self, state: State, step: Step, memory: Conversation, key: str, reader: str
    ) -> Fragment | None:
        thread, _dot, part = key.removeprefix("thread-").partition(".")
        if thread not in memory.asked or (reader == SCREEN and thread != memory.live):
            return None
        posts = self.posts(state, memory, thread)
        if part == "count":
            return Fragment(self.template("count"), {"count": len(posts)})
        earlier = len(folded([post for post in posts if post not in memory.pinned])[1])
        if part == "earlier":
            return Fragment(self.template("earlier"), {"earlier": earlier})
        settings = step.rounds[-1].settings
        context = {
            "id": thread,
            "step": step.id,
            "name": name_of(thread),
            "text": words_of(settings, thread),
            "live": thread == memory.live,
            "locked": thread in memory.locked,
            "count": len(posts),
            "earlier": earlier,
            "reader": reader,
            "lead": reader == FACILITATOR,
        }
        context |= dict(zip(("pinned_list", "newest_list", "older_list"), self.lists_of(thread), strict=True))
        return Fragment(self.template("thread"), context) if not part else None

    def _piece(
        self, state: State, step: Step, memory: Conversation, key: str, reader: str
    ) -> Fragment | None:
        name, _dot, part = key.removeprefix("idea-").partition(".")
        idea = state.ideas.get(name)
        if idea is None or idea.step != step.id or idea.round != len(step.rounds) or not idea.on_board:
            return None
        if not memory.is_through(idea.id):
            context = self.card_context(state, step, idea, reader) | self._waits(state, idea)
            return Fragment(self.template("waiting"), context) if reader == FACILITATOR and not part else None
        if idea.sort != POST:
            return None
        if part == "reactions":
            return Fragment(self.template("reactions"), self._reactions(memory, idea))
        if part == "replies":
            return Fragment(self.template("replies"), self._replies(state, step, memory, idea, reader))
        context = self._card(state, step, idea, reader) | self._reactions(memory, idea)
        context |= self._replies(state, step, memory, idea, reader)
        context |= {"pinned": name in memory.pinned, "highlighted": name in memory.highlighted}
        context |= {"most_characters": step.settings.most_characters, "press": reader != SCREEN}
        return Fragment(self.template("post"), context) if not part else None

    def _card(self, state: State, step: Step, idea: Idea, reader: str) -> dict[str, Any]:
        author = state.people.get(idea.author)
        context = self.card_context(state, step, idea, reader)
        leads = self.names(step) != "nobody" and author is not None and author.role == FACILITATOR
        return context | {"edited": bool(idea.earlier), "leads": leads}

    def _waits(self, state: State, idea: Idea) -> dict[str, Any]:
        parent = state.ideas.get(idea.about)
        return {
            "one": [idea.id],
            "part": name_of(self.thread(state, idea)),
            "answers": parent.text if parent else "",
        }

    @staticmethod
    def _reactions(memory: Conversation, idea: Idea) -> dict[str, Any]:
        sums = memory.sums(idea.id)
        return {
            "reactions_key": f"idea-{idea.id}.reactions",
            "reactions": [
                {"name": name, "label": label, "n": sums[name]} for name, label in REACTIONS.items()
            ],
        }

    def _replies(
        self, state: State, step: Step, memory: Conversation, idea: Idea, reader: str
    ) -> dict[str, Any]:
        there = (state.ideas[reply] for reply in memory.shelves.get(idea.id, ()))
        replies = [self._card(state, step, reply, reader) for reply in there if reply.on_board]
        return {"replies_key": f"idea-{idea.id}.replies", "replies": replies}

    # -- the stage -------------------------------------------------------------------------------------------------

    def _now(self, step: Step, memory: Conversation, reader: str) -> dict[str, Any]:
        settings = step.rounds[-1].settings
        parts, following = parts_of(settings), self.following(step)
        return {
            "step": step.id,
            "live": memory.live,
            "name": name_of(memory.live),
            "text": words_of(settings, memory.live),
            "parts": [
                {
                    "id": part,
                    "name": name_of(part),
                    "text": words_of(settings, part),
                    "minutes": minutes_of(settings, part),
                    "now": part == memory.live,
                    "asked": part in memory.asked,
                    "locked": part in memory.locked,
                }
                for part in parts
            ],
            "next": {"id": following, "name": name_of(following), "text": words_of(settings, following)}
            if following
            else None,
            "by_clock": settings.advance == "clock",
            "lead": reader == FACILITATOR,
        }

    def _ask_next(self, step: Step, memory: Conversation) -> dict[str, Any] | None:
        following = self.following(step) if step.phase == "open" else None
        if following is None:
            return None
        text = words_of(step.rounds[-1].settings, following)
        return {
            "step": step.id,
            "live": memory.live,
            "id": following,
            "name": name_of(following),
            "text": text,
        }

    @staticmethod
    def _write(step: Step, memory: Conversation) -> dict[str, Any]:
        settings = step.rounds[-1].settings
        return {
            "step": step.id,
            "phase": step.phase,
            "live": memory.live,
            "open": [
                {"id": part, "name": name_of(part), "text": words_of(settings, part)}
                for part in parts_of(settings)
                if part in memory.asked and part not in memory.locked
            ],
            "locked": memory.live in memory.locked,
            "checked": settings.moderated,
            "most_characters": settings.most_characters,
            "slow_seconds": settings.slow_seconds,
        }

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        if not step.rounds:
            return {"now": None}
        memory: Conversation = step.rounds[-1].memory
        context = {"now": self._now(step, memory, reader), "checked": memory.checked}
        if reader == FACILITATOR:
            context["ask"] = self._ask_next(step, memory)
        return context if reader == SCREEN else context | {"write": self._write(step, memory)}

    # -- one's own -------------------------------------------------------------------------------------------------

    def own(self, state: State, step: Step, person: str) -> Own:
        if not step.rounds:
            return Own()
        memory: Conversation = step.rounds[-1].memory
        number = len(step.rounds)
        written = [
            idea
            for idea in state.sheet(step.id).by.get(person, ())
            if idea.round == number and not idea.removed
        ]
        mine = [idea for idea in written if idea.on_board]
        data = {"mine": [idea.id for idea in mine], "reacted": dict(memory.pressed.get(person, {}))}
        used = built_upon(state, step, number)
        context = {
            "step": step.id,
            "most_characters": step.settings.most_characters,
            "count": len(mine),
            "pieces": [
                self._own_piece(state, step, memory, idea, used=used) for idea in mine[: -MOST_OWN - 1 : -1]
            ],
            "older": max(0, len(mine) - MOST_OWN),
            "taken_off": taken_off(written),
        }
        return Own(data, {"own-posts": Fragment(self.template("own"), context)})

    def _own_piece(
        self, state: State, step: Step, memory: Conversation, idea: Idea, *, used: bool
    ) -> dict[str, Any]:
        thread = self.thread(state, idea)
        is_open = step.phase == "open" and thread not in memory.locked
        return {
            "id": idea.id,
            "text": idea.text,
            "name": name_of(thread),
            "reply": idea.sort == REPLY,
            "waits": not memory.is_through(idea.id),
            "editable": is_open and not used,
            "undo": undo_removing(idea),
            "others": [
                {"id": part, "name": name_of(part)}
                for part in memory.asked
                if part != thread and part not in memory.locked
            ]
            if is_open and idea.sort == POST
            else [],
        }
