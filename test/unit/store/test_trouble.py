"""Errors of databases and disks, as users read them."""

from __future__ import annotations

import errno
import sqlite3
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

from ddt import data, ddt, unpack

from qiskit_local_runtime.errors import IBMRuntimeError
from qiskit_local_runtime.store.trouble import check_writable, lacks_room, told


def _coded(kind: type[sqlite3.DatabaseError], code: int) -> sqlite3.DatabaseError:
    error = kind("what SQLite says")
    error.sqlite_errorcode = code
    return error


@ddt
class TestTold(unittest.TestCase):
    """Which file, what happened, what to do."""

    @data(
        (_coded(sqlite3.OperationalError, sqlite3.SQLITE_FULL), "The disk is full. Make room"),
        (_coded(sqlite3.OperationalError, sqlite3.SQLITE_BUSY_SNAPSHOT), "Another process"),
        (_coded(sqlite3.OperationalError, sqlite3.SQLITE_READONLY_DIRECTORY), "can be written"),
        (_coded(sqlite3.OperationalError, sqlite3.SQLITE_CANTOPEN), "can be written"),
        (_coded(sqlite3.OperationalError, sqlite3.SQLITE_IOERR_WRITE), "Check the disk"),
        (_coded(sqlite3.OperationalError, sqlite3.SQLITE_ERROR), "what SQLite says"),
        (_coded(sqlite3.DatabaseError, sqlite3.SQLITE_NOTADB), "is not a job store, or is damaged"),
        (_coded(sqlite3.DatabaseError, sqlite3.SQLITE_CORRUPT_INDEX), "is not a job store, or is damaged"),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full. Make room"),
        (PermissionError(errno.EACCES, "Permission denied"), "can be written"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
    )
    @unpack
    def test_the_file_and_what_to_do_are_named(self, error: Exception, advice: str) -> None:
        with self.assertRaisesRegex(IBMRuntimeError, advice) as caught, told(Path("/somewhere/jobs")):
            raise error
        self.assertIn("/somewhere/jobs", str(caught.exception))
        self.assertIs(caught.exception.__cause__, error)

    @data("store.sqlite", ".")
    def test_a_place_that_cannot_be_written_is_named(self, read_only: str) -> None:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "store.sqlite"
            path.touch()
            check_writable(path)
            with self.assertRaisesRegex(
                IBMRuntimeError, f"{(Path(folder) / read_only)} is read-only .* Make it writable, or copy"
            ):
                check_writable(path, lambda place: place != Path(folder) / read_only)

    @data(
        (OSError(errno.ENOSPC, "full"), True),
        (_coded(sqlite3.OperationalError, sqlite3.SQLITE_FULL), True),
        (_coded(sqlite3.OperationalError, sqlite3.SQLITE_BUSY), False),
    )
    @unpack
    def test_a_full_disk_is_told_from_other_trouble(self, error: Exception, full: bool) -> None:
        with self.assertRaises(IBMRuntimeError) as caught, told(Path("jobs")):
            raise error
        self.assertIs(lacks_room(caught.exception), full)

    @data(sqlite3.ProgrammingError("ours"), sqlite3.IntegrityError("ours"), ValueError("ours"))
    def test_mistakes_of_our_own_are_not_blamed_on_the_file(self, error: Exception) -> None:
        with self.assertRaises(type(error)) as caught, told(Path("jobs")):
            raise error
        self.assertIs(caught.exception, error)
