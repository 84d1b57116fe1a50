"""A store in an SQLite file, shared by processes."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Literal, TypeVar

from ..errors import IBMRuntimeError
from ..records.job import UNFINISHED, Job
from ..records.query import Query
from ..records.workload import Workload
from .blobs import LARGEST_IN_A_ROW, BlobFiles, Written
from .conditions import where
from .migration import migrate
from .rows import DamagedRowError, from_text, time_text, to_text
from .transactions import Transactions
from .trouble import check_writable, lacks_room, told
from .usage import Charge, of_job, of_workload

R = TypeVar("R", Job, Workload)
_LOG = logging.getLogger(__name__)
_COLUMNS = (
    "id",
    "created",
    "status",
    "backend_name",
    "routine",
    "instance",
    "workload_id",
    "queue",
    "finished",
    "tags",
    "row",
)
_UPSERT = (
    f"INSERT INTO jobs ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))}) "
    f"ON CONFLICT (id) DO UPDATE SET {', '.join(f'{column} = excluded.{column}' for column in _COLUMNS[1:])}"
)
_CHARGE = "INSERT INTO usage VALUES (?, ?, ?) ON CONFLICT (instance, minute) DO UPDATE SET seconds = seconds + excluded.seconds"
_KINDS = ("request", "result")
_AT_ONCE = 500
"""Jobs dropped in one transaction when many are: others need not wait long for their turn."""
_ORPHANS_AFTER = 3600.0
"""Seconds after which a file that no row refers to was left by a crash."""


class SqliteStore(Transactions):
    """Rows in an SQLite file in write-ahead mode, large bytes in files beside it.

    Any number of processes may use one file at the same time, forked ones too. A row that is damaged is left out of what is
    listed, and named in the log once.

    That a job runs, and that a session or batch is active and takes jobs, is written with the next transaction or by
    :meth:`flush`; all else before a method returns.

    Args:
        path: the file; it and its folder are made if they are not there.
        synchronous: ``"FULL"``: what was written survives a power cut, but for rows that were put off until :meth:`sync`.
            ``"NORMAL"``: it survives the end of the process, however it ends, and after :meth:`sync` a power cut.

    Raises:
        IBMRuntimeError: the file is not a store, is of a newer version, or cannot be written.
    """

    name = "sqlite"
    durable = True

    def __init__(self, path: str | Path, *, synchronous: Literal["FULL", "NORMAL"] = "FULL") -> None:
        super().__init__(Path(path).expanduser().resolve(), synchronous)
        self.locks: Path | None = self.path.with_name(f"{self.path.name}.locks")
        self._blobs = BlobFiles(self.path.with_name(f"{self.path.name}.blobs"))
        self._seen = threading.local()
        self._named: set[str] = set()
        """Damaged rows the log has named."""
        with told(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            check_writable(self.path)
            migrate(self.path)
            self._remove_orphans()

    # --- jobs

    def put(self, job: Job) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        if job.status == "RUNNING":
            self._later(job)
            return
        with self._writing(instead_of=job) as connection:
            self._upsert(connection, job)

    def submit(self, job: Job, request: Any) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        self._put_with(job, "request", request)

    def finish(self, job: Job, result: Any) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        self._put_with(job, "result", result)

    def forget_result(self, job_id: str) -> bool:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        with self._writing() as connection:
            gone = connection.execute("DELETE FROM blobs WHERE id = ? AND kind = 'result'", (job_id,)).rowcount
        with told(self.path):
            self._blobs.remove(f"{job_id}.result")
        return gone > 0

    def _put_with(self, job: Job, kind: str, data: bytes | Written) -> None:
        large = not isinstance(data, bytes) or len(data) > LARGEST_IN_A_ROW
        if large:
            with told(self.path):
                self._blobs.write(f"{job.id}.{kind}", data)
        with self._writing(instead_of=job) as connection:
            connection.execute("INSERT OR REPLACE INTO blobs VALUES (?, ?, ?)", (job.id, kind, None if large else data))
            self._upsert(connection, job)

    def _upsert(self, connection: sqlite3.Connection, job: Job) -> None:
        """Write a row; the one that says that the job has ended also writes what it is charged."""
        if job.finished is not None:
            ended = connection.execute("SELECT 1 FROM jobs WHERE id = ? AND finished IS NOT NULL", (job.id,)).fetchone()
            _charge(connection, None if ended else of_job(None, job, self._workload_in(connection, job.workload_id)))
        connection.execute(_UPSERT, _values(job))

    def _upsert_workload(self, connection: sqlite3.Connection, workload: Workload) -> None:
        """Write a row; the one that says that a session's window has closed also writes what it is charged."""
        _charge(connection, of_workload(_workload_of(connection, workload.id), workload))
        connection.execute(
            "INSERT INTO workloads (id, closed, row) VALUES (?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET closed = excluded.closed, row = excluded.row",
            (workload.id, time_text(workload.closed_at), to_text(workload)),
        )

    def _workload_in(self, connection: sqlite3.Connection, workload_id: str | None) -> Workload | None:
        if workload_id is None:
            return None
        return self._pending.get(Workload, workload_id) or _workload_of(connection, workload_id)

    def get(self, job_id: str) -> Job | None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        waiting = self._pending.get(Job, job_id)
        if waiting is not None:
            return waiting
        found = self._read("SELECT row FROM jobs WHERE id = ?", (job_id,))
        return from_text(Job, found[0][0], job_id) if found else None

    def get_request(self, job_id: str) -> Any:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        return self._blob(job_id, "request")

    def get_result(self, job_id: str) -> Any:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        return self._blob(job_id, "result")

    def _blob(self, job_id: str, kind: str) -> bytes | IO[bytes] | None:
        asked = ("SELECT data FROM blobs WHERE id = ? AND kind = ?", (job_id, kind))
        found = self._read(*asked)
        if not found:
            return None
        if found[0][0] is not None:
            return bytes(found[0][0])
        with told(self.path):
            try:
                return self._blobs.read(f"{job_id}.{kind}")
            except FileNotFoundError as err:
                if not self._read(*asked):  # dropped meanwhile
                    return None
                raise IBMRuntimeError(
                    f"The {kind} of job {job_id} is not there: {err.filename} is missing. Put the file back, or delete the job."
                ) from err

    def find(self, query: Query) -> Sequence[Job]:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        self._show()
        condition, values = where(query)
        order = "DESC" if query.descending else "ASC"
        limit = -1 if query.limit is None else query.limit
        found = self._read(
            f"SELECT id, row FROM jobs {condition} ORDER BY created {order}, number {order} LIMIT ? OFFSET ?",
            (*values, limit, query.skip),
        )
        return self._readable(Job, found)

    def count(self, query: Query) -> int:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        self._show()
        condition, values = where(query)
        return int(self._read(f"SELECT count(*) FROM jobs {condition}", values)[0][0])

    def drop(self, job_id: str) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        self._drop([job_id])

    def _drop(self, ids: Sequence[str]) -> None:
        try:
            self._drop_rows(ids)
        except IBMRuntimeError as err:
            if not lacks_room(err):
                raise
            # the files go first then, though a row without its file is left if this fails as well
            self._drop_files(ids)
            self._make_room()
            self._drop_rows(ids)
        self._drop_files(ids)

    def _drop_rows(self, ids: Sequence[str]) -> None:
        with self._writing() as connection:
            connection.executemany("DELETE FROM jobs WHERE id = ?", [(job_id,) for job_id in ids])
            connection.executemany("DELETE FROM blobs WHERE id = ?", [(job_id,) for job_id in ids])

    def _drop_files(self, ids: Sequence[str]) -> None:
        with told(self.path):
            for job_id in ids:
                for kind in _KINDS:
                    self._blobs.remove(f"{job_id}.{kind}")

    def _make_room(self) -> None:
        """Move what the write-ahead log holds into the file, so that the log begins at its start again."""
        with suppress(IBMRuntimeError):
            self._read("PRAGMA wal_checkpoint(TRUNCATE)", ())

    def used(self, instance: str, since: datetime) -> float:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        self._show()
        asked = "SELECT total(seconds) FROM usage WHERE instance = ? AND minute > ?"
        return float(self._read(asked, (instance, _minute(since)))[0][0])

    def prune(self, before: datetime) -> int:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        limit = time_text(before)
        old = [job_id for (job_id,) in self._read("SELECT id FROM jobs WHERE finished < ?", (limit,))]
        for start in range(0, len(old), _AT_ONCE):
            self._drop(old[start : start + _AT_ONCE])
        if self._read("SELECT 1 FROM workloads WHERE closed < ? LIMIT 1", (limit,)):
            with self._writing() as connection:
                connection.execute(
                    "DELETE FROM workloads WHERE closed < ? "
                    "AND NOT EXISTS (SELECT 1 FROM jobs WHERE workload_id = workloads.id)",
                    (limit,),
                )
        return len(old)

    # --- workloads and messages

    def put_workload(self, workload: Workload) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        if workload.state == "active" and workload.accepting_jobs:
            self._later(workload)
            return
        with self._writing(instead_of=workload) as connection:
            self._upsert_workload(connection, workload)

    def workload(self, workload_id: str) -> Workload | None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        waiting = self._pending.get(Workload, workload_id)
        if waiting is not None:
            return waiting
        found = self._read("SELECT row FROM workloads WHERE id = ?", (workload_id,))
        return from_text(Workload, found[0][0], workload_id) if found else None

    def workloads(self, *, open_only: bool = False) -> Sequence[Workload]:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        self._show()
        condition = "WHERE closed IS NULL" if open_only else ""
        return self._readable(Workload, self._read(f"SELECT id, row FROM workloads {condition} ORDER BY number", ()))

    def busy_queues(self) -> Sequence[str]:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        self._show()
        places = ", ".join("?" * len(UNFINISHED))
        return [queue for (queue,) in self._read(f"SELECT DISTINCT queue FROM jobs WHERE status IN ({places})", UNFINISHED)]

    def send(self, queue: str, kind: str, target: str) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        with self._writing() as connection:
            connection.execute("INSERT INTO messages (queue, kind, target) VALUES (?, ?, ?)", (queue, kind, target))

    def receive(self, queues: Sequence[str]) -> Sequence[tuple[int, str, str]]:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        places = ", ".join("?" * len(queues))
        return self._read(f"SELECT number, kind, target FROM messages WHERE queue IN ({places}) ORDER BY number", tuple(queues))

    def discard(self, messages: Sequence[int]) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        with self._writing() as connection:
            connection.executemany("DELETE FROM messages WHERE number = ?", [(number,) for number in messages])

    def changed(self) -> bool:
        """See :class:`~qiskit_local_runtime.store.base.Store`; each thread asks for itself.

        Counts what other threads of this process have written, too: a look too many does no harm.
        """
        # the number is one connection's own, and a thread has one connection at a time
        with self._using() as line:
            assert line.connection is not None
            version = (line.opened, int(line.connection.execute("PRAGMA data_version").fetchone()[0]))
        before, self._seen.version = getattr(self._seen, "version", None), version
        return version != before

    # --- the file

    def _write(self, connection: sqlite3.Connection, row: Job | Workload) -> None:
        """See :class:`~.transactions.Transactions`."""
        if isinstance(row, Job):
            self._upsert(connection, row)
        else:
            self._upsert_workload(connection, row)

    def _readable(self, kind: type[R], found: Sequence[tuple[str, str]]) -> list[R]:
        rows: list[R] = []
        for name, text in found:
            try:
                rows.append(from_text(kind, text, name))
            except DamagedRowError as damage:
                if name not in self._named:
                    self._named.add(name)
                    _LOG.warning("%s It is left out.", damage)
        return rows

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


def _workload_of(connection: sqlite3.Connection, workload_id: str) -> Workload | None:
    """A workload's row, on which depends what is charged; one that is damaged keeps nobody from writing."""
    found = connection.execute("SELECT row FROM workloads WHERE id = ?", (workload_id,)).fetchone()
    with suppress(DamagedRowError):
        return from_text(Workload, found[0], workload_id) if found else None
    return None


def _charge(connection: sqlite3.Connection, charge: Charge | None) -> None:
    if charge is not None:
        connection.execute(_CHARGE, (charge.instance, _minute(charge.when), charge.seconds))


def _minute(when: datetime) -> str:
    return (time_text(when) or "")[:16]
