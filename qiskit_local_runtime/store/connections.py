"""Connections to an SQLite file: one for each thread that uses it."""

from __future__ import annotations

import ctypes
import os
import sqlite3
import threading
import weakref
from pathlib import Path
from typing import Literal

from ..errors import IBMRuntimeError

PATIENCE = 30.0
"""Seconds to wait for another process that writes."""


class Connections:
    """A connection for whichever thread asks; it is closed when its thread ends, and all are when :meth:`close` is called.

    A forked child makes its own: SQLite allows a connection neither to be used nor to be closed in the child.

    Args:
        path: the file, made if it is not there.
        synchronous: see :class:`~qiskit_local_runtime.store.sqlite.SqliteStore`.
    """

    def __init__(self, path: Path, synchronous: Literal["FULL", "NORMAL"]) -> None:
        self._path, self._synchronous = path, synchronous
        self._local = threading.local()
        self._open: dict[int, sqlite3.Connection] = {}
        self._closed = False
        _EVERY.add(self)

    def get(self) -> sqlite3.Connection:
        """This thread's connection.

        Raises:
            IBMRuntimeError: they have been closed.
            sqlite3.Error: the file cannot be opened.
        """
        if self._closed:
            raise IBMRuntimeError(f"The store {self._path} is closed. Open it again.")
        held: _Held | None = getattr(self._local, "held", None)
        if held is None:
            connection = connect(self._path)
            connection.execute(f"PRAGMA synchronous = {self._synchronous}")
            held = self._local.held = _Held(connection, self._open)
            if self._closed:  # meanwhile, by another thread
                self.close()
                return self.get()
        return held.connection

    def close(self) -> None:
        """Close all; idempotent."""
        self._closed = True
        while self._open:
            self._open.popitem()[1].close()

    def _forked(self) -> None:
        for connection in self._open.values():
            # one reference more than there are names: the child never closes it, not even at its end, since that could
            # write what the parent's file held at the time of the fork over what it holds then
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection))
        self._open, self._local = {}, threading.local()


class _Held:
    """A connection that is closed when the thread whose local variable this is has ended."""

    def __init__(self, connection: sqlite3.Connection, among: dict[int, sqlite3.Connection]) -> None:
        self.connection, self._among, self._pid = connection, among, os.getpid()
        among[id(self)] = connection

    def __del__(self) -> None:
        # no lock: the garbage collector may call this in the middle of anything
        if os.getpid() == self._pid and self._among.pop(id(self), None) is not None:
            self.connection.close()


def connect(path: Path) -> sqlite3.Connection:
    """A new connection that any thread may use, whose transactions begin when told to."""
    return sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)


def _forked() -> None:
    for connections in list(_EVERY):
        connections._forked()


_EVERY: weakref.WeakSet[Connections] = weakref.WeakSet()
os.register_at_fork(after_in_child=_forked)
