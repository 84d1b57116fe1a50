"""Connections to an SQLite file: one for each thread that uses it, and none while the process forks."""

from __future__ import annotations

import ctypes
import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from ..errors import IBMRuntimeError

PATIENCE = 30.0
"""Seconds to wait for another process that writes."""


class Line:
    """A thread's connection, open as long as the thread lives except across a fork."""

    def __init__(self) -> None:
        self.connection: sqlite3.Connection | None = None
        self.opened = 0
        """How often it was opened: after a fork it is another one."""
        self.synchronous = ""
        """How hard the connection's commits are written."""
        self.in_use = False
        self.lock = threading.RLock()
        """Held while it is used; a fork waits for it."""

    def write(self, synchronous: str) -> None:
        """Choose how hard the next transactions are written: ``"FULL"`` or ``"NORMAL"``; outside a transaction."""
        if self.connection is not None and self.synchronous != synchronous:
            self.connection.execute(f"PRAGMA synchronous = {synchronous}")
            self.synchronous = synchronous

    def close(self) -> None:
        """Close it, if it is open."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Connections:
    """A connection for whichever thread asks; it is closed when its thread ends, and all are when :meth:`close` is called.

    SQLite allows a connection neither to be used nor to be closed in a forked child, which would copy the locks that are held
    as well: a fork waits until no connection is in use and closes them before; whoever goes on opens them again.

    Args:
        path: the file, made if it is not there.
        synchronous: see :class:`~qiskit_local_runtime.store.sqlite.SqliteStore`.
    """

    def __init__(self, path: Path, synchronous: Literal["FULL", "NORMAL"]) -> None:
        self._path, self._synchronous = path, synchronous
        self._local = threading.local()
        self._lines: dict[int, Line] = {}
        self._closed = False
        _EVERY.add(self)

    @contextmanager
    def using(self) -> Iterator[Line]:
        """This thread's line, open, while no fork can happen.

        Raises:
            IBMRuntimeError: they have been closed.
            sqlite3.Error: the file cannot be opened.
        """
        line = self._line()
        with line.lock:
            before, line.in_use = line.in_use, True
            try:
                if not before:
                    self._open(line)
                yield line
            finally:
                line.in_use = before

    def get(self) -> sqlite3.Connection:
        """This thread's connection; raises what :meth:`using` does."""
        with self.using() as line:
            assert line.connection is not None
            return line.connection

    def close(self) -> None:
        """Close all; idempotent."""
        self._closed = True
        with _FORKS.gate:
            while self._lines:
                connection = self._lines.popitem()[1].connection
                if connection is not None:
                    # the line keeps it: who is using it is told that it is closed
                    connection.close()

    def check_open(self) -> None:
        """Complain if they have been closed.

        Raises:
            IBMRuntimeError: they have.
        """
        if self._closed:
            raise IBMRuntimeError(f"The store {self._path} is closed. Open it again.")

    def _line(self) -> Line:
        self.check_open()
        held: _Held | None = getattr(self._local, "held", None)
        if held is None:
            with _FORKS.gate:
                held = self._local.held = _Held(self._lines)
        return held.line

    def _open(self, line: Line) -> None:
        if line.connection is None:
            line.connection, line.synchronous = connect(self._path), ""
            line.write(self._synchronous)
            connection = line.connection
            line.opened += 1
            if self._closed:  # meanwhile, by another thread
                connection.close()
                self.check_open()
        elif line.connection.in_transaction:
            # left by something that interrupted even the tidying up
            line.connection.execute("ROLLBACK")

    def lines(self) -> list[Line]:
        """Those of all threads."""
        return list(self._lines.values())

    def forked(self) -> None:
        """In a child: begin anew."""
        for line in self._lines.values():
            if line.connection is not None:
                # used by the very thread that forked. One reference more than there are names: the child never closes it, not
                # even at its end, since that could write what the parent's file held then over what it holds now
                ctypes.pythonapi.Py_IncRef(ctypes.py_object(line.connection))
        self._lines, self._local = {}, threading.local()


class _Held:
    """A line that is closed when the thread whose local variable this is has ended."""

    def __init__(self, among: dict[int, Line]) -> None:
        self.line, self._among, self._pid = Line(), among, os.getpid()
        among[id(self)] = self.line

    def __del__(self) -> None:
        # the garbage collector may call this in the middle of anything: nothing is waited for
        line = self.line
        if os.getpid() == self._pid and line.lock.acquire(blocking=False):
            try:
                line.close()
                self._among.pop(id(self), None)
            finally:
                line.lock.release()


def connect(path: Path) -> sqlite3.Connection:
    """A new connection that any thread may use, whose transactions begin when told to."""
    return sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)


class _Forks:
    """What happens around a fork."""

    def __init__(self) -> None:
        self.gate = threading.RLock()
        """Held while a line is added and while the process forks."""
        self.alone = threading.RLock()
        """Held while a connection is used that is no line."""
        self._held: list[Line] = []

    def before(self) -> None:
        """Wait until nothing is in use, and close everything."""
        self.alone.acquire()
        self.gate.acquire()
        for connections in list(_EVERY):
            for line in connections.lines():
                line.lock.acquire()
                self._held.append(line)
                if not line.in_use:
                    line.close()

    def after_in_parent(self) -> None:
        """Go on."""
        while self._held:
            self._held.pop().lock.release()
        self.gate.release()
        self.alone.release()

    def after_in_child(self) -> None:
        """Begin anew."""
        self.__init__()  # type: ignore[misc]
        for connections in list(_EVERY):
            connections.forked()


_EVERY: weakref.WeakSet[Connections] = weakref.WeakSet()
_FORKS = _Forks()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_FORKS.before, after_in_parent=_FORKS.after_in_parent, after_in_child=_FORKS.after_in_child)


@contextmanager
def not_forking() -> Iterator[None]:
    """While a connection is used that belongs to no thread."""
    with _FORKS.alone:
        yield
