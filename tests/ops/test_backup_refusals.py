"""A backup that can't be put back is refused in a sentence, before anything is touched."""

from __future__ import annotations

import dataclasses
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from lab_workspace.operations.backup import parcel, sqlite
from lab_workspace.operations.backup.postgres import tools_for
from lab_workspace.operations.backup.stamp import Impossible, Stamp

DATA = b"what a database would hold" * 1000


def stamp_for(data: Path, **change: object) -> Stamp:
    good = Stamp(
        format=1,
        release="0.1.0",
        made_at="2026-11-22T10:00:00+00:00",
        kind="postgresql",
        server="15, written by pg_dump 15",
        streams=1,
        events=2,
        migrations=["realtime.0001_initial"],
        bytes=data.stat().st_size,
        sha256=parcel.sha256_of(data),
    )
    return dataclasses.replace(good, **change)  # type: ignore[arg-type]


def packed(folder: Path, **change: object) -> Path:
    data, file = folder / "data", folder / "a.backup"
    data.write_bytes(DATA)
    parcel.pack(file, data, stamp_for(data, **change))
    return file


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "sqlite"}, "a backup of SQLite, but DATABASE_URL names PostgreSQL"),
        ({"kind": "mysql"}, "a backup of mysql"),
        ({"format": 2}, "made by a newer release"),
        (
            {"migrations": ["realtime.0001_initial", "realtime.9999_later"]},
            "doesn't know realtime.9999_later",
        ),
    ],
)
@pytest.mark.usefixtures("db")
def test_what_does_not_fit_here_is_refused(tmp_path: Path, change: dict[str, object], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("restore", packed(tmp_path, **change), no_input=True)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.write_bytes(b"not a zip"),
        lambda file: file.write_bytes(file.read_bytes()[:-40]),
        lambda file: file.unlink(),
        lambda file: zipfile.ZipFile(file, "w").close(),
    ],
    ids=["another file", "cut off", "missing", "empty"],
)
def test_what_is_no_backup_is_refused(tmp_path: Path, spoil: object) -> None:
    file = packed(tmp_path)
    spoil(file)  # type: ignore[operator]
    with pytest.raises(CommandError, match=r"not a backup of the workspace|can't be read"):
        call_command("restore", file, no_input=True)


def test_changed_data_is_noticed_by_its_checksum(tmp_path: Path) -> None:
    file = packed(tmp_path, sha256="0" * 64)
    with pytest.raises(Impossible, match="has not the checksum"):
        parcel.unpack(file, tmp_path / "out", parcel.read_stamp(file))


def test_data_comes_out_as_it_went_in(tmp_path: Path) -> None:
    file = packed(tmp_path)
    parcel.unpack(file, tmp_path / "out", parcel.read_stamp(file))
    assert (tmp_path / "out").read_bytes() == DATA
    assert file.stat().st_mode & 0o777 == (tmp_path / "out").stat().st_mode & 0o777 == 0o600


def test_an_existing_file_is_replaced_only_after_a_yes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = packed(tmp_path)
    before = file.read_bytes()
    monkeypatch.setattr("builtins.input", lambda _question: "no")
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("backup", file)
    assert file.read_bytes() == before


def test_missing_programs_are_named() -> None:
    with pytest.raises(Impossible, match="install postgresql-client-99"):
        tools_for(99)


def test_data_is_not_written_where_somebody_else_put_a_link_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, target, theirs = tmp_path / "lab.sqlite3", tmp_path / "a.backup.data", tmp_path / "theirs"
    with closing(sqlite3.connect(database)) as live:
        live.execute("CREATE TABLE words (word)")
    theirs.touch()
    monkeypatch.setattr(Path, "unlink", lambda self, missing_ok: self.symlink_to(theirs))
    with pytest.raises(FileExistsError):
        sqlite.dump(database, target)
    assert theirs.read_bytes() == b""
