"""The calendar rules of a challenge."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from challenges import actions, dates
from challenges.models import Phase
from tests.makers import make_challenge


@given(
    starts=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    days=st.integers(dates.SHORTEST_DAYS, dates.LONGEST_DAYS),
)
def test_every_challenge_divides_into_three_phases_that_fit(starts: date, days: int) -> None:
    ends = starts + timedelta(days=days - 1)
    spans = dates.divide(starts, ends)
    assert dates.challenge_problem(starts, ends) is None
    assert dates.phase_problems(starts, ends, spans) == {}
    assert [span.kind for span in spans] == Phase.Kind.values
    assert (spans[0].starts, spans[-1].ends) == (starts, ends)
    assert sum((span.ends - span.starts).days + 1 for span in spans) == days


def test_a_year_from_april_divides_as_the_labs_did(db: None) -> None:
    phases = make_challenge().phases.order_by("starts")
    assert [(phase.kind, phase.starts, phase.ends) for phase in phases] == [
        ("research_discovery", date(2026, 4, 1), date(2026, 7, 30)),
        ("develop_test", date(2026, 7, 31), date(2026, 12, 29)),
        ("distil_share", date(2026, 12, 30), date(2027, 3, 31)),
    ]


START, END = date(2026, 4, 1), date(2027, 3, 31)
FIRST = dates.Span("research_discovery", "First", START, date(2026, 7, 31))
SECOND = dates.Span("develop_test", "Second", date(2026, 8, 1), date(2026, 12, 18))


@pytest.mark.parametrize(
    ("starts", "ends", "where", "sentence"),
    [
        ("2026-08-01", "2026-08-01", "ends", "The last day must come after the first day, 1 August 2026."),
        ("2026-07-31", "2026-12-18", "starts", "This overlaps with “First”, which ends on 31 July 2026."),
        ("2026-04-02", "2026-05-02", "starts", "This overlaps with “First”, which ends on 31 July 2026."),
        ("2026-08-01", "2027-04-01", "ends", "The challenge ends on 31 March 2027, before this."),
        ("2026-03-31", "2026-12-18", "starts", "The challenge starts on 1 April 2026, after this."),
    ],
)
def test_a_phase_that_does_not_fit_gets_one_sentence(
    starts: str, ends: str, where: str, sentence: str
) -> None:
    second = dates.Span("develop_test", "Second", date.fromisoformat(starts), date.fromisoformat(ends))
    assert dates.phase_problems(START, END, [FIRST, second]) == {("develop_test", where): sentence}


def test_phases_stay_in_their_order() -> None:
    early = dates.Span("develop_test", "Second", date(2026, 4, 2), date(2026, 4, 20))
    late = dates.Span("research_discovery", "First", date(2026, 5, 1), date(2026, 7, 31))
    assert dates.phase_problems(START, END, [late, early]) == {
        ("develop_test", "starts"): "This must come after “First”, which ends on 31 July 2026."
    }


def test_free_days_between_phases_are_fine() -> None:
    third = dates.Span("distil_share", "Third", date(2027, 1, 4), END)
    assert dates.phase_problems(START, END, [FIRST, SECOND, third]) == {}


def test_the_action_refuses_what_the_form_would_refuse_and_changes_nothing(db: None) -> None:
    challenge = make_challenge()
    plans: dict[str, actions.PhasePlan] = {
        phase.kind: {
            "name": "Changed",
            "starts": phase.starts,
            "ends": phase.ends + timedelta(days=3),
            "purpose": "",
            "done_when": "",
        }
        for phase in challenge.phases.all()
    }
    with pytest.raises(ValidationError):
        actions.plan_year(challenge, starts=challenge.starts, ends=challenge.ends, phases=plans)
    assert not challenge.phases.filter(name="Changed").exists()
