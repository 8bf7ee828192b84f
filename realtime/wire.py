"""Messages as text. `docs/protocol.md` specifies them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from realtime.kinds import Refused
from realtime.ledger import Ack, Answer, Asked, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = 1
MOST_BYTES_IN = 65_536

HEARTBEAT_SECONDS = 15

DONE, BAD, REMOVED, SLOW, LARGE, FLOOD, RESTART = 1000, 4400, 4403, 4408, 4413, 4429, 4012

_OP = re.compile(r"[A-Za-z0-9-]{8,64}")


def frame_of(payload: bytes) -> bytes:
    """Build the WebSocket frame of a whole text message, as servers send it (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        return b"\x81%c%b" % (size, payload)
    if size < 65_536:
        return b"\x81\x7e%b%b" % (size.to_bytes(2, "big"), payload)
    return b"\x81\x7f%b%b" % (size.to_bytes(8, "big"), payload)


class Packet:
    """A message on its way: written as JSON once, and framed once, for however many sockets."""

    __slots__ = ("_frame", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._frame = b""

    @property
    def frame(self) -> bytes:
        """The message as a WebSocket frame."""
        if not self._frame:
            self._frame = frame_of(self.data)
        return self._frame

    @property
    def text(self) -> str:
        """The message as JSON text."""
        return self.data.decode()


def packet(message: Mapping[str, Any]) -> Packet:
    """Write a message for sockets."""
    return Packet(orjson.dumps(message))


def encode(message: Mapping[str, Any]) -> str:
    """Write a message as JSON text."""
    return orjson.dumps(message).decode()


def size(text: str) -> int:
    """Count the bytes that a text takes on the wire."""
    return len(text) if text.isascii() else len(text.encode())


def plain(context: Mapping[str, Any]) -> Any:
    """Turn what a template would show into plain JSON values, sentences in the language now active."""
    return orjson.loads(orjson.dumps(context, default=str))


def read_command(message: Any, by: str) -> Asked:
    """Take a decoded JSON value as a command. Raises Refused."""
    if not isinstance(message, dict):
        raise Refused("not_an_object", _("A message must be one JSON object."))
    fields = dict(message)
    op, do = fields.pop("op", None), fields.pop("do", None)
    if not isinstance(op, str) or not _OP.fullmatch(op):
        raise Refused("op_missing", _("A command needs an “op”: 8 to 64 letters, digits or hyphens."))
    if not isinstance(do, str) or not do or len(do) > 64:
        raise Refused("unknown_command", _("A command needs a “do” that says what to do."))
    try:
        orjson.dumps(fields)
    except TypeError as error:  # what can be read but not written again: lists in lists, hundreds deep
        raise Refused("bad_field", _("This has too many parts within parts.")) from error
    return Asked(op, do, fields, by)


def read_text(text: str, by: str) -> Asked:
    """Take a text frame as a command. Raises Refused; its `op` can't be told from bad JSON."""
    try:
        message = orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError) as error:
        raise Refused("not_json", _("This message isn't JSON.")) from error
    return read_command(message, by)


def op_of(message: Any) -> str | None:
    """Find the op in something refused, so that its sender can tell what the refusal is about."""
    op = message.get("op") if isinstance(message, dict) else None
    return op if isinstance(op, str) and _OP.fullmatch(op) else None


def answer_message(answer: Answer) -> dict[str, Any]:
    """Give an answer its form on the wire, with the sentence in the language now active."""
    if isinstance(answer, Ack):
        return {"ack": answer.op, "seq": answer.seq}
    if isinstance(answer, Refusal):
        return {"refused": answer.op, "code": answer.code, "message": str(answer.sentence)}
    return {"retry": answer.op, "after": answer.after}


def answer_packet(answer: Answer, language: str) -> Packet:
    """Write an answer for a socket, as fast as most answers deserve: only a refusal has words."""
    if isinstance(answer, Ack):  # its op has only letters, digits and hyphens
        return Packet(b'{"ack":"%b","seq":%d}' % (answer.op.encode(), answer.seq))
    with translation.override(language):
        return packet(answer_message(answer))
