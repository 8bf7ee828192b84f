"""The hostile cases: lines of the files in `data/`, with their shorthands written out.

A line says what is sent and only what differs from the usual outcome; the file says over which way it goes. Shorthands:

    $name                        an id, an address or a token of the scene
    {"$times": ["ab", 300]}      a text repeated
    {"$nest": 300}               lists in lists; {"$nest": 300, "of": {}} objects in objects
    {"$list": ["i1", 1001]}      a list of the same thing
    {"$keys": 500}               an object with so many fields
    {"$bytes": "00ff"}           bytes, in hexadecimal
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
NOTHING = "$nothing"
"""As a value: this field is left out."""


@dataclass(frozen=True)
class Case:
    """One hostile thing to do."""

    file: str
    kind: str
    name: str
    said: Mapping[str, Any]
    """The line, with its shorthands."""

    @property
    def id(self) -> str:
        return f"{self.file}-{self.kind}-{self.name}".replace(" ", "-")

    def get(self, field: str, otherwise: Any = None) -> Any:
        """Give one field of the line as it is written."""
        return self.said.get(field, otherwise)


def load(file: str) -> list[Case]:
    """Read the cases of one file."""
    lines = (DATA / f"{file}.jsonl").read_text().splitlines()
    said = [json.loads(line) for line in lines if line.strip()]
    cases = [Case(file, one["kind"], one["name"], one) for one in said]
    names = [case.id for case in cases]
    assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)
    return cases


def written_out(value: Any, names: Mapping[str, str]) -> Any:  # noqa: PLR0911 (one line a shorthand)
    """Put values in place of shorthands."""
    match value:
        case str():
            return _filled(value, names)
        case list():
            return [written_out(one, names) for one in value]
        case {"$times": [text, count]}:
            return _filled(text, names) * count
        case {"$nest": depth}:
            inner, as_object = "x", value.get("of") == {}
            for _ in range(depth):
                inner = {"a": inner} if as_object else [inner]  # type: ignore[assignment]
            return inner
        case {"$list": [one, count]}:
            return [written_out(one, names)] * count
        case {"$keys": count}:
            return {f"key{number}": number for number in range(count)}
        case {"$bytes": digits}:
            return bytes.fromhex(digits)
        case dict():
            return {
                _filled(name, names): written_out(one, names) for name, one in value.items() if one != NOTHING
            }
        case _:
            return value


def _filled(text: str, names: Mapping[str, str]) -> str:
    return re.sub(r"\$([a-z_]+)", lambda found: names.get(found[1], found[0]), text)


def text_of(value: Any, names: Mapping[str, str]) -> str:
    """Give a text, or the parts of one joined."""
    parts = value if isinstance(value, list) else [value]
    return "".join(written_out(part, names) for part in parts)


def message_of(case: Case, names: Mapping[str, str], op: str) -> str:
    """Give the message of a case: `text` as it stands, or `json` with an op of its own."""
    if "text" in case.said:
        return text_of(case.said["text"], names)
    message = written_out({"op": op, **case.said["json"]}, names)
    return json.dumps(message, ensure_ascii=case.get("ascii", False))
