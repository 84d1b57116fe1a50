"""A store that lives as long as the process."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from ..records.job import Job


class MemoryStore:
    """Rows and results in dictionaries; thread safe."""

    name = "memory"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._results: dict[str, Any] = {}

    def put(self, job: Job) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        with self._lock:
            self._jobs[job.id] = job

    def get(self, job_id: str) -> Job | None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        with self._lock:
            return self._jobs.get(job_id)

    def jobs(self) -> Sequence[Job]:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        with self._lock:
            return list(self._jobs.values())

    def put_result(self, job_id: str, result: Any) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        with self._lock:
            self._results[job_id] = result

    def get_result(self, job_id: str) -> Any:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        with self._lock:
            return self._results.get(job_id)

    def drop(self, job_id: str) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        with self._lock:
            self._jobs.pop(job_id, None)
            self._results.pop(job_id, None)
