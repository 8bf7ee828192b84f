"""Real servers under attack: one for all cases of a module."""

from __future__ import annotations

from tests.faults.conftest import own_redis, serve

__all__ = ["own_redis", "serve"]
