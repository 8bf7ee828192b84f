"""How a workshop really ran, read from its archive."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.text import get_text_list
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from workshops.activities.registry import ACTIVITIES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Run:
    """One round of a step."""

    number: int
    opened: datetime.datetime | None
    closed: datetime.datetime | None
    revealed: datetime.datetime | None

    @property
    def took(self) -> int | None:
        """Minutes between opening and closing as a clock without seconds shows them."""
        if self.opened is None or self.closed is None:
            return None
        opened, closed = (moment.replace(second=0, microsecond=0) for moment in (self.opened, self.closed))
        return int((closed - opened).total_seconds()) // 60


@dataclass(frozen=True, slots=True)
class RanStep:
    """One step of the agenda, as planned and as it ran."""

    title: str
    label: StrOrPromise
    planned: int
    """Minutes; 0 where none were planned."""
    runs: list[Run]


def steps_of(content: dict[str, Any]) -> list[RanStep]:
    """Give the agenda of an archive with planned and real times."""
    return [
        RanStep(
            step["title"],
            label_of(step["kind"]),
            step.get("minutes") or 0,
            [
                Run(
                    run["number"],
                    moment_of(run.get("opened_at")),
                    moment_of(run.get("closed_at")),
                    moment_of(run.get("revealed_at")),
                )
                for run in step["rounds"]
            ],
        )
        for step in content.get("agenda", ())
    ]


def label_of(kind: str) -> StrOrPromise:
    """Name a kind of activity; one that was taken out of the workspace since keeps its short name."""
    activity = ACTIVITIES.get(kind)
    if kind == "rooms":
        return _("Breakout rooms")
    return activity.label if activity else kind.replace("_", " ")


def moment_of(written: str | None) -> datetime.datetime | None:
    """Read a time as archives write it, and give it where the reader is."""
    return localtime(datetime.datetime.fromisoformat(written)) if written else None


def people_in(content: dict[str, Any]) -> str:
    """Say how many people an archive's workshop had: "24 participants and 2 facilitators".

    Archives older than that distinction know only how many joined, facilitators too.
    """
    people = content.get("people", {})
    if "participants" not in people:
        joined = people.get("joined", 0)
        return ngettext("%(n)s person", "%(n)s people", joined) % {"n": joined}
    taking, leading = people["participants"], people["facilitators"]
    others = people["joined"] - taking - leading
    parts = [ngettext("%(n)s participant", "%(n)s participants", taking) % {"n": taking}]
    if leading:
        parts.append(ngettext("%(n)s facilitator", "%(n)s facilitators", leading) % {"n": leading})
    if others:
        parts.append(ngettext("%(n)s observer", "%(n)s observers", others) % {"n": others})
    return get_text_list(parts, gettext("and"))
