"""Checksums of published versions."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from realtime.chain import canonical

if TYPE_CHECKING:
    from insights.models import ReportVersion


def seal(content: dict[str, Any]) -> str:
    """SHA-256 (hex) of `content` as canonical JSON: the same on every database."""
    return hashlib.sha256(canonical(content)).hexdigest()


def is_whole(version: ReportVersion) -> bool:
    """Whether a published version still has the content that it was published with."""
    return seal(version.content) == version.sha256
