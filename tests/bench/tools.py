"""What the bench brings: the load generator and the floor, compiled here, and the peers, installed into a folder of their own."""

from __future__ import annotations

import filecmp
import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOAD_SOURCES = ("load.c", "plan.c", "socket.c", "understand.c", "report.c")
FLOOR_SOURCES = ("floor.c",)


class Missing(SystemExit):
    """Something that the bench can't do without. Ends it with one sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"The bench can't run: {sentence}")


@dataclass(frozen=True)
class Tools:
    """Where everything is."""

    load: Path
    floor: Path
    node: str
    modules: Path
    python: Path
    versions: dict[str, str]


def bring(folder: Path) -> Tools:
    """Compile and install what isn't there yet. Raises Missing."""
    folder.mkdir(parents=True, exist_ok=True)
    load, floor = compiled(folder, "load", LOAD_SOURCES), compiled(folder, "floor", FLOOR_SOURCES)
    node = _program(
        "node", "the peers socket.io, ws and y-websocket run on it (sudo apt-get install nodejs npm)"
    )
    modules = _node_modules(folder)
    python = _python(folder)
    versions = {"gcc": _first_line("gcc", "-dumpfullversion"), "node": _first_line(node, "--version")}
    for name in ("socket.io", "ws", "y-websocket", "yjs"):
        versions[name] = json.loads((modules / name / "package.json").read_text())["version"]
    found = _run([python, "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"], "pip")
    versions |= {
        f"{one['name']} (peer)": one["version"]
        for one in json.loads(found)
        if one["name"] in {"picows", "uvloop", "aiofastnet"}
    }
    return Tools(load, floor, node, modules, python, versions)


def compiled(folder: Path, name: str, sources: tuple[str, ...]) -> Path:
    """Give a program of ours, compiled from the sources as they are now. Raises Missing."""
    gcc = _program("gcc", "the load generator is compiled with it (sudo apt-get install gcc libc6-dev)")
    files = [HERE / "load" / source for source in sources]
    content = b"".join(file.read_bytes() for file in [*files, HERE / "load" / "load.h"])
    program = folder / f"{name}-{hashlib.sha256(content).hexdigest()[:12]}"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        making = program.with_suffix(f".{os.getpid()}")
        _run([gcc, "-O2", "-Wall", "-Wextra", "-o", making, *files], "compiling the load generator")
        making.rename(program)
    return program


def _program(name: str, why: str) -> str:
    found = shutil.which(name)
    if not found:
        raise Missing(f"there is no {name}; {why}.")
    return found


def _node_modules(folder: Path) -> Path:
    place, source = folder / "node", HERE / "peers" / "package-lock.json"
    done = place / "installed-lock.json"
    if not done.exists() or not filecmp.cmp(source, done, shallow=False):
        npm = _program("npm", "it brings socket.io, ws and y-websocket (sudo apt-get install npm)")
        place.mkdir(exist_ok=True)
        for file in ("package.json", "package-lock.json"):
            shutil.copy(HERE / "peers" / file, place / file)
        print("Installing the peers from npm (once) ...", flush=True)  # noqa: T201
        flags = ["--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"]
        _run([npm, "ci", *flags], "installing socket.io, ws and y-websocket from npm", cwd=place)
        shutil.copy(source, done)
    return place / "node_modules"


def _python(folder: Path) -> Path:
    place, source = folder / "python", HERE / "peers" / "requirements.txt"
    python, done = place / "bin" / "python", place / "installed-requirements.txt"
    if not done.exists() or not filecmp.cmp(source, done, shallow=False):
        print("Installing picows (once) ...", flush=True)  # noqa: T201
        _run([sys.executable, "-m", "venv", "--clear", place], "making an environment for picows")
        flags = [
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
            "--require-hashes",
            "--only-binary",
            ":all:",
        ]
        _run([python, "-m", "pip", "install", *flags, "-r", source], "installing picows from PyPI")
        shutil.copy(source, done)
    return python


def _run(command: list[str | Path], what: str, cwd: Path | None = None) -> str:
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=600)
    except subprocess.TimeoutExpired as error:
        raise Missing(f"{what} took over ten minutes.") from error
    if done.returncode:
        raise Missing(f"{what} failed. It said:\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def _first_line(*command: str) -> str:
    return _run(list(command), command[0]).splitlines()[0]
