"""The operations that a log holds, so that one that comes again is known: small, because they are kept for ever."""

from __future__ import annotations

import hashlib

_KEY_BYTES, _SEQ_BYTES = 15, 5
"""Objects of up to 15 bytes take 48 in memory. 120 bits of a hash don't meet by chance, nor by anybody's work."""


class Operations:
    """Who did what under which id: a number of the log by which it was done, and the command's digest."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[bytes, bytes] = {}

    def __len__(self) -> int:
        return len(self._known)

    def add(self, actor: str, op: str, seq: int, asked: bytes | None) -> None:
        """Remember an operation; without `asked` its digest was erased, and any command counts as the same."""
        digest = asked[: _KEY_BYTES - _SEQ_BYTES] if asked else b""
        self._known[_key(actor, op)] = seq.to_bytes(_SEQ_BYTES) + digest

    def find(self, actor: str, op: str, asked: bytes) -> tuple[int, bool] | None:
        """Give the number under which an operation is known, and whether it was this command; None for a new one."""
        known = self._known.get(_key(actor, op))
        if known is None:
            return None
        digest = known[_SEQ_BYTES:]
        return int.from_bytes(known[:_SEQ_BYTES]), not digest or asked.startswith(digest)


def _key(actor: str, op: str) -> bytes:
    return hashlib.blake2b(f"{actor}\0{op}".encode(), digest_size=_KEY_BYTES).digest()
