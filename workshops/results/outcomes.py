"""Outcomes as people read them: whose words may be shown, ranks in words, lengths of bars.

Works on plain data only, in the form that an archive's content has, because published reports draw their frozen
copies with the same templates. Nothing here reads the database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workshops.activities.registry import ACTIVITIES
from workshops.live.few import FEWEST
from workshops.models import Consent

type Why = Literal["", "internal", "hidden", "merged", "gone"]
type Found = Mapping[str, Mapping[str, Any]]

CREDITED = (Consent.ROLE, Consent.NAMED)
FIRST_ROWS, FIRST_IDEAS = 15, 12
A_FEW = 3
"""So few more are shown at once: opening a fold for them would be a nuisance."""


@dataclass(frozen=True, slots=True)
class Line:
    """One idea for one kind of reader. `why` says why there are no words."""

    gid: str
    text: str = ""
    credit: str = ""
    why: Why = ""
    inside: bool = False
    """Its words are for members only; set on what members are shown."""

    @property
    def instead(self) -> str:
        """What stands where the words would be."""
        return {
            "": "",
            "internal": _("Kept inside the Lab"),
            "hidden": _("Taken off the board"),
            "merged": _("Merged into another idea"),
            "gone": _("No longer kept"),
        }[self.why]


def line_of(gid: str, ideas: Found, *, public: bool) -> Line:
    """Give an idea as it may be shown: to everybody, or only to the challenge's members."""
    idea = ideas.get(gid)
    if idea is None:
        return Line(gid, why="gone")
    withheld, text = idea.get("withheld", ""), str(idea.get("text", ""))
    if withheld == "merged":
        return Line(gid, why="merged")
    if idea.get("hidden"):
        return Line(gid, why="hidden")
    consent = idea.get("consent", Consent.INTERNAL)
    if public and consent not in (Consent.UNNAMED, *CREDITED):
        return Line(gid, why="internal")
    if not text:
        return Line(gid, why="gone")
    credit = str(idea.get("credit", "")) if consent in CREDITED else ""
    return Line(gid, text, credit, inside=not public and consent == Consent.INTERNAL)


@dataclass(frozen=True, slots=True)
class Lines:
    """Some ideas: those with words, folded when there are many, and how many have none."""

    lines: list[Line]

    @property
    def total(self) -> int:
        """All of them, with words or without."""
        return len(self.lines)

    @property
    def shown(self) -> list[Line]:
        """Those with words."""
        return [line for line in self.lines if not line.why]

    @property
    def kept(self) -> int:
        """How many stay inside the Lab."""
        return sum(line.why == "internal" for line in self.lines)

    @property
    def gone(self) -> int:
        """How many were taken down or merged."""
        return self.total - len(self.shown) - self.kept

    @property
    def first(self) -> list[Line]:
        """What is shown at once."""
        return self.shown[: fold_at(len(self.shown), FIRST_IDEAS)]

    @property
    def rest(self) -> list[Line]:
        """What opens on demand."""
        return self.shown[fold_at(len(self.shown), FIRST_IDEAS) :]

    @property
    def inside(self) -> int:
        """How many of those shown must not leave the Lab."""
        return sum(line.inside for line in self.shown)


def fold_at(count: int, first: int) -> int:
    """Say how many of `count` things to show at once."""
    return count if count <= first + A_FEW else first


def lines_of(gids: Iterable[str], ideas: Found, *, public: bool) -> Lines:
    """Give these ideas for one kind of reader, in their order."""
    return Lines([line_of(gid, ideas, public=public) for gid in gids])


def template_of(kind: str) -> str:
    """Name the template of a kind's figure; "" for a kind that is not, or no longer, in the workspace.

    Only known kinds: the name comes from stored data and becomes part of a path.
    """
    if kind == "rooms":  # a step that was split
        return "workshops/parts/rooms_outcome.html"
    return ACTIVITIES[kind].template("outcome") if kind in ACTIVITIES else ""


def strings_in(thing: Any) -> Iterator[str]:
    """Give every text that stands anywhere in plain data, keys too, in order."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, Mapping):
        for key, value in thing.items():
            yield key
            yield from strings_in(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from strings_in(value)


# -- groups --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GroupOf:
    """One group with its ideas."""

    gid: str
    title: str
    ideas: Lines


def groups_of(outcome: Mapping[str, Any], ideas: Found, clusters: Found, *, public: bool) -> list[GroupOf]:
    """Give the groups of a grouping, as they were in that round where the outcome says so itself."""
    groups = []
    for one in outcome.get("clusters", ()):
        gid = one["id"] if isinstance(one, Mapping) else one
        known = one if isinstance(one, Mapping) else clusters.get(gid, {})
        title = str(known.get("title") or clusters.get(gid, {}).get("title") or _("Group without a name"))
        groups.append(GroupOf(gid, title, lines_of(known.get("ideas", ()), ideas, public=public)))
    return groups


# -- votes ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VoteRow:
    """What one idea or group got."""

    line: Line
    place: str
    tied: bool
    dots: int
    voters: int
    length: str
    """Of its bar, in percent of the longest; with a point, whatever the language."""
    ideas: int | None = None
    """In a vote on groups: how many ideas the group holds."""
    against: int | None = None
    """Dots against it, in a vote that has them."""
    share: int | None = None
    """Of those who voted, in percent, how many placed dots on it."""
    drawn: int = 0
    """Its place in a draw by lot among those that share its rank."""


@dataclass(frozen=True, slots=True)
class VoteRows:
    """A vote's result, folded when it is long."""

    rows: list[VoteRow]

    @property
    def first(self) -> list[VoteRow]:
        """What is shown at once."""
        return self.rows[: fold_at(len(self.rows), FIRST_ROWS)]

    @property
    def rest(self) -> list[VoteRow]:
        """What opens on demand."""
        return self.rows[fold_at(len(self.rows), FIRST_ROWS) :]

    @property
    def rest_with_dots(self) -> int:
        """How many of the rest got any dots."""
        return sum(row.dots > 0 for row in self.rest)


