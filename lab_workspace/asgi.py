"""The entry point of the server: pages over HTTP, live workshops over WebSocket."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lab_workspace.settings")
application = get_asgi_application()
