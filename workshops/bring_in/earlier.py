"""Ideas and groups that earlier workshops of a challenge left in their archives, to be worked on once more.

Only what everybody saw there: no words that were hidden, taken back or never shown. A copy may be quoted outside
the Lab no further than its writer allowed, and never with a name: the name stays with the idea it came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from workshops.models import Archive, Consent, IdeaRecord
from workshops.results.archive import content_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from challenges.models import Challenge
    from workshops.live.state import State
    from workshops.models import Workshop


@dataclass(frozen=True)
class Thing:
    """An idea or a group of an earlier workshop."""

    gid: str
    text: str
    consent: str


@dataclass(frozen=True)
class Bundle:
    """What can be brought in together. `key` is its address within its archive."""

    key: str
    title: str
    things: list[Thing]


def archives_of(challenge: Challenge) -> QuerySet[Archive]:
    """Give the archives of a challenge's workshops, the latest first."""
    found = Archive.objects.filter(workshop__challenge=challenge).select_related("workshop")
    return found.order_by("-workshop__starts_at")


def bundles_of(archive: Archive) -> list[Bundle]:
    """Give what an archive has to offer."""
    return [bundle for bundle in _bundles(archive.content, _ideas(archive)) if bundle.things]


def _ideas(archive: Archive) -> dict[str, Thing]:
    """Give the ideas that may be taken: kept in the archive, and since then neither taken back nor hidden."""
    kept = IdeaRecord.objects.filter(workshop_id=archive.workshop_id, removed=False, hidden=False)
    now = dict(kept.exclude(text="").values_list("gid", "consent"))
    return {
        gid: _idea(gid, idea, now[gid])
        for gid, idea in archive.content["ideas"].items()
        if gid in now and _may_be_shown(idea)
    }


def _bundles(content: dict[str, Any], ideas: dict[str, Thing]) -> Iterator[Bundle]:
    groups = {
        gid: Thing(gid, cluster["title"], Consent.INTERNAL)
        for gid, cluster in content["clusters"].items()
        if cluster["title"].strip()
    }
    for outcome in content["outcomes"]:
        if outcome.get("withheld"):
            continue
        titles = {"title": outcome["title"]}
        rows = [row["item"] for row in outcome.get("rows", []) if isinstance(row, dict) and "item" in row]
        if rows:
            found = _those(rows, ideas | groups)
            yield Bundle(f"{outcome['id']}:rows", _("The result of “%(title)s”, best first") % titles, found)
        clusters = outcome.get("clusters", [])
        if clusters:
            names = _those([cluster["id"] for cluster in clusters], groups)
            yield Bundle(f"{outcome['id']}:groups", _("The groups of “%(title)s”, by name") % titles, names)
            for cluster in clusters:
                title = _("“%(group)s”, a group of “%(title)s”") % {**titles, "group": cluster["title"]}
                yield Bundle(f"{outcome['id']}:{cluster['id']}", title, _those(cluster["ideas"], ideas))
        elif outcome.get("ideas"):
            yield Bundle(
                f"{outcome['id']}:ideas",
                _("The ideas of “%(title)s”") % titles,
                _those(outcome["ideas"], ideas),
            )


def _those(gids: list[Any], things: dict[str, Thing]) -> list[Thing]:
    return [things[gid] for gid in gids if isinstance(gid, str) and gid in things]


def _may_be_shown(idea: dict[str, Any]) -> bool:
    return (
        bool(idea["text"].strip()) and not idea["hidden"] and not idea["merged_into"] and "sort" not in idea
    )


def _idea(gid: str, idea: dict[str, Any], consent_now: str) -> Thing:
    inside = Consent.INTERNAL in (idea["consent"], consent_now)
    return Thing(gid, " ".join(idea["text"].split()), Consent.INTERNAL if inside else Consent.UNNAMED)


def bundles_now(workshop: Workshop, state: State) -> list[Bundle]:
    """Give what this very workshop has to offer so far: results that everybody has seen, such as the best of a vote."""
    content = content_of(state, workshop, workshop.stream)
    shown = {
        f"{step.id}/{run.number}"
        for step in state.everything()
        for run in step.rounds
        if run.revealed_at is not None and step.kind != "list"
    }
    content["outcomes"] = [outcome for outcome in content["outcomes"] if outcome["id"] in shown]
    ideas = {
        gid: _idea(gid, idea, idea["consent"])
        for gid, idea in content["ideas"].items()
        if _may_be_shown(idea)
    }
    return [bundle for bundle in _bundles(content, ideas) if bundle.things]


def by_words(bundles: list[Bundle]) -> dict[str, Thing]:
    """Give all that may be brought in, by its words."""
    found: dict[str, Thing] = {}
    for bundle in bundles:
        for thing in bundle.things:
            found.setdefault(thing.text, thing)
    return found
