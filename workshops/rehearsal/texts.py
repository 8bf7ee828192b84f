"""What simulated people say: invented words from `texts.json`, or those of a file that the operator names."""

from __future__ import annotations

import functools
import json
import logging
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)

MOST_BYTES = 1_000_000
MOST_TEXTS = 2_000
LONGEST = 280
"""A text that is longer is left out: nobody types it on a phone."""
LOTS = 60
"""So many of a file's texts are written again by people who copy."""


@dataclass(frozen=True, slots=True)
class Texts:
    """All of them, by what they are for."""

    plain: list[str]
    near: list[list[str]]
    """Lots that say the same in other words: near-duplicates."""
    short: list[str]
    lines: list[str]
    rude: list[str]
    telling: list[str]
    """With something in them that could identify a person; refused at the door."""
    too_long: str
    names: list[str]
    surnames: list[str]
    backgrounds: list[str]


class BadFile(Exception):
    """The operator's file can't be used; says why, without its words."""


@functools.cache
def texts() -> Texts:
    """Read them. A file that can't be used is told in the log, and people say what is invented."""
    data = json.loads((Path(__file__).parent / "texts.json").read_text(encoding="utf-8"))
    del data["notice"]
    invented = Texts(**data)
    if not settings.REHEARSAL_WORDS:
        return invented
    try:
        given = read_file(Path(settings.REHEARSAL_WORDS))
    except BadFile as error:
        logger.warning("rehearsal.words_left_out %s", str(error))
        return invented
    return replace(invented, plain=given, near=[_again(text) for text in given[:LOTS]])


def read_file(path: Path) -> list[str]:
    """Read the texts of a file, each once: a text on every line, or in `text` of every line of a `.jsonl` file.

    What its moderators took off (`status` is `rejected`) is left out, and what is too long. Raises BadFile.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise BadFile(f"The file is larger than {MOST_BYTES} bytes.")
        rows = content.decode("utf-8-sig").splitlines()
    except OSError as error:
        raise BadFile(f"The file can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadFile("The file isn't UTF-8.") from error
    said = map(_from_json, rows) if path.suffix == ".jsonl" else rows
    found = dict.fromkeys(" ".join(text.split()) for text in said)
    given = [text for text in found if text and text.isprintable() and len(text) <= LONGEST][:MOST_TEXTS]
    if not given:
        raise BadFile(f"The file has no text of up to {LONGEST} characters.")
    return given


def _from_json(row: str) -> str:
    try:
        line = json.loads(row or "{}")
    except ValueError as error:
        raise BadFile("A line isn't JSON.") from error
    if not isinstance(line, dict) or line.get("status") == "rejected":
        return ""
    text = line.get("text", "")
    return text if isinstance(text, str) else ""


def _again(text: str) -> list[str]:
    """Give a text as somebody else would type it who has just read it."""
    bare = text.rstrip(" .!?") or text
    return [text, bare, f"Yes: {text}", f"{bare}, please"]


def fitting(texts_: list[str], most: int) -> list[str]:
    """Give those that are no longer than `most` characters; if none is, the first one's beginning."""
    found = [text for text in texts_ if len(text) <= most]
    return found or [_cut(texts_[0], most)]


def _cut(text: str, most: int) -> str:
    short = text[:most].rsplit(" ", 1)[0] if " " in text[:most] else text[:most]
    return short.rstrip(" ,.;:") or text[:most]
