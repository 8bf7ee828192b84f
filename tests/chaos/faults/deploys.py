"""New code takes over from old code: one process after the other, and under tabs that come from before."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

from tests.chaos.fault import Fault, must
from tests.chaos.lab import THIS_CODE, Lab
from tests.chaos.play import Play
from tests.daphne import REPOSITORY, Daphne


def old_code(lab: Lab) -> tuple[Path, str]:
    """The release before, unpacked: the commit that OLD names, else the one before this; else the same code again."""
    wanted = os.environ.get("OLD", "") or "HEAD~1"
    folder = lab.folder / "old"
    if folder.exists():
        return folder, wanted
    git = subprocess.run(
        ["git", "archive", "--format=tar", wanted], cwd=REPOSITORY, capture_output=True, check=False
    )
    if git.returncode:
        return REPOSITORY, "the same code: there is no commit before"
    folder.mkdir()
    subprocess.run(["tar", "-x", "-C", str(folder)], input=git.stdout, check=True)
    env = {**lab.servers[0].settings, "STATIC_ROOT": str(lab.folder / "old-static")}
    collect = ["python", "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    collect[0] = lab.servers[0].command[0]
    done = subprocess.run(collect, cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(folder)
        raise RuntimeError(done.stdout + done.stderr)
    return folder, wanted


def run_old(lab: Lab, server: Daphne) -> str:
    """Let a server be the release before, from its next start on."""
    folder, wanted = old_code(lab)
    if folder != REPOSITORY:
        server.cwd = folder
        server.command = [server.command[0], *_serve_old(folder, server.port)]
        server.env = {**server.settings, "STATIC_ROOT": str(lab.folder / "old-static")}
    return wanted


def _serve_old(folder: Path, port: int) -> list[str]:
    if (folder / "lab_workspace/serve.py").exists():
        return ["-m", "lab_workspace.serve", "--host", "127.0.0.1", "--port", str(port)]
    endpoint = f"tcp:port={port}:interface=127.0.0.1:backlog=2048"
    return ["-m", "daphne", "--verbosity", "0", "--endpoint", endpoint, "lab_workspace.asgi:application"]


def run_new(server: Daphne) -> None:
    """Let a server be this release, from its next start on."""
    server.cwd, server.env = REPOSITORY, dict(server.settings)
    address = ["--host", "127.0.0.1", "--port", str(server.port)]
    server.command = [server.command[0], "-m", "lab_workspace.serve", *address, THIS_CODE]


class Rolling(Fault):
    """A deploy: the old release runs, and is replaced by this one process by process, while people go on."""

    name = "rolling-deploy"
    moments = False
    words_only = True
    gap = 0.1

    async def prepare(self, play: Play) -> None:
        self.old = ""
        for server in play.lab.servers:
            self.old = await asyncio.to_thread(run_old, play.lab, server)
            await asyncio.to_thread(server.stop)
            await play.lab.restart(server)

    async def blow(self, play: Play) -> None:
        """One after the other, in `mend`."""

    async def mend(self, play: Play) -> str:
        codes = []
        for server in play.lab.servers:
            codes.append(await asyncio.to_thread(server.stop))
            run_new(server)
            await play.lab.restart(server)
            await asyncio.sleep(0.3)
        must(codes == [0] * len(codes), f"they ended with {codes}")
        return f"from {self.old} to this, {len(codes)} processes"

    async def tidy(self, play: Play) -> None:
        for server in play.lab.servers:
            if server.command[-1] != THIS_CODE:
                run_new(server)
                await asyncio.to_thread(server.stop)
                await play.lab.restart(server)


class TabFromBefore(Rolling):
    """Half of the people sleep over a deploy: their tabs come back with numbers and unsent operations of before."""

    name = "tab-before-deploy"
    wakes = True

    async def blow(self, play: Play) -> None:
        near = play.lab.near
        near.gone = True
        self.cut = near.cut()

    async def mend(self, play: Play) -> str:
        await asyncio.sleep(0.5)
        proof = await super().mend(play)
        unsent = sum(len(one.unknown) for one in play.crowd.near)
        play.lab.near.gone = False
        must(self.cut and unsent, "nobody slept with something unsent")
        return f"{proof}; {unsent} unsent over it"

    async def tidy(self, play: Play) -> None:
        play.lab.near.gone = False
        await super().tidy(play)


FAULTS: tuple[type[Fault], ...] = (Rolling, TabFromBefore)
