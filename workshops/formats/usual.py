"""The shortest way from a question to a choice: write, group, vote."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workshops.formats.model import QUESTION, Format, Part

FORMAT = Format(
    key="usual",
    title=_("Write, group, vote"),
    purpose=_("Collect ideas on one question, see what belongs together, and choose."),
    people=_("5 to 300 people. Nobody needs to have met before."),
    comes_out=_("Ideas in named groups, and which of them matter most to the people in the room."),
    parts=(
        Part("brainstorm", _("Write ideas"), QUESTION, 10),
        Part("cluster", _("Group the ideas"), _("Which ideas belong together?"), 15),
        Part("dot_vote", _("Vote with dots"), _("Which of these should be taken further?"), 8),
    ),
)
