"""Fixtures for every area: people, real servers, a real browser, the real files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import psycopg
import pytest
from django.db import connection

from lab_workspace.people.models import User
from tests import services
from tests.daphne import Daphne, Kind, fresh_database

pytest_plugins = ["tests.chromium"]


class StartDaphne(Protocol):
    """Starts a server on the database of the test itself: what a test writes, the server reads."""

    def __call__(self, *, redis: bool = True, **env: str) -> Daphne: ...


class StartDaphneApart(Protocol):
    """Starts a server on a database of its own; give one's `database_url` to the next to share it."""

    def __call__(
        self, database: Kind = "sqlite", *, redis: bool = False, database_url: str = "", **env: str
    ) -> Daphne: ...


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """At the very end, end the sessions that threads of async tests still hold, or it can't be dropped."""
    yield
    if connection.vendor == "postgresql":
        with psycopg.connect(services.POSTGRES_URL, autocommit=True) as server:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [connection.settings_dict["NAME"]],
            )


@pytest.fixture
def staff(db: None) -> User:
    """Sal works for the Lab: may make challenges."""
    return User.objects.create_user("sal@example.org", "Sal Okafor", is_staff=True)


@pytest.fixture
def alice(db: None) -> User:
    """Alice has an account and, until a test gives her some, no rights."""
    return User.objects.create_user("alice@example.org", "Alice Marsh")


@pytest.fixture
def bob(db: None) -> User:
    """Bob, as Alice."""
    return User.objects.create_user("bob@example.org", "Bob Tanner")


@pytest.fixture
def charlie(db: None) -> User:
    """Charlie, as Alice."""
    return User.objects.create_user("charlie@example.org", "Charlie Nowak")


@pytest.fixture
def daphne(transactional_db: None) -> Iterator[StartDaphne]:
    """Start real servers on this test's database; they end before it is emptied."""
    servers: list[Daphne] = []

    def start(*, redis: bool = True, **env: str) -> Daphne:
        server = Daphne(_url_of_test_database(), redis_url=services.REDIS_URL if redis else "", **env)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def daphne_apart() -> Iterator[StartDaphneApart]:
    """Start real servers on fresh SQLite files or PostgreSQL databases of their own."""
    servers: list[Daphne] = []

    def start(
        database: Kind = "sqlite", *, redis: bool = False, database_url: str = "", **env: str
    ) -> Daphne:
        url = database_url or fresh_database(database)
        server = Daphne(url, redis_url=services.REDIS_URL if redis else "", **env)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


def _url_of_test_database() -> str:
    held = connection.settings_dict
    if connection.vendor == "sqlite":
        assert "memory" not in str(held["NAME"]), "another process can't read a database in memory"
        return f"sqlite:///{held['NAME']}"
    login = f"{held['USER']}:{held['PASSWORD']}" if held["PASSWORD"] else held["USER"]
    return f"postgres://{login}@{held['HOST']}:{held['PORT']}/{held['NAME']}"


@pytest.fixture
def real_data(request: pytest.FixtureRequest) -> Path | None:
    """The folder of real files, or None where it isn't there: then a test goes by its own samples only."""
    folder = services.real_data_folder()
    if folder is not None:
        request.node.user_properties.append((services.REAL_DATA, True))
    return folder
