"""What hostile clients send: messages that must be refused in words, change nothing and disturb nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

OP = "op-$"
"""Stands for an op of its own; `cases` puts one in."""

UNREADABLE = {
    "nothing": "",
    "a space": " ",
    "cut off": '{"op":"op-cut-off-1","do":',
    "two objects": '{"op":"op-two-1"}{"op":"op-two-2"}',
    "a list": '[{"op":"op-list-1","do":"idea.add"}]',
    "null": "null",
    "true": "true",
    "a number": "-0",
    "a string": '"idea.add"',
    "NaN": '{"op":"op-nan-123","do":"idea.add","activity":"a1","text":NaN}',
    "a number beyond all bounds": '{"op":"op-big-123","do":"idea.add","activity":1e99999}',
    "half a surrogate pair": '{"op":"op-half-12","do":"idea.add","activity":"a1","text":"\\ud800"}',
    "a raw NUL": '{"op":"op-nul-123","do":"idea.add","activity":"a1","text":"\u0000"}',
    "a byte order mark": '\ufeff{"op":"op-bom-123","do":"idea.add","activity":"a1","text":"x"}',
    "single quotes": "{'op':'op-quotes-1','do':'idea.add'}",
    "a comment": '{"op":"op-comment","do":"idea.add"/**/}',
    "a comma too many": '{"op":"op-comma-1","do":"idea.add",}',
    "brackets without end": "[" * 60_000,
    "lists in lists in lists": '{"op":"op-deep-12","do":"idea.add","activity":'
    + "[" * 2000
    + "]" * 2000
    + "}",
    "not JSON at all": "GET / HTTP/1.1\r\nHost: lab\r\n\r\n",
    "XML": '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>',
}
IDEA = {"op": OP, "do": "idea.add", "activity": "a1", "text": "hostile"}
BAD_OPS: list[Any] = [
    None,
    1,
    True,
    [],
    {},
    "",
    "short",
    "x" * 65,
    "with a space",
    "öäüöäüöäü",
    "new\nline-12",
    "../../../etc",
]
BAD_DOS: list[Any] = [
    None,
    5,
    [],
    {},
    "",
    "nope",
    "x" * 65,
    "__class__",
    "idea.add ",
    "IDEA.ADD",
    "ping",
    "send",
    "websocket.close",
]
FOR_OTHERS: list[dict[str, Any]] = [
    {"do": "person.join", "person": "p-new", "name": "Me", "role": "facilitator", "consent": "named"},
    {"do": "person.remove", "person": "$other"},
    {"do": "person.describe", "person": "$other", "name": "Renamed"},
    {"do": "step.open", "activity": "a2"},
    {"do": "step.close", "activity": "a1"},
    {"do": "step.add", "kind": "brainstorm"},
    {"do": "step.remove", "activity": "a2"},
    {"do": "show.next"},
    {"do": "show.go", "activity": "a2"},
    {"do": "door.lock"},
    {"do": "workshop.close"},
    {"do": "idea.hide", "idea": "$idea", "reason": "because"},
    {"do": "idea.edit", "activity": "a1", "idea": "$idea", "text": "Not mine"},
    {"do": "idea.remove", "activity": "a1", "idea": "$idea"},
    {"do": "idea.edit", "activity": "a1", "idea": "$elsewhere", "text": "In another room"},
    {"do": "dot.place", "activity": "a2", "item": "$idea"},
    {"do": "cluster.make", "activity": "a1", "ideas": ["$idea"]},
]
NESTED: Any = "x"
for _ in range(300):
    NESTED = [NESTED]


def _each(command: dict[str, Any], name: str, *values: Any) -> list[dict[str, Any]]:
    """Give the command with each of these values in one field."""
    return [{**command, name: value} for value in values]


# fmt: off
BAD_FIELDS: list[dict[str, Any]] = [
    *_each(IDEA, "text", None, 7, 1.5, True, [], ["x"], {}, {"$ne": ""}, "", " \n\t ", "x" * 2001, "ab" * 30_000, NESTED),
    *_each(IDEA, "text", *(f"a{bad}b" for bad in ("\u0000", "\u0007", "\u202e", "\u2028", "\ufeff", "\u0085"))),
    *_each(IDEA, "activity", None, 1, 2**70, [], {}, "", "a99", "a2", "a1 ", "A1", "../a1", "x" * 41, "a1'; DROP TABLE x;--"),
    *({**IDEA, name: "x"} for name in ("author", "by", "actor", "person", "seq", "at", "v", "type", "__proto__", "x" * 5000, "\u202e", "")),
    {**IDEA, "if": {"activity": "a1"}},
]
STEP = {"op": OP, "do": "step.add", "kind": "brainstorm"}
FACILITATORS: list[dict[str, Any]] = [
    *_each(
        STEP, "settings", [], "x", 1, {"visibility": ["private"]}, {"most_ideas": {"a": 1}}, {"most_ideas": -1},
        {"most_ideas": 10**30}, {"source": "\u0000"}, {"nope": 1}, {"__class__": "x"}, {"x" * 41: 1},
        {str(n): n for n in range(41)}, {"names": NESTED}, NESTED,
    ),
    *_each(STEP, "kind", "nope", "", None, 1, "__init__", "../brainstorm", "x" * 41),
    *_each(STEP, "minutes", -1, 10**9, 1.5, "1e3", "²", [], True),
    *_each({"op": OP, "do": "show.next"}, "if", [], "a1", {"activity": 1}, {"activity": ["a1"]}, {"round": "x"}),
    *_each({"op": OP, "do": "idea.hide", "reason": "x"}, "ideas", "i1", [1], [None], [["i1"]], ["i1"] * 1001, {"0": "i1"}),
    *_each({"op": OP, "do": "person.remove"}, "person", "nobody", "system", "", None, ["p"], "$me"),
]
# fmt: on


def cases(**names: str) -> Iterator[tuple[str, str]]:
    """Give what a participant may not send, each with what to call it."""
    yield from UNREADABLE.items()
    messages: list[dict[str, Any]] = [{**IDEA, "op": op} for op in BAD_OPS]
    messages += [{name: value for name, value in IDEA.items() if name != left_out} for left_out in IDEA]
    messages += [{**IDEA, "do": do} for do in BAD_DOS]
    messages += [{"op": OP, **fields} for fields in FOR_OTHERS]
    yield from _texts([*messages, *BAD_FIELDS], names)


def facilitators_cases(**names: str) -> Iterator[tuple[str, str]]:
    """Give what even a facilitator may not send."""
    yield from _texts(FACILITATORS, names)


def _texts(messages: list[dict[str, Any]], names: dict[str, str]) -> Iterator[tuple[str, str]]:
    for number, message in enumerate(messages):
        text = json.dumps(message, ensure_ascii=False)
        for name, value in {**names, "op-$": f"op-hostile-{number:04}"}.items():
            text = text.replace(f"${name}" if name != "op-$" else name, value)
        yield text[:120], text


INERT = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea></script><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7*7 }} {% csrf_token %} {# x #}",
    "&lt;b&gt; &amp;amp;",
    "'; DROP TABLE realtime_event; --",
    "%s %(name)s {0} {name}",
    "=1+1",
    "@SUM(A1)",
    "\\u003cscript\\u003e",
    "Rwy'n hoffi tŵr y castell 🏴󠁧󠁢󠁷󠁬󠁳󠁿 👩‍⚕️",
    "שלום مرحبا",
    "line\nbreak\tand tab",
]
"""Words that must be kept exactly, and never become anything but words."""
