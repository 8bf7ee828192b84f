"""Ideation: from a problem that is understood to how-might-we questions and many ideas."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workshops.formats.model import Format, Part

FORMAT = Format(
    key="how_might_we",
    title=_("How might we…? Ideas"),
    purpose=_("Turn what we learned into questions that open doors, and answer them with many ideas."),
    people=_("8 to 80 people who know the problem. Contributors can join for the ideas alone."),
    comes_out=_("How-might-we questions, ideas in groups, and a short list to make into prototypes."),
    parts=(
        Part(
            "talk",
            _("What we learned so far"),
            _("The themes and stories that this workshop builds on."),
            10,
            notes=_("Bring two or three quotations. Say which decisions are still open."),
        ),
        Part(
            "brainstorm",
            _("How might we…?"),
            _(
                "Write questions that begin with “How might we…”. Not so wide that everything fits, "
                "not so narrow that the answer is in it."
            ),
            10,
            settings={"most_ideas": 5},
        ),
        Part(
            "dot_vote",
            _("Which questions open the most doors?"),
            _("Place your dots on the questions that you would like to answer."),
            5,
            settings={"dots": 3, "cap": 1},
            takes=1,
            notes=_("Take the first three questions into the next part. Read them out."),
        ),
        Part(
            "brainstorm",
            _("Ideas, as many as we can"),
            _("{question}\nAnswer the chosen questions. Wild ones are welcome: one idea a note."),
            15,
            notes=_("After five minutes ask: what would we do with no money? With all the money?"),
        ),
        Part("talk", _("Break"), _("Back in ten minutes."), 10),
        Part(
            "cluster",
            _("Which ideas belong together?"),
            _("Group the ideas and name each group."),
            18,
            takes=3,
        ),
        Part(
            "dot_vote",
            _("What should become a prototype?"),
            _("Place your dots on ideas that we could try with five people next month."),
            8,
            takes=3,
        ),
        Part(
            "talk",
            _("Who takes what further"),
            _("Say which idea you would help to try, and one first step."),
            10,
            notes=_("Write names and first steps down. A workshop without owners has no next week."),
        ),
        Part("check_out", _("How do you leave?"), _("And how useful was this?"), 4),
    ),
)
