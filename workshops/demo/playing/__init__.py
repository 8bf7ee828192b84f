"""What happens in each kind of activity of a past workshop."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from workshops.demo.playing import answering, choosing, groups, writing
from workshops.demo.scene import Scene


class Acts(NamedTuple):
    """What is done while an activity is open, before it opens, and after its result was shown (from that moment)."""

    during: Callable[[Scene], None]
    before: Callable[[Scene], None] | None = None
    after: Callable[[Scene, int], None] | None = None


PLAYED: dict[str, Acts] = {
    "brainstorm": Acts(writing.write, before=writing.split),
    "list": Acts(writing.read, before=writing.prepare),
    "chat": Acts(writing.talk),
    "driver_diagram": Acts(writing.draw),
    "next_actions": Acts(writing.propose, after=writing.agree),
    "check_in": Acts(answering.arrive),
    "check_out": Acts(answering.leave),
    "consent": Acts(answering.consent),
    "fist_to_five": Acts(answering.support),
    "cluster": Acts(choosing.group),
    "dot_vote": Acts(choosing.vote),
    "ranking": Acts(choosing.rank),
    "matrix": Acts(choosing.place, after=choosing.agree),
    "one_two_four_all": Acts(groups.gather),
    "twenty_five_ten": Acts(groups.crowd, after=groups.call_out),
}
