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
            8,
            notes=_(
                "Say who decides in the end, and what is already fixed. Nobody should vote on what is settled."
            ),
        ),
        Part(
            "list",
            _("What is on the table"),
            _("Read through the list. What is missing comes next."),
            8,
            notes=_(
                "Bring the list in beforehand: pasted, from a file, or from an earlier workshop. "
                "Up to fifty lines, so that everybody can look at all of them."
            ),
        ),
        Part(
            "brainstorm",
            _("What is missing?"),
            _("Only what is not on the list yet. One thing a note."),
            6,
            settings={"visibility": "shared", "most_ideas": 3},
        ),
        Part(
            "dot_vote",
            _("First look: what matters most?"),
            _("Place your dots. Nobody sees them until all are in."),
            8,
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
            "matrix",
            _("Effort and impact"),
            _("Place what you know something about. Leave out the rest."),
            15,
            notes=_("Look at what people disagree on most: that is where somebody knows something."),
        ),
        Part(
            "ranking",
            _("Second look: your first three"),
            _("Now that we have talked: what should come first, second, third?"),
            10,
            settings={"top": 3},
        ),
        Part(
            "fist_to_five",
            _("Can we live with it?"),
            _("Five fingers: I am all for it. Three: I can live with it. None: this must not happen."),
            5,
            settings={"proposal": _("We begin with the first three of our ranking, in this order.")},
            notes=_(
                "Hear everybody with two or fewer. If somebody blocks it, change the proposal and ask once more."
            ),
        ),
        Part(
            "talk",
            _("What is decided"),
            _("What we do, what we don't do for now, who takes it on, by when."),
            10,
            notes=_("Say it in one sentence each, with a name and a date."),
        ),
    ),
)
