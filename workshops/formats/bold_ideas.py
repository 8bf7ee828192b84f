"""Bold ideas: one each, scored by five others, the top ten called out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workshops.formats.model import QUESTION, Format, Part

FORMAT = Format(
    key="bold_ideas",
    title=_("Bold ideas in 40 minutes"),
    purpose=_("Find the boldest ideas in the room quickly, without anybody having to defend theirs."),
    people=_("6 to 200 people, in a room or online. Good in the middle of a longer day."),
    comes_out=_("The ten ideas that five readers each scored highest, with a first step."),
    parts=(
        Part(
            "talk",
            _("What we are looking for"),
            QUESTION,
            5,
            notes=_(
                "Say: if you were ten times bolder, what would you do, and what would be the first step?"
            ),
        ),
        Part(
            "twenty_five_ten",
            _("One bold idea each"),
            _("Write one bold idea and its first step. Then read and score five ideas of others."),
            25,
        ),
        Part(
            "talk",
            _("Who would take a first step?"),
            _("Look at the top ten. Which first step could you take by next week?"),
            10,
        ),
    ),
)
