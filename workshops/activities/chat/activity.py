"""Guided chat, the "tweet chat": timed questions, answered in short posts under the question that is live.

What stands under which question is kept in `conversation.py`. Each post is a piece with `about` its question, each
reply one with `about` its post. Highlighted posts are ideas that later activities can take.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from realtime.fields import Flag, Id, Many, OneOf, Text
from workshops.activities import base
from workshops.activities.base import Dirty, NewEvent, Refused, filled, setting
from workshops.activities.chat.conversation import (
    MOST_QUESTIONS,
    REACTIONS,
    Conversation,
    minutes_of,
    name_of,
    own_words,
    parts_of,
)
from workshops.activities.chat.rules import ChatRules
from workshops.activities.chat.views import POST, REPLY
from workshops.activities.shared.fields import things_in
from workshops.activities.shared.promises import joined, who_wrote
from workshops.activities.shared.writing import IDEA
from workshops.live.holding import run_clock
from workshops.live.state import FACILITATOR, PARTICIPANT, Idea

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Command, Happened, Pretender
    from workshops.live.state import Person, Round, State, Step

MOST_POST = 1000
MINUTE = 60_000
NEW_POSTS = _("There are new posts.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSettings(base.Settings):
    """What is asked when, and who sees what of whom."""

    questions: str = field(
        default="What works well today?\nWhat gets in the way?\nWhat should we try?",
        metadata=setting(
            _("Questions"),
            _("One on each line, up to ten. What was asked stays as it is; others can still be changed."),
            lines=(1, MOST_QUESTIONS),
            most=200,
        ),
    )
    minutes_each: int = field(
        default=10, metadata=setting(_("Minutes for each question"), _("0 means without a clock."), most=120)
    )
    advance: str = field(
        default="hand",
        metadata=setting(
            _("The next question is asked"),
            choices=(("hand", _("By you, when you press the button")), ("clock", _("By the clock"))),
        ),
    )
    welcome_minutes: int = field(
        default=5, metadata=setting(_("Minutes for the welcome"), _("0 means no welcome."), most=60)
    )
    welcome: str = field(default="", metadata=setting(_("What to say at the welcome"), long=True, most=600))
    wrap_minutes: int = field(
        default=5, metadata=setting(_("Minutes for the wrap-up"), _("0 means no wrap-up."), most=60)
    )
    wrap_up: str = field(default="", metadata=setting(_("What to ask at the wrap-up"), long=True, most=600))
    names: str = field(
        default="everybody",
        metadata=setting(
            _("Who sees who wrote a post"),
            choices=(
                ("everybody", _("Everybody")),
                ("facilitators", _("Facilitators only")),
                ("nobody", _("Nobody on screen, not even facilitators")),
            ),
            guarded=True,
        ),
    )
    moderated: bool = field(
        default=False,
        metadata=setting(
            _("Facilitators read posts first"), _("Others see a post once you let it through."), guarded=True
        ),
    )
    slow_seconds: int = field(
        default=0,
        metadata=setting(_("Seconds between two posts of one person"), _("0 means no slow mode."), most=600),
    )
    most_characters: int = field(
        default=500, metadata=setting(_("Longest post, in characters"), least=20, most=MOST_POST)
    )


class Chat(ChatRules):
    """Talking in writing, question by question."""

    kind = "chat"
    label = _("Guided chat")
    about = _(
        "Timed questions, answered in short posts. Pins, reactions, replies and a transcript for each question."
    )
    icon = "messages-square"
    verb = _("Start the chat")
    minutes = 40
    Settings = ChatSettings
    gives_ideas = True
    columns: ClassVar = (
        "posts",
        {
            "question": _("Question"),
            "reply_to": _("In reply to (idea id)"),
            **REACTIONS,
            "highlighted": _("Highlighted (1 is yes)"),
            "pinned": _("Pinned (1 is yes)"),
        },
    )
    commands: ClassVar = {
        **ChatRules.commands,
        "chat.post": {"activity": Id(), "text": Text(most=MOST_POST), "question": Id(required=False)},
        "chat.reply": {"activity": Id(), "post": Id(), "text": Text(most=MOST_POST)},
        "chat.react": {
            "activity": Id(),
            "post": Id(),
            "reaction": OneOf(choices=tuple(REACTIONS)),
            "on": Flag(required=False),
        },
        "chat.retag": {"activity": Id(), "post": Id(), "question": Id()},
        "chat.ask": {"activity": Id(), "question": Id(), "seen": Id()},
        "chat.lock": {"activity": Id(), "question": Id(), "on": Flag()},
        "chat.pin": {"activity": Id(), "post": Id(), "on": Flag()},
        "chat.highlight": {"activity": Id(), "post": Id(), "on": Flag()},
        "chat.let_through": {"activity": Id(), "posts": Many()},
        "chat.turn_down": {"activity": Id(), "post": Id(), "reason": Text(most=200, lines=False)},
    }
    shows_more: ClassVar = frozenset({"chat.let_through"})
    changes_only_its_round: ClassVar = frozenset({"chat.reacted"})

    # -- what it says of itself ------------------------------------------------------------------------------------

    def shown(self, step: Step, idea: Idea) -> bool:
        memory: Conversation = step.rounds[idea.round - 1].memory
        return memory.is_through(idea.id)

    def board(self, state: State, step: Step, sort: str = IDEA) -> list[Idea]:
        """Highlighted posts are what others may take as ideas."""
        if sort != IDEA:
            return super().board(state, step, sort)
        chosen = (state.ideas[idea] for run in step.rounds for idea in run.memory.highlighted)
        return [idea for idea in chosen if self.visible(step, idea)]

    def first_minutes(self, step: Step) -> int:
        return minutes_of(step.settings, parts_of(step.settings)[0])

    def promise(self, settings: ChatSettings) -> StrOrPromise:
        if settings.moderated:
            seen = _("A facilitator reads each post before the others see it.")
        else:
            seen = _("Everybody sees your posts at once.")
        names = who_wrote(settings.names, _("Your name stands with your posts."))
        return joined(seen, names, _("Of reactions only the number is shown."))

    def may_change(self, state: State, step: Step, new: Mapping[str, Any]) -> None:
        super().may_change(state, step, new)
        if step.round is None or step.revealed:
            return
        memory: Conversation = step.round.memory
        wanted = self.Settings.read(new)
        old, now = things_in(step.settings.questions), things_in(wanted.questions)
        last = max((int(part[1:]) for part in memory.asked if part[0] == "q"), default=0)
        if old[:last] != now[:last] or not set(memory.asked) <= set(parts_of(wanted)):
            raise Refused(
                "asked_already", _("What was asked already stays as it is. Change the questions after it.")
            )

    # -- rules -----------------------------------------------------------------------------------------------------

    def begin(self, state: State, step: Step) -> Conversation:
        first = parts_of(step.settings)[0]
        return Conversation(first, [first], checked=step.settings.moderated)

    def due(self, step: Step) -> int | None:
        following = (
            self.following(step) if step.phase == "open" and step.settings.advance == "clock" else None
        )
        if following is not None:
            return step.ends_at
        at_last = bool(step.rounds) and parts_of(step.settings)[-1] == step.rounds[-1].memory.live
        return super().due(step) if at_last else None

    def time_is_up(self, state: State, step: Step, command: Command) -> list[NewEvent]:
        following = self.following(step)
        if step.settings.advance == "clock" and following is not None:
            return [NewEvent("chat.asked", {"activity": step.id, "question": following, "why": "time"})]
        return super().time_is_up(state, step, command)

    def inverse(self, state: State, step: Step, event: Happened) -> dict[str, Any] | None:
        body = dict(event.body)
        match event.kind:
            case "chat.reacted":
                return body | {"do": "chat.react", "on": not body["on"]}
            case "chat.pinned" | "chat.highlighted" | "chat.locked":
                do = {"chat.pinned": "chat.pin", "chat.highlighted": "chat.highlight"}.get(
                    event.kind, "chat.lock"
                )
                return body | {"do": do, "on": not body["on"]}
            case "chat.retagged":
                return body | {"do": "chat.retag", "question": state.ideas[body["post"]].about}
        return super().inverse(state, step, event) if event.kind in self.EVENTS else None

    # -- what happened ---------------------------------------------------------------------------------------------

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        memory: Conversation = step.rounds[-1].memory
        body = event.body
        if event.kind in self.EVENTS:
            return self._apply_writing(state, step, memory, event)
        if event.kind == "chat.asked":
            return self._asked(state, step, memory, event)
        if event.kind == "chat.locked":
            (memory.locked.add if body["on"] else memory.locked.discard)(body["question"])
            return Dirty(keys={f"thread-{body['question']}", "stage.write", "stage.now"}, everybody=True)
        if event.kind == "chat.let_through":
            return self._let_through(state, memory, event)
        idea = state.ideas[body["post"]]
        dirty = self.where(idea)
        match event.kind:
            case "chat.reacted":
                memory.react(event.actor, idea.id, body["reaction"], on=body["on"])
                dirty = Dirty(keys={f"idea-{idea.id}.reactions"}, people={event.actor})
            case "chat.retagged":
                memory.move(idea, to=body["question"])
                dirty.add(self.where(idea))
                dirty.add(Dirty(lists={"waiting"}, people={idea.author}))
            case "chat.pinned":
                (memory.pinned.add if body["on"] else memory.pinned.discard)(idea.id)
            case "chat.highlighted" if body["on"]:
                memory.highlighted[idea.id] = None
            case "chat.highlighted":
                memory.highlighted.pop(idea.id, None)
        dirty.keys.add("stage.progress")
        return dirty

    def _let_through(self, state: State, memory: Conversation, event: Happened) -> Dirty:
        dirty = Dirty(keys={"stage.progress"}, lists={"waiting"}, say=[(PARTICIPANT, NEW_POSTS)])
        for post in event.body["posts"]:
            idea = state.ideas[post]
            memory.move(idea, passed=True)
            dirty.add(self.where(idea))
            dirty.people.add(idea.author)
        return dirty

    def _apply_writing(self, state: State, step: Step, memory: Conversation, event: Happened) -> Dirty:
        idea = self.apply_writing(state, step, event)
        if event.kind == "idea.added":
            memory.let_in(idea, passed=bool(event.body.get("passed")))
        dirty = (
            self.where(idea)
            if memory.is_through(idea.id)
            else Dirty(keys={f"idea-{idea.id}"}, lists={"waiting"})
        )
        dirty.keys.add("stage.progress")
        dirty.people.add(event.actor)
        if idea.stands_for or idea.flags:
            dirty.keys.add("hidden")
            dirty.people |= state.merged_authors(idea)
        if event.kind == "idea.added":
            through = memory.is_through(idea.id)
            dirty.say.append(
                (PARTICIPANT, NEW_POSTS) if through else (FACILITATOR, _("A post waits for you."))
            )
        return dirty

    def _asked(self, state: State, step: Step, memory: Conversation, event: Happened) -> Dirty:
        before, memory.live = memory.live, event.body["question"]
        if memory.live not in memory.asked:
            memory.asked.append(memory.live)
        run_clock(state, step, minutes_of(step.settings, memory.live) * MINUTE, event.at)
        keys = {"stage.now", "stage.next", "stage.write", "stage.timer", "run"}
        keys |= {f"thread-{before}", f"thread-{memory.live}"}
        lists = {"threads", *self.lists_of(before), *self.lists_of(memory.live)}
        say = filled(_("Now: %(part)s"), part=name_of(memory.live))
        return Dirty(keys=keys, lists=lists, everybody=True, say=[(None, say)])

    def withdrawn(self, state: State, step: Step, item: str) -> Dirty:
        idea = state.ideas.get(item)
        if idea is None or idea.step != step.id or idea.round != len(step.rounds):
            return Dirty()
        dirty = self.where(idea)
        dirty.lists.add("waiting")
        dirty.keys.add("stage.progress")
        return dirty

    def person_changed(self, state: State, step: Step, person: Person) -> Dirty:
        """Replies are drawn within the post they belong to."""
        written = [idea for idea in state.sheet(step.id).by.get(person.id, ()) if idea.sort == REPLY]
        return Dirty(keys={f"idea-{idea.about}.replies" for idea in written})

    def pretend(self, state: State, step: Step, person: str, pretender: Pretender) -> dict[str, Any] | None:
        memory: Conversation = step.rounds[-1].memory
        live = memory.live
        mine = [idea for idea in state.sheet(step.id).by.get(person, ()) if idea.about == live]
        if len(mine) < 2 and live not in memory.locked and pretender.chance(4):
            text = pretender.words(most=min(280, step.settings.most_characters))
            return {"do": "chat.post", "activity": step.id, "text": text, "question": live}
        others = [post for post in self.posts(state, memory, live)[-8:] if state.ideas[post].author != person]
        if not others or live in memory.locked:
            return None
        post = pretender.one_of(others[::-1])
        if pretender.chance(2):
            text = pretender.words(most=min(120, step.settings.most_characters))
            return {"do": "chat.reply", "activity": step.id, "post": post, "text": text}
        reaction = pretender.one_of(list(REACTIONS))
        if memory.has_pressed(person, post, reaction):
            return None
        return {"do": "chat.react", "activity": step.id, "post": post, "reaction": reaction, "on": True}

    # -- counts and results ----------------------------------------------------------------------------------------

    def progress(self, state: State, step: Step) -> list[tuple[str, StrOrPromise]]:
        if not step.rounds:
            return []
        memory: Conversation = step.rounds[-1].memory
        sheet = state.sheet(step.id)
        pressed = memory.reactions
        told: list[tuple[str, StrOrPromise]] = [
            (str(sheet.on_board), ngettext("post and reply", "posts and replies", sheet.on_board))
        ]
        if step.settings.names == "everybody" and not memory.checked:
            count = len(sheet.on_board_by)
            told.append((str(count), ngettext("person has written", "people have written", count)))
        told.append((str(pressed), ngettext("reaction", "reactions", pressed)))
        if memory.checked:
            count = len(self.waiting(state, memory))
            told.append((str(count), ngettext("post waits", "posts wait", count)))
        return told

    def done_by(self, state: State, step: Step, person: str) -> str:
        if step.settings.names == "nobody":
            return ""
        count = state.sheet(step.id).on_board_by.get(person, 0)
        return ngettext("%(count)d post", "%(count)d posts", count) % {"count": count}

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        memory: Conversation = run.memory
        shown = [
            idea for idea in state.ideas_of(step.id) if idea.round == run.number and self.shown(step, idea)
        ]
        by_thread: dict[str, list[Idea]] = {}
        replies: dict[str, list[Idea]] = {}
        for idea in shown:
            (by_thread if idea.sort == POST else replies).setdefault(idea.about, []).append(idea)
        here = {idea.id for posts in by_thread.values() for idea in posts}
        rows: list[dict[str, Any]] = []
        for part in memory.asked:
            for post in by_thread.get(part, []):
                rows.append(self._row(state, memory, post, part))
                rows += [self._row(state, memory, reply, part) for reply in replies.get(post.id, [])]
            for parent, orphans in replies.items():  # what they answered was taken down
                if parent not in here and state.ideas[parent].about == part:
                    rows += [self._row(state, memory, reply, part) for reply in orphans]
        return {
            "names": run.settings.names,
            "moderated": run.settings.moderated,
            "questions": [
                {"id": part, "text": own_words(run.settings, part), "posts": len(by_thread.get(part, []))}
                for part in parts_of(run.settings)
                if part in memory.asked
            ],
            "writers": len({idea.author for idea in shown}),
            "posts": rows,
        }

    @staticmethod
    def _row(state: State, memory: Conversation, idea: Idea, part: str) -> dict[str, Any]:
        return {
            "item": state.gid(idea.id),
            "question": part,
            "reply_to": state.gid(idea.about) if idea.sort == REPLY else "",
            **memory.sums(idea.id),
            "highlighted": int(idea.id in memory.highlighted),
            "pinned": int(idea.id in memory.pinned),
        }
