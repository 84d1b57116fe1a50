"""A store that lives as long as the process."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from ..records.job import Job
from ..records.query import Query
from ..records.workload import Workload
from .matching import meets, page
from .usage import Charge, of_job, of_workload


class MemoryStore:
    """Rows, requests and results in dictionaries.

    Thread safe without a lock (but for what was used): every method is one operation after another on dictionaries, each of
    which CPython does in one piece, in an order that never shows a row without its result.
    """

    name = "memory"
    durable = False
    locks: Path | None = None

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._requests: dict[str, Any] = {}
        self._results: dict[str, Any] = {}
        self._workloads: dict[str, Workload] = {}
        self._used: dict[str, dict[int, float]] = {}
        """Seconds by instance and minute: what was used stays used when a job is forgotten."""
        self._charging = threading.Lock()

    def put(self, job: Job) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        self._charge(of_job(self._jobs.get(job.id), job, self._workloads.get(job.workload_id or "")))
        self._jobs[job.id] = job

    def submit(self, job: Job, request: Any) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        self._requests[job.id] = request
        self._jobs[job.id] = job

    def finish(self, job: Job, result: Any) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        self._results[job.id] = result
        self.put(job)

    def forget_result(self, job_id: str) -> bool:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        # popping is one step, whatever other threads do
        return self._results.pop(job_id, None) is not None

    def get(self, job_id: str) -> Job | None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        return self._jobs.get(job_id)

    def get_request(self, job_id: str) -> Any:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        return self._requests.get(job_id)

    def get_result(self, job_id: str) -> Any:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        return self._results.get(job_id)

    def find(self, query: Query) -> Sequence[Job]:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        found = sorted((row for row in list(self._jobs.values()) if meets(row, query)), key=lambda row: row.created)
        return page(found, query)

    def count(self, query: Query) -> int:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        return sum(meets(row, query) for row in list(self._jobs.values()))

    def put_workload(self, workload: Workload) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        self._charge(of_workload(self._workloads.get(workload.id), workload))
        self._workloads[workload.id] = workload

    def workload(self, workload_id: str) -> Workload | None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        return self._workloads.get(workload_id)

    def workloads(self, *, open_only: bool = False) -> Sequence[Workload]:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        return [row for row in list(self._workloads.values()) if not (open_only and row.closed_at is not None)]

    def busy_queues(self) -> Sequence[str]:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        return list(dict.fromkeys(row.queue for row in list(self._jobs.values()) if not row.final))

    def send(self, queue: str, kind: str, target: str) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`; there is nobody else who could read it."""

    def receive(self, queues: Sequence[str]) -> Sequence[tuple[int, str, str]]:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        return ()

    def discard(self, messages: Sequence[int]) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""

    def changed(self) -> bool:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        return False

    def drop(self, job_id: str) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        self._jobs.pop(job_id, None)
        self._requests.pop(job_id, None)
        self._results.pop(job_id, None)

    def used(self, instance: str, since: datetime) -> float:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        first = _minute(since)
        return sum(seconds for minute, seconds in list(self._used.get(instance, {}).items()) if minute > first)

    def _charge(self, charge: Charge | None) -> None:
        if charge is not None:
            with self._charging:
                of_instance = self._used.setdefault(charge.instance, {})
                minute = _minute(charge.when)
                of_instance[minute] = of_instance.get(minute, 0.0) + charge.seconds

    def prune(self, before: datetime) -> int:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        old = [row.id for row in list(self._jobs.values()) if row.finished is not None and row.finished < before]
        for job_id in old:
            self.drop(job_id)
        needed = {row.workload_id for row in list(self._jobs.values())}
        for workload in self.workloads():
            if workload.closed_at is not None and workload.closed_at < before and workload.id not in needed:
                self._workloads.pop(workload.id, None)
        return len(old)

    def flush(self) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`; nothing is put off."""

    def sync(self) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`; there is no disk."""

    def close(self) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""


def _minute(when: datetime) -> int:
    return int(when.timestamp() // 60)
