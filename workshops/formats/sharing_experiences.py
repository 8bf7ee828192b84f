"""Stories first: what people have lived through, and what it tells about the system."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workshops.formats.model import Format, Part

FORMAT = Format(
    key="sharing_experiences",
    title=_("Sharing experiences"),
    purpose=_(
        "Hear what it is like today, from those who live it and work in it, before looking for answers."
    ),
    people=_("10 to 60 people. At least a third with lived experience. Online or in a room."),
    comes_out=_("Moments that matter, grouped into themes, each close to somebody's own words."),
    parts=(
        Part(
            "talk",
            _("Welcome, and how we listen"),
            _("We speak for ourselves. We listen to understand. What is told here as a story stays here."),
            8,
            notes=_(
                "Say how to leave the room or turn the camera off at any time, and who is there to talk to."
            ),
        ),
        Part("check_in", _("How are you today?"), _("Choose what fits best. You can skip this."), 4),
        Part(
            "talk",
            _("Stories in threes"),
            _(
                "Tell of one time that shows what it is really like. Five minutes each; the others listen, "
                "then say back what they heard."
            ),
            20,
            notes=_("Put people with different roles together. Keep the time for them."),
        ),
        Part(
            "brainstorm",
            _("Moments that matter"),
            _("What stayed with you? One moment a note. No names, nothing that tells who it was about."),
            13,
            notes=_(
                "The workspace asks people to take out what looks like patient data. Say why beforehand."
            ),
        ),
        Part("talk", _("Break"), _("Back in ten minutes."), 10),
        Part(
            "cluster",
            _("What do these moments tell us?"),
            _("Put moments together that tell the same. Name each group with a sentence."),
            18,
            takes=3,
        ),
        Part(
            "dot_vote",
            _("What should nobody overlook?"),
            _("Place your dots on what this challenge must not lose sight of."),
            5,
            settings={"target": "clusters", "dots": 3, "cap": 1},
            takes=5,
        ),
        Part("check_out", _("How was this for you?"), _("One thing you take with you."), 6),
        Part(
            "talk",
            _("Thank you, and what comes next"),
            _("How your words are used, and when we meet again."),
            6,
        ),
    ),
)
