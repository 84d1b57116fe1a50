"""Transactions of an SQLite file, and the rows that are put off until the next one."""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from ..errors import IBMRuntimeError
from ..records.job import Job
from ..records.workload import Workload
from .connections import Connections, Line
from .disk import sync_file
from .interrupts import held_back
from .pending import Pending
from .transaction import transaction
from .trouble import told

Row = Job | Workload
_NEVER = datetime.min


class Transactions(ABC):
    """One writer at a time in this process, any number of readers.

    Args:
        path: the file.
        synchronous: see :class:`~qiskit_local_runtime.store.sqlite.SqliteStore`.
    """

    def __init__(self, path: Path, synchronous: Literal["FULL", "NORMAL"]) -> None:
        self.path = path
        self._synchronous = synchronous
        self._connections = Connections(path, synchronous)
        self._pending = Pending()
        self._unsynced = False
        """Something was written that may not be on the disk."""
        self._windows: dict[str, datetime | None] = {}
        """By active session or batch: the start of its window, as the file has it."""

    @abstractmethod
    def _write(self, connection: sqlite3.Connection, row: Row) -> None:
        """Write a row that was put off, inside a transaction."""

    def flush(self) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        if self._pending.rows():
            with self._writing(lasting=False, everything=True):
                pass

    def sync(self) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        if not self._unsynced:
            return
        self._unsynced = False
        try:
            # one that is not there was moved into the file, on the disk, when the last connection was closed
            with told(self.path), suppress(FileNotFoundError):
                sync_file(self.path.with_name(f"{self.path.name}-wal"))
        except IBMRuntimeError:
            self._unsynced = True
            raise

    def close(self) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        try:
            # what waits still is worked out again from what is there
            with suppress(IBMRuntimeError):
                self.flush()
            self.sync()
        finally:
            self._connections.close()
            self._pending.clear()

    def _show(self) -> None:
        """Write what waits before rows are looked for; where it cannot be written now, what there is is shown."""
        with suppress(IBMRuntimeError):
            self.flush()

    def _later(self, row: Row) -> None:
        """Write a row with the next transaction: nothing that was acknowledged depends on it."""
        self._connections.check_open()
        self._pending.add(row)

    @contextmanager
    def _writing(
        self, *, lasting: bool = True, everything: bool = False, instead_of: Row | None = None
    ) -> Iterator[sqlite3.Connection]:
        """A transaction, which takes along the rows that wait and say something new.

        Transactions come back in their order, up to the last that reached the disk: never a later one without an earlier.

        Args:
            lasting: it waits for the disk, if the store does.
            everything: it takes along all rows that wait.
            instead_of: a row that is written inside, in place of one that waits.
        """
        with held_back(), self._pending.turn(), self._using() as line:
            assert line.connection is not None
            line.write(self._synchronous if lasting else "NORMAL")
            rows, outdated = self._due(everything, instead_of)
            with transaction(line.connection):
                for row in rows:
                    self._write(line.connection, row)
                yield line.connection
            self._pending.written([*rows, *outdated])
            self._note_windows(rows if instead_of is None else [*rows, instead_of])
            self._unsynced = line.synchronous == "NORMAL"

    def _due(self, everything: bool, instead_of: Row | None) -> tuple[list[Row], list[Row]]:
        """Rows that wait: those to write now, and those that another one makes pointless."""
        waiting = self._pending.rows()
        outdated = [row for row in waiting if instead_of is not None and _key(row) == _key(instead_of)]
        others = [row for row in waiting if not outdated or _key(row) != _key(outdated[0])]
        return [row for row in others if everything or self._is_news(row)], outdated

    def _is_news(self, row: Row) -> bool:
        """Whether a row says more than when jobs of an active session or batch began and ended: their own rows say that too."""
        return isinstance(row, Job) or self._windows.get(row.id, _NEVER) != row.activated_at

    def _note_windows(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if isinstance(row, Workload) and row.state == "active":
                self._windows[row.id] = row.activated_at
            elif isinstance(row, Workload):
                self._windows.pop(row.id, None)

    def _read(self, statement: str, values: Sequence[Any]) -> list[Any]:
        with self._using() as line:
            assert line.connection is not None
            return line.connection.execute(statement, values).fetchall()

    @contextmanager
    def _using(self) -> Iterator[Line]:
        try:
            with held_back(), told(self.path), self._connections.using() as line:
                yield line
        except sqlite3.ProgrammingError:
            # closed by another thread while this one was at work
            self._connections.check_open()
            raise


def _key(row: Row) -> tuple[type, str]:
    return type(row), row.id
