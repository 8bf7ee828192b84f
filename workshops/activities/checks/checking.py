"""What a check-in and a check-out ask and promise: settings, choices, and the memory of a round."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from workshops.activities import base
from workshops.activities.base import setting
from workshops.activities.checks.turns import Turns
from workshops.activities.shared.answers import Answers
from workshops.activities.shared.promises import joined, who_wrote

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

WORD, LINE, COMMENT = "word", "line", "comment"
SKIP, WROTE = "skip", "wrote"
MOST_WORD, MOST_LINE, MOST_COMMENT = 30, 140, 500
A_ROOM = 60
"""Up to so many answers are shown to each person after their own; more are shown to all at once only."""
SCALE = ("s5", "s4", "s3", "s2", "s1")
WEATHER: dict[str, StrOrPromise] = {
    "sun": _("Sunny"),
    "bright": _("Sun and clouds"),
    "cloud": _("Cloudy"),
    "fog": _("Foggy"),
    "rain": _("Rainy"),
    "storm": _("Stormy"),
}
PICTURES = {
    "sun": "sun",
    "bright": "cloud-sun",
    "cloud": "cloud",
    "fog": "cloud-fog",
    "rain": "cloud-rain",
    "storm": "cloud-lightning",
}
"""The icons that stand beside the words. Drawn, because not every screen has letters for them."""
CHOICES = (*SCALE, *WEATHER, SKIP)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSettings(base.Settings):
    """What people answer with, and who sees it when."""

    form: str = field(
        default="scale",
        metadata=setting(
            _("People answer with"),
            choices=(
                ("scale", _("A number from 1 to 5")),
                ("weather", _("A picture of the weather")),
                ("word", _("A word")),
            ),
            guarded=True,
        ),
    )
    visibility: str = field(
        default="private",
        metadata=setting(
            _("Others see the answers"),
            choices=(
                ("private", _("All at once, when you show them")),
                ("after", _("Each person as soon as they have answered or skipped")),
            ),
            guarded=True,
        ),
    )
    names: str = field(
        default="nobody",
        metadata=setting(
            _("Names beside words and lines"),
            choices=(("nobody", _("Not shown to anybody")), ("everybody", _("Shown to everybody"))),
            guarded=True,
        ),
    )
    low: str = field(default="Worn out", metadata=setting(_("What 1 means"), _("For a number from 1 to 5.")))
    high: str = field(default="Full of energy", metadata=setting(_("What 5 means")))
    line: bool = field(
        default=True,
        metadata=setting(_("Ask for a line as well"), _("Nobody has to write one."), guarded=True),
    )
    words_after: str = field(
        default="lab",
        metadata=setting(
            _("After the workshop, words and lines"),
            choices=(
                ("lab", _("Stay inside the Lab: in the archive, in no report")),
                ("nowhere", _("Are not put into the archive")),
                ("agreed", _("May be quoted as each writer agreed")),
            ),
            guarded=True,
        ),
    )
    speaking: bool = field(
        default=False,
        metadata=setting(
            _("Offer an order of speaking"), _("You start it; everybody sees whose turn it is."), guarded=True
        ),
    )
    facilitators_vote: bool = field(
        default=True, metadata=setting(_("Facilitators take part too"), guarded=True)
    )


@dataclass(slots=True)
class Checked:
    """The memory of one round."""

    answers: Answers = field(default_factory=Answers)
    turns: Turns = field(default_factory=Turns)


def options_of(settings: CheckSettings) -> list[tuple[str, StrOrPromise]]:
    """Give what can be chosen, as (id, words), without skipping."""
    if settings.form == "word":
        return []
    if settings.form == "weather":
        return list(WEATHER.items())
    ends = {"s5": f"5 · {settings.high}", "s1": f"1 · {settings.low}"}
    return [(one, ends.get(one, one[1])) for one in SCALE]


def promise_of(settings: CheckSettings, *, words: bool) -> StrOrPromise:
    """Say who sees what when; `words` says whether any are asked for."""
    when: dict[str, StrOrPromise] = {
        "private": _("Nobody else is shown your answer until the facilitator shows all."),
        "after": _(
            "Facilitators see answers as they come. You see the others' once you have answered or skipped; in a "
            "room of more than 60, when the facilitator shows them."
        ),
    }
    sentences = [when[settings.visibility]]
    if settings.form != "word":
        sentences.append(_("What people choose is only counted."))
    if words:
        after: dict[str, StrOrPromise] = {
            "lab": _("What you write stays inside the Lab."),
            "nowhere": _("What you write is not put into the archive."),
        }
        sentences.append(who_wrote(settings.names, _("Your name stands with what you write.")))
        if settings.words_after in after:
            sentences.append(after[settings.words_after])
    if settings.speaking:
        sentences.append(_("Names stand in the order of speaking."))
    return joined(*sentences)
