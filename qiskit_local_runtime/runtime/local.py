"""The runtime of this process: takes requests in, runs them when the scheduler says so, and keeps what came of them."""

from __future__ import annotations

import atexit
import json
import logging
import os
import uuid
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qiskit.providers import BackendV2

from ..cancellation import CancelToken
from ..clock import Clock
from ..engines.base import Engine
from ..errors import (
    IBMInputValueError,
    IBMRuntimeError,
    RuntimeInvalidStateError,
    RuntimeJobCancelledError,
    RuntimeJobFailureError,
    RuntimeJobMaxTimeoutError,
    RuntimeJobNotFound,
    RuntimeProgramNotFound,
)
from ..records.job import FINAL, Job
from ..records.query import Query
from ..records.request import Request
from ..records.workload import Mode, Workload
from ..routines import ROUTINES
from ..routines.base import Routine, RoutineTools
from ..scheduler import Refused, State
from ..scheduler.commands import Changed, Command, Grant, Interrupt, Settle, Start
from ..scheduler.events import Cancelled, Configured, Finished, Submitted
from ..scheduler.loop import Later, Loop
from ..store import DamagedRowError, Store
from ..store.interrupts import held_back
from . import budget
from .deadlines import Deadlines
from .engine import Engines
from .keeping import Keeper
from .qpu import ScheduledQpu
from .queues import Queues
from .settings import RuntimeSettings, checked_backend, checked_clock, checked_days
from .stores import open_store
from .threads import Threads
from .ticket import Ticket
from .tickets import Tickets
from .watcher import Watcher
from .worker import RAN_TOO_LONG, Surroundings, work
from .workloads import Workloads

if TYPE_CHECKING:
    from ..pipeline.plan import Plan

_LOG = logging.getLogger(__name__)


