"""What comes in as bytes is read, or refused with a code and a sentence; nothing else gets out."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson
from django.http import QueryDict
from django.test import RequestFactory

from lab_workspace import sockets
from realtime import wire
from realtime.consumer import number_in, resume_point
from realtime.fields import Field, Group, Id, Many, OneOf, Text, Whole, read_form
from realtime.http import read_json
from realtime.kinds import Refused
from realtime.ledger import Asked, Refusal
from realtime.log import digest_of
from tests.hostile.fuzzing.dice import Dice
from workshops.activities.registry import ACTIVITIES
from workshops.joining import seats
from workshops.live.room_kind import WorkshopRoom
from workshops.views.live import command_of

FORMS = WorkshopRoom().forms()
COMMANDS = sorted(FORMS)
WORDS = [
    *(
        "op",
        "do",
        "activity",
        "text",
        "idea",
        "ideas",
        "settings",
        "if",
        "person",
        "a1",
        "i1",
        "x",
        "",
        "on",
        "true",
    ),
    *(
        "\x00",
        "\u202e",
        "\ud800",
        "\u3164",
        "e\u0301" * 20,
        "x" * 700,
        "99999999999",
        "-1",
        "²",
        "a\r\nb",
        "visibility",
    ),
]
NUMBERS: list[Any] = [0, 1, -1, 2**31, 2**53 + 1, 2**63, 10**30, 0.5, -0.0, 1e308, True, False, None]


def commands(data: bytes) -> None:
    """Read bytes as a command: as they are, and as a made-up object for a command of the room."""
    dice = Dice(data)
    if dice.chance(2):
        _as_text(dice.rest())
        return
    do = dice.pick(COMMANDS)
    form = FORMS[do]
    fields = {name: _value(dice, about, 0) for name, about in form.items() if not dice.chance(5)}
    if dice.chance(10):
        fields[dice.pick(WORDS)] = _anything(dice, 0)
    text = json.dumps({"op": "op-fuzzed-1", "do": do, **fields})
    asked = _or_refused(lambda: wire.read_text(text, "p-ann"))
    if isinstance(asked, Asked):
        _as_form(asked)


def _as_text(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    asked = _or_refused(lambda: wire.read_text(text, "p-ann"))
    if isinstance(asked, Asked):
        _as_form(asked)
    try:
        wire.op_of(orjson.loads(data))
    except orjson.JSONDecodeError:
        return


def _as_form(asked: Asked) -> None:
    digest_of(asked.do, asked.fields)
    for form in [FORMS[asked.do]] if asked.do in FORMS else FORMS.values():
        values = _or_refused(lambda form=form: read_form(form, asked.fields))  # type: ignore[misc]
        if isinstance(values, dict):
            _is_as_described(form, values)
            orjson.dumps(values)
    settings = asked.fields.get("settings")
    if isinstance(settings, dict):
        for activity in ACTIVITIES.values():
            found = _or_refused(lambda activity=activity: activity.Settings.checked(settings))  # type: ignore[misc]
            if isinstance(found, dict):
                orjson.dumps(found)
                activity.Settings.read(found)


def _is_as_described(form: Mapping[str, Field], values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        match form[name]:
            case Text(most=most):
                assert isinstance(value, str)
                assert len(value) <= most
                assert unicodedata.is_normalized("NFC", value)
                assert not any(
                    unicodedata.category(char) in ("Cc", "Cs")
                    for char in value.replace("\n", "").replace("\t", "")
                )
            case Id() as about:
                assert about.read(name, value) == value
            case Whole(least=least, most=most):
                assert type(value) is int
                assert least <= value <= most
            case Many(most=most):
                assert len(set(value)) == len(value) <= most
            case OneOf(choices=choices):
                assert value in choices
            case Group(form=inner) if inner is not None:
                _is_as_described(inner, value)
            case _:
                pass


def _or_refused(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except Refused as refused:
        _can_be_told(refused)
        return None


def _can_be_told(refused: Refused) -> None:
    assert refused.code
    assert str(refused.sentence).strip()
    wire.encode(wire.answer_message(Refusal("op-fuzzed-1", refused.code, refused.sentence)))


def _value(dice: Dice, about: Field, depth: int) -> Any:  # noqa: PLR0911 (one line a kind)
    if dice.chance(6):
        return _anything(dice, depth)
    match about:
        case Text():
            return dice.pick(WORDS) + "words" * dice.below(80)
        case Whole(least=least, most=most):
            return dice.pick([least, most, least - 1, most + 1, str(most), f"-{most}", 7])
        case OneOf(choices=choices):
            return dice.pick(choices)
        case Many():
            return [dice.pick(["i1", "i2", "i1", "g1", "", 7]) for _ in range(dice.below(6))]
        case Group(form=None):
            return {dice.pick(["visibility", "dots", "cap", "source", "who", *WORDS]): _anything(dice, depth)}
        case Group(form=inner):
            assert inner is not None
            return {name: _value(dice, part, depth + 1) for name, part in inner.items() if not dice.chance(3)}
        case _:
            return dice.pick(["a1", "i1", "g1", "loose", True, "on", "no"])


def _anything(dice: Dice, depth: int) -> Any:
    what = dice.below(6 if depth < 4 else 3)
    if what == 0:
        return dice.pick(NUMBERS)
    if what < 4:
        return dice.pick(WORDS)
    if what == 4:
        return [_anything(dice, depth + 1) for _ in range(dice.below(4))]
    return {dice.pick(WORDS): _anything(dice, depth + 1) for _ in range(dice.below(4))}


# -- addresses and forms ---------------------------------------------------------------------------------------------

_requests = RequestFactory()


def places(data: bytes) -> None:
    """Read bytes as whatever says where a client is, who it is, and which button was pressed."""
    dice = Dice(data)
    what, rest = dice.below(5), dice.rest()
    text = rest.decode("latin1")
    if what == 0:
        after, epoch = resume_point(parse_qs(rest.decode("ascii", "replace")))
        assert after is None or 0 <= after < 10**15
        assert isinstance(epoch, str)
        for value in QueryDict(rest[:2000]).values():
            number = number_in(str(value))
            assert number is None or number >= 0
    elif what == 1:
        sockets._is_ours(text, {b"host": "127.0.0.1"}, "ws")
        assert not sockets._is_ours("http://127.0.0.1", {b"host": text}, "ws") or "127.0.0.1" in text
    elif what == 2:
        assert seats.read_ticket(text, "00000000-0000-0000-0000-000000000000") is None  # type: ignore[arg-type]
    elif what == 3:
        request = _requests.post("/", rest, content_type="application/json")
        _or_refused(lambda: wire.read_command(read_json(request), "p-ann"))
    else:
        request = _requests.post("/", rest, content_type="application/x-www-form-urlencoded")
        message = _or_refused(lambda: command_of(request))
        if message is not None:
            asked = _or_refused(lambda: wire.read_command(message, "p-ann"))
            if isinstance(asked, Asked):
                _as_form(asked)
