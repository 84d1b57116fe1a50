"""A store in an SQLite file, shared by processes."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from ..errors import IBMRuntimeError
from ..records.job import Job
from ..records.query import Query
from ..records.workload import Workload
from . import schema
from .blobs import LARGEST_IN_A_ROW, BlobFiles
from .conditions import where
from .rows import from_text, time_text, to_text

_UPSERT = """
INSERT INTO jobs (id, created, status, backend_name, routine, instance, workload_id, queue, finished, tags, row)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET status = excluded.status, finished = excluded.finished, tags = excluded.tags, row = excluded.row
"""
_ORPHANS_AFTER = 3600.0
"""Seconds after which a file that no row refers to was left by a crash."""


class SqliteStore:
    """Rows in an SQLite file in write-ahead mode, large bytes in files beside it.

    Any number of processes may use one file at the same time.

    Args:
        path: the file; it and its folder are made if they are not there.
        synchronous: ``"FULL"``: what was acknowledged survives a power cut; ``"NORMAL"``: it survives the end of the process,
            and writing is quicker.

    Raises:
        IBMRuntimeError: the file is not a store, is of a newer version, or cannot be written.
    """

    name = "sqlite"
    durable = True

    def __init__(self, path: str | Path, *, synchronous: Literal["FULL", "NORMAL"] = "FULL") -> None:
        self.path = Path(path).expanduser().resolve()
        self.locks: Path | None = self.path.with_name(f"{self.path.name}.locks")
        self._blobs = BlobFiles(self.path.with_name(f"{self.path.name}.blobs"))
        self._synchronous = synchronous
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._seen: int | None = None
        self._closed = False
        with self._told():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._migrate()
            self._remove_orphans()

    # --- jobs

    def put(self, job: Job) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        with self._writing() as connection:
            connection.execute(_UPSERT, _values(job))

    def submit(self, job: Job, request: Any) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        self._put_with(job, "request", request)

    def finish(self, job: Job, result: Any) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        self._put_with(job, "result", result)

    def _put_with(self, job: Job, kind: str, data: bytes) -> None:
        with self._told():
            large = len(data) > LARGEST_IN_A_ROW
            if large:
                self._blobs.write(f"{job.id}.{kind}", data)
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO blobs VALUES (?, ?, ?)", (job.id, kind, None if large else data))
            connection.execute(_UPSERT, _values(job))

    def get(self, job_id: str) -> Job | None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        found = self._read("SELECT row FROM jobs WHERE id = ?", (job_id,))
        return from_text(Job, found[0][0]) if found else None

    def get_request(self, job_id: str) -> Any:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        return self._blob(job_id, "request")

    def get_result(self, job_id: str) -> Any:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        return self._blob(job_id, "result")

    def _blob(self, job_id: str, kind: str) -> bytes | None:
        found = self._read("SELECT data FROM blobs WHERE id = ? AND kind = ?", (job_id, kind))
        if not found:
            return None
        with self._told():
            return bytes(found[0][0]) if found[0][0] is not None else self._blobs.read(f"{job_id}.{kind}")

    def find(self, query: Query) -> Sequence[Job]:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        condition, values = where(query)
        order = "DESC" if query.descending else "ASC"
        limit = -1 if query.limit is None else query.limit
        found = self._read(
            f"SELECT row FROM jobs {condition} ORDER BY created {order}, number {order} LIMIT ? OFFSET ?",
            (*values, limit, query.skip),
        )
        return [from_text(Job, row) for (row,) in found]

    def count(self, query: Query) -> int:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        condition, values = where(query)
        return int(self._read(f"SELECT count(*) FROM jobs {condition}", values)[0][0])

    def drop(self, job_id: str) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        with self._writing() as connection:
            connection.execute("DELETE FROM jobs WHERE id = ?", (job_id,))
            connection.execute("DELETE FROM blobs WHERE id = ?", (job_id,))
        for kind in ("request", "result"):
            self._blobs.remove(f"{job_id}.{kind}")

    def prune(self, before: datetime) -> int:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        limit = time_text(before)
        old = [job_id for (job_id,) in self._read("SELECT id FROM jobs WHERE finished < ?", (limit,))]
        for job_id in old:
            self.drop(job_id)
        if self._read("SELECT 1 FROM workloads WHERE closed < ? LIMIT 1", (limit,)):
            with self._writing() as connection:
                connection.execute("DELETE FROM workloads WHERE closed < ?", (limit,))
        return len(old)

    # --- workloads and messages

    def put_workload(self, workload: Workload) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO workloads (id, closed, row) VALUES (?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET closed = excluded.closed, row = excluded.row",
                (workload.id, time_text(workload.closed_at), to_text(workload)),
            )

    def workload(self, workload_id: str) -> Workload | None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        found = self._read("SELECT row FROM workloads WHERE id = ?", (workload_id,))
        return from_text(Workload, found[0][0]) if found else None

    def workloads(self) -> Sequence[Workload]:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        return [from_text(Workload, row) for (row,) in self._read("SELECT row FROM workloads ORDER BY number", ())]

    def send(self, queue: str, kind: str, target: str) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        with self._writing() as connection:
            connection.execute("INSERT INTO messages (queue, kind, target) VALUES (?, ?, ?)", (queue, kind, target))

    def receive(self, queues: Sequence[str]) -> Sequence[tuple[str, str]]:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        marks = ", ".join("?" * len(queues))
        found = self._read(f"SELECT number, kind, target FROM messages WHERE queue IN ({marks}) ORDER BY number", tuple(queues))
        if found:
            with self._writing() as connection:
                connection.executemany("DELETE FROM messages WHERE number = ?", [(number,) for number, _, _ in found])
        return [(kind, target) for _, kind, target in found]

    def changed(self) -> bool:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        # counts what other connections have committed, those of this process included: a look too many does no harm
        version = int(self._read("PRAGMA data_version", ())[0][0])
        before, self._seen = self._seen, version
        return version != before

    def close(self) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        with self._lock:
            self._closed = True
            connections, self._connections = self._connections, []
        for connection in connections:
            connection.close()

    # --- the file

    def _connection(self) -> sqlite3.Connection:
        """This thread's connection; a forked child makes its own, since a connection must not be shared."""
        if getattr(self._local, "pid", None) == os.getpid() and not self._closed:
            found: sqlite3.Connection = self._local.connection
            return found
        if self._closed:
            raise IBMRuntimeError(f"The store {self.path} is closed. Open it again.")
        connection = sqlite3.connect(self.path, timeout=30.0, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        self._local.connection, self._local.pid = connection, os.getpid()
        with self._lock:
            self._connections.append(connection)
        return connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is meant to write from its start: one that finds out later cannot be waited for."""
        with self._told():
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _read(self, statement: str, values: Sequence[Any]) -> list[Any]:
        with self._told():
            return self._connection().execute(statement, values).fetchall()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of the database and the disk in words a user can act on."""
        try:
            yield
        except sqlite3.OperationalError as err:
            raise IBMRuntimeError(
                f"The job store {self.path} cannot be used: {err}. Check that its folder can be written and the disk is not "
                "full; nothing that was acknowledged is lost."
            ) from err
        except sqlite3.DatabaseError as err:
            raise IBMRuntimeError(
                f"{self.path} is not a job store, or is damaged: {err}. Move it away, or choose another store; it has been "
                "left as it is."
            ) from err
        except OSError as err:
            raise IBMRuntimeError(
                f"The job store {self.path} cannot be used: {err}. Check its folder's permissions and the space on the disk."
            ) from err

    def _migrate(self) -> None:
        connection = self._connection()
        found = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if found > schema.VERSION:
            raise IBMRuntimeError(
                f"The job store {self.path} has schema version {found} and this version of the package knows {schema.VERSION}. "
                "Update the package, or choose another store."
            )
        if found == schema.VERSION:
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            # another process may have done it meanwhile
            found = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if found == 0 and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise sqlite3.DatabaseError("it is an SQLite file of another program")
            for version in range(found + 1, schema.VERSION + 1):
                for statement in schema.STEPS[version].split(";"):
                    if statement.strip():
                        connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {version}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def _remove_orphans(self) -> None:
        if self._blobs.names():
            kept = {f"{name}.{kind}" for name, kind in self._read("SELECT id, kind FROM blobs WHERE data IS NULL", ())}
            self._blobs.remove_all_but(kept, older_than=time.time() - _ORPHANS_AFTER)


def _values(job: Job) -> tuple[Any, ...]:
    return (
        job.id,
        time_text(job.created),
        job.status,
        job.backend_name,
        job.routine,
        job.instance,
        job.workload_id,
        job.queue,
        time_text(job.finished),
        "".join(f"\x1f{tag}\x1f" for tag in job.tags),
        to_text(job),
    )
