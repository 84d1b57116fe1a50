"""What handles and primitives know of a runtime."""

from __future__ import annotations

from typing import Any, Literal, Protocol

from ..records.job import Job
from ..records.request import Request


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
