"""Where jobs are kept."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from ...store.schema import VERSION
from .finding import Finding, note, ok, wrong

_PATIENCE = 2.0
"""Seconds to wait for another process that writes."""
_LITTLE = 200 * 2**20


def keeping(path: Path) -> Iterator[Finding]:
    """Whether a store's file can be read and written, or made."""
    folder = next(each for each in path.absolute().parents if each.exists())
    if not os.access(folder, os.W_OK | os.X_OK):
        yield wrong(f"{folder} cannot be written", "change its permissions, or set QISKIT_LOCAL_RUNTIME_HOME to another folder")
    elif not path.exists():
        yield ok(f"store {path}: not there yet, made when it is needed")
    elif not os.access(path, os.R_OK | os.W_OK):
        yield wrong(f"store {path} cannot be read and written", f"chmod u+rw {path}")
    else:
        yield _file(path)
    free = shutil.disk_usage(folder).free
    if free < _LITTLE:
        yield note(f"only {free / 2**20:.0f} MiB are free on the disk of {folder}", "make room: results are kept there")


def _file(path: Path) -> Finding:
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > VERSION:
                return wrong(f"store {path} was written by a later version of this package", "use that one, or another store")
            said = connection.execute("PRAGMA quick_check").fetchone()[0]
            if said != "ok":
                return wrong(f"store {path} is damaged: {said}", "move it away; a new one is made")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
            jobs = connection.execute("SELECT count(*) FROM jobs").fetchone()[0] if version else 0
            return ok(f"store {path}: {jobs} jobs")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            return wrong(f"store {path} is locked: another process has been writing to it", "end that process, or wait for it")
        return wrong(f"store {path} cannot be used: {error}", "check its folder's permissions and the disk")
    except sqlite3.DatabaseError as error:
        return wrong(f"{path} is no job store, or is damaged: {error}", "move it away; a new one is made")
