"""Break or talk: a part of the workshop in which nobody does anything on their device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from realtime.kinds import Refused
from workshops.activities import base
from workshops.activities.base import Activity, Command, Dirty, Fragment, Happened, NewEvent
from workshops.live import words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.live.state import Round, State, Step


class Talk(Activity):
    """A welcome, a talk, a conversation, a break: the agenda holds its time and everybody sees its words."""

    kind = "talk"
    label = _("Break or talk")
    about = _("A welcome, a talk, a conversation or a break. Phones and the projector show your words.")
    icon = "coffee"
    verb = _("Start this part")
    minutes = 10
    Settings = base.Settings
    commands: ClassVar = {}

    def begin(self, state: State, step: Step) -> None:
        return None

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        raise Refused("no_such_activity", words.NO_SUCH_ACTIVITY)  # it has no commands: nobody gets here

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        return Dirty()

    def promise(self, settings: Any) -> StrOrPromise:
        return _("Nothing is asked of you on your device here, and nothing is collected.")

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        return {}

    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        return None

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        return {}
