"""From an aim and many ideas to a driver diagram: what would have to change, and what to test first."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workshops.formats.model import Format, Part

FORMAT = Format(
    key="theory_of_change",
    title=_("From ideas to a driver diagram"),
    purpose=_("Agree on an aim, on what drives it, and on the changes that we test first."),
    people=_("4 to 20 people: a test team with those who know the work and those who live with it."),
    comes_out=_(
        "A driver diagram with an aim, drivers and change ideas, and the order in which to test them."
    ),
    parts=(
        Part(
            "talk",
            _("Our aim"),
            _("What should be better, for whom, by how much, by when?"),
            10,
            notes=_("“Improve” and “reduce” are no aims yet: ask how much, and by when."),
        ),
        Part(
            "brainstorm",
            _("What would have to be true?"),
            _("Write what would have to change for the aim to be reached. One thing a note."),
            10,
        ),
        Part(
            "cluster", _("What belongs together?"), _("Each group is a driver. Give it a name."), 15, takes=1
        ),
        Part("talk", _("Break"), _("Back in ten minutes."), 10),
        Part(
            "driver_diagram",
            _("Our driver diagram"),
            _("Take the groups in as drivers. Under each: what could somebody test next month?"),
            30,
            takes=2,
            notes=_("Three to six primary drivers are enough. Look for tasks among the change ideas."),
        ),
        Part(
            "dot_vote",
            _("What do we test first?"),
            _("Place your dots on change ideas."),
            7,
            settings={"dots": 3, "cap": 2},
            takes=4,
        ),
        Part("talk", _("The first tests"), _("Who tests what, with whom, when, and what we predict."), 8),
    ),
)
