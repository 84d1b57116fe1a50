"""Bringing an SQLite file to the schema of this version."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from ..errors import IBMRuntimeError
from .connections import PATIENCE, connect, not_forking
from .interrupts import held_back
from .schema import STEPS
from .transaction import transaction

_PAUSE = 0.01
"""Seconds between attempts."""


def migrate(path: Path, steps: Mapping[int, str] = STEPS) -> None:
    """Make a file a store of the newest version; one that cannot become one is left as it is, to the byte.

    Args:
        path: the file, made if it is not there.
        steps: see :data:`~qiskit_local_runtime.store.schema.STEPS`.

    Raises:
        IBMRuntimeError: it is another program's, or of a newer version.
        sqlite3.Error: it is no database, or cannot be written.
    """
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return _try_to(path, steps)
        except sqlite3.OperationalError as err:
            # where two switch a new file to write-ahead mode at once, SQLite tells one that it is locked without any wait
            if err.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(_PAUSE)


def _try_to(path: Path, steps: Mapping[int, str]) -> None:
    with held_back(), not_forking(), closing(connect(path)) as connection:
        with transaction(connection, "DEFERRED"):  # both questions about the same moment
            version = _version(connection, path, steps)
        if version == max(steps):
            return
        # a setting of the file, which cannot be changed inside a transaction
        connection.execute("PRAGMA journal_mode = WAL")
        with transaction(connection):
            # asked again: another process may have done it meanwhile
            for version in range(_version(connection, path, steps) + 1, max(steps) + 1):
                for statement in steps[version].split(";"):
                    if statement.strip():
                        connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {version}")


def _version(connection: sqlite3.Connection, path: Path, steps: Mapping[int, str]) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if (tables or version) and (version == 0 or "jobs" not in tables):
        raise IBMRuntimeError(
            f"{path} is not a job store: it is an SQLite file of another program. Choose another file; it has been left as it "
            "is."
        )
    if version > max(steps):
        raise IBMRuntimeError(
            f"The job store {path} has schema version {version} and this version of the package knows {max(steps)}. "
            "Update the package, or choose another store."
        )
    return version
