"""What sessions and batches have in common: handles on a workload."""

from __future__ import annotations

import logging
import warnings
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Self

from qiskit.providers import BackendV2

from ..errors import IBMInputValueError, IBMRuntimeError
from ..handles.job import RuntimeJob
from ..records.request import Request
from ..records.workload import Mode, Workload
from ..runtime.default import checked_runtime, default_runtime, home_of, runtime_for
from ..runtime.port import Runtime
from . import context
from .duration import seconds_of

_LOG = logging.getLogger(__name__)
_NAMES: dict[Mode, str] = {"dedicated": "Session", "batch": "Batch", "job": "job"}


class WorkloadHandle:
    """A session or batch: an id and a runtime.

    Args:
        backend: the backend its jobs run on; with ``service``, its name will do.
        max_time: longest wall clock from the start of its first job, in seconds (int) or as text such as ``"2h 30m 40s"``;
            ``None``, or more than the plan allows: what the plan allows.
        service: where ``backend`` is looked up if it is a name, and whose runtime runs the jobs; ``None``: the service that
            handed the backend out.
        create_new: ``False`` opens nothing on the runtime; for :meth:`from_id`.
        runtime: the runtime to use; ``None``: the service's or the process's default.

    Raises:
        IBMInputValueError: ``backend`` or ``max_time`` is not what it should be.
        IBMNotAuthorizedError: the runtime's plan has no sessions.
    """

    _mode: ClassVar[Mode]

    def __init__(
        self,
        backend: BackendV2 | str | None = None,
        max_time: int | str | None = None,
        *,
        service: Any = None,
        create_new: bool | None = True,
        runtime: Runtime | None = None,
    ) -> None:
        if not isinstance(backend, (BackendV2, str)) and hasattr(backend, "backend") and service is None:
            # the older order of arguments: Session(service, "name")
            backend, service = (max_time if isinstance(max_time, str) else None), backend
            max_time = None
        self._service = _checked_service(service)
        checked = self._checked(backend)
        given = _runtime_of(service, runtime)
        home = home_of(checked) if given is None else None
        self._bind(service, given if given is not None else runtime_for(checked), checked)
        self._home_instance = None if home is None else home.instance
        self._id: str | None = None
        seconds = seconds_of(max_time, "max_time")
        self._id = self._runtime.open_workload(self._mode, checked, seconds, self._instance()) if create_new else None

    def _bind(self, service: Any, runtime: Runtime, backend: BackendV2 | None) -> None:
        self._service, self._runtime = service, runtime
        self._backend = backend
        """``None``: looked up when it is needed, since the facts can be read without it."""
        self._warned = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__}({self._id!r}, {self.backend()!r})>"

    def __enter__(self) -> Self:
        context.enter(self)
        return self

    def __exit__(self, *exc: object) -> None:
        context.leave(self)
        try:
            self.close()
        except IBMRuntimeError as error:
            # what the block computed is not lost for it; the runtime closes it in time
            _LOG.warning("%s %s could not be closed: %s", type(self).__name__, self._id, error)

    def submit(self, request: Request) -> RuntimeJob:
        """Submit a request as part of the workload.

        Raises:
            IBMRuntimeError: it takes no more jobs.
        """
        return RuntimeJob(self._runtime.submit(replace(request, workload=self._id, instance=self._instance())), self._runtime)

    def backend_object(self) -> BackendV2:
        """The backend its jobs run on.

        Raises:
            IBMBackendError: it was an object of another process.
        """
        if self._backend is None:
            self._backend = self._runtime.workload_backend(self._row().id)
        return self._backend

    def notice_single(self, job_id: str, runtime: Runtime) -> None:
        """A job was submitted in job mode inside the ``with`` block: warn, once, if it waits for the block's own window."""
        if self._warned or self._mode != "dedicated" or self._id is None or runtime is not self._runtime:
            return
        row = self._row()
        if row.state != "active" or runtime.job(job_id).queue != row.queue:
            return
        self._warned = True
        warnings.warn(
            f"Job {job_id} was submitted in job mode inside a 'with Session' block of the same backend: it waits until "
            "the session is closed or has had nothing to do for its interactive time-out. To run it in the session, make the "
            "primitive with mode=session, or without mode inside the block.",
            UserWarning,
            stacklevel=4,
        )

    def runtime_object(self) -> Runtime:
        """The runtime its jobs run in."""
        return self._runtime

    @property
    def session_id(self) -> str | None:
        """Its id (IBM's name, for batches as well)."""
        return self._id

    @property
    def service(self) -> Any:
        """The service it was made with; ``None`` if it was made with a backend alone."""
        return self._service

    def backend(self) -> str | None:
        """The name of the backend its jobs run on."""
        return self._row().backend_name if self._backend is None else self._backend.name

    def status(self) -> str | None:
        """``Pending``, ``In progress, accepting new jobs``, ``In progress, not accepting new jobs`` or ``Closed``."""
        row = self._row()
        if row.state in ("open", "inactive"):
            return "Pending"
        if row.state == "active":
            return f"In progress, {'' if row.accepting_jobs else 'not '}accepting new jobs"
        return "Closed"

    def details(self) -> dict[str, Any] | None:
        """Its facts; times are ISO 8601 texts in UTC, durations seconds.

        ``id, backend_name, interactive_timeout, max_time, active_timeout, state, accepting_jobs, last_job_started,
        last_job_completed, started_at, closed_at, activated_at, mode, usage_time, timestamps``.
        """
        row = self._row()
        return {
            "id": row.id,
            "backend_name": row.backend_name,
            "interactive_timeout": row.interactive_timeout,
            "max_time": row.max_time,
            "active_timeout": row.max_time,
            "state": row.state,
            "accepting_jobs": row.accepting_jobs,
            "last_job_started": _text(row.last_job_started),
            "last_job_completed": _text(row.last_job_completed),
            "started_at": _text(row.started_at),
            "closed_at": _text(row.closed_at),
            "activated_at": _text(row.activated_at),
            "mode": row.mode,
            "usage_time": self.usage(),
            "timestamps": [{"status": state, "timestamp": _text(when)} for state, when in row.transitions],
        }

    def usage(self) -> float | None:
        """Seconds it is charged for: of a session the wall clock of its windows, of a batch the quantum time of its jobs."""
        return self._runtime.workload_usage(self._row().id)

    def close(self) -> None:
        """Take no new jobs; queued and running ones complete. Closing twice is fine."""
        if self._id is not None:
            self._runtime.close_workload(self._id)

    def cancel(self) -> None:
        """End now: running jobs complete, queued ones are cancelled."""
        if self._id is not None:
            self._runtime.cancel_workload(self._id)

    @classmethod
    def from_id(cls, session_id: str, service: Any = None, *, runtime: Runtime | None = None, **_: Any) -> Self:
        """A handle on a session or batch that exists, maybe opened by another process.

        Args:
            session_id: its id.
            service: the service whose runtime knows it; ``None``: the process's default.
            runtime: the runtime, instead of a service.

        Raises:
            IBMInputValueError: there is none with this id, or it is of the other kind.
        """
        where = _runtime_of(_checked_service(service), runtime) or default_runtime()
        row = where.workload(session_id)
        if row.mode != cls._mode:
            kind = _NAMES[row.mode]
            raise IBMInputValueError(
                f"{session_id!r} is the id of a {kind.lower()}, not of a {cls.__name__.lower()}. Use {kind}.from_id()."
            )
        found = cls.__new__(cls)
        found._bind(service, where, None)
        found._id, found._home_instance = session_id, row.instance
        return found

    def _checked(self, backend: object) -> BackendV2:
        if isinstance(backend, BackendV2):
            return backend
        if isinstance(backend, str) and self._service is not None:
            found: BackendV2 = self._service.backend(backend)
            return found
        if isinstance(backend, str):
            raise IBMInputValueError(
                f"Invalid backend {backend!r}: a name needs a service. Pass a backend object, or "
                f"{type(self).__name__}(service=QiskitRuntimeService(), backend={backend!r})."
            )
        raise IBMInputValueError(f"Invalid backend type {type(backend).__name__}: expected a BackendV2 object.")

    def _instance(self) -> str | None:
        return getattr(self._service, "active_instance_name", None) or self._home_instance

    def _row(self) -> Workload:
        if self._id is None:
            raise IBMInputValueError("This handle was made with create_new=False and has no id. Use from_id().")
        return self._runtime.workload(self._id)


def _checked_service(service: Any) -> Any:
    if service is not None and not callable(getattr(service, "backend", None)):
        raise IBMInputValueError(
            f"service must be a QiskitRuntimeService, or None, found {service!r}. Pass service=QiskitRuntimeService()."
        )
    return service


def _runtime_of(service: Any, runtime: Runtime | None) -> Runtime | None:
    """The runtime asked for, by itself or with its service; ``None``: neither."""
    given = checked_runtime(runtime)
    return given if given is not None else getattr(service, "runtime", None)


def _text(when: datetime | None) -> str | None:
    return None if when is None else when.isoformat()
