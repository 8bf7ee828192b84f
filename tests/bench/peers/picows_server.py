"""picows on uvloop: what a Python server can do that sends everything to everybody. No sign-in, no rules, no log.

`picows_server.py PORT MS BOARD`: what came in MS milliseconds goes out as one frame, built once; a newcomer gets
BOARD bytes first (0: nothing).
"""

from __future__ import annotations

import asyncio
import sys

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

ROOM_FOR_HEAD = 14


def as_buffer(message: bytes) -> bytearray:
    """Lay a message where picows can write the frame's head before it, so that nothing is copied."""
    return bytearray(ROOM_FOR_HEAD) + message


class Room:
    """Everybody who is connected, and what is to be told to them."""

    def __init__(self, pause: float, board: int) -> None:
        self.pause = pause
        self.everybody: set[WSTransport] = set()
        self.batch: list[bytes] = []
        self.timer: asyncio.TimerHandle | None = None
        self.next_at = 0.0
        self.board = as_buffer(b"board:" + b"x" * (board - 6)) if board else None

    def tell(self, message: bytes) -> None:
        """Have a message sent to everybody; the first after a quiet time goes at once."""
        self.batch.append(message)
        if self.timer is None:
            loop = asyncio.get_running_loop()
            self.timer = loop.call_at(max(loop.time(), self.next_at), self._flush)

    def _flush(self) -> None:
        self.timer = None
        frame = as_buffer(b"[" + b",".join(self.batch) + b"]")
        self.batch.clear()
        for one in self.everybody:
            one.send_reuse_external_bytearray(WSMsgType.TEXT, frame, ROOM_FOR_HEAD)
        self.next_at = asyncio.get_running_loop().time() + self.pause


class Client(WSListener):
    """One connection."""

    def __init__(self, room: Room) -> None:
        super().__init__()
        self.room = room

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Let somebody in."""
        if self.room.board is not None:
            transport.send_reuse_external_bytearray(WSMsgType.TEXT, self.room.board, ROOM_FOR_HEAD)
        self.room.everybody.add(transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take an action, or a goodbye."""
        if frame.msg_type == WSMsgType.TEXT:
            self.room.tell(frame.get_payload_as_bytes())
        elif frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Let somebody go."""
        self.room.everybody.discard(transport)


async def main(port: int, pause: float, board: int) -> None:
    """Serve until killed."""
    room = Room(pause, board)

    def client(_request: WSUpgradeRequest) -> Client:
        return Client(room)

    server = await ws_create_server(client, "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(int(sys.argv[1]), float(sys.argv[2]) / 1000, int(sys.argv[3])))
