"""A facilitator shows many ideas, written privately, to everybody at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson

from tests import services
from tests.bench.bench import Bench, median, rounded
from tests.bench.generator import Action, Plan, Played, Unsound
from tests.bench.product import Commands, Product, clients, facilitator
from tests.bench.stage import BRAINSTORM, Spec
from tests.bench.table import Measured


def measure(bench: Bench) -> Iterator[tuple[str, Measured]]:
    """From the facilitator's command to the last participant's frame."""
    runs = [_run(bench) for _ in range(bench.sizes.rounds)]
    seconds = [played["groups"][0]["all_seconds"] for played in runs]
    closed = sum(played["closed"] for played in runs)
    detail = {
        "people": bench.sizes.told,
        "ideas": bench.sizes.cards,
        "closed": closed,
        "seconds_each_round": rounded(seconds),
        "frame_bytes": round(runs[0]["frame_bytes"] / runs[0]["frames"]),
        "facilitators_frame_bytes": runs[0]["biggest"],
        "cpu_s": rounded([played.used["server"] for played in runs]),
        "generator_share": round(max(played.generator_share for played in runs), 3),
    }
    yield "reveal", Measured(median(seconds), detail, sound=not closed)


def _run(bench: Bench) -> Played:
    sizes, commands = bench.sizes, Commands()
    place = bench.place(Spec(sizes.told, sizes.cards, "written"))
    frames = services.FOLDER / f"frames-{commands.run}.txt"
    with Product(bench.prepared.copy("sqlite"), bench.cores) as server:
        there = [*clients(place, [server]), facilitator(place, server)]
        show = Action(100, len(there) - 1, commands.write("step.reveal", activity=BRAINSTORM))
        plan = Plan("live", there, [show], {"quiet": 500, "dump": str(frames), "hold": sizes.hold_ms})
        what = f"workspace, {sizes.cards} ideas shown to {sizes.told}"
        played = bench.play(what, plan, {"server": server.cpu})
    if problems := played.problems(closed=True):
        raise Unsound(f"{what}: {', '.join(problems)}")
    if not _all_in(frames, place.items):
        raise Unsound(f"{what}: the frame that showed them lacks some")
    frames.unlink()
    return played


def _all_in(frames: Path, ideas: list[str]) -> bool:
    """Whether a participant's frame has every idea's card."""
    for line in frames.read_text().splitlines():
        audience, _tab, text = line.partition("\t")
        if audience == "0" and '"from"' in text[:10]:
            html = orjson.loads(text).get("html", "")
            if all(f'id="idea-{idea}"' in html for idea in ideas):
                return True
    return False
