"""Looking at something half-made, kindly and sharply, before it is tested with people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workshops.formats.model import Format, Part

FORMAT = Format(
    key="prototype_review",
    title=_("Prototype review"),
    purpose=_("Look at a prototype together, so that the team knows what to keep, change and test."),
    people=_("A team with something to show, and 5 to 30 contributors who would use it or run it."),
    comes_out=_("What works, what worries people, what to change first, and a prediction to test."),
    parts=(
        Part(
            "talk",
            _("What you will see"),
            _("The problem, the prototype, and the three questions that the team has."),
            10,
            notes=_("The team shows and doesn't defend. Unfinished is good: people say more."),
        ),
        Part(
            "brainstorm",
            _("What works"),
            _("What should stay as it is? One thing a note, and why."),
            8,
        ),
        Part(
            "brainstorm",
            _("What worries you"),
            _("For whom would this not work? Where would it break on a busy day?"),
            10,
            notes=_(
                "Ask about those who are not in the room: night staff, people without a smartphone, carers."
            ),
        ),
        Part(
            "cluster",
            _("What hangs together"),
            _("Group the worries. Name what would have to change."),
            12,
            takes=2,
        ),
        Part(
            "dot_vote",
            _("What to change first"),
            _("Place your dots on what the team should change before the test."),
            5,
            settings={"target": "clusters", "dots": 3, "cap": 2},
            takes=3,
        ),
        Part(
            "brainstorm",
            _("What we predict"),
            _(
                "If we try it with five people: what will happen? Write a prediction that could turn out wrong."
            ),
            5,
            settings={"most_ideas": 2},
        ),
        Part(
            "consent",
            _("Good enough to try?"),
            _("Object only if it would do harm or could not be undone, and say what would have to change."),
            5,
            settings={
                "proposal": _("The team tries this with five people, with the changes that we chose today.")
            },
        ),
        Part(
            "talk",
            _("The test"),
            _("Who tries it, with whom, when, and what is written down."),
            5,
        ),
    ),
)