class LocalRuntime:
    """Runs jobs in worker threads of this process, long simulations in its child processes.

    Use it as a context manager, or call :meth:`close`; one that is left open is closed when Python exits. It belongs to
    the process that made it: in a forked child it refuses to work.

    Args:
        engine: where long work runs: an engine, or the name of one: ``"inline"``, ``"threads"``, ``"processes"`` (or
            ``"processes:4"``: so many workers), … Results do not depend on it; jobs may name another in
            ``options.environment.engine``. ``None``: what the environment variable ``QISKIT_LOCAL_RUNTIME_ENGINE`` names, else
            a pool of child processes, started when first needed.
        clock: for time stamps and deadlines; a :class:`~qiskit_local_runtime.clock.VirtualClock` makes hours pass at once.
        store: where rows and results are kept: a store, or the path of an SQLite file, which outlives the process and may be
            shared with others; ``None``: in memory.
        routines: the bodies of jobs.
        settings: see :class:`~qiskit_local_runtime.runtime.settings.RuntimeSettings`: ``plan``, ``lanes``, ``at_once``,
            ``interactive_timeout``, ``usage``, ``budget`` and so on.

    Raises:
        IBMInputValueError: a setting is out of range, or no engine has that name.
        IBMRuntimeError: the store cannot be opened.
    """

    def __init__(
        self,
        *,
        engine: Engine | str | None = None,
        clock: Clock | None = None,
        store: Store | str | Path | None = None,
        routines: Mapping[str, Routine] = ROUTINES,
        **settings: Any,
    ) -> None:
        self.settings = RuntimeSettings(**settings)
        self.unimplemented = self.settings.unimplemented
        self.instance = self.settings.instance
        self.clock = checked_clock(clock)
        self._store = open_store(store, wait_for_disk=self.settings.wait_for_disk)
        self._engines = Engines(engine, _close_before_what_is_registered_now)
        self._routines = routines
        self._closed = False
        self._owner = os.getpid()
        self._loop = Loop(State(self.settings.shares), self.clock, self._perform)
        self._tickets = Tickets(self._store)
        self._owed: set[str] = set()
        """Sessions and batches whose rows could not be written."""
        self._keeper = Keeper(self._store, self.settings.unimplemented)
        self._threads = Threads("qiskit-local-runtime job")
        self._around = Surroundings(
            engine_of=self._engines.of,
            clock=self.clock,
            qpu=ScheduledQpu(self._loop),
            after=Deadlines().after,
            modelled=self.settings.usage == "modelled",
        )
        self._workloads = Workloads(self._store, self._loop, self.clock, self.settings)
        self._queues = Queues(self._store, self._tickets, self._loop, self._workloads, self.clock, self._configure)
        self._watcher = Watcher(self._store, self._tickets, self._loop, self._workloads, self._queues, self._catch_up)
        _OPEN.add(self)
        if self._store.durable:
            self.prune()
            self._charge_the_past()
        self._queues.recover()
        self._watcher.start()

    def __enter__(self) -> LocalRuntime:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def closed(self) -> bool:
        """Whether it takes no more jobs."""
        return self._closed

    # --- jobs

    def submit(self, request: Request) -> str:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        routine = self._routine(request.routine)
        self._check_open()
        self._engines.of(request)  # complains if there is none of that name
        self._workloads.check_accepting(request.workload)
        budget.check(self._store, self.settings, request.instance or self.instance, self.clock.now())
        routine.accept(request)
        self._check_workload_backend(request)
        estimate = routine.estimate(request) if self.settings.usage == "modelled" else None
        ticket = Ticket(uuid.uuid4().hex, request)
        queue = self._queues.of(request.backend)
        row = Job(
            id=ticket.id,
            routine=request.routine,
            backend_name=name_of(request.backend),
            status="QUEUED",
            created=self.clock.now(),
            tags=request.tags,
            private=request.private,
            workload_id=request.workload,
            instance=request.instance or self.instance,
            queue=queue,
            seed=request.seed,
            max_execution_time=request.max_execution_time,
            log_level=request.log_level,
            form=request.form,
            estimated_seconds=estimate,
        )
        kept = self._keeper.request(request)
        try:
            with held_back():
                self._take_in(ticket, row, kept)
        except KeyboardInterrupt:
            # nobody gets its id
            ticket.foreign = True
            with held_back(), suppress(Exception):
                self.cancel(ticket.id)
            raise
        return ticket.id

    def _take_in(self, ticket: Ticket, row: Job, kept: Any) -> None:
        with self._queues.lock:
            self._check_open()
            mine = self._queues.own(row.queue)
            ticket.remote = not mine
            self._tickets.add(ticket, replace(row, log=(f"{row.created.isoformat()} INFO created",)))
            try:
                self._store.submit(row, kept)
            except BaseException:
                self._tickets.remove(ticket)
                raise
            if mine:
                self._post_submitted(ticket, row)

    def estimate(self, request: Request) -> float | None:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        routine = self._routine(request.routine)
        self._engines.of(request)
        routine.accept(request)
        return routine.estimate(request)

    def plan(self, request: Request) -> Plan:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        routine = self._routine(request.routine)
        self._check_open()
        routine.accept(request)
        nothing: Callable[[Any], None] = lambda _: None  # noqa: E731 - nobody listens
        return routine.plan(request, RoutineTools(self._engines.of(request), CancelToken(), self.clock, nothing, nothing))

    def _post_submitted(self, ticket: Ticket, row: Job) -> None:
        try:
            self._workloads.known(row.workload_id)
            self._loop.post(Submitted(row.id, row.queue, row.instance, row.workload_id))
        except Refused as refusal:
            self._tickets.remove(ticket)
            self._store.drop(row.id)
            raise IBMRuntimeError(f"{refusal} Open a new one, or pass a backend as mode.") from None

    def job(self, job_id: str) -> Job:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        found = self._tickets.row(job_id)
        if found is None:
            raise RuntimeJobNotFound(f"No job has the id {job_id!r}.")
        return found

    def request(self, job_id: str) -> Request:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        ticket = self._tickets.get(job_id)
        if ticket is not None and ticket.request is not None:
            return ticket.request
        self.job(job_id)
        found = self._keeper.read_request(job_id)
        if ticket is not None:
            ticket.request = found
        return found

    def wait(self, job_id: str, timeout: float | None) -> bool:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        self._check_owner()
        ended = self._ticket(job_id).ended.wait(timeout)
        if ended and self._closed and not self.job(job_id).final:
            raise IBMRuntimeError(
                f"The runtime was closed before job {job_id} ended. The job is in the store {self._store_name()} and runs when "
                "a runtime opens it again."
            )
        return ended

    def result(self, job_id: str) -> Any:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        job = self.job(job_id)
        if job.status == "DONE":
            return self._keeper.read_result(job_id)
        if job.reason == RAN_TOO_LONG:
            raise RuntimeJobMaxTimeoutError(
                f"Job {job_id} used more quantum time than max_execution_time allows ({job.max_execution_time} s) and was "
                "stopped: ran too long."
            )
        if job.status == "CANCELLED":
            raise RuntimeJobCancelledError(f"Job {job_id} was cancelled, so it has no result.")
        raise RuntimeJobFailureError(f"Job {job_id} failed: {job.error}") from self._ticket(job_id).cause

    def cancel(self, job_id: str) -> bool:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        self._check_owner()
        ticket = self._ticket(job_id)
        if self.job(job_id).final:
            return False
        self._check_open()
        with held_back():
            if ticket.remote:
                self._store.send(self.job(job_id).queue, "cancel", job_id)
            else:
                self._loop.post(Cancelled(job_id))
        return True

    def update_tags(self, job_id: str, tags: tuple[str, ...]) -> None:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        self._check_owner()
        ticket = self._ticket(job_id)
        row = self.job(job_id)
        if ticket.remote and not row.final:
            # the one that runs the job writes its row
            self._store.send(row.queue, "tags", json.dumps([job_id, *tags]))
            ticket.tags = tags
        else:
            self._tickets.change(ticket, lambda job: replace(job, tags=tags), always=True)

    def queue_position(self, job_id: str) -> int | None:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`; where another process runs the queue, by age alone."""
        if not self._ticket(job_id).remote:
            return self._loop.ask(lambda state: state.position(job_id))
        row = self.job(job_id)
        if row.status != "QUEUED":
            return None
        return self._store.count(Query(statuses=("QUEUED",), queues=(row.queue,), created_before=row.created))

    def find(self, query: Query) -> Sequence[Job]:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        rows = [self._tickets.row(row.id) or row for row in self._store.find(query)]
        # the end of a job may not be written yet
        return [row for row in rows if query.statuses is None or row.status in query.statuses]

    def count(self, query: Query) -> int:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        return self._store.count(query)

    def delete(self, job_id: str) -> None:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        self._check_owner()
        with suppress(DamagedRowError):
            row = self.job(job_id)
            if not row.final:
                raise RuntimeInvalidStateError(f"Job {job_id} is {row.status}: expected one that has ended. Cancel it first.")
        with held_back():
            self._tickets.forget(job_id)

    def forget_result(self, job_id: str) -> bool:
        """Forget a finished job's result, and keep its row: what happens to a private job's once it was read.

        Returns:
            Whether there was one: of several readers one hears so.

        Raises:
            RuntimeJobNotFound: there is none.
            RuntimeInvalidStateError: it has not ended.
        """
        row = self.job(job_id)
        if not row.final:
            raise RuntimeInvalidStateError(f"Job {job_id} is {row.status}: expected one that has ended. Wait for it.")
        return self._keeper.forget_result(job_id)

    def workloads(self) -> Sequence[Workload]:
        """All sessions and batches there are, oldest first."""
        return self._store.workloads()

    def prune(self, days: float | None = None) -> int:
        """Forget jobs that ended, and sessions and batches that were closed, more than some days ago.

        Args:
            days: ``None``: the setting ``retention_days``.

        Returns:
            How many jobs.

        Raises:
            IBMInputValueError: ``days`` is no number of at least 0.
        """
        kept = self.settings.retention_days if days is None else checked_days(days)
        return self._store.prune(self.clock.now() - timedelta(days=kept))

    def hold(self, job_id: str) -> None:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        self._tickets.hold(job_id)

    def release(self, job_id: str) -> None:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        self._tickets.release(job_id)

    def keep(self, job_id: str) -> None:
        """Keep a job's row and result though nobody here has a handle of it: its submitter is elsewhere.

        In a memory store they stay until the job is deleted, in one on disk for ``retention_days``; there the job leaves this
        process's memory when it ends.
        """
        self._tickets.hold(job_id)
        if self._store.durable:
            self._tickets.release(job_id)

    # --- sessions and batches

    def open_workload(self, mode: Mode, backend: BackendV2, max_time: float | None = None, instance: str | None = None) -> str:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        self._check_open()
        queue = self._queues.of(checked_backend(backend))
        with held_back(), self._queues.lock:
            mine = self._queues.own(queue)
            return self._workloads.open(mode, backend, queue, max_time, instance or self.instance, post=mine)

    def workload(self, workload_id: str) -> Workload:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        return self._workloads.row(workload_id)

    def workload_backend(self, workload_id: str) -> BackendV2:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        return self._queues.backend(self.workload(workload_id).queue)

    def close_workload(self, workload_id: str) -> None:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        self._check_owner()
        with held_back():
            self._workloads.close(workload_id, mine=self._queues.own(self.workload(workload_id).queue))

    def cancel_workload(self, workload_id: str) -> None:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        self._check_owner()
        with held_back():
            self._workloads.cancel(workload_id, mine=self._queues.own(self.workload(workload_id).queue))

    def workload_usage(self, workload_id: str) -> float:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        return self._workloads.usage(workload_id)

    def usage(self, instance: str | None = None) -> float:
        """See :class:`~qiskit_local_runtime.runtime.port.Runtime`."""
        return budget.used(self._store, instance or self.instance, self.clock.now())

    def configure(self, backend: BackendV2, *, lanes: int = 5, at_once: int = 1) -> None:
        """Set how much a backend does at the same time: lanes for jobs of a session or batch, and single jobs at once.

        Raises:
            IBMInputValueError: no backend, not whole numbers of at least 1, or more at once than there are lanes.
            IBMRuntimeError: another process runs the backend's queue.
        """
        self._check_open()
        checked = replace(self.settings, lanes=lanes, at_once=at_once)
        queue = self._queues.of(checked_backend(backend))
        if not self._queues.own(queue):
            raise IBMRuntimeError(f"Another process runs the queue of {name_of(backend)}: configure it there.")
        self._loop.post(Configured(queue, checked.lanes, checked.at_once))

    # --- the end

    def close(self) -> None:
        """Stop; idempotent.

        Jobs of a memory store that have not ended are cancelled. A store that outlives the process keeps them: they run
        when a runtime opens it again.
        """
        _OPEN.discard(self)
        if self._owner != os.getpid():
            return
        with self._queues.lock:
            again, self._closed = self._closed, True
        self._watcher.stop()
        if self._store.durable:
            # what was going on is left as it is for the next one who opens the store
            self._loop.close()
        for ticket in self._tickets.unfinished():
            self._loop.post(Cancelled(ticket.id))
            ticket.token.cancel("the runtime was closed")
        self._threads.close(timeout=5)
        self._tickets.end_all()
        self._loop.close()
        if not again:
            self._catch_up_for_the_last_time()
        self._engines.close()
        self._queues.close()
        self._store.close()

    def _catch_up(self) -> None:
        """Write what could not be written before, and what was put off.

        Raises:
            Exception: it still cannot.
        """
        self._tickets.catch_up()
        for workload_id in list(self._owed):
            self._loop.ask(partial(self._write_owed, workload_id))
        self._store.flush()

    def _write_owed(self, workload_id: str, _: State) -> None:
        self._workloads.write_down(workload_id)
        self._owed.discard(workload_id)

    def _catch_up_for_the_last_time(self) -> None:
        try:
            self._catch_up()
        except Exception as error:
            _LOG.warning("The store does not know that some jobs have ended; they run again when it is opened: %s", error)

    def _charge_the_past(self) -> None:
        """Fair share goes on where it was; with one instance there is nothing to share."""
        if not self.settings.shares and self._store.count(Query()) == self._store.count(Query(instance=self.instance)):
            return
        now = self.clock.now()
        for row in self._store.find(Query(statuses=FINAL, created_after=now - budget.WINDOW)):
            if row.finished is not None:
                self._loop.state.shares.charge(row.instance, row.finished.timestamp(), row.used_seconds)

    # --- what the scheduler asks for

    def _perform(self, command: Command) -> Later | None:
        if isinstance(command, Changed):
            self._write_down(command.workload)
            return None
        ticket = self._tickets.get(command.job)
        assert ticket is not None
        if isinstance(command, Start):
            self._threads.run(lambda: self._work(ticket))
        elif isinstance(command, Grant):
            ticket.granted.set()
        elif isinstance(command, Interrupt):
            return ticket.token.cancel
        elif isinstance(command, Settle):
            self._tickets.settle(ticket, command.outcome, command.reason, self.clock.now())
        return None

    def _write_down(self, workload_id: str) -> None:
        try:
            self._workloads.write_down(workload_id)
        except Exception:
            # the watcher tells it, and tries again
            self._owed.add(workload_id)
        else:
            self._owed.discard(workload_id)

    def _work(self, ticket: Ticket) -> None:
        try:
            self._try(ticket)
        except Exception:
            _LOG.exception("Job %s stopped without a result.", ticket.id)
        finally:
            self._over(ticket)

    def _over(self, ticket: Ticket) -> None:
        try:
            row = self._tickets.row(ticket.id)
            if row is not None and not row.final and not (self._closed and self._store.durable):
                self._tickets.failed(ticket, self.clock.now())
            self._loop.post(Finished(ticket.id, 0.0 if row is None else row.used_seconds))
        except Exception:
            _LOG.exception("What comes after the end of job %s could not be done.", ticket.id)
        finally:
            self._tickets.end(ticket)

    def _try(self, ticket: Ticket) -> None:
        def change(function: Callable[[Job], Job]) -> None:
            if self._closed and self._store.durable:
                # a result is kept; that the job was stopped is nobody's business: it will run again
                self._tickets.change_here(ticket, lambda row: _stopped(row, function(row)))
            else:
                self._tickets.change(ticket, function)

        request = ticket.request if ticket.request is not None else self._read(ticket)
        if request is not None:
            work(ticket, request, self._routines[request.routine], self._around, change, self._keeper.finish)

    def _read(self, ticket: Ticket) -> Request | None:
        """The request of a job that another process submitted; a job whose request cannot be read fails."""
        try:
            ticket.request = self._keeper.read_request(ticket.id)
            _ = ticket.request.backend  # complains if it cannot be made here
            self._routines[ticket.request.routine].accept(ticket.request)
        except BaseException as error:
            ticket.cause = error
            self._tickets.settle(ticket, "ERROR", f"{type(error).__name__}: {error}", self.clock.now(), end=False)
            return None
        return ticket.request

    def _store_name(self) -> str:
        return str(getattr(self._store, "path", type(self._store).__name__))

    def _configure(self, queue: str) -> None:
        self._loop.post(Configured(queue, self.settings.lanes, self.settings.at_once))

    # --- checks

    def _routine(self, name: str) -> Routine:
        if name not in self._routines:
            raise RuntimeProgramNotFound(f"No routine is named {name!r}. Expected one of {', '.join(sorted(self._routines))}.")
        return self._routines[name]

    def _check_workload_backend(self, request: Request) -> None:
        if request.workload is not None and self._workloads.row(request.workload).queue != self._queues.of(request.backend):
            bound = self._workloads.row(request.workload).backend_name
            raise IBMInputValueError(
                f"The job is for the backend {name_of(request.backend)} and its session or batch for {bound}. Use one backend."
            )

    def _ticket(self, job_id: str) -> Ticket:
        ticket = self._tickets.get(job_id)
        if ticket is None:
            raise RuntimeJobNotFound(f"No job has the id {job_id!r}.")
        return ticket

    def _check_open(self) -> None:
        self._check_owner()
        if self._closed:
            raise IBMRuntimeError("The runtime is closed and takes no more jobs. Make a new one.")

    def _check_owner(self) -> None:
        if self._owner != os.getpid():
            raise IBMRuntimeError(
                f"This runtime belongs to process {self._owner} and this is process {os.getpid()}, forked from it: its worker "
                "threads are not here. Make a new runtime (or primitive) in this process."
            )


def _stopped(before: Job, after: Job) -> Job:
    """The row of a job that ran while its runtime was closed: done if it is done, else as it was."""
    return after if after.status == "DONE" else before


def name_of(backend: Any) -> str:
    """A backend's name."""
    return getattr(backend, "name", None) or type(backend).__name__


_OPEN: weakref.WeakSet[LocalRuntime] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    for runtime in list(_OPEN):
        runtime.close()


def _close_before_what_is_registered_now() -> None:
    """What was registered last is called first: jobs are stopped before the pool they run in."""
    atexit.unregister(_close_all)
    atexit.register(_close_all)
