"""Choosing: from a list that is there already to what will be done next."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workshops.formats.model import Format, Part

FORMAT = Format(
    key="prioritising",
    title=_("Prioritising"),
    purpose=_("Choose together, and openly, what to do next out of what is on the table."),
    people=_("5 to 40 people who will have to live with the choice, and somebody who may decide."),
    comes_out=_("An order that people understand, with the reasons, and what was left out on purpose."),
    parts=(
        Part(
            "talk",
            _("What we choose from, and how"),
            _("How the choice is made today, and what happens with it afterwards."),
            10,
            notes=_(
                "Say who decides in the end, and what is already fixed. Nobody should vote on what is settled."
            ),
        ),
        Part(
            "brainstorm",
            _("What is on the table"),
            _(
                "Everything that we could do. One thing a note. Read the others' first, then add what is missing."
            ),
            15,
            settings={"visibility": "shared"},
        ),
        Part(
            "cluster",
            _("Same or different?"),
            _("Put together what is really the same, so that votes are not split."),
            15,
            takes=1,
        ),
        Part(
            "dot_vote",
            _("First look: what matters most?"),
            _("Place your dots. Nobody sees them until all are in."),
            8,
            takes=1,
            notes=_("This narrows the list. It doesn't decide yet: near-ties say nothing."),
        ),
        Part(
            "talk",
            _("Talk about the first ten"),
            _("What would it take? Who would notice? What happens if we don't?"),
            20,
            notes=_("Ask first somebody who put no dot on the leading idea."),
        ),
        Part(
            "dot_vote",
            _("Second look"),
            _("Now that we have talked: where should our effort go?"),
            7,
            settings={"dots": 3, "cap": 2},
            takes=1,
        ),
        Part(
            "talk",
            _("What is decided"),
            _("What we do, what we don't do for now, who takes it on, by when."),
            15,
            notes=_("Say it in one sentence each and ask who can't live with it."),
        ),
    ),
)
