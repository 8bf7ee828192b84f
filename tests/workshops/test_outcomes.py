"""Outcomes as figures: whose words are shown to whom, ranks, bars, long results."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import render_to_string

from workshops.results import outcomes

SECRET = "Ring the ward sister after six"
HIDDEN = "Somebody's private telephone number"


def idea(text: str, consent: str, credit: str = "", *, hidden: bool = False) -> dict[str, Any]:
    return {
        "text": text,
        "consent": consent,
        "credit": credit,
        "hidden": hidden,
        "step": "a1",
        "merged_into": None,
    }


IDEAS = {
    "s/i1": idea(SECRET, "internal", "Ann, porter"),
    "s/i2": idea("A card in every pack", "unnamed", "Ben, dietitian"),
    "s/i3": idea("Refer themselves by text", "role", "Ward nurse"),
    "s/i4": idea("<b>Host</b> talks", "named", "Dan, carer"),
    # As if a kind of activity had forgotten to empty it.
    "s/i5": idea(HIDDEN, "named", "Dan, carer", hidden=True),
}
CLUSTERS = {"s/g1": {"title": "Ways in", "ideas": ["s/i1", "s/i2"], "step": "a2"}}
SHARED = {"round": 1, "title": "Title", "prompt": ""}
BRAINSTORM = {**SHARED, "id": "a1/1", "step": "a1", "kind": "brainstorm", "ideas": list(IDEAS)}
CLUSTER = {
    **SHARED,
    "id": "a2/1",
    "step": "a2",
    "kind": "cluster",
    "clusters": [{"id": "s/g1", "title": "Ways in", "ideas": ["s/i1", "s/i2"]}],
    "ungrouped": ["s/i3", "s/i4", "s/i5"],
}
VOTE = {
    **SHARED,
    "id": "a3/1",
    "step": "a3",
    "kind": "dot_vote",
    "target": "ideas",
    "dots_per_person": 5,
    "cap": 2,
    "results": "hidden",
    "eligible": 24,
    "answered": 22,
    "not_answered": 2,
    "dots_placed": 107,
    "unspent": 3,
    "rows": [
        {"item": "s/i3", "dots": 8, "voters": 6, "rank": 1, "text": "Refer themselves by text"},
        {"item": "s/i1", "dots": 4, "voters": 3, "rank": 2, "text": SECRET},
        {"item": "s/i4", "dots": 4, "voters": 3, "rank": 2, "text": "<b>Host</b> talks"},
        {"item": "s/i2", "dots": 1, "voters": 1, "rank": 4, "text": "A card in every pack"},
        {"item": "s/i5", "dots": 0, "voters": 0, "rank": 5, "text": HIDDEN},
    ],
}
ALL = [BRAINSTORM, CLUSTER, VOTE]


def drawn(outcome: dict[str, Any], **context: Any) -> str:
    html = render_to_string(
        outcomes.template_of(outcome["kind"]),
        {"outcome": outcome, "ideas": IDEAS, "clusters": CLUSTERS, **context},
    )
    return " ".join(html.split())


@pytest.mark.parametrize("outcome", ALL, ids=lambda one: one["kind"])
@pytest.mark.parametrize(
    "context", [{"public": True}, {}, {"public": None}], ids=["public", "unsaid", "none"]
)
def test_the_public_never_reads_what_stays_inside(outcome: dict[str, Any], context: dict[str, Any]) -> None:
    html = drawn(outcome, **context)
    assert SECRET not in html
    assert "Ann, porter" not in html
    assert "ept inside the Lab" in html
    assert "Refer themselves by text" in html or outcome is CLUSTER


@pytest.mark.parametrize("outcome", ALL, ids=lambda one: one["kind"])
def test_members_read_it_and_are_told_that_it_stays_inside(outcome: dict[str, Any]) -> None:
    html = drawn(outcome, public=False)
    assert SECRET in html
    assert "Ann, porter" not in html
    if outcome is not VOTE:
        assert "Only inside the Lab" in html


@pytest.mark.parametrize("outcome", ALL, ids=lambda one: one["kind"])
@pytest.mark.parametrize("public", [True, False])
def test_words_taken_down_are_only_counted(outcome: dict[str, Any], public: bool) -> None:
    html = drawn(outcome, public=public)
    assert HIDDEN not in html
    assert "aken off the board" in html


@pytest.mark.parametrize("outcome", ALL, ids=lambda one: one["kind"])
def test_what_people_wrote_is_text_and_nothing_is_styled_inline(outcome: dict[str, Any]) -> None:
    html = drawn(outcome, public=False)
    assert "<b>Host" not in html
    assert "&lt;b&gt;Host&lt;/b&gt; talks" in html
    assert "style=" not in html
    assert "<script" not in html


def test_only_who_agreed_is_credited() -> None:
    html = drawn(BRAINSTORM, public=True)
    assert "Ward nurse" in html
    assert "Dan, carer" in html
    assert "Ben, dietitian" not in html


def test_ties_share_a_rank() -> None:
    rows = outcomes.vote_rows(VOTE, IDEAS, CLUSTERS, public=True).rows
    assert [row.place for row in rows] == ["1", "= 2", "= 2", "4", "5"]
    assert drawn(VOTE, public=True).count("(shared)") == 2


def test_a_vote_is_one_real_table_with_bars_to_scale() -> None:
    html = drawn(VOTE, public=True)
    assert html.count("<table") == 1
    assert "<caption" in html
    assert html.count('<th scope="row">') == 5
    assert [row.length for row in outcomes.vote_rows(VOTE, IDEAS, CLUSTERS, public=True).rows] == [
        "100.0",
        "50.0",
        "50.0",
        "12.5",
        "0.0",
    ]
    assert '<rect width="12.5" height="10"/>' in html


def test_a_vote_says_who_voted_and_under_which_rule() -> None:
    html = drawn(VOTE, public=True)
    assert (
        "24 people could vote: 22 voted, 2 abstained; 107 dots were placed and 3 left unused. "
        "5 dots each, at most 2 on one, totals hidden until they were shown."
    ) in html
    free = VOTE | {"dots_per_person": 0, "cap": 1, "results": "live", "unspent": 0}
    html = drawn(free, public=True)
    assert "unused" not in html
    assert "As many dots as they liked, at most 1 on one, everybody saw the totals while voting." in html


def test_a_vote_sealed_with_the_older_words_reads_the_same() -> None:
    older = {name: told for name, told in VOTE.items() if name not in ("answered", "not_answered")}
    older |= {"voted": 22, "abstained": 2}
    assert drawn(older, public=True) == drawn(VOTE, public=True)
    assert outcomes.turnout_in(older) == outcomes.turnout_in(VOTE) == outcomes.Turnout(24, 22, 2)


def test_a_long_vote_is_folded_but_whole() -> None:
    ideas = {f"s/i{n}": idea(f"Idea number {n}.", "unnamed") for n in range(1, 201)}
    rows = [
        {"item": f"s/i{n}", "dots": max(0, 100 - n), "voters": 1 if n < 100 else 0, "rank": n, "text": ""}
        for n in range(1, 201)
    ]
    outcome = VOTE | {"rows": rows}
    html = " ".join(
        render_to_string(
            outcomes.template_of("dot_vote"), {"outcome": outcome, "ideas": ideas, "public": True}
        ).split()
    )
    shown, folded = html.split("<details", 1)
    assert "185 more, 84 of them with dots" in folded
    assert "Idea number 15." in shown
    assert "Idea number 16." not in shown
    assert "Idea number 16." in folded
    assert html.count('<th scope="row">') == 200
    assert drawn(VOTE | {"rows": rows[:18]}, public=True).count("<details") == 0


def test_a_vote_on_groups_shows_the_ballots_title() -> None:
    rows = [
        {"item": "s/g1", "dots": 3, "voters": 2, "rank": 1, "text": "Ways in, as it was called then"},
        {"item": "s/g9", "dots": 0, "voters": 0, "rank": 2, "text": ""},
    ]
    html = drawn(VOTE | {"target": "clusters", "rows": rows}, public=True)
    assert "Ways in, as it was called then" in html
    assert "2 ideas" in html
    assert "Group without a name" in html


def test_empty_and_bare_outcomes_are_drawn_too() -> None:
    assert "Nobody wrote anything" in drawn(BRAINSTORM | {"ideas": []}, public=True)
    assert "No groups were made" in drawn(CLUSTER | {"clusters": [], "ungrouped": []}, public=True)
    assert "Nothing was on the ballot" in drawn(VOTE | {"rows": []}, public=True)
    bare = {"kind": "dot_vote", "title": "Vote", "rows": [{"item": "s/i9", "dots": 0, "voters": 0}]}
    html = drawn(bare, public=True)
    assert "No longer kept" in html
    assert "could vote" not in html


def test_groups_named_by_id_are_looked_up() -> None:
    html = drawn(CLUSTER | {"clusters": ["s/g1"]}, public=True)
    assert "Ways in" in html
    assert "A card in every pack" in html
    assert "1 idea kept inside the Lab" in html
