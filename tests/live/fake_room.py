"""A small room to play against: speaks docs/protocol.md, does what a test tells it, and fails in the ways networks fail."""

from __future__ import annotations

import asyncio
import html
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from aiohttp import WSCloseCode, WSMsgType, web

STATIC = Path(__file__).resolve().parents[2] / "static"
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
Mode = Literal["open", "refuse", "hang", "mute"]
Message = dict[str, Any]


class FakeRoom:
    """One room. `effects` holds each command that took effect, once; `asked` every try with the way it came."""

    def __init__(self) -> None:
        self.epoch, self.seq = "e1", 10
        self.version, self.person = 1, "p7"
        self.own: Message = {}
        self.own_html = ""
        self.own_changes = 0
        self.now: Message = {"here": 1}
        self.live = ""
        self.order: dict[str, list[str]] = {}
        self.items: Message = {}
        self.saved_text = "Everything saved."
        self.frames: list[Message] = []
        self.effects: list[Message] = []
        self.asked: list[tuple[str, Message]] = []
        self.requests: list[str] = []
        self.answers: dict[str, Message] = {}
        self.rule: Callable[[Message], Message | None] = lambda command: None
        """Gives another answer than ack; an empty one means: no answer at all."""
        self.socket: Mode = "open"
        self.http: Literal["open", "down", "forbidden"] = "open"
        self.sockets: list[web.WebSocketResponse] = []
        self.handshakes = 0
        self._lines: dict[web.WebSocketResponse, asyncio.Transport] = {}
        self.time_ahead = 0
        self.texts = "{}"
        self.base = ""
        self._changed = asyncio.Event()

    # -- what a test does ----------------------------------------------------------------------------------------

    async def frame(self, html: str = "", *, send: bool = True, **more: Any) -> Message:
        """Let something change. Unless `send` is False, every socket gets it."""
        frame = {"from": self.seq, "seq": self.seq + 1, "html": html, **more}
        self.seq += 1
        self.frames.append(frame)
        self._wake()
        if send:
            await self.push(frame)
        return frame

    async def push(self, message: Message) -> None:
        """Send any message to every socket."""
        for socket in list(self.sockets):
            if not socket.closed:
                await socket.send_str(json.dumps(message))

    async def greet(self) -> None:
        """Say at last what a mute socket should have said at once, to somebody of an earlier life."""
        for message in self._greeting({}):
            await self.push(message)

    async def set_own(self, own: Message, html: str | None = None) -> None:
        self.own, self.own_html = own, html or ""
        self.own_changes += 1
        self._wake()
        await self.push({"own": own} if html is None else {"own": own, "html": html})

    async def until(self, true: Callable[[], Any], seconds: float = 15) -> None:
        """Wait for something to become true here."""
        async with asyncio.timeout(seconds):
            while not true():
                self._changed.clear()
                try:
                    await asyncio.wait_for(self._changed.wait(), 0.5)
                except TimeoutError:
                    continue

    async def close(self, code: int) -> None:
        """Close every socket with a code."""
        for socket in self._taken():
            await socket.close(code=code)

    def cut(self) -> None:
        """Break every socket without a word."""
        for socket in self._taken():
            self._lines.pop(socket).abort()

    def _taken(self) -> list[web.WebSocketResponse]:
        taken, self.sockets = self.sockets, []
        return taken

    # -- the wire ------------------------------------------------------------------------------------------------

    def _wake(self) -> None:
        self._changed.set()

    def _time(self) -> int:
        return int(time.time() * 1000) + self.time_ahead

    def _hello(self) -> Message:
        hello = {"version": self.version, "epoch": self.epoch, "time": self._time(), "person": self.person}
        return {"hello": hello, "seq": self.seq}

    def _greeting(self, query: Any, *, polls: bool = False) -> list[Message]:
        messages = [self._hello()]
        after = int(query["after"]) if query.get("after", "").isdigit() else None
        if after is None or query.get("epoch") != self.epoch or after > self.seq:
            is_json = query.get("format") == "json"
            messages.append({"reset": self.seq} if polls else self._whole(is_json=is_json))
        else:
            messages += [frame for frame in self.frames if frame["seq"] > after]
        own = {"own": self.own, **({"html": self.own_html} if self.own_html else {})}
        return [*messages, own, {"now": self.now}]

    def _answer(self, command: Message, way: str) -> Message | None:
        self.asked.append((way, command))
        self._wake()
        op = command["op"]
        if op in self.answers:
            return self.answers[op]
        answer = self.rule(command)
        if answer is None:
            self.effects.append({name: value for name, value in command.items() if name != "op"})
            answer = self.answers[op] = {"ack": op, "seq": self.seq}
            self._wake()
        elif "drop" in answer:  # it happened, and the answer got lost
            self.effects.append({name: value for name, value in command.items() if name != "op"})
            self.answers[op] = {"ack": op, "seq": self.seq}
            return None
        return {**answer, **{name: op for name in ("refused", "retry") if name in answer}} if answer else None

    async def ws(self, request: web.Request) -> web.StreamResponse:
        self.handshakes += 1
        self._wake()
        if self.socket == "refuse":
            return web.Response(status=403)
        if self.socket == "hang":
            await asyncio.sleep(3600)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if request.transport:
            self._lines[socket] = request.transport
        self.sockets.append(socket)
        if self.socket != "mute":
            for message in self._greeting(request.query):
                await socket.send_str(json.dumps(message))
        async for got in socket:
            if got.type == WSMsgType.TEXT:
                answer = self._answer(json.loads(got.data), "socket")
                if answer and not socket.closed:
                    await socket.send_str(json.dumps(answer))
        return socket

    async def command(self, request: web.Request) -> web.Response:
        if blocked := await self._blocked(request):
            return blocked
        if request.headers.get("X-CSRFToken") != "token-of-the-cookie":
            return web.Response(status=403)
        answer = self._answer(await request.json(), "post")
        if answer is None:
            return await self._abort(request)
        status = 200 if "ack" in answer else 409 if "refused" in answer else 503
        return web.json_response(answer, status=status)

    async def get_frames(self, request: web.Request) -> web.Response:
        if blocked := await self._blocked(request):
            return blocked
        self.requests.append(request.path_qs)
        self._wake()
        if "after" not in request.query:
            return web.json_response(self._snapshot(request.query.get("format") == "json"))
        seq, own = self.seq, str(self.own_changes)
        if request.query.get("next") == own and int(request.query["after"]) == seq:
            try:
                async with asyncio.timeout(float(request.query.get("wait", "0"))):
                    while self.seq == seq and str(self.own_changes) == own and self.http == "open":
                        self._changed.clear()
                        await self._changed.wait()
            except TimeoutError:
                return web.Response(status=204)
        if blocked := await self._blocked(request):
            return blocked
        return web.json_response(
            {"messages": self._greeting(request.query, polls=True), "next": str(self.own_changes)}
        )

    def _whole(self, *, is_json: bool = False) -> Message:
        shared = {"full": True, "epoch": self.epoch, "seq": self.seq}
        return {**shared, "order": self.order, **({"items": self.items} if is_json else {"html": self.live})}

    def _snapshot(self, is_json: bool) -> Message:
        mine = {"own": self.own, "own_html": self.own_html, "now": self.now}
        return {**self._whole(is_json=is_json), "time": self._time(), **mine}

    async def _blocked(self, request: web.Request) -> web.Response | None:
        if self.http == "forbidden":
            return web.Response(status=403)
        return await self._abort(request) if self.http == "down" else None

    async def _abort(self, request: web.Request) -> web.Response:
        if request.transport:
            request.transport.abort()
        return web.Response(status=502)

    # -- the page ------------------------------------------------------------------------------------------------

    async def page(self, request: web.Request) -> web.Response:
        attributes = {
            "data-as": "participant", "data-person": "p7", "data-workshop": "w1", "data-lang": "en-gb",
            "data-seq": self.seq, "data-epoch": self.epoch, "data-time": self._time(), "data-version": "1",
            "data-socket": "/ws/w1/", "data-frames": "/frames", "data-commands": "/commands",
        }  # fmt: skip
        said = " ".join(f'{name}="{html.escape(str(value))}"' for name, value in attributes.items())
        body = f"""<!doctype html><html lang="en-GB"><head><title>Room</title><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"><script type="module" src="/static/js/live.js"></script></head><body>
<p id="saved" role="status" data-state="saved"><span data-saved-text>{self.saved_text}</span></p>
<div id="notice" role="alert"></div><main><div id="live" data-live {said}>{self.live}</div></main>
<form id="act" method="post" action="/commands"><button name="command" value="" hidden></button></form>
<button type="button" data-clear-device>Clear this device</button>
<div id="toast" role="status"></div><p id="announce" role="status"></p>
<script type="application/json" id="own-state">{json.dumps(self.own)}</script>
<script type="application/json" id="now-state">{json.dumps(self.now)}</script>{self.texts}</body></html>"""
        response = web.Response(text=body, content_type="text/html", headers={"Content-Security-Policy": CSP})
        response.set_cookie("csrftoken", "token-of-the-cookie")
        return response

    async def blank(self, request: web.Request) -> web.Response:
        return web.Response(
            text="<!doctype html><title>Blank</title><link rel=icon href='data:,'>", content_type="text/html"
        )


@asynccontextmanager
async def serve(room: FakeRoom) -> AsyncIterator[FakeRoom]:
    """Serve a room on a free port; everything that hangs ends with it."""
    app = web.Application()
    app.router.add_get("/", room.page)
    app.router.add_get("/blank", room.blank)
    app.router.add_get("/ws/w1/", room.ws)
    app.router.add_get("/frames", room.get_frames)
    app.router.add_post("/commands", room.command)
    app.router.add_static("/static/", STATIC)
    runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    room.base = f"http://127.0.0.1:{port}"
    try:
        yield room
    finally:
        room.http = "down"
        room._wake()
        for socket in room._taken():
            await socket.close(code=WSCloseCode.GOING_AWAY)
        await runner.cleanup()
