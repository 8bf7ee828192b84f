"""Where the sockets of a workshop are."""

from __future__ import annotations

from typing import Any

websocket_urlpatterns: list[Any] = []
