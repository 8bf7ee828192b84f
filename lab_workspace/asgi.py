"""The entry point of the server: pages over HTTP, live workshops over WebSocket."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lab_workspace.settings")
django.setup(set_prefix=False)  # Before anything else is imported: it loads the models.

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402 (after setup)
from django.urls import re_path  # noqa: E402 (as above)

from lab_workspace import drain  # noqa: E402 (as above)
from lab_workspace.handler import Pages  # noqa: E402 (as above)
from lab_workspace.operations.front import Front  # noqa: E402 (as above)
from lab_workspace.sockets import SameOrigin, nowhere  # noqa: E402 (as above)
from workshops.routing import websocket_urlpatterns  # noqa: E402 (as above)

rooms = URLRouter([*websocket_urlpatterns, re_path("", nowhere)])
application = ProtocolTypeRouter({"http": Front(Pages()), "websocket": SameOrigin(rooms)})
drain.install()
