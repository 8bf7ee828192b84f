"""The first meeting of a challenge: people meet, look at the question from all sides, and name problem areas."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workshops.formats.model import Format, Part

FORMAT = Format(
    key="convening_day",
    title=_("Convening day"),
    purpose=_("Meet each other, look at the challenge from all sides, and name the areas to work on."),
    people=_(
        "20 to 100 people who join a challenge: patients and carers, staff, improvers, partners. "
        "Half a day, in one room or online."
    ),
    comes_out=_("Named challenge areas with the problems in them, and which of them people want to work on."),
    parts=(
        Part(
            "talk",
            _("Welcome"),
            _("Why we are here, what today is for, and how what you write is used."),
            10,
            notes=_(
                "Say that there are no wrong answers here, and no jump to solutions today. "
                "“Go slow to go fast.” Ask everybody to join with their phone now."
            ),
        ),
        Part(
            "check_in",
            _("How do you arrive?"),
            _("Choose what fits best. Add a line if you like."),
            5,
        ),
        Part(
            "talk",
            _("Meet somebody new"),
            _(
                "In pairs: What brings you here? What do you know about this that others may not? "
                "What would make today worth your time?"
            ),
            15,
            notes=_("Change partners once, after seven minutes. Stand with somebody who looks left alone."),
        ),
        Part(
            "talk", _("What is known already"), _("A short talk: the evidence, and what people told us."), 15
        ),
        Part(
            "brainstorm",
            _("What gets in the way?"),
            _("{question}\nWrite what gets in the way today. One problem a note, as concrete as you can."),
            15,
            notes=_("If people write solutions, ask: what problem would that solve? Write that."),
        ),
        Part("talk", _("Break"), _("Back in fifteen minutes."), 15),
        Part(
            "cluster",
            _("Which problems belong together?"),
            _("Move problems that hang together into groups. Give each group a name that says the problem."),
            25,
            takes=4,
            notes=_(
                "Silence for the first five minutes helps quiet people. Six to twelve groups are plenty."
            ),
        ),
        Part(
            "dot_vote",
            _("Where could we make a difference?"),
            _("Place your dots on the areas that this challenge should take on."),
            10,
            settings={"target": "clusters", "dots": 3, "cap": 2},
            takes=6,
        ),
        Part(
            "one_two_four_all",
            _("What should we find out first?"),
            _("Questions that we can't answer yet about the areas we chose."),
            12,
            notes=_("Each foursome brings one question to all. Ask who could help to answer it."),
        ),
        Part(
            "talk",
            _("What happens next"),
            _("The next steps, who takes them, and how you hear from us."),
            10,
            notes=_("Name a date. Say where people find what they wrote today."),
        ),
        Part("check_out", _("How do you leave?"), _("And how useful was today?"), 5),
    ),
)
