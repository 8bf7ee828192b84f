"""Comparing what was said, what the files hold and what the database kept. Pure: it reads nothing by itself.

What it finds wrong names operations, ideas and people by their ids, never with words from the files.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from workshops.crowd_trial.kept import Kept
    from workshops.crowd_trial.measures import Said
    from workshops.crowd_trial.tally import Expected

OVER = {"no_dots_left", "cap_reached"}
SHOWN = 8


@dataclass(slots=True)
class Check:
    """One thing that must be so. `left_out` says why it could not be looked at."""

    name: str
    problems: list[str] = field(default_factory=list)
    left_out: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.problems


def checks(said: Said, kept: Kept, count: Callable[[set[str] | None], Expected]) -> list[Check]:
    """Make every check that rests on the database. `count(hidden)` counts the files alone."""
    found = [
        Check(
            "Every acknowledged operation is in the log exactly once, and nothing refused is",
            list(_once(said, kept)),
        ),
        Check("Only what the vote's rules refuse was refused", list(_refusals(said, count(None)))),
    ]
    if not kept.archive:
        return [*found, Check("The workshop is closed and has an archive", ["there is no archive"])]
    by_gid = {f"{kept.stream}/{one.id}": idea for idea, one in said.ideas.items()}
    hidden = {idea for gid, idea in by_gid.items() if kept.archive["ideas"].get(gid, {}).get("hidden")}
    counted = count(None if said.driven else hidden)
    voters = {actor for actor, _op, _seq, kind in kept.operations if kind == "dots.placed"}
    strangers = len((kept.participants | voters) - set(said.people.values()))
    found.append(
        Check(
            "The archive has the file's ideas, and hidden ones without their words",
            list(_ideas(said, kept, counted)),
        )
    )
    found.append(_votes(said, kept, counted, by_gid, strangers))
    found.append(Check("The archive and the log are still what was sealed", list(_seal(kept))))
    return found


def _once(said: Said, kept: Kept) -> Iterator[str]:
    logged = Counter((actor, op) for actor, op, _seq, _kind in kept.operations)
    seqs = {(actor, op): seq for actor, op, seq, _kind in kept.operations}
    for sent in said.sent:
        times = logged.pop((sent.actor, sent.op), 0)
        wanted = {"acked": (1,), "refused": (0,), "unknown": (0, 1)}[sent.outcome]
        if times not in wanted:
            yield f"{sent.do} {sent.op} was {sent.outcome}, and is in the log {times} times"
        elif sent.outcome == "acked" and sent.seq < seqs[sent.actor, sent.op]:
            yield f"{sent.do} {sent.op} was acknowledged as of {sent.seq}, before it was in the log"
    ours = set(said.people.values())
    kinds = {(actor, op): kind for actor, op, _seq, kind in kept.operations}
    for actor, op in logged:
        if actor in ours:
            yield f"{kinds[actor, op]} {op} is in the log, but nobody sent it"


def _refusals(said: Said, counted: Expected) -> Iterator[str]:
    refused = Counter(sent.code for sent in said.sent if sent.outcome == "refused")
    if not said.driven:
        return  # a person at the console may close a step at any time
    for code in refused.keys() - {"not_on_ballot", *OVER}:
        yield f"{refused[code]} refused with {code}"
    for codes, wanted, what in (
        ({"not_on_ballot"}, counted.tries_on_hidden, "on hidden ideas"),
        (OVER, counted.tries_over, "over the budget or cap"),
    ):
        times = sum(refused[code] for code in codes)
        if times != wanted:
            yield f"{times} times dots {what} were refused, where the file has {wanted}"
    unknown = said.count("unknown")
    if unknown:
        yield f"{unknown} operations never had an answer"


def _ideas(said: Said, kept: Kept, counted: Expected) -> Iterator[str]:
    archived: Mapping[str, Any] = kept.archive["ideas"]
    ours = {f"{kept.stream}/{one.id}": idea for idea, one in said.ideas.items()}
    acked = Counter(sent.item for sent in said.sent if sent.do == "idea.add" and sent.outcome == "acked")
    yield from (f"idea {idea} was written {times} times" for idea, times in acked.items() if times > 1)
    if said.driven:
        yield from _as_in_the_file(ours, archived, counted)
    for gid, idea in ours.items():
        if gid in archived and kept.ideas.get(gid, ("", False))[0] != archived[gid]["text"]:
            yield f"idea {idea} has other words in the records than in the archive"
    listed = Counter(gid for outcome in kept.outcomes("brainstorm") for gid in outcome["ideas"])
    yield from (
        f"idea {ours.get(gid, gid)} is listed {times} times" for gid, times in listed.items() if times > 1
    )
    hidden = {idea for gid, idea in ours.items() if archived.get(gid, {}).get("hidden")}
    yield from _hidden_words(kept, counted, hidden)


def _as_in_the_file(ours: Mapping[str, str], archived: Mapping[str, Any], counted: Expected) -> Iterator[str]:
    for idea in counted.texts.keys() - set(ours.values()):
        yield f"idea {idea} of the file was never written"
    for gid, idea in ours.items():
        there = archived.get(gid)
        if there is None:
            yield f"idea {idea} is not in the archive"
            continue
        if there["hidden"] != (idea in counted.hidden):
            yield f"idea {idea} is {'hidden' if there['hidden'] else 'on the board'}, against the file"
        if there["text"] != ("" if there["hidden"] else _as_stored(counted.texts[idea])):
            yield f"idea {idea} has other words in the archive"


def _hidden_words(kept: Kept, counted: Expected, hidden: set[str]) -> Iterator[str]:
    """Look for the words of hidden ideas anywhere in what is kept for readers."""
    shown = "\n".join(_as_stored(text) for idea, text in counted.texts.items() if idea not in hidden)
    everything = orjson.dumps([kept.archive, [text for text, _hidden in kept.ideas.values()]]).decode()
    for idea in sorted(hidden):
        text = _as_stored(counted.texts[idea])
        if text not in shown and orjson.dumps(text).decode()[1:-1] in everything:
            yield f"the words of idea {idea}, which is hidden, stand in the archive or the records"


def _as_stored(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _votes(said: Said, kept: Kept, counted: Expected, by_gid: Mapping[str, str], strangers: int) -> Check:
    check = Check("Every total is what the file alone gives")
    votes = [outcome for outcome in kept.outcomes("dot_vote") if outcome["target"] == "ideas"]
    if strangers:
        check.left_out = f"{strangers} others took part, so totals hold more than the file"
    elif not votes:
        check.left_out = "there was no vote on ideas"
    elif not said.driven and (why := _not_all_played(said, counted, votes)):
        check.name = "Every total is what was acknowledged"
        for vote in votes:
            check.problems += _rows(vote, kept, _acknowledged(said, vote["id"], by_gid), by_gid)
        check.left_out = f"not compared with the file: {why}"
    else:
        for vote in votes:
            check.problems += _rows(vote, kept, counted.rows, by_gid)
            check.problems += _turnout(vote, len(said.people), counted.voted)
    return check


def _not_all_played(said: Said, counted: Expected, votes: list[dict[str, Any]]) -> str:
    if counted.texts.keys() - said.ideas.keys():
        return "not every idea was written before the facilitator went on"
    if any(vote["dots_per_person"] for vote in votes) and any(sent.code in OVER for sent in said.sent):
        return "this vote has fewer dots than the file"
    played = {sent.step for sent in said.sent if sent.do == "dot.set"}
    if any(vote["id"] not in played for vote in votes) or any(
        sent.code in {"paused", "not_open"} for sent in said.sent
    ):
        return "not every dot was placed before the facilitator went on"
    return ""


def _acknowledged(said: Said, vote: str, by_gid: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """Count what was acknowledged in one round."""
    held: dict[tuple[str, str], int] = {}
    for sent in said.sent:
        if sent.do == "dot.set" and sent.step == vote and sent.outcome == "acked":
            held[sent.actor, sent.item] = sent.dots
    totals = dict.fromkeys(by_gid.values(), (0, 0))
    for (_actor, item), dots in held.items():
        before = totals.get(item, (0, 0))
        totals[item] = (before[0] + dots, before[1] + bool(dots))
    return totals


def _rows(
    vote: dict[str, Any], kept: Kept, wanted: Mapping[str, tuple[int, int]], by_gid: Mapping[str, str]
) -> Iterator[str]:
    ranks = _ranks(wanted)
    seen = set()
    for row in vote["rows"]:
        idea = by_gid.get(row["item"], row["item"])
        seen.add(idea)
        said = (row["dots"], row["voters"])
        right = wanted.get(idea, (0, 0))
        if said != right:
            yield f"{vote['id']}: idea {idea} has {said} (dots, voters), where {right} is right"
        elif row["rank"] != ranks.get(idea) and len(vote["rows"]) == len(wanted):
            yield f"{vote['id']}: idea {idea} has rank {row['rank']}, where {ranks.get(idea)} is right"
        if kept.tallies.get((vote["step"], vote["round"], row["item"])) != (*said, row["rank"]):
            yield f"{vote['id']}: idea {idea} has another total in the records than in the archive"
    for idea in sorted(wanted.keys() - seen):
        if wanted[idea][0]:
            yield f"{vote['id']}: idea {idea} is missing, where {wanted[idea]} is right"


def _ranks(wanted: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """Equal ones share a rank: 1, 1, 3."""
    return {idea: 1 + sum(other > mine for other in wanted.values()) for idea, mine in wanted.items()}


def _turnout(vote: dict[str, Any], people: int, voted: int) -> Iterator[str]:
    for name, wanted in (("eligible", people), ("answered", voted), ("not_answered", people - voted)):
        if vote[name] != wanted:
            yield f"{vote['id']}: {vote[name]} {name}, where {wanted} is right"


def _seal(kept: Kept) -> Iterator[str]:
    if kept.seal is None:
        return
    if kept.seal.broken_at is not None:
        yield f"the hash chain breaks at entry {kept.seal.broken_at}"
    if not kept.seal.head_holds:
        yield "the log no longer ends as the archive says"
    if not kept.seal.content_holds:
        yield "the archive's content no longer has its checksum"
