"""An hour of guided chat: four questions, each with its time, and a transcript for each."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workshops.formats.model import QUESTION, Format, Part

FORMAT = Format(
    key="chat_hour",
    title=_("Guided chat, one hour"),
    purpose=_("Talk in writing about four questions, wherever you are, with everybody having the same say."),
    people=_("10 to 300 people at their own desks or on their way. Nobody needs a camera."),
    comes_out=_("A transcript for each question, with what was pinned and highlighted, ready to be grouped."),
    parts=(
        Part(
            "chat",
            _("The chat"),
            QUESTION,
            50,
            settings={
                "questions": _(
                    "What does it look like where you are?\nWhat works, and why?\nWhat gets in the way?\n"
                    "What one thing should be tried first?"
                ),
                "minutes_each": 10,
            },
            notes=_("Two of you: one asks and keeps the time, one reads, pins and asks back."),
        ),
        Part("talk", _("What we heard"), _("Three things that stood out, and what happens with them."), 5),
        Part("check_out", _("How was this for you?"), _("And how useful was it?"), 5),
    ),
)
