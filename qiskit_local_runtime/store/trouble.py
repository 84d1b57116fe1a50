"""Errors of a database and a disk in words a user can act on."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import IBMRuntimeError

_FULL = "The disk is full. Make room and try again"
_FORBIDDEN = "Check that the file and its folder can be written"
_DAMAGED = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
_ADVICE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_BUSY: "Another process has been writing to it for 30 seconds. Try again when it has ended",
    sqlite3.SQLITE_READONLY: _FORBIDDEN,
    sqlite3.SQLITE_CANTOPEN: _FORBIDDEN,
    sqlite3.SQLITE_PERM: _FORBIDDEN,
    sqlite3.SQLITE_IOERR: "Check the disk: it may be full, failing or no longer there",
}
_DISK_ADVICE = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: _FORBIDDEN,
}
_OTHERWISE = "Check its folder's permissions and the space on the disk"


@contextmanager
def told(path: Path) -> Iterator[None]:
    """What goes wrong with the store at ``path`` becomes an :class:`IBMRuntimeError`; mistakes of our own stay as they are."""
    try:
        yield
    except sqlite3.DatabaseError as err:
        # the low byte is the error, the rest its finer kind; errors of the sqlite3 module itself have none
        code = getattr(err, "sqlite_errorcode", 0) & 0xFF
        if code in _DAMAGED:
            raise IBMRuntimeError(
                f"{path} is not a job store, or is damaged: {err}. Move it away, or choose another store; it has been left "
                "as it is."
            ) from err
        if not isinstance(err, sqlite3.OperationalError):
            raise
        raise IBMRuntimeError(_unusable(path, err, _ADVICE.get(code, _OTHERWISE))) from err
    except OSError as err:
        raise IBMRuntimeError(_unusable(path, err, _DISK_ADVICE.get(err.errno or 0, _OTHERWISE))) from err


def check_writable(path: Path, may_write: Callable[[Path], bool] = lambda place: os.access(place, os.W_OK)) -> None:
    """Refuse a store that cannot be written, which SQLite would only say is "unable to open".

    Args:
        path: the file; its folder is there.
        may_write: whether a place can be written.

    Raises:
        IBMRuntimeError: it, or its folder, is read-only.
    """
    for place in (path, path.parent):
        if place.exists() and not may_write(place):
            raise IBMRuntimeError(
                f"The job store {path} cannot be opened: {place} is read-only for this user, and a store is written even to be "
                "read. Make it writable, or copy the file and the folder beside it that ends in .blobs to a place that is."
            )


def lacks_room(error: IBMRuntimeError) -> bool:
    """Whether what :func:`told` told may be due to a full disk."""
    cause = error.__cause__
    if isinstance(cause, OSError):
        return cause.errno in (errno.ENOSPC, errno.EDQUOT)
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


def _unusable(path: Path, err: Exception, advice: str) -> str:
    return f"The job store {path} cannot be used: {err}. {advice}; nothing that was acknowledged is lost."
