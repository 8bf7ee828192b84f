"""Following one experience from beginning to end, and finding the moments to change."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workshops.formats.model import Format, Part

FORMAT = Format(
    key="walking_a_journey",
    title=_("Walking through a journey"),
    purpose=_("Follow one experience from beginning to end, and find the moments that should change."),
    people=_("6 to 40 people: those who have made the journey, and those who work along it."),
    comes_out=_(
        "A journey map with highs, lows and ideas, the moments that hurt most, and what to try there."
    ),
    parts=(
        Part("check_in", _("How do you arrive?"), _("Choose what fits best. You can skip this."), 5),
        Part(
            "talk",
            _("Whose journey?"),
            _("Who is it that we follow today? Where does the journey begin, and where does it end?"),
            10,
            notes=_("Take a person made up from several. Nobody should be recognised."),
        ),
        Part(
            "journey_map",
            _("The journey"),
            _("For each stage: what happens, what goes through somebody's mind, and how does it feel?"),
            30,
            notes=_(
                "Change the stages to your own before the workshop. Ask those who have lived it to begin."
            ),
        ),
        Part("talk", _("Break"), _("Back in ten minutes."), 10),
        Part(
            "dot_vote",
            _("Which moment should change first?"),
            _("Place your dots where a change would matter most."),
            7,
            settings={"dots": 3, "cap": 2},
            takes=2,
        ),
        Part(
            "brainstorm",
            _("How might we change this moment?"),
            _("Ideas for the moments that got most dots. One idea a note."),
            15,
        ),
        Part(
            "dot_vote",
            _("What do we try?"),
            _("Place your dots on what we could try next month."),
            6,
            settings={"dots": 3, "cap": 2},
            takes=5,
        ),
        Part("check_out", _("How was this for you?"), _("And how useful was it?"), 7),
    ),
)
