"""Rules run in threads that know nobody's language; whoever reads a sentence gets it in their own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from django.utils import translation

from realtime import wire
from realtime.fields import Many, OneOf, Text, Whole, read_form
from realtime.kinds import Own, Refused
from realtime.ledger import Ledger, Refusal
from realtime.showing import Showing

FORM = {"text": Text(most=5), "number": Whole(most=9), "one": OneOf(choices=("a",)), "many": Many()}
GOOD = {"text": "Hi", "number": 1, "one": "a", "many": []}


@pytest.fixture(autouse=True)
def _two_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every sentence begin with the language that it was taken in, as if there were catalogues."""
    words: Any = translation._trans  # type: ignore[attr-defined]  # where Django looks sentences up

    def gettext(message: str) -> str:
        return f"[{translation.get_language()}] {message}"

    def ngettext(singular: str, plural: str, number: int) -> str:
        return gettext(singular if number == 1 else plural)

    monkeypatch.setattr(words, "gettext", gettext)
    monkeypatch.setattr(words, "ngettext", ngettext)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "x" * 6},
        {"text": "x" * 9},
        {"text": 1},
        {"text": " "},
        {"text": None},
        {"number": 12},
        {"one": "b"},
        {"many": 1},
        {"more": 1},
    ],
)
def test_a_field_is_refused_in_the_readers_language(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        read_form(FORM, GOOD | wrong)
    sentence = sent(refused.value)
    assert sentence.startswith("[cy] ")
    assert "[en-gb]" not in sentence
    assert "%(" not in sentence


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"op":"long-enough"}'])
def test_a_message_is_refused_in_the_readers_language(text: str) -> None:
    with pytest.raises(Refused) as refused:
        wire.read_text(text, "ann")
    assert sent(refused.value).startswith("[cy] ")


def sent(refused: Refused) -> str:
    """The sentence as somebody is sent it who reads Welsh."""
    packet = wire.answer_packet(Refusal("op-number-1", refused.code, refused.sentence), "cy")
    return str(orjson.loads(packet.data)["message"])


@pytest.mark.django_db
def test_values_of_ones_own_are_in_ones_own_language(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def own(*_who: Any) -> Own:
        return Own({"said": translation.gettext("Yours")})

    monkeypatch.setattr(ledger.kind, "own", own)
    reader: Any = SimpleNamespace(reader="anybody", language="cy", form="html", person="ann")
    assert orjson.loads(Showing(ledger).own(reader).data) == {"own": {"said": "[cy] Yours"}}
