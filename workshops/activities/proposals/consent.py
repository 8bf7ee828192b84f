"""Consent: whether anybody sees harm in a proposal. Objections come with a reason, and perhaps a change."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from workshops.activities.base import setting
from workshops.activities.proposals.proposal import ProposalSettings, Proposing
from workshops.activities.proposals.views import CHANGE, REASON


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentSettings(ProposalSettings):
    """What each answer means."""

    meanings: str = field(
        default="I consent\nI consent, with a concern to note\nI object\nI stand aside",
        metadata=setting(
            _("What the four answers mean"),
            _("One on each line: consent, consent with a concern, objection, standing aside."),
            lines=(4, 4),
            most=80,
        ),
    )


class ConsentRound(Proposing):
    """Saying whether one consents to a proposal."""

    kind = "consent"
    label = _("Consent")
    about = _("Everybody says whether they can go along with a proposal. Objections come with a reason.")
    icon = "handshake"
    verb = _("Ask for consent")
    minutes = 8
    Settings = ConsentSettings
    choices = ("consent", "concern", "objection", "aside")
    heard = ("objection", "concern", "aside", "consent")
    may_explain = {"concern": (REASON,), "objection": (REASON, CHANGE), "aside": (REASON,)}  # noqa: RUF012 (a constant)
    stops = "objection"
    worries = frozenset({"concern"})
    abstains = frozenset({"aside"})
