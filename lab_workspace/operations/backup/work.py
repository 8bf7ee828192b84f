"""Making a backup and putting it back, whichever kind of database there is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connections

from lab_workspace.operations.backup import parcel, postgres, sqlite
from lab_workspace.operations.backup.stamp import FORMAT, Impossible, Stamp, kind_of_database, release


def make(target: Path) -> Stamp:
    """Write a backup of the database. Raises Impossible."""
    data = target.with_name(f"{target.name}.data")
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        content, server = sqlite.dump(_file(), data) if _is_sqlite() else postgres.dump(data)
        stamp = Stamp(
            format=FORMAT,
            release=release(),
            made_at=made_at,
            kind=kind_of_database(),
            server=server,
            streams=content.streams,
            events=content.events,
            migrations=content.migrations,
            bytes=data.stat().st_size,
            sha256=parcel.sha256_of(data),
        )
        parcel.pack(target, data, stamp)
    except OSError as error:
        raise Impossible(f"{target} can't be written: {error.strerror}.") from error
    finally:
        data.unlink(missing_ok=True)
    return stamp


def put_back(source: Path, stamp: Stamp, *, even_if_in_use: bool) -> None:
    """Replace everything in the database by what the backup holds. Raises Impossible; then nothing was changed."""
    expected = (stamp.streams, stamp.events)
    folder = _file().parent if _is_sqlite() else source.resolve().parent
    data = folder / f"{source.name}.restoring"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        parcel.unpack(source, data, stamp)
        if _is_sqlite():
            connections.close_all()
            sqlite.restore(data, _file(), expected, even_if_in_use=even_if_in_use)
        else:
            postgres.restore(data, expected, stamp.server, even_if_in_use=even_if_in_use)
    except OSError as error:
        raise Impossible(f"{data} can't be written: {error.strerror}.") from error
    finally:
        data.unlink(missing_ok=True)


def is_empty() -> bool:
    """Whether the database holds nothing that could be lost."""
    return sqlite.is_empty(_file()) if _is_sqlite() else postgres.is_empty()


def in_use() -> str:
    """Say who else uses the database, as far as that can be seen; empty if nobody does."""
    connections.close_all()
    return sqlite.in_use(_file()) if _is_sqlite() else postgres.in_use()


def _is_sqlite() -> bool:
    return kind_of_database() == "sqlite"


def _file() -> Path:
    return Path(str(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"]))
