"""Ending a challenge well: looking back, handing on, saying thank you."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workshops.formats.model import Format, Part

FORMAT = Format(
    key="closing",
    title=_("Close of a challenge"),
    purpose=_("Look back together, hand on what goes on, and end well."),
    people=_("Everybody who took part, 10 to 120 people."),
    comes_out=_(
        "What people take with them, what goes on and with whom, and what the next Lab should do differently."
    ),
    parts=(
        Part("talk", _("Welcome back"), _("From the first day to today, in ten pictures."), 10),
        Part(
            "brainstorm",
            _("What changed"),
            _("What is different now: for people who use services, for you, for your organisation?"),
            10,
            settings={"most_characters": 500},
        ),
        Part(
            "talk",
            _("Three stories"),
            _("Teams tell what they tried, what they learned, and what they would do again."),
            20,
            notes=_("Five minutes each and one question. Have one team tell of what didn't work."),
        ),
        Part(
            "one_two_four_all",
            _("What goes on, and with whom"),
            _("What will you keep, spread or start? Say who should be asked."),
            12,
        ),
        Part(
            "dot_vote",
            _("What should the network carry on?"),
            _("Place your dots on what you would lend a hand to."),
            5,
            settings={"dots": 3, "cap": 1},
            takes=3,
        ),
        Part(
            "brainstorm",
            _("For the next Lab"),
            _("One thing to do again, one thing to do differently."),
            7,
            settings={"most_ideas": 4},
        ),
        Part(
            "talk",
            _("One gain, one next step"),
            _("A round: each says one thing gained and one next step. Passing is fine."),
            15,
            notes=_("With more than twenty people in groups of six."),
        ),
        Part("check_out", _("How do you leave?"), _("And how useful was this Lab for you?"), 5),
        Part("talk", _("Thank you"), _("Where everything is kept, and how to stay in touch."), 3),
    ),
)
