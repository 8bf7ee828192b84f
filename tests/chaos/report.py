"""What is printed: a line for each fault as it is over, all that is wrong, and a table at the end."""

from __future__ import annotations

from collections.abc import Sequence

from tests.chaos.play import Result

SHOWN = 12
HEADS = (
    "fault",
    "store",
    "ops",
    "acked",
    "refused",
    "unknown",
    "resent",
    "lost",
    "doubled",
    "leaked",
    "diverged",
    "heal s",
)


def row(result: Result) -> tuple[str, ...]:
    """One fault's figures."""
    found = result.found
    numbers = (result.operations, result.acknowledged, result.refused, result.unknown, result.again)
    wrong = (len(found.lost), len(found.doubled), len(found.leaked), len(found.diverged))
    return (result.fault, result.store, *map(str, numbers), *map(str, wrong), f"{result.heal:.1f}")


def said(result: Result) -> list[str]:
    """What came of one fault, as soon as it is over."""
    verdict = "BROKEN" if result.bad else "holds "
    proof = "; ".join(dict.fromkeys(result.proofs))
    figures = f"{result.operations} operations, well again after {result.heal:.1f} s"
    lines = [f"{verdict} {result.fault} on {result.store}, seed {result.seed}: {figures} ({proof})"]
    wrong = result.found.lines()
    if result.not_happened:
        wrong.insert(0, f"NO FAULT: {result.not_happened}")
    lines += [f"         {line}" for line in wrong[:SHOWN]]
    if len(wrong) > SHOWN:
        lines.append(f"         and {len(wrong) - SHOWN} more")
    return lines


def table(results: Sequence[Result]) -> list[str]:
    """All figures."""
    rows = [HEADS, *(row(one) for one in results)]
    widths = [max(len(line[place]) for line in rows) for place in range(len(HEADS))]
    return [
        "  ".join(
            value.ljust(width) if place < 2 else value.rjust(width)
            for place, (value, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in rows
    ]


def last_line(results: Sequence[Result]) -> str:
    """The line that says it all."""
    return (
        f"faults {len({one.fault for one in results})}, operations {sum(one.operations for one in results)}, "
        f"lost {sum(len(one.found.lost) for one in results)}, "
        f"doubled {sum(len(one.found.doubled) for one in results)}"
    )
