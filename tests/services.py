"""A pytest plugin, loaded by `-p tests.services` before the settings: brings the real parts tests need.

PostgreSQL and Redis come from DATABASE_URL and REDIS_URL where they are given, else from the machine's own
programs, else from Python packages. Chromium, nginx and Caddy come from CHROMIUM, NGINX_PROGRAM and CADDY_PROGRAM,
the machine, or (as root, on Debian and Ubuntu) from apt. Nothing is skipped: what can't be brought fails the run
with a sentence.

With `-n 2` each of the test processes starts servers of its own, unless DATABASE_URL or REDIS_URL is given. What can't be
brought is found out before, as xdist would swallow the sentence.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.servers import Postgres, Redis

FOLDER = Path()
"""The folder of this run, for whatever a server keeps; removed at the end."""
POSTGRES_URL = ""
"""A PostgreSQL on which tests may make databases."""
REDIS_URL = ""
SYSTEMD_ANALYZE = shutil.which("systemd-analyze")
"""Looks at unit files as systemd would; it comes with systemd only."""
REAL_DATA = "asked for real data"
"""The property of a test that asked for the real files."""

_ENVIRONMENT = {
    "DEBUG": "1",
    "SECRET_KEY": "for tests only and long enough to be taken for a real one in production mode",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "EMAIL_URL": "console:",
    "SIGN_IN_LINK_MINUTES": "15",
}
_PROGRAMS = {
    "browser": (
        "CHROMIUM",
        ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
        "chromium",
    ),
    "nginx": ("NGINX_PROGRAM", ("nginx",), "nginx-light"),
    "caddy": ("CADDY_PROGRAM", ("caddy",), "caddy"),
}
"""Fixtures that need a program: where its path stands, its names, the package that brings it."""
_lines: list[str] = []
_started: list[Postgres | Redis] = []


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """Start what is missing before pytest-django reads the settings."""
    asked = early_config.known_args_namespace
    if not asked.help and not asked.version:
        given = {name: os.environ.get(name) for name in ("DATABASE_URL", "REDIS_URL")}
        start()
        if getattr(asked, "numprocesses", None) and "PYTEST_XDIST_WORKER" not in os.environ:
            _leave_it_to_test_processes(given)
    return (yield)


def _leave_it_to_test_processes(given: dict[str, str | None]) -> None:
    """End what was started to try it out; find the programs, as any test may need them."""
    if _started:
        _lines.append("Each test process starts its own.")
    _stop()
    for name in (name for name, value in given.items() if value is None):
        del os.environ[name]
    os.environ["PYTEST_PLUGINS"] = __name__  # or test processes would load this too late
    for variable, programs, package in _PROGRAMS.values():
        os.environ[variable] = _bring_program(variable, programs, package)


def start() -> None:
    """Start what is missing, and set the environment that the settings are read from."""
    global FOLDER, POSTGRES_URL, REDIS_URL  # noqa: PLW0603  # one run, one set of servers
    FOLDER = Path(tempfile.mkdtemp(prefix="lab-tests-"))
    FOLDER.chmod(0o755)
    atexit.register(_stop)
    os.environ.update(_ENVIRONMENT)
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        POSTGRES_URL = given
        _lines.append("PostgreSQL: DATABASE_URL")
    else:
        postgres = Postgres(FOLDER / "postgres")
        _bring(postgres)
        POSTGRES_URL = postgres.url
    os.environ.setdefault("DATABASE_URL", POSTGRES_URL)
    REDIS_URL = os.environ.get("REDIS_URL", "")
    if REDIS_URL:
        _lines.append("Redis: REDIS_URL")
    else:
        redis = Redis(FOLDER / "redis")
        _bring(redis)
        REDIS_URL = os.environ["REDIS_URL"] = redis.url


def _bring(server: Postgres | Redis) -> None:
    try:
        server.start()
    except (OSError, RuntimeError) as error:
        raise pytest.UsageError(
            f"{type(server).__name__} can't be started ({server.origin}); install it with "
            f"sudo apt-get install postgresql redis-server, and run this again.\n{error}"
        ) from error
    _started.append(server)
    _lines.append(f"{type(server).__name__}: {server.origin}, port {server.port}")


def _stop() -> None:
    while _started:
        _started.pop().stop()
    if str(FOLDER) != ".":
        shutil.rmtree(FOLDER, ignore_errors=True)


def pytest_unconfigure() -> None:
    """Stop the servers, after Ctrl-C too."""
    _stop()


def pytest_report_header() -> list[str]:
    """Say on which real parts this run stands."""
    return [
        *_lines,
        f"systemd-analyze: {SYSTEMD_ANALYZE or 'not there; unit files are read by our tests only'}",
    ]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Find the programs before the first test, each if a test of this run needs it."""
    if session.config.option.collectonly:
        return
    wanted = {name for item in session.items for name in getattr(item, "fixturenames", ())}
    for fixture, (variable, programs, package) in _PROGRAMS.items():
        if fixture in wanted:
            os.environ[variable] = _bring_program(variable, programs, package)


def _bring_program(variable: str, programs: tuple[str, ...], package: str) -> str:
    given = os.environ.get(variable, "")
    if given:
        if not shutil.which(given):
            raise pytest.UsageError(f"{variable} is {given}, but no such program is there.")
        return given
    if found := _installed(programs):
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", package]):
            subprocess.run(["apt-get", *command], env=environment, stdin=subprocess.DEVNULL, check=False)
        if found := _installed(programs):
            return found
    raise pytest.UsageError(
        f"Some tests need {programs[0]}: install it with  sudo apt-get install {package},  "
        f"or set {variable} to the path of one, and run this again."
    )


def _installed(programs: tuple[str, ...]) -> str | None:
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"  # where nginx is, out of an ordinary user's way
    return next((found for name in programs if (found := shutil.which(name, path=path))), None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say whether the tests that can use real conversations had them."""
    folder = real_data_folder()
    if folder is None:
        terminalreporter.write_line("Real files: not there; only our own samples were used.")
    else:
        passed = terminalreporter.getreports("passed")
        used = sum(REAL_DATA in dict(report.user_properties) for report in passed)
        asked = f"used by {used} tests" if used else "there, but no test of this run asked"
        terminalreporter.write_line(f"Real files: {asked} ({folder}); our own samples always run.")


def real_data_folder() -> Path | None:
    """Where real conversations for tests are, if they are: REAL_DATA_DIR, else beside the repository."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("REAL_DATA_DIR", beside))
    return folder if folder.is_dir() else None
