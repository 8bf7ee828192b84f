"""What evidence shows of its sources to people outside the Lab."""

from __future__ import annotations

import pytest

from insights.models import Evidence
from insights.sources import Sources
from workshops.models import ClusterRecord, Consent, IdeaRecord


@pytest.mark.parametrize(
    ("title", "consent", "told"),
    [
        ("Ask the night staff", Consent.INTERNAL, ""),
        ("ask the night staff first", Consent.INTERNAL, ""),
        ("Ask the night staff", Consent.UNNAMED, "Ask the night staff"),
        ("Evenings", Consent.INTERNAL, "Evenings"),
    ],
)
def test_a_group_named_with_words_kept_inside_the_lab_has_no_name_outside(
    title: str, consent: str, told: str
) -> None:
    idea = IdeaRecord(gid="s/i1", text="Ask the night staff.", consent=consent)
    cluster = ClusterRecord(gid="s/g1", title=title, ideas=["s/i1"], round=1)
    sources = Sources(ideas={"s/i1": idea}, clusters={"s/g1": cluster})
    evidence = Evidence(kind=Evidence.Kind.CLUSTER, source="s/g1")
    assert sources.show(evidence, public=True)["title"] == told
    assert sources.show(evidence, public=False)["title"] == title
