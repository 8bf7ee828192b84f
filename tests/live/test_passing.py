"""Sentences that only say what has happened go when the next thing happens, but not before they could be read out."""

from __future__ import annotations

from tests.chromium import Visitors
from tests.live.fake_room import FakeRoom

STAND = """async () => {
  const { Passing } = await import("/static/js/live/passing.js");
  window.passing = new Passing();
  for (const id of ["said", "asked", "old"]) {
    const line = document.createElement("p");
    line.id = id;
    document.body.append(line);
  }
  window.passing.add(document.getElementById("said"));
  window.passing.add(document.getElementById("old"), 60_000);
}"""
THERE = "['said', 'asked', 'old'].filter((id) => document.getElementById(id))"


async def test_what_was_said_goes_when_the_next_thing_happens_but_is_heard_first(
    visitors: Visitors, room: FakeRoom
) -> None:
    page = await visitors.open(room.base, "/blank")
    await page.clock.install()
    await page.clock.pause_at("2100-01-01")
    await page.evaluate(STAND)
    await page.clock.run_for(30_000)
    assert await page.evaluate(THERE) == ["said", "asked", "old"], "nothing happened"
    await page.clock.run_for(31_000)
    assert await page.evaluate(THERE) == ["said", "asked"], "nobody has to do anything about it"

    await page.evaluate("window.passing.add(document.getElementById('asked'))")
    await page.evaluate("window.passing.happened()")
    await page.clock.run_for(1)
    assert await page.evaluate(THERE) == ["asked"], "a screen reader has had no time for the new one"
    await page.clock.run_for(10_000)
    assert await page.evaluate(THERE) == []
