"""What people answered and wrote, as a table for spreadsheets."""

from __future__ import annotations

import pytest
from django.template.loader import get_template

from insights.content import _without_words
from tests.activities.scenes_words import WORDS_CHOSEN, WORDS_SCENES
from tests.activities.test_contract import ready
from workshops.activities.registry import ACTIVITIES
from workshops.results.archive import content_of
from workshops.results.outcomes import template_of
from workshops.results.tables import Table, table_of

pytestmark = pytest.mark.django_db


def table(kind: str, *, public: bool) -> Table:
    driver, step = ready(kind, **WORDS_CHOSEN[kind][0])
    driver.do("p-ann", "person.describe", consent="named")
    driver.do("p-fay", "step.open", activity=step)
    WORDS_SCENES[kind](driver, step)
    driver.do("p-fay", "step.reveal", activity=step)
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    return table_of(content["outcomes"][-1], content, public=public)


@pytest.mark.parametrize("kind", sorted(WORDS_SCENES))
@pytest.mark.parametrize("public", [False, True])
def test_every_row_has_a_cell_for_each_head(kind: str, public: bool) -> None:
    told = table(kind, public=public)
    assert told.rows
    assert {len(row) for row in told.rows} == {len(told.head)}


def test_counts_stand_beside_reasons_that_may_be_shown() -> None:
    rows = table("fist_to_five", public=False).rows
    assert ["Answer", "5 · I champion it", 1, 50] in [row[:4] for row in rows]
    assert ["Did not answer", "", 1, None] in [row[:4] for row in rows]
    assert ["Reason", "", None, None, "It costs two nurses"] in [row[:5] for row in rows]
    assert "It costs two nurses" not in str(table("fist_to_five", public=True).rows)


def test_words_stand_with_their_people() -> None:
    assert table("word_cloud", public=False).rows[0][:3] == ["1", "Trust", 2]
    assert [row[1] for row in table("word_cloud", public=True).rows] == ["Trust"], "only Ann agreed"


@pytest.mark.parametrize("kind", sorted(ACTIVITIES))
def test_archives_and_reports_find_the_figure_of_every_kind(kind: str) -> None:
    """Kinds that are alike may share their templates."""
    get_template(template_of(kind))  # raises where there is none


def test_a_report_keeps_the_words_of_staff_where_a_withheld_piece_says_the_same() -> None:
    driver, step = ready("fist_to_five", proposal="We start on Monday with two wards")
    driver.do("p-fay", "step.open", activity=step)
    driver.do("p-ann", "proposal.answer", activity=step, choice="f2")
    driver.do("p-ann", "proposal.explain", activity=step, sort="reason", text="start on Monday")
    driver.do("p-fay", "step.reveal", activity=step)
    outcome = content_of(driver.state, driver.workshop, driver.workshop.stream)["outcomes"][-1]
    unsaid = ["start on Monday", "2 · I have concerns"]
    published, _clusters = _without_words(outcome, {}, {}, unsaid)
    assert published["proposal"] == "We start on Monday with two wards"
    assert published["choices"][3]["label"] == "2 · I have concerns"
