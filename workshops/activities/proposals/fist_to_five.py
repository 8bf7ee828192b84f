"""Fist to five: how far everybody supports a proposal, from 5 (I champion it) to 0 (I block it)."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from workshops.activities.base import setting
from workshops.activities.proposals.proposal import ProposalSettings, Proposing
from workshops.activities.proposals.views import REASON


@dataclass(frozen=True, slots=True, kw_only=True)
class FistToFiveSettings(ProposalSettings):
    """What each number means."""

    meanings: str = field(
        default="5 · I champion it\n4 · I support it\n3 · I can live with it\n2 · I have concerns\n"
        "1 · I can't support it unless it changes\n0 · I block it",
        metadata=setting(
            _("What 5, 4, 3, 2, 1 and 0 mean"),
            _("One on each line, from 5 down to 0."),
            lines=(6, 6),
            most=80,
        ),
    )


class FistToFive(Proposing):
    """Saying how far one supports a proposal."""

    kind = "fist_to_five"
    label = _("Fist to five")
    about = _("Everybody says from 5 to 0 how far they support a proposal. All answers are shown at once.")
    icon = "hand"
    verb = _("Ask for hands")
    minutes = 5
    Settings = FistToFiveSettings
    choices = ("f5", "f4", "f3", "f2", "f1", "f0")
    heard = ("f0", "f1", "f2", "f3", "f4", "f5")
    may_explain = {"f2": (REASON,), "f1": (REASON,), "f0": (REASON,)}  # noqa: RUF012 (a constant)
    stops = "f0"
    worries = frozenset({"f1", "f2"})
