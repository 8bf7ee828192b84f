"""Whole views drawn once for all who would see the same: nobody gets another one's."""

from __future__ import annotations

import pytest
from django.template import engines

from realtime import drawing, drawn
from realtime.audience import Audience
from realtime.kinds import Fragment, Own
from realtime.ledger import Ledger
from tests.realtime.toy import asked

TEMPLATE = """{% load live %}<div id="{{ key }}"><p {% own_show "left" %}>{% own_text "left" %}</p>
<b {% own_hide "mine" "c1" %}></b>{% own_slot "own-cards" %}</div>"""


@pytest.fixture
def audience(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Audience:
    """A board that shows how much is left, whether the first card is mine, and my own cards."""
    template = engines["django"].from_string(TEMPLATE)
    monkeypatch.setattr("realtime.drawing._kept", {})
    monkeypatch.setattr(
        "realtime.drawing.render_to_string",
        lambda name, context: template.render(context) if name == "toy/board.html" else context["words"],
    )
    return Audience(ledger, "anybody", "en-gb", "html")


def own(name: str, left: int, mine: list[str], words: str = "") -> Own:
    data = {"name": name, "left": left, "mine": mine}
    return Own(data, {"own-cards": Fragment("toy/own.html", {"words": words})} if words else {})


def test_everybody_gets_what_a_drawing_of_their_own_would_show(audience: Audience) -> None:
    people = [
        own("Ann", 3, []),
        own("Ben", 3, []),
        own("Cid", 2, []),
        own("Dee", 3, ["c1"]),
        own("Eve", 3, [], "secret words of Eve"),
        own("Fay", 3, [], "other words of Fay"),
        own("Gus", 0, []),
        Own(),
        own("Ann", 3, []),
    ]
    for person in people:
        assert drawn.page(audience, person) == audience.page(person)
    assert drawn.page(audience, None) == audience.page()
    assert "secret words of Eve" in drawn.page(audience, people[4])
    assert "secret words" not in drawn.page(audience, people[5])


def test_a_drawing_is_shared_by_who_differs_only_in_what_is_not_drawn(audience: Audience) -> None:
    assert drawn.page(audience, own("Ann", 3, [])) is drawn.page(audience, own("Ben", 3, []))
    assert drawn.page(audience, own("Cid", 2, [])) is not drawn.page(audience, own("Ann", 3, []))


def test_after_a_frame_it_is_drawn_anew(ledger: Ledger) -> None:
    audience = Audience(ledger, "anybody", "en-gb", "html")
    before = drawn.page(audience, None)
    ledger.commit([asked("card.add", "ann", text="A red ball")])
    audience.frame(ledger.take_pending())
    assert "A red ball" not in before
    assert "A red ball" in drawn.page(audience, None)


@pytest.mark.usefixtures("audience")
def test_long_texts_are_drawn_right_and_do_not_fill_the_memory() -> None:
    for words in ("short", "x" * 20_000, "short", "x" * 20_000):
        assert drawing.drawn("own-cards", Fragment("toy/own.html", {"words": words}), "cy") == words
    assert "short" in drawing._kept.values()
    assert max(map(len, drawing._kept.values())) < 20_000
