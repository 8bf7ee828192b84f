"""The file of a backup: a zip of the database's data and its stamp. Readable by its owner only."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

from lab_workspace.operations.backup.stamp import Impossible, Stamp

STAMP, DATA = "stamp.json", "database"
_CHUNK = 1 << 20


def sha256_of(path: Path) -> str:
    """Give the checksum of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pack(target: Path, data: Path, stamp: Stamp) -> None:
    """Write the file; it appears under its name only when it is complete and on the disk."""
    part = target.with_name(f"{target.name}.part")
    try:
        with _private(part) as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                archive.writestr(STAMP, json.dumps(stamp.fields(), indent=1))
                archive.write(data, DATA)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def read_stamp(source: Path) -> Stamp:
    """Read what a backup says about itself. Raises Impossible."""
    try:
        with zipfile.ZipFile(source) as archive:
            return Stamp.read(json.loads(archive.read(STAMP)))
    except OSError as error:
        raise Impossible(f"{source} can't be read: {error.strerror}.") from error
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, zlib.error) as error:
        raise Impossible(f"{source} is not a backup of the workspace, or is damaged.") from error


def unpack(source: Path, target: Path, stamp: Stamp) -> None:
    """Write the data out and compare its checksum. Raises Impossible."""
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(source) as archive, archive.open(DATA) as data, _private(target) as file:
            while chunk := data.read(_CHUNK):
                digest.update(chunk)
                file.write(chunk)
    except (zipfile.BadZipFile, KeyError, EOFError, zlib.error) as error:
        raise Impossible(f"{source} is damaged.") from error
    if digest.hexdigest() != stamp.sha256:
        raise Impossible(
            f"{source} is damaged: its data has not the checksum that was noted when it was made."
        )


def _private(path: Path) -> IO[Any]:
    """Open a new file that only its owner may read: there are people's words in it."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
