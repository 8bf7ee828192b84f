"""The peers as servers: the floor in C, picows, socket.io, ws and y-websocket, alone on the server's core."""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from collections.abc import Sequence
from typing import Literal, Self

from tests import services
from tests.bench.generator import Action, Client, Dialect, Plan
from tests.bench.machine import Cores, cpu_seconds
from tests.bench.tools import HERE, Tools
from tests.processes import Process, accepts, free_port

type Name = Literal["floor", "picows", "ws", "socket.io", "y-websocket"]
DIALECTS: dict[str, Dialect] = {"socket.io": "socketio", "y-websocket": "yjs"}
ACTION_BYTES = 155
"""As long as what the workspace's measurements before this bench used."""


class Peer(Process):
    """One of them."""

    def __init__(self, name: Name, tools: Tools, cores: Cores, *, pause: int = 50, board: int = 0) -> None:
        self.port = port = free_port()
        self.name = name
        self.dialect = DIALECTS.get(name, "marked")
        commands: dict[str, Sequence[object]] = {
            "floor": [tools.floor, port, pause],
            "picows": [tools.python, HERE / "peers" / "picows_server.py", port, pause, board],
            "ws": [tools.node, HERE / "peers" / "ws_server.js", port, pause],
            "socket.io": [tools.node, HERE / "peers" / "socketio_server.js", port],
            "y-websocket": [tools.node, tools.modules / "y-websocket" / "bin" / "server.js"],
        }
        env = {**os.environ, "NODE_PATH": str(tools.modules), "NODE_ENV": "production"}
        super().__init__(
            ["taskset", "-c", str(cores.server), *map(str, commands[name])],
            log=services.FOLDER / f"{name}-{uuid.uuid4().hex[:6]}.log",
            ready=lambda: accepts(port),
            env={**env, "HOST": "127.0.0.1", "PORT": str(port)},
        )

    def cpu(self) -> float:
        """What it has used so far, in seconds."""
        return cpu_seconds(self.pid)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def clients(self, count: int, *, at: float = -1) -> list[Client]:
        """Give so many clients."""
        path = {"socketio": "/socket.io/?EIO=4&transport=websocket", "yjs": "/room"}.get(self.dialect, "/")
        return [Client(self.port, path, (f"Origin: http://127.0.0.1:{self.port}",), at) for _ in range(count)]


def actions(tools: Tools, dialect: Dialect, like: Sequence[Action]) -> list[Action]:
    """Say the same at the same times by the same clients in a peer's language, each with its number."""
    texts = [_text(number, act) for number, act in enumerate(like)]
    if dialect == "socketio":
        texts = [f'42["act",{text}]' for text in texts]
    if dialect == "yjs":
        asked = "".join(f"{act.client}\t{text}\n" for act, text in zip(like, texts, strict=True))
        made = subprocess.run(
            [tools.node, HERE / "peers" / "make_updates.js"],
            env={**os.environ, "NODE_PATH": str(tools.modules)},
            input=asked,
            capture_output=True,
            text=True,
            check=True,
        )
        texts = made.stdout.split()
    return [
        Action(act.at, act.client, text, act.group, is_hex=dialect == "yjs")
        for act, text in zip(like, texts, strict=True)
    ]


def _text(number: int, act: Action) -> str:
    asked = {
        "op": f"{number:08d}",
        "do": "dot.set",
        "activity": "a2",
        "item": f"i{number % 20}",
        "n": f"@{number};",
    }
    text = json.dumps({**asked, "by": f"guest-{act.client}", "pad": ""}, separators=(",", ":"))
    return text[:-2] + "x" * max(0, ACTION_BYTES - len(text)) + text[-2:]


def plan_like(tools: Tools, peer: Peer, people: int, like: Sequence[Action], **options: float | str) -> Plan:
    """Make the plan that asks of a peer what `like` asks of the workspace."""
    return Plan(peer.dialect, peer.clients(people), actions(tools, peer.dialect, like), dict(options))
