"""What handles and primitives know of a runtime."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

from qiskit.providers import BackendV2

from ..records.job import Job
from ..records.query import Query
from ..records.request import Request
from ..records.workload import Mode, Workload

if TYPE_CHECKING:
    from ..pipeline.plan import Plan


class Runtime(Protocol):
    """Submit, look up, cancel: everything a handle needs, by job id."""

    @property
    def unimplemented(self) -> Literal["raise", "warn"]:
        """What happens to options that are known but not applied yet: refused, or ignored with a warning."""

    def submit(self, request: Request) -> str:
        """Accept a request and return the new job's id; the work happens elsewhere.

        Raises:
            IBMInputValueError, IBMBackendError: the request cannot run; nothing was queued.
            IBMRuntimeError: the runtime is closed.
        """

    def estimate(self, request: Request) -> float | None:
        """Quantum seconds a request would use, without running it.

        Returns:
            ``None`` where the backend does not say how long its operations take, or the circuits are still to be transpiled.

        Raises:
            IBMInputValueError, IBMBackendError: the request cannot run.
        """

    def plan(self, request: Request) -> Plan:
        """What a request would run and what it would cost, without running it.

        Raises:
            IBMInputValueError, IBMBackendError: the request cannot run.
        """

    def job(self, job_id: str) -> Job:
        """A job's row.

        Raises:
            RuntimeJobNotFound: there is none.
        """

    def request(self, job_id: str) -> Request:
        """What was asked."""

    def wait(self, job_id: str, timeout: float | None) -> bool:
        """Wait until a job has ended; ``False`` after ``timeout`` seconds."""

    def result(self, job_id: str) -> Any:
        """The result of a finished job.

        Raises:
            RuntimeJobFailureError: it failed (the cause is chained) or was cancelled.
            RuntimeJobMaxTimeoutError: it ran too long.
        """

    def cancel(self, job_id: str) -> bool:
        """Cancel a job in any phase; ``False`` if it had ended already."""

    def update_tags(self, job_id: str, tags: tuple[str, ...]) -> None:
        """Replace a job's tags."""

    def queue_position(self, job_id: str) -> int | None:
        """Place in its backend's queue, 1 for the next; ``None`` unless queued."""

    def hold(self, job_id: str) -> None:
        """A handle of a job was made: keep what it may ask for (an unknown id is left for the handle's first question)."""

    def release(self, job_id: str) -> None:
        """A handle is gone; after the last one, what only memory holds of the job goes too, once it has ended.

        The garbage collector calls this at any moment, in any thread: it waits for no lock.
        """

    def find(self, query: Query) -> Sequence[Job]:
        """Rows of jobs that meet a query."""

    def count(self, query: Query) -> int:
        """How many jobs meet a query, whatever its limit and skip."""

    def delete(self, job_id: str) -> None:
        """Forget a job that has ended, and its result.

        Raises:
            RuntimeJobNotFound: there is none.
            RuntimeInvalidStateError: it has not ended.
        """

    def open_workload(self, mode: Mode, backend: BackendV2, max_time: float | None = None, instance: str | None = None) -> str:
        """Open a session (``dedicated``) or batch and return its id.

        Args:
            mode: which.
            backend: where its jobs run.
            max_time: longest wall clock in seconds from the start of its first job; ``None``: what the plan allows.
            instance: whose share it uses; ``None``: the runtime's.

        Raises:
            IBMNotAuthorizedError: the plan has no sessions.
            IBMInputValueError: ``max_time`` is not positive.
        """

    def workload(self, workload_id: str) -> Workload:
        """A session's or batch's row.

        Raises:
            IBMInputValueError: there is none.
        """

    def workload_backend(self, workload_id: str) -> BackendV2:
        """The backend of a session or batch.

        Raises:
            IBMBackendError: it was an object of another process.
        """

    def workload_usage(self, workload_id: str) -> float:
        """Seconds a session or batch has used until now."""

    def close_workload(self, workload_id: str) -> None:
        """Take no new jobs; what there is completes."""

    def cancel_workload(self, workload_id: str) -> None:
        """End a session or batch now; running jobs complete, queued ones are cancelled."""

    def usage(self, instance: str | None = None) -> float:
        """Seconds an instance has used in the last 28 days."""
