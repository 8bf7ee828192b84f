"""What may happen in a guided chat: who may write where, and what facilitators do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from workshops.activities.base import NewEvent, Refused, filled
from workshops.activities.chat.conversation import Conversation, parts_of
from workshops.activities.chat.views import POST, REPLY, ChatViews
from workshops.activities.shared.writing import built_upon, own_piece
from workshops.live import words
from workshops.live.state import FACILITATOR

if TYPE_CHECKING:
    from workshops.activities.base import Command
    from workshops.live.state import Idea, Person, State, Step

MOST_REPLIES = 50
SECOND = 1000
_LEADING = frozenset(
    {"chat.ask", "chat.lock", "chat.pin", "chat.highlight", "chat.let_through", "chat.turn_down"}
)


class ChatRules(ChatViews):
    """The half of a chat that decides."""

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        if command.do in _LEADING:
            state.facilitator(by)
            return self._lead(state, step, command)
        person = state.contributor(by)
        memory: Conversation = self.must_be_open(step).memory
        match command.do:
            case "chat.post":
                thread = command["question"] or memory.live
                self._must_take(memory, thread)
                return [self._written(state, step, command, person, sort=POST, about=thread)]
            case "chat.reply":
                return self._reply(state, step, command, person)
            case "chat.react":
                return self._react(state, step, command, by)
            case "chat.retag":
                return self._retag(state, step, command, person)
        idea = own_piece(state, step, command["idea"], by)
        self._must_take(memory, self.thread(state, idea))
        return self.decide_writing(state, step, command, by)

    def _reply(self, state: State, step: Step, command: Command, person: Person) -> list[NewEvent]:
        post, memory = self._post(state, step, command["post"]), step.rounds[-1].memory
        self._must_take(memory, post.about)
        if len(memory.shelves.get(post.id, ())) >= MOST_REPLIES:
            raise Refused("no_more_replies", _("This post has many replies. Write a post of your own."))
        return [self._written(state, step, command, person, sort=REPLY, about=post.id)]

    def _written(
        self, state: State, step: Step, command: Command, person: Person, *, sort: str, about: str
    ) -> NewEvent:
        leads = person.role == FACILITATOR
        memory: Conversation = step.rounds[-1].memory
        wait = step.settings.slow_seconds * SECOND - (command.at - memory.last_at.get(person.id, -(10**15)))
        if not leads and wait > 0:
            seconds = -(-wait // SECOND)
            sentence = ngettext_lazy(
                "We take turns slowly here. Send it again in %(n)d second.",
                "We take turns slowly here. Send it again in %(n)d seconds.",
                seconds,
            )
            raise Refused("too_soon", filled(sentence, n=seconds))
        more = {"passed": True} if leads and memory.checked else {}
        return self.added(state, step, person.id, command["text"], sort=sort, about=about, **more)

    @staticmethod
    def _must_take(memory: Conversation, thread: str) -> None:
        """Refuse words under a question that was not asked yet, or that was locked."""
        if thread not in memory.asked:
            raise Refused("no_such_question", _("This question was not asked yet."))
        if thread in memory.locked:
            raise Refused("question_locked", _("This question is closed. You can read what was written."))

    def _post(self, state: State, step: Step, post: str) -> Idea:
        """Find a post that everybody sees. Raises Refused."""
        idea = state.found_idea(post)
        here = idea.step == step.id and idea.round == len(step.rounds) and idea.sort == POST
        if not here or not self.visible(step, idea):
            raise Refused("no_such_idea", words.NO_SUCH_IDEA)
        return idea

    def _react(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        post, memory = self._post(state, step, command["post"]), step.rounds[-1].memory
        self._must_take(memory, post.about)
        pressed = memory.has_pressed(by, post.id, command["reaction"])
        wanted = not pressed if command["on"] is None else command["on"]
        if wanted == pressed:
            return []
        body = {"activity": step.id, "post": post.id, "reaction": command["reaction"], "on": wanted}
        return [NewEvent("chat.reacted", body)]

    def _retag(self, state: State, step: Step, command: Command, person: Person) -> list[NewEvent]:
        """Put a post under another question: its author may, and facilitators."""
        memory: Conversation = step.rounds[-1].memory
        if person.role == FACILITATOR:
            idea = self._post(state, step, command["post"])
        else:
            idea = own_piece(state, step, command["post"], person.id)
            if idea.sort != POST or idea.round != len(step.rounds):
                raise Refused("no_such_idea", words.NO_SUCH_IDEA)
        self._must_take(memory, idea.about)
        self._must_take(memory, command["question"])
        if command["question"] == idea.about:
            return []
        body = {"activity": step.id, "post": idea.id, "question": command["question"]}
        return [NewEvent("chat.retagged", body)]

    def _lead(self, state: State, step: Step, command: Command) -> list[NewEvent]:
        """Decide what facilitators do with the chat."""
        if command.do == "chat.ask":
            return self._ask(step, self.must_be_open(step).memory, command)
        if step.round is None:
            raise Refused("not_open", words.NOT_OPEN)
        if command.do == "chat.lock":
            return self._lock(step, command)
        if command.do in ("chat.pin", "chat.highlight"):
            return self._mark(state, step, command)
        waiting = self.waiting(state, step.round.memory)
        if command.do == "chat.turn_down":
            if command["post"] not in waiting:
                raise Refused("no_such_idea", words.NO_SUCH_IDEA)
            return [NewEvent("idea.hidden", {"idea": command["post"]}, {"reason": command["reason"]})]
        there = [idea for idea in waiting if idea in command["posts"]]
        if not there:
            raise Refused("no_idea", _("Choose a post first. It may be let through already."))
        return [NewEvent("chat.let_through", {"activity": step.id, "posts": there})]

    def _mark(self, state: State, step: Step, command: Command) -> list[NewEvent]:
        """Pin or highlight a post, or no longer."""
        post, memory = self._post(state, step, command["post"]), step.rounds[-1].memory
        marked = memory.pinned if command.do == "chat.pin" else memory.highlighted
        if command["on"] == (post.id in marked):
            return []
        if command.do == "chat.highlight" and built_upon(state, step, len(step.rounds)):
            raise Refused(
                "grouping_started", _("Others work with the highlights already, so they stay as they are.")
            )
        kind = "chat.pinned" if command.do == "chat.pin" else "chat.highlighted"
        return [NewEvent(kind, {"activity": step.id, "post": post.id, "on": command["on"]})]

    @staticmethod
    def _lock(step: Step, command: Command) -> list[NewEvent]:
        memory: Conversation = step.rounds[-1].memory
        part = command["question"]
        if part not in memory.asked:
            raise Refused("no_such_question", _("This question was not asked yet."))
        if command["on"] == (part in memory.locked):
            return []
        return [NewEvent("chat.locked", {"activity": step.id, "question": part, "on": command["on"]})]

    @staticmethod
    def _ask(step: Step, memory: Conversation, command: Command) -> list[NewEvent]:
        if memory.live != command["seen"]:
            raise Refused("moved_on", words.MOVED_ON)
        if command["question"] not in parts_of(step.settings):
            raise Refused("no_such_question", _("There is no such question."))
        if command["question"] == memory.live:
            return []
        return [NewEvent("chat.asked", {"activity": step.id, "question": command["question"]})]