def vote_rows(outcome: Mapping[str, Any], ideas: Found, clusters: Found, *, public: bool) -> VoteRows:
    """Give a vote's rows, best first. Equal results share a rank, and say so."""
    rows = outcome.get("rows", ())
    shared = Counter(row.get("rank") for row in rows)
    counted = turnout_in(outcome)
    most = max((row["dots"] for row in rows), default=0)
    drawn = {
        gid: place for draw in outcome.get("draws", ()) for place, gid in enumerate(draw["order"], start=1)
    }
    result = []
    for row in rows:
        cluster = clusters.get(row["item"]) if is_group(row["item"], outcome) else None
        rank, tied = row.get("rank"), shared[row.get("rank")] > 1
        result.append(
            VoteRow(
                line=_item(row, outcome, ideas, cluster, public=public),
                place="" if rank is None else place_of(rank, tied=tied),
                tied=tied,
                dots=row["dots"],
                voters=row["voters"],
                length=f"{row['dots'] / most * 100:.1f}" if most else "0",
                ideas=len(cluster.get("ideas", ())) if cluster is not None else None,
                against=row.get("against"),
                share=round(100 * row["voters"] / counted.answered) if counted and counted.answered else None,
                drawn=drawn.get(row["item"], 0),
            )
        )
    return VoteRows(result)


def is_group(gid: str, outcome: Mapping[str, Any]) -> bool:
    """Whether a row is about a group: all are, or, where ideas and groups stood together, those whose id says so."""
    target = outcome.get("target")
    return target == "clusters" or (target == "both" and gid.rpartition("/")[2].startswith("g"))


def _item(
    row: Mapping[str, Any],
    outcome: Mapping[str, Any],
    ideas: Found,
    cluster: Mapping[str, Any] | None,
    *,
    public: bool,
) -> Line:
    gid = row["item"]
    if is_group(gid, outcome):
        # What stood on the ballot; the group may have been renamed since.
        title = row.get("text") or (cluster or {}).get("title") or _("Group without a name")
        return Line(gid, str(title))
    return line_of(gid, ideas, public=public)


def place_of(rank: int, *, tied: bool) -> str:
    """Write a rank; ties say so with an equals sign, as on a scoreboard."""
    return f"= {rank}" if tied else str(rank)


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many could answer or vote, and did."""

    eligible: int
    answered: int
    not_answered: int


def turnout_in(outcome: Mapping[str, Any]) -> Turnout | None:
    """Read who answered; None where the kind doesn't count it. Older archives say "voted" and "abstained" of votes."""
    answered = outcome.get("answered", outcome.get("voted"))
    missing = outcome.get("not_answered", outcome.get("abstained"))
    if "eligible" not in outcome or answered is None or missing is None:
        return None
    return Turnout(outcome["eligible"], answered, missing)


def role_rule() -> str:
    """Say when a role stands with an idea."""
    return _(
        "A role stands with an idea only where at least %(n)d people of that role took part who are not named; else "
        "it could point to one person, and the idea is quoted without it."
    ) % {"n": FEWEST}


def turnout_of(outcome: Mapping[str, Any]) -> str:
    """Say in one sentence who voted and what became of the dots. Empty where the outcome doesn't know."""
    counted = turnout_in(outcome)
    if counted is None:
        return ""
    parts: dict[str, Any] = {
        "who": ngettext("%(n)d person could vote", "%(n)d people could vote", counted.eligible)
        % {"n": counted.eligible},
        "voted": counted.answered,
        "abstained": counted.not_answered,
    }
    if "dots_placed" not in outcome:  # a result that was not shown
        return _("%(who)s: %(voted)d voted, %(abstained)d abstained.") % parts
    placed = outcome["dots_placed"]
    parts["dots"] = ngettext("%(n)d dot was placed", "%(n)d dots were placed", placed) % {"n": placed}
    if not outcome.get("dots_per_person"):
        return _("%(who)s: %(voted)d voted, %(abstained)d abstained; %(dots)s.") % parts
    parts["left"] = outcome["unspent"]
    return _("%(who)s: %(voted)d voted, %(abstained)d abstained; %(dots)s and %(left)d left unused.") % parts


def rule_of(outcome: Mapping[str, Any]) -> str:
    """Say under which rule people voted."""
    each, cap = outcome.get("dots_per_person"), outcome.get("cap")
    if each is None or cap is None:
        return ""
    budget = (
        ngettext("%(n)d dot each", "%(n)d dots each", each) % {"n": each}
        if each
        else _("As many dots as they liked")
    )
    rule = _("%(budget)s, at most %(cap)d on one") % {"budget": budget, "cap": cap}
    if against := outcome.get("against_per_person"):
        rule = _("%(rule)s, and %(against)d against") % {"rule": rule, "against": against}
    when = {
        "hidden": _("totals hidden until they were shown"),
        "close": _("totals hidden until the vote was closed"),
        "voted": _("each person saw the totals once their own vote was cast"),
        "live": _("everybody saw the totals while voting"),
    }.get(str(outcome.get("results", "")))
    return f"{rule}, {when}." if when else f"{rule}."
