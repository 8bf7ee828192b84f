"""Making sense at the end of a phase: what do we know now, how sure are we, and who should hear it?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workshops.formats.model import Format, Part

FORMAT = Format(
    key="distilling",
    title=_("Distilling what we learned"),
    purpose=_("Draw the strands together: what we know now, how sure we are, and how others can use it."),
    people=_("8 to 40 people: test teams, contributors, the evaluator, people who were not part of it."),
    comes_out=_("A handful of insights with what supports them, what stays open, and who should hear it."),
    parts=(
        Part(
            "talk",
            _("What we did this year"),
            _("A walk along the challenge: the questions, the tests, the numbers."),
            8,
            notes=_("Have the insight board open. Show who took part, and who did not."),
        ),
        Part(
            "word_cloud",
            _("This year in a word"),
            _("Which words come to your mind when you think of this challenge?"),
            4,
        ),
        Part(
            "brainstorm",
            _("What we know now"),
            _("What do you know today that you didn't a year ago? One insight a note, and how you know it."),
            14,
            settings={"most_characters": 500},
        ),
        Part(
            "cluster",
            _("What is one insight?"),
            _("Put together what says the same. Name each group as a sentence somebody could disagree with."),
            22,
            takes=2,
            notes=_(
                "“Communication” is a topic. “People use it once somebody they trust shows them how” is an insight."
            ),
        ),
        Part("talk", _("Break"), _("Back in ten minutes."), 10),
        Part(
            "dot_vote",
            _("What would help others most?"),
            _("Place your dots on what a team elsewhere should know before it starts."),
            7,
            settings={"target": "clusters", "dots": 4, "cap": 2},
            takes=3,
        ),
        Part(
            "brainstorm",
            _("What we still don't know"),
            _("Where is the evidence thin? For whom did it not work?"),
            8,
        ),
        Part(
            "brainstorm",
            _("Who should hear this, and how"),
            _("Name people or places, and the form that they would really read, hear or use."),
            8,
        ),
        Part("talk", _("Who writes what"), _("The insights, their owners, and the day of the draft."), 9),
    ),
)
