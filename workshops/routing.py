"""The addresses of live workshops' sockets."""

from django.urls import path

from workshops.joining.sockets import WorkshopSocket

websocket_urlpatterns = [
    path("ws/workshops/<uuid:workshop_id>/", WorkshopSocket.as_asgi()),
]
