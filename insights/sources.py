"""What evidence points at: ideas, clusters and votes of workshops, read in bulk and shown with consent.

This is the one place that decides which words of an idea may leave the Lab. Everything that shows a quotation
(board, report, CSV, JSON) asks `quote`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, NotRequired, Self, TypedDict

from insights.models import Evidence
from workshops.models import Archive, ClusterRecord, Consent, IdeaRecord, TallyRecord, Workshop
from workshops.results.archive import readable

type Why = Literal["", "internal", "hidden", "gone"]


class Quote(TypedDict):
    """The words of an idea as one audience may see them. `withheld` says why there are none."""

    text: str
    credit: str
    withheld: Why
    inside: NotRequired[bool]
    """Set on what members are shown: these words must not leave the Lab."""


def withheld(why: Why) -> Quote:
    """A quotation without words."""
    return {"text": "", "credit": "", "withheld": why}


def quote(idea: IdeaRecord | None, *, public: bool, sealed_consent: str = "") -> Quote:
    """The words of `idea` for the public, or for the members of its challenge.

    `sealed_consent` is the consent that the archive holds, if known: the stricter of the two counts, so
    neither a later withdrawal nor a record made again from an older log can show too much.
    """
    if idea is None or idea.removed:
        return withheld("gone")
    if idea.hidden:
        return withheld("hidden")
    if public and Consent.INTERNAL in (idea.consent, sealed_consent):
        return withheld("internal")
    named = idea.consent in (Consent.ROLE, Consent.NAMED) and sealed_consent in ("", idea.consent)
    shown: Quote = {"text": idea.text, "credit": idea.credit if named else "", "withheld": ""}
    if not public and idea.consent == Consent.INTERNAL:
        shown["inside"] = True
    return shown


@dataclass
class Sources:
    """Everything that some evidence points at. At most four queries, however much there is."""

    ideas: dict[str, IdeaRecord] = field(default_factory=dict)
    clusters: dict[str, ClusterRecord] = field(default_factory=dict)
    tallies: dict[tuple[str, str], TallyRecord] = field(default_factory=dict)
    archives: dict[str, Archive] = field(default_factory=dict)

    @classmethod
    def of(cls, evidence: Iterable[Evidence]) -> Self:
        """Read what `evidence` (with its workshop joined) points at."""
        rows = [row for row in evidence if row.source]
        if not rows:
            return cls()
        wanted = {row.source for row in rows}
        clusters = ClusterRecord.objects.in_bulk(wanted)
        inside = {gid for cluster in clusters.values() for gid in cluster.ideas}
        ideas = IdeaRecord.objects.in_bulk(wanted | inside)
        votes = [row for row in rows if row.kind == Evidence.Kind.VOTE]
        tallies = TallyRecord.objects.filter(item__in=[row.source for row in votes]) if votes else ()
        archives = Archive.objects.filter(workshop__in=[row.workshop_id for row in rows]).defer("content")
        return cls(
            ideas=ideas,
            clusters=clusters,
            tallies={(tally.item, f"{tally.step}/{tally.round}"): tally for tally in tallies},
            archives={str(archive.workshop_id): archive for archive in archives},
        )

    def show(self, row: Evidence, *, public: bool) -> dict[str, Any]:
        """One piece of evidence as plain data: for a page, and for the frozen copy in a published version."""
        shown: dict[str, Any] = {
            "kind": row.kind,
            "strength": row.strength,
            "note": row.note,
            "url": row.url,
            "source": row.source,
            "outcome": row.outcome,
        }
        if row.workshop is not None:
            shown["workshop"] = self._workshop(row.workshop)
        if not row.source:
            return shown
        cluster = self.clusters.get(row.source)
        if cluster is not None:
            quotes = [quote(self.ideas.get(gid), public=public) for gid in cluster.ideas]
            shown["title"] = "" if public and self._tells_withheld(cluster, quotes) else cluster.title
            shown["idea_gids"] = cluster.ideas
            shown["ideas"] = [one for one in quotes if not one["withheld"]]
            shown["kept"] = sum(one["withheld"] == "internal" for one in quotes)
            shown["where"] = row.outcome or f"{cluster.step}/{cluster.round}"
        else:
            idea = self.ideas.get(row.source)
            shown["quote"] = quote(idea, public=public)
            shown["where"] = row.outcome or (f"{idea.step}/1" if idea else "")
        tally = self.tallies.get((row.source, row.outcome)) if row.kind == Evidence.Kind.VOTE else None
        if tally is not None:
            shown |= {"dots": tally.dots, "voters": tally.voters, "rank": tally.rank}
        return shown

    def _tells_withheld(self, cluster: ClusterRecord, quotes: list[Quote]) -> bool:
        """Whether a group was named with the words of an idea that must not be quoted."""
        title = cluster.title.casefold()
        kept = [gid for gid, one in zip(cluster.ideas, quotes, strict=True) if one["withheld"]]
        words = [self.ideas[gid].text.casefold().strip(" .") for gid in kept if gid in self.ideas]
        return any(text and text in title for text in words)

    def _workshop(self, workshop: Workshop) -> dict[str, Any]:
        archive = self.archives.get(str(workshop.pk))
        return {
            "id": str(workshop.pk),
            "title": workshop.title,
            "day": (workshop.closed_at or workshop.starts_at).isoformat(),
            "seq": archive.seq if archive else None,
            "head": archive.chain_head if archive else "",
        }


@dataclass(frozen=True)
class Taken:
    """Something of a workshop that becomes evidence."""

    kind: str
    workshop: Workshop
    source: str
    outcome: str = ""


@dataclass(frozen=True)
class Group:
    """A cluster of an archived workshop with those of its ideas that may be read inside the Lab."""

    gid: str
    title: str
    ideas: list[IdeaRecord]


@dataclass(frozen=True)
class Said:
    """What was written in one activity and stands in no group."""

    title: str
    grouped: bool
    """Whether other ideas of that activity stand in groups."""
    ideas: list[IdeaRecord]


@dataclass(frozen=True)
class Harvest:
    """What can be taken from an archived workshop: its groups, and what stands in none, by activity."""

    groups: list[Group]
    loose: list[Said]

    @property
    def gids(self) -> dict[str, str]:
        """Every id that can be taken and what kind of evidence it makes."""
        kinds: dict[str, str] = {group.gid: Evidence.Kind.CLUSTER for group in self.groups}
        ideas = [idea for group in self.groups for idea in group.ideas]
        ideas += [idea for said in self.loose for idea in said.ideas]
        return kinds | {idea.gid: Evidence.Kind.IDEA.value for idea in ideas}


def harvest_of(workshop: Workshop) -> Harvest:
    """What can be taken from a workshop. Three queries. Of clusters made in several rounds, the last stand.

    Names of those who do an action are nothing to rest on.
    """
    archive = Archive.objects.filter(workshop=workshop).first()
    content = readable(archive) if archive else {}
    sealed, agenda = content.get("ideas", {}), content.get("agenda", ())
    found = workshop.ideas.filter(hidden=False, removed=False)
    ideas = {idea.gid: idea for idea in found if sealed.get(idea.gid, {}).get("sort") != "owner"}
    clusters = list(workshop.clusters.order_by("step", "round", "position", "gid"))
    last = {cluster.step: cluster.round for cluster in clusters}
    groups = [
        Group(cluster.gid, cluster.title, [ideas[gid] for gid in cluster.ideas if gid in ideas])
        for cluster in clusters
        if cluster.round == last[cluster.step]
    ]
    inside = {idea.gid for group in groups for idea in group.ideas}
    loose: dict[str, list[IdeaRecord]] = {step["step"]: [] for step in agenda}
    for gid, idea in ideas.items():
        if gid not in inside:
            loose.setdefault(idea.step, []).append(idea)
    titles = {step["step"]: step["title"] for step in agenda}
    grouped = {idea.step for group in groups for idea in group.ideas}
    told = [Said(titles.get(step, ""), step in grouped, said) for step, said in loose.items() if said]
    return Harvest(groups, told)


def votes_on(workshop: Workshop, gids: Iterable[str]) -> list[Taken]:
    """The votes that these ideas or clusters got in a workshop, as evidence. One query."""
    tallies = workshop.tallies.filter(item__in=list(gids), dots__gt=0)
    return [
        Taken(Evidence.Kind.VOTE, workshop, tally.item, f"{tally.step}/{tally.round}") for tally in tallies
    ]
