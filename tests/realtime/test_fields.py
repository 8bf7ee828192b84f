"""What comes in from outside: whatever it is, it is read strictly or refused with a code and a sentence."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime import wire
from realtime.fields import Field, Flag, Form, Group, Id, Many, OneOf, Text, Whole, read_form
from realtime.kinds import Refused
from realtime.ledger import Ack, Ledger, Refusal, Retry
from tests.realtime.toy import Toy, asked

FORM: Form = {
    "text": Text(most=20),
    "line": Text(most=20, lines=False, required=False),
    "id": Id(required=False),
    "number": Whole(least=-3, most=12, required=False),
    "flag": Flag(required=False),
    "one": OneOf(choices=("a", "b"), required=False),
    "many": Many(most=3, required=False),
    "group": Group(form={"id": Id()}, required=False),
    "free": Group(required=False),
}
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None))
    | st.sampled_from(["op", "do", "a"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def code(field: Field, value: Any) -> str:
    with pytest.raises(Refused) as refused:
        field.read("it", value)
    assert str(refused.value.sentence)
    return refused.value.code


def refusal_of(work: Callable[[], object]) -> Refused | None:
    try:
        work()
    except Refused as refused:
        return refused
    return None


def test_words_are_trimmed_and_composed() -> None:
    decomposed = unicodedata.normalize("NFD", "Café")
    assert len(decomposed) == 5
    assert Text().read("it", f"  {decomposed}\r\nnoir \n") == "Café\nnoir"
    assert Text(lines=False).read("it", "two\nlines") == "two lines"
    assert Text(most=4).read("it", decomposed) == "Café"


@pytest.mark.parametrize(
    "family", ["\U0001f469\u200d\U0001f467", "می\u200cخواهم", "ক\u200dষ", "a\tb", "\u200fשלום"]
)
def test_scripts_and_emoji_keep_their_joiners(family: str) -> None:
    assert Text().read("it", family) == family


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b",
        "a\x1bb",
        "a\x7fb",
        "a\x85b",
        "a\u2028b",
        "a\ufeffb",
        "a\u202eb",
        "a\u2066b",
        "a\ud800b",
        "a\udfffb",  # noqa: PT014 (another half of a pair)
    ],
)
def test_what_can_not_be_shown_is_refused(text: str) -> None:
    assert code(Text(), text) == "bad_field"


@pytest.mark.parametrize("text", ["", "   \n\t ", "\u200b", "\u200d\u200c", "\u00a0", "\u2060"])
def test_words_that_nobody_could_see_are_none(text: str) -> None:
    assert code(Text(), text) == "empty"


def test_too_long_says_by_how_much() -> None:
    with pytest.raises(Refused) as refused:
        Text(most=10).read("it", "x" * 13)
    assert refused.value.code == "too_long"
    assert "3" in str(refused.value.sentence)


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        (Text(), [None, 1, True, [], {}, 1.5]),
        (Id(), ["", "a b", "a" * 41, "ä", "a\n", 1, None, ["a"]]),
        (
            Whole(least=1, most=9),
            [0, 10, 1.0, "1.0", "x", "", True, None, [1], 10**30, "9" * 30, math.nan, "١"],
        ),
        (Flag(), [1, 0, "yes", None, "", [], {}]),
        (OneOf(choices=("a",)), ["b", "", 1, None, ["a"]]),
        (Many(most=2), ["a", ["a", "b", "c"], [1], [["a"]], {"a": 1}, None]),
        (Group(), ["a", [1], 1, None, {"a" * 41: 1}, {f"k{n}": 1 for n in range(41)}]),
    ],
)
def test_wrong_values_are_refused(field: Field, bad: list[Any]) -> None:
    assert {code(field, value) for value in bad} == {"bad_field"}


def test_good_values_are_taken() -> None:
    given = {
        "text": "Hi",
        "number": "7",
        "flag": "on",
        "many": ["a", "b", "a"],
        "group": {"id": "x"},
        "line": None,
    }
    read = {"text": "Hi", "number": 7, "flag": True, "many": ["a", "b"], "group": {"id": "x"}}
    assert read_form(FORM, given) == read


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "bad_field"),
        ({"text": "a", "colour": 1}, "unknown_field"),
        ({"text": "a", "group": {"x": 1}}, "unknown_field"),
    ],
)
def test_missing_and_unknown_fields_are_refused(given: dict[str, Any], expected: str) -> None:
    with pytest.raises(Refused) as refused:
        read_form(FORM, given)
    assert refused.value.code == expected


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from([*FORM, "other"]), anything))
def test_no_form_ever_fails_but_by_refusing(given: dict[str, Any]) -> None:
    refused = refusal_of(lambda: read_form(FORM, given))
    assert refused is None or (refused.code and str(refused.sentence).strip())


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec=None)) | st.binary().map(lambda raw: raw.decode("latin1")))
def test_no_text_ever_fails_but_by_refusing(text: str) -> None:
    refused = refusal_of(lambda: wire.read_text(text, "ann"))
    if refused is not None:
        assert refused.code in ("not_json", "not_an_object", "op_missing", "unknown_command", "bad_field")
        wire.encode({"message": str(refused.sentence)})


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("{", "not_json"),
        ('{"op":NaN}', "not_json"),
        ('"\\ud800"', "not_json"),
        ("[]", "not_an_object"),
        ("3", "not_an_object"),
        ('{"do":"title"}', "op_missing"),
        ('{"op":"short","do":"title"}', "op_missing"),
        ('{"op":12345678,"do":"title"}', "op_missing"),
        ('{"op":"with spaces in it","do":"title"}', "op_missing"),
        ('{"op":"12345678"}', "unknown_command"),
        ('{"op":"12345678","do":["title"]}', "unknown_command"),
        ('{"op":"12345678","do":"title","text":' + "[" * 500 + "]" * 500 + "}", "bad_field"),
    ],
)
def test_messages_that_are_no_commands_are_refused(message: str, expected: str) -> None:
    with pytest.raises(Refused) as refused:
        wire.read_text(message, "ann")
    assert refused.value.code == expected


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(
    do=st.sampled_from([*Toy().forms(), "other"]),
    fields=st.dictionaries(
        st.sampled_from(["text", "card", "more", "at", "secret", "x"]), anything, max_size=3
    ),
)
def test_whatever_is_asked_is_answered_and_a_refusal_writes_nothing(do: str, fields: dict[str, Any]) -> None:
    from realtime.ledger import make_stream

    if do == "break":
        return
    ledger = Ledger(make_stream("toy").pk)
    try:
        text = orjson.dumps({"op": "an-operation", "do": do, **fields}).decode()
    except TypeError:
        return  # can't be written as JSON, so it can't come in
    (answer,) = ledger.commit([wire.read_text(text, "ann")])
    assert isinstance(answer, Ack | Refusal)
    assert bool(ledger.seq) == isinstance(answer, Ack)


def test_answers_have_the_form_of_the_protocol() -> None:
    assert wire.answer_message(Ack("op-1", 3)) == {"ack": "op-1", "seq": 3}
    assert wire.answer_message(Refusal(None, "no", "No.")) == {
        "refused": None,
        "code": "no",
        "message": "No.",
    }
    assert wire.answer_message(Retry("op-1", 2.0)) == {"retry": "op-1", "after": 2.0}
    assert asked("title").by == "ann"
