"""A store that lives as long as the process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..records.job import Job


class MemoryStore:
    """Rows and results in dictionaries.

    Thread safe without a lock: every method is one operation on a dictionary, which CPython does in one piece.
    """

    name = "memory"

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._results: dict[str, Any] = {}

    def put(self, job: Job) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        self._jobs[job.id] = job

    def get(self, job_id: str) -> Job | None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        return self._jobs.get(job_id)

    def jobs(self) -> Sequence[Job]:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        return list(self._jobs.values())

    def put_result(self, job_id: str, result: Any) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        self._results[job_id] = result

    def get_result(self, job_id: str) -> Any:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        return self._results.get(job_id)

    def drop(self, job_id: str) -> None:
        """See :class:`~qiskit_local_runtime.store.base.Store`."""
        self._jobs.pop(job_id, None)
        self._results.pop(job_id, None)
