"""What every kind tells people about itself: help for the facilitator, a promise to those who take part."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from workshops.activities.registry import ACTIVITIES, activity_of

KINDS = sorted(ACTIVITIES)
A_PAGE = 120
"""Words. Less than that explains nothing."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_facilitator_finds_a_page_of_help(kind: str) -> None:
    html = render_to_string(activity_of(kind).template("help"))
    assert len(re.findall(r"\w+", strip_tags(html))) >= A_PAGE
    assert "<h3" in html, "it has parts to look up"
    assert not re.search("<h[12]", html), "it stands within a page that has these"


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"talk"}))
def test_people_are_promised_something_before_they_begin(kind: str) -> None:
    activity = activity_of(kind)
    promise = str(activity.promise(activity.Settings()))
    assert promise.endswith(".")
    assert len(promise.split()) >= 4


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_promise_rests_on_cannot_be_changed_afterwards(kind: str) -> None:
    """Every choice that makes the promise say something else is fixed once somebody has contributed."""
    activity = activity_of(kind)
    usual = activity.Settings()
    for name, field in activity.Settings.form_fields().items():
        if name in activity.Settings.guarded():
            continue
        for value, _label in getattr(field, "choices", ()):
            other = activity.Settings.read({name: value})
            assert str(activity.promise(other)) == str(activity.promise(usual)), f"{name} is no promise"
