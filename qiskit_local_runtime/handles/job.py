"""The handle users hold of a job: an id and a runtime."""

from __future__ import annotations

import math
import time
import weakref
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from qiskit.primitives import BasePrimitiveJob, PrimitiveResult
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit.providers import BackendV2

from ..errors import IBMInputValueError, IBMRuntimeError, RuntimeInvalidStateError, RuntimeJobTimeoutError
from ..records.job import FINAL, Job
from ..runtime.port import Runtime


class RuntimeJob(BasePrimitiveJob[PrimitiveResult, str]):
    """A job that was submitted.

    Args:
        job_id: which job.
        runtime: where it is.
    """

    JOB_FINAL_STATES: tuple[str, ...] = FINAL
    ERROR: str = "ERROR"

    def __init__(self, job_id: str, runtime: Runtime) -> None:
        super().__init__(job_id)
        self._runtime = runtime
        runtime.hold(job_id)
        # nobody can ask for a forgotten job's result any more: do not keep it in memory
        weakref.finalize(self, runtime.release, job_id).atexit = False

    def __repr__(self) -> str:
        try:
            row = self._job
        except (IBMRuntimeError, OSError) as error:
            return f"<RuntimeJob({self.job_id()!r}, {getattr(error, 'code', 'unknown')})>"
        return f"<RuntimeJob({self.job_id()!r}, {row.routine!r}, {row.status})>"

    def __copy__(self) -> RuntimeJob:
        """Another handle of the same job."""
        return type(self)(self.job_id(), self._runtime)

    def __deepcopy__(self, memo: dict[int, Any]) -> RuntimeJob:
        """Another handle of the same job: there is one runtime, and it is not copied."""
        return self.__copy__()

    def result(self, timeout: float | None = None, decoder: None = None, poll_interval: float | None = None) -> PrimitiveResult:
        """Wait for the result.

        An interruption (Ctrl-C) ends the waiting, not the job.

        Args:
            timeout: seconds to wait; ``None``: as long as it takes.
            decoder: of IBM's client; there is nothing to decode here.
            poll_interval: see :meth:`wait_for_final_state`.

        Raises:
            IBMInputValueError: a decoder was given, or a time is not a number.
            RuntimeJobTimeoutError: the job did not end in time; it goes on.
            RuntimeJobFailureError: it failed (the cause is chained) or was cancelled.
            RuntimeJobMaxTimeoutError: it used more quantum time than ``max_execution_time``.
        """
        if decoder is not None:
            raise IBMInputValueError(f"decoder must be None, found {decoder!r}: local results are objects, not text to decode.")
        self.wait_for_final_state(timeout, poll_interval)
        result: PrimitiveResult = self._runtime.result(self.job_id())
        return result

    def status(self) -> str:
        """``INITIALIZING``, ``QUEUED``, ``RUNNING``, ``DONE``, ``ERROR`` or ``CANCELLED``."""
        return self._job.status

    def cancel(self) -> bool:
        """Cancel the job, whatever it is doing.

        Returns:
            ``True``.

        Raises:
            RuntimeInvalidStateError: it has ended already.
        """
        if not self._runtime.cancel(self.job_id()):
            raise RuntimeInvalidStateError(
                f"Job {self.job_id()} cannot be cancelled: it has ended with status {self.status()}."
            )
        return True

    def wait_for_final_state(
        self,
        timeout: float | None = None,
        poll_interval: float | None = None,
        callback: Callable[[RuntimeJob], object] | None = None,
    ) -> None:
        """Wait until the job has ended.

        Args:
            timeout: seconds; ``None``: as long as it takes.
            poll_interval: seconds between looks at the status for ``callback``, 0.05 if ``None``; the end is always
                noticed at once.
            callback: called with this job whenever its status was seen to change, the last time at the end.

        Raises:
            IBMInputValueError: a time is not a number, or ``callback`` not a function.
            RuntimeJobTimeoutError: it did not end in time; it goes on.
        """
        _check_waiting(timeout, poll_interval, callback)
        end = None if timeout is None else time.monotonic() + timeout
        seen = None
        while True:
            step = None if callback is None else poll_interval or 0.05
            left = None if end is None else max(0.0, end - time.monotonic())
            ended = self._runtime.wait(self.job_id(), min((s for s in (step, left) if s is not None), default=None))
            if callback is not None and self.status() != seen:
                seen = self.status()
                callback(self)
            if ended:
                return
            if end is not None and time.monotonic() >= end:
                raise RuntimeJobTimeoutError(
                    f"Job {self.job_id()} did not end within {timeout} s (its status is {self.status()}). It goes on: "
                    "call result() again, or cancel()."
                )

    def done(self) -> bool:
        """Whether the job ended well."""
        return self.status() == "DONE"

    def running(self) -> bool:
        """Whether the job is being worked on."""
        return self.status() == "RUNNING"

    def cancelled(self) -> bool:
        """Whether the job was cancelled."""
        return self.status() == "CANCELLED"

    def errored(self) -> bool:
        """Whether the job failed."""
        return self.status() == "ERROR"

    def in_final_state(self) -> bool:
        """Whether the job has ended, one way or another."""
        return self._job.final

    def error_message(self) -> str | None:
        """Why the job failed or was cancelled; ``None`` if it did not."""
        return self._job.error or None

    def backend(self, timeout: float | None = None) -> BackendV2:
        """The backend it was submitted to; known at once, so ``timeout`` never passes."""
        backend: BackendV2 = self._runtime.request(self.job_id()).backend
        return backend

    @property
    def inputs(self) -> dict[str, Any]:
        """``pubs`` and ``options`` as they were given."""
        request = self._runtime.request(self.job_id())
        return {
            "pubs": [_copy_of(pub) for pub in request.pubs],
            "options": dict(request.options),
            "seed": request.seed,
            "version": 2,
        }

    @property
    def tags(self) -> list[str]:
        """The job's tags."""
        return list(self._job.tags)

    def update_tags(self, new_tags: Sequence[str]) -> list[str]:
        """Replace the tags, and return them.

        Raises:
            IBMInputValueError: not a list of strings.
        """
        if not isinstance(new_tags, Sequence) or isinstance(new_tags, str) or not all(isinstance(tag, str) for tag in new_tags):
            raise IBMInputValueError(f"Tags must be a list of strings, found {new_tags!r}.")
        self._runtime.update_tags(self.job_id(), tuple(new_tags))
        return self.tags

    @property
    def creation_date(self) -> datetime:
        """When it was submitted, in local time."""
        return self._job.created.astimezone()

    @property
    def primitive_id(self) -> str:
        """``sampler`` or ``estimator``."""
        return self._job.routine

    @property
    def private(self) -> bool:
        """Whether the job was marked private."""
        return self._job.private

    @property
    def session_id(self) -> str | None:
        """The session or batch it belongs to; ``None`` in job mode."""
        return self._job.workload_id

    @property
    def instance(self) -> str:
        """The instance it is accounted to."""
        return self._job.instance

    @property
    def image(self) -> str:
        """No container image is used."""
        return ""

    def metrics(self) -> dict[str, Any]:
        """Time stamps (ISO 8601, UTC), usage in seconds, queue position.

        ``usage["quantum_seconds"]`` is of the ``kind`` that ``usage["kind"]`` names: ``modelled``, what the same shots take
        on the device the backend describes, or ``measured``, the time the simulator was busy with the job
        (``usage["measured_seconds"]`` in any case).
        """
        job = self._job
        stamps = {"created": job.created, "running": job.running, "finished": job.finished}
        used = self.usage(partial=True)
        return {
            "timestamps": {name: None if t is None else t.isoformat() for name, t in stamps.items()},
            "usage": {
                "status": "complete" if job.final else "partial",
                "quantum_seconds": used,
                "seconds": used,
                "kind": "measured" if job.quantum_seconds is None else "modelled",
                "measured_seconds": job.busy_seconds,
            },
            "phase": job.phase,
            "position_in_queue": self._runtime.queue_position(self.job_id()),
            "estimated_start_time": None,
            "num_circuits": None,
            "attempts": job.attempts,
        }

    def usage(self, partial: bool = False) -> float:
        """Seconds of quantum time used; 0 until the job has ended.

        Args:
            partial: count what it has used until now while it runs.
        """
        job = self._job
        if not (partial or job.final):
            return 0.0
        return job.used_seconds

    @property
    def usage_estimation(self) -> dict[str, Any]:
        """``quantum_seconds``: what the job was estimated to use when it was submitted.

        For a backend that does not say how long its operations take: what it has used once it has ended, ``None`` before.
        """
        job = self._job
        estimate = job.estimated_seconds
        return {"quantum_seconds": estimate if estimate is not None else job.busy_seconds if job.final else None}

    def properties(self, refresh: bool = False) -> Any:
        """The backend's properties; ``None`` where it has none."""
        found = getattr(self.backend(), "properties", None)
        return found() if callable(found) else None

    def logs(self) -> str:
        """What happened to the job, one line an event: time, level, text.

        Lines less important than ``options.environment.log_level`` are left out: the default, ``WARNING``, shows what went
        wrong, ``INFO`` when it started and ended, ``DEBUG`` each phase.
        """
        job = self._job
        least = _LEVELS.index(job.log_level)
        return "\n".join(line for line in job.log if _LEVELS.index(line.split(" ")[1]) >= least)

    @property
    def _job(self) -> Job:
        return self._runtime.job(self.job_id())


_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def _check_waiting(timeout: object, poll_interval: object, callback: object) -> None:
    for name, value in (("timeout", timeout), ("poll_interval", poll_interval)):
        number = isinstance(value, (int, float)) and not isinstance(value, bool) and not math.isnan(value)
        if value is not None and not number:
            raise IBMInputValueError(f"{name} must be a number of seconds, or None, found {value!r}.")
    if isinstance(poll_interval, (int, float)) and poll_interval < 0:
        raise IBMInputValueError(f"poll_interval must be at least 0 seconds, found {poll_interval!r}.")
    if callback is not None and not callable(callback):
        raise IBMInputValueError(f"callback must be a function of the job, or None, found {callback!r}.")


def _copy_of(pub: Any) -> Any:
    """A PUB whose circuit may be changed without changing the job's; what other routines take is passed on."""
    if isinstance(pub, SamplerPub):
        return SamplerPub(pub.circuit.copy(), pub.parameter_values, pub.shots, validate=False)
    if isinstance(pub, EstimatorPub):
        return EstimatorPub(pub.circuit.copy(), pub.observables, pub.parameter_values, pub.precision, validate=False)
    return pub
