"""What a trial prints: a line a second while it runs, a table and the checks at its end."""

from __future__ import annotations

from collections import Counter
from statistics import median_low
from typing import TYPE_CHECKING

from workshops.crowd_trial.check import SHOWN, Check
from workshops.crowd_trial.measures import part

if TYPE_CHECKING:
    from workshops.crowd_trial.measures import Measures, Said
    from workshops.crowd_trial.run import Trial

SEEN_WHILE_RUNNING = (
    "Everybody stays to the end",
    "Everybody sees their own",
    "Everybody sees where the workshop is",
    "The same operation sent twice has one answer",
    "What every client shows is what a fresh page shows",
    "Nobody received hidden ideas, or totals before they were shown",
)


def progress_line(trial: Trial) -> str:
    """Say how far it is."""
    said, acks = trial.said, trial.measures.acks()
    ideas, dots = said.count("acked", "idea.add"), said.count("acked", "dot.set")
    return (
        f"{len(said.people)} joined, {ideas} ideas, {dots} dots, {said.count('refused')} refused; "
        f"acknowledged in {part(acks, 0.5):.0f} ms (p50), {part(acks, 0.95):.0f} ms (p95)"
    )


def table(trial: Trial, seconds: float) -> list[str]:
    """Give the figures, a line each."""
    said, measures = trial.said, trial.measures
    sockets = sum(person.transport == "socket" for person in trial.people)
    counts = measures.counts
    rows = [
        ("People", f"{len(said.people)} ({sockets} on sockets, {len(said.people) - sockets} on long poll)"),
        *_processes(trial),
        *_operations(said),
        (
            "Sent twice, broken lines, reloads",
            f"{counts['duplicates']}, {counts['breaks']}, {counts['reloads']}",
        ),
        ("Reconnects, snapshots fetched", f"{counts['reconnects']}, {counts['snapshots']}"),
        ("Acknowledged in (ms)", _spread(measures.acks())),
        *(
            (f"  {do}", _spread(measures.ack_ms[do]))
            for do in ("idea.add", "dot.set")
            if do in measures.ack_ms
        ),
        ("Own idea or dot seen after (ms)", _spread(measures.own_ms)),
        ("Facilitator's step seen after (ms)", _spread(measures.room_ms)),
        ("Received by the median participant", _received(trial)),
        ("Views compared, messages searched", f"{counts['views compared']}, {counts['messages searched']}"),
        *((f"Time for {what}", f"{taken:.1f} s") for what, taken in measures.seconds.items()),
        ("Time in all", f"{seconds:.1f} s"),
    ]
    width = max(len(label) for label, _ in rows)
    return [f"  {label.ljust(width)}   {value}" for label, value in rows]


def _processes(trial: Trial) -> list[tuple[str, str]]:
    """Say how many ended up on each process, where there are several."""
    bases = trial.plan.bases
    if len(bases) == 1:
        return []
    on = Counter(person.paths.base_url for person in trial.people)
    return [("On each process at the end", ", ".join(str(on[base]) for base in bases))]


def _operations(said: Said) -> list[tuple[str, str]]:
    kinds = Counter(sent.do for sent in said.sent)
    codes = Counter(sent.code for sent in said.sent if sent.code)
    rows = [
        (
            f"{do} acknowledged, refused, unknown",
            ", ".join(str(said.count(outcome, do)) for outcome in ("acked", "refused", "unknown")),
        )
        for do in ("idea.add", "dot.set", "idea.hide")
        if kinds[do]
    ]
    if codes:
        rows.append(("Refused with", ", ".join(f"{code} {count}" for code, count in codes.most_common())))
    return rows


def _spread(values: list[float]) -> str:
    if not values:
        return "-"
    return f"p50 {part(values, 0.5):.0f}, p95 {part(values, 0.95):.0f}, most {max(values):.0f}"


def _received(trial: Trial) -> str:
    sizes = [(sum(len(text.encode()) for text in person.log), len(person.log)) for person in trial.people]
    size = median_low([size for size, _count in sizes])
    count = median_low([count for _size, count in sizes])
    return f"{size / 1000:.1f} kB in {count} messages (uncompressed, without pages)"


def seen_while_running(measures: Measures) -> list[Check]:
    """Give the checks that were made over the wire."""
    names = dict.fromkeys([*SEEN_WHILE_RUNNING, *measures.problems])
    return [Check(name, measures.problems.get(name, [])) for name in names]


def verdict(found: list[Check]) -> list[str]:
    """Say of every check whether it holds, and what is wrong."""
    lines = []
    for check in found:
        lines.append(f"  {'holds ' if check.holds else 'BROKEN'}   {check.name}")
        if check.left_out:
            lines.append(f"           ({check.left_out})")
        lines += [f"           - {problem}" for problem in check.problems[:SHOWN]]
        if len(check.problems) > SHOWN:
            lines.append(f"           - and {len(check.problems) - SHOWN} more")
    return lines
