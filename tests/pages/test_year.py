"""Where a challenge is in its year, on days all over it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from challenges.models import Challenge, Phase
from lab_workspace.pages.year import ROOM, WIDTH, in_days, picture_of, year_of
from workshops.models import Workshop

CHALLENGE = Challenge(title="Peer support", starts=date(2026, 4, 7), ends=date(2027, 3, 31))
PHASES = [
    Phase(kind="research_discovery", name="Discover", starts=date(2026, 4, 7), ends=date(2026, 7, 31)),
    Phase(kind="develop_test", name="Test", starts=date(2026, 8, 3), ends=date(2026, 12, 18)),
    Phase(kind="distil_share", name="Share", starts=date(2027, 1, 4), ends=date(2027, 3, 26)),
]


def workshop(title: str, day: date, state: str = "planned", hour: int = 10) -> Workshop:
    starts_at = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    return Workshop(title=title, starts_at=starts_at, state=state)


WORKSHOPS = [
    workshop("Convening", date(2026, 5, 14), "closed"),
    workshop("Learning call", date(2026, 11, 26)),
    workshop("Sense-making", date(2027, 1, 21)),
]


@pytest.mark.parametrize(
    ("day", "states", "where", "following"),
    [
        (
            "2026-03-20",
            "next next next",
            "This challenge begins in 18 days, on 7 April 2026.",
            "“Discover” begins",
        ),
        ("2026-04-07", "now next next", "Phase 1 of 3, with about 16 weeks left.", "“Discover” ends"),
        ("2026-07-31", "now next next", "Phase 1 of 3, in its last days.", "“Discover” ends"),
        (
            "2026-08-01",
            "done next next",
            "Between two phases. “Test” begins on 3 August 2026.",
            "“Test” begins",
        ),
        ("2026-08-03", "done now next", "Phase 2 of 3, with about 20 weeks left.", "Learning call"),
        ("2026-11-22", "done now next", "Phase 2 of 3, with about 4 weeks left.", "Learning call"),
        ("2026-11-26", "done now next", "Phase 2 of 3, with about 3 weeks left.", "Learning call"),
        ("2026-11-27", "done now next", "Phase 2 of 3, with about 3 weeks left.", "“Test” ends"),
        ("2026-12-11", "done now next", "Phase 2 of 3, with about a week left.", "“Test” ends"),
        ("2027-01-04", "done done now", "Phase 3 of 3, with about 12 weeks left.", "Sense-making"),
        (
            "2027-03-28",
            "done done done",
            "All phases are done; the challenge ends on 31 March 2027.",
            "The challenge ends",
        ),
        ("2027-04-01", "done done done", "This challenge ended on 31 March 2027.", None),
    ],
)
def test_every_day_has_its_sentence_and_what_is_next(
    day: str, states: str, where: str, following: str | None
) -> None:
    year = year_of(CHALLENGE, PHASES, WORKSHOPS, datetime.fromisoformat(f"{day}T09:00:00+00:00"))
    assert " ".join(stage.state for stage in year.stages) == states
    assert year.where == where
    assert (year.next.words if year.next else None) == following


def test_the_day_is_the_one_in_london() -> None:
    late = datetime(2026, 8, 2, 23, 30, tzinfo=UTC)  # half past midnight of the 3rd there
    assert year_of(CHALLENGE, PHASES, [], late).stages[1].state == "now"


def test_a_workshop_that_is_over_or_open_is_never_next() -> None:
    workshops = [
        workshop("Closed early", date(2026, 11, 24), "closed"),
        workshop("On now", date(2026, 11, 23), "open"),
    ]
    year = year_of(CHALLENGE, PHASES, workshops, datetime(2026, 11, 22, 9, tzinfo=UTC))
    assert year.next is not None
    assert year.next.workshop is None


def test_a_challenge_without_phases_still_has_a_page() -> None:
    year = year_of(CHALLENGE, [], [], datetime(2026, 11, 22, 9, tzinfo=UTC))
    assert (year.stages, year.now) == ([], None)
    picture = picture_of(year, CHALLENGE, [])
    assert picture.blocks == []


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "today"), (1, "tomorrow"), (4, "in 4 days"), (20, "in 20 days"), (24, "in 3 weeks")],
)
def test_how_far_off_in_words(days: int, words: str) -> None:
    today = date(2026, 11, 22)
    assert in_days(today + timedelta(days=days), today) == words


def test_labels_of_the_drawing_never_run_into_each_other_and_the_next_one_is_there() -> None:
    crowd = [workshop(f"Call {n}", date(2026, 11, 1) + timedelta(days=3 * n)) for n in range(20)]
    year = year_of(CHALLENGE, PHASES, crowd, datetime(2026, 11, 22, 9, tzinfo=UTC))
    picture = picture_of(year, CHALLENGE, crowd)
    labelled = [knot for knot in picture.knots if knot.lines]
    places = sorted(knot.x for knot in labelled)
    assert all(b - a >= ROOM for a, b in pairwise(places))
    assert [knot.soonest for knot in labelled].count(True) == 1
    assert len(picture.knots) == 20


def test_everything_stays_on_the_drawing() -> None:
    days = [date(2026, 1, 1), CHALLENGE.starts, CHALLENGE.ends, date(2028, 1, 1)]
    workshops = [workshop("A title that is far too long for its place", day) for day in days]
    for now in (datetime(2026, 4, 7, 9, tzinfo=UTC), datetime(2027, 3, 31, 9, tzinfo=UTC)):
        year = year_of(CHALLENGE, PHASES, workshops, now)
        picture = picture_of(year, CHALLENGE, workshops)
        assert len(picture.knots) == 2
        assert all(ROOM // 2 <= knot.text_x <= WIDTH - ROOM // 2 for knot in picture.knots)
        assert all(block.x >= 0 and block.x + block.width <= WIDTH for block in picture.blocks)
        assert picture.label_x >= 32
        assert picture.label_x + 32 <= WIDTH
        assert all(len(line) <= 18 for knot in picture.knots for line in knot.lines)
