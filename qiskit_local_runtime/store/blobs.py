"""What is too large for a row of a database: files beside it."""

from __future__ import annotations

import os
import uuid
from collections.abc import Collection
from pathlib import Path
from typing import IO, Protocol

from .disk import sync_folder

LARGEST_IN_A_ROW = 1 << 16
"""Bytes; larger ones are files."""
_LARGEST_WHOLE = 1 << 22
"""Bytes; larger ones are read by whoever asked for them, piece by piece."""


class Written(Protocol):
    """Bytes that are made while they are written."""

    def write(self, file: IO[bytes]) -> None:
        """Write them all."""


class BlobFiles:
    """Files that are either whole or not there.

    Args:
        folder: where; made when first needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, data: bytes | Written) -> None:
        """Write a file: under another name first, on the disk before it gets its own."""
        if not self._folder.is_dir():
            self._folder.mkdir(parents=True, exist_ok=True)
            sync_folder(self._folder.parent)
        temporary = self._folder / f".{uuid.uuid4().hex}"
        try:
            with open(temporary, "wb") as file:
                if isinstance(data, bytes):
                    file.write(data)
                else:
                    data.write(file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self._folder / name)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(self._folder)

    def read(self, name: str) -> bytes | IO[bytes]:
        """A file's bytes; those of a large one as an open file, which whoever gets it closes."""
        path = self._folder / name
        return path.read_bytes() if path.stat().st_size <= _LARGEST_WHOLE else path.open("rb")

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        (self._folder / name).unlink(missing_ok=True)

    def names(self) -> list[str]:
        """The files there are, unfinished ones included."""
        return sorted(path.name for path in self._folder.iterdir()) if self._folder.is_dir() else []

    def remove_all_but(self, kept: Collection[str], older_than: float) -> None:
        """Remove files nothing refers to and that nobody is about to refer to: those last changed before a time."""
        for name in self.names():
            path = self._folder / name
            try:
                if name not in kept and path.stat().st_mtime < older_than:
                    path.unlink()
            except FileNotFoundError:
                continue
