"""Errors of a database and a disk in words a user can act on."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
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


def _unusable(path: Path, err: Exception, advice: str) -> str:
    return f"The job store {path} cannot be used: {err}. {advice}; nothing that was acknowledged is lost."
