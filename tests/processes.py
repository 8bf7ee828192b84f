"""Starts real servers for tests so that they end with the tests, however those end."""

from __future__ import annotations

import ctypes
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def free_port() -> int:
    """A free port of this machine below the range from which outgoing connections get theirs."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _end_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """One server, in a session of its own (a Ctrl-C reaches only the tests), with its output in a file."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        ready: Callable[[], bool],
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: Path | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.command = [str(part) for part in command]
        self.log_file = log
        self.ready = ready
        self.env = dict(env) if env is not None else None
        self.user = user
        self.cwd = cwd
        self.stop_signal = stop_signal
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """All that it has printed so far, over every start."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int:
        """The process's number, for signals and for a look at its memory."""
        assert self._child is not None, "not started"
        return self._child.pid

    def start(self, seconds: float = 30) -> None:
        """Start and wait until `ready` says so.

        Raises:
            RuntimeError: when it ends before, or isn't ready within `seconds`; with what it printed.
        """
        assert not self.running, "already started"
        with self.log_file.open("ab") as output:
            self._child = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self.env,
                cwd=self.cwd,
                user=self.user,
                group=self.user and _group_of(self.user),
                extra_groups=[] if self.user else None,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509  # only a system call, and no threads of ours yet
            )
        until = time.monotonic() + seconds
        while not self.ready():
            if not self.running or time.monotonic() > until:
                self.kill()
                raise RuntimeError(
                    f"{' '.join(self.command)}\ndid not come up. It printed:\n{self.log[-4000:]}"
                )
            time.sleep(0.02)  # Nothing tells when another process is ready but asking again.

    def stop(self, seconds: float = 20) -> int:
        """Ask it to end, wait for that, and give its exit code. Kills it after `seconds`."""
        if self._child is None:
            return 0
        if self.running:
            self._child.send_signal(self.stop_signal)
        try:
            return self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return self._child.wait()

    def kill(self) -> None:
        """kill -9: it gets no chance to do anything."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()


def _group_of(user: str) -> int:
    import pwd

    return pwd.getpwnam(user).pw_gid


def accepts(port: int) -> bool:
    """Whether something on this machine takes connections at `port`."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
