"""What a store keeps: rows of jobs and workloads, and what belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from ..records.job import Job
from ..records.query import Query
from ..records.workload import Workload


class Store(Protocol):
    """Rows and their belongings; order and meaning are not its business. Every method may be called from any thread."""

    durable: bool
    """Whether it outlives the process; requests and results are then bytes, otherwise the objects themselves.

    A large one is given to it as what writes its bytes to a file (``write(file)``), and got from it as an open file, so that it
    is not in memory twice.
    """
    locks: Path | None
    """Folder for files that processes lock to tell which of them runs a queue; ``None``: no other process sees the store."""

    def put(self, job: Job) -> None:
        """Insert or replace a row."""

    def submit(self, job: Job, request: Any) -> None:
        """Insert a row and what was asked, both or neither."""

    def finish(self, job: Job, result: Any) -> None:
        """Replace a row and keep a result, both or neither."""

    def forget_result(self, job_id: str) -> bool:
        """Forget a result; whether there was one: of several callers, in whatever processes, one hears ``True``."""

    def get(self, job_id: str) -> Job | None:
        """A row, or ``None``."""

    def get_request(self, job_id: str) -> Any:
        """What was asked, or ``None``."""

    def get_result(self, job_id: str) -> Any:
        """A result, or ``None``."""

    def find(self, query: Query) -> Sequence[Job]:
        """Rows that meet a query, by time of creation; rows created at the same time in the order they came."""

    def count(self, query: Query) -> int:
        """How many rows meet a query, whatever its limit and skip."""

    def put_workload(self, workload: Workload) -> None:
        """Insert or replace a session's or batch's row."""

    def workload(self, workload_id: str) -> Workload | None:
        """A session's or batch's row, or ``None``."""

    def workloads(self, *, open_only: bool = False) -> Sequence[Workload]:
        """All sessions and batches (that are not closed), oldest first."""

    def busy_queues(self) -> Sequence[str]:
        """Queues with jobs that have not ended."""

    def send(self, queue: str, kind: str, target: str) -> None:
        """Leave a message for the process that runs a queue, such as ``cancel`` and a job's id."""

    def receive(self, queues: Sequence[str]) -> Sequence[tuple[int, str, str]]:
        """The messages (number, kind, target) for some queues, oldest first; they stay until they are discarded."""

    def discard(self, messages: Sequence[int]) -> None:
        """Forget messages, by their numbers."""

    def changed(self) -> bool:
        """Whether another process may have written since this was last asked."""

    def drop(self, job_id: str) -> None:
        """Forget a row and what belongs to it; nothing happens if there is none.

        Of a memory store the garbage collector may call this in the middle of any other method of the same thread: it
        waits for no lock there.
        """

    def used(self, instance: str, since: datetime) -> float:
        """Seconds an instance was charged after the minute of a time: for jobs that ended and sessions' windows that closed.

        They are charged when their rows are written, and stay charged when the rows are dropped.
        """

    def prune(self, before: datetime) -> int:
        """Drop jobs that ended before a time, and workloads closed before it that no job is left of; how many jobs."""

    def flush(self) -> None:
        """Write rows that were put off.

        A store may put off the rows of jobs that run and of sessions and batches that are active, which are worked out again
        where they are missing. Who reads from the same store sees them at once, other processes when they are written: with
        whatever is written next, or by this.
        """

    def sync(self) -> None:
        """Wait until all that was written would survive a power cut."""

    def close(self) -> None:
        """Let go of files; idempotent."""
