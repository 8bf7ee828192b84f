"""The insights of the demo challenge."""

from __future__ import annotations

from django.utils import timezone

from insights.demo import load_insights
from insights.models import Evidence, Insight
from lab_workspace.pages.demo.load import demo_data, load_challenge


def test_the_demo_loads_once_with_evidence_and_dates_of_its_phases(db: None) -> None:
    data = demo_data(timezone.localdate())
    challenge, people = load_challenge(data)
    assert load_insights(data, challenge, people) == 20
    assert load_insights(data, challenge, people) == 0
    assert Insight.objects.count() == Evidence.objects.count() == 20
    for insight in Insight.objects.select_related("phase"):
        assert insight.phase is not None
        assert insight.phase.starts <= insight.created_at.date() <= insight.phase.ends
        assert insight.created_at <= timezone.now()
        assert insight.author is not None
