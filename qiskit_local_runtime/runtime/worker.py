"""One job's way through a worker thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ..cancellation import Cancelled
from ..clock import Clock
from ..engines.base import Engine
from ..records.change import changed
from ..records.job import Job
from ..records.request import Request
from ..routines.base import Routine, RoutineTools
from .foreign import Unheard, runs_elsewhere
from .ticket import Ticket

RAN_TOO_LONG = "ran too long"
ON_THE_QPU = "on the QPU"
"""The phase in which a job uses quantum time."""
WAITING = "waiting for the QPU"

Change = Callable[[Callable[[Job], Job]], None]


class Qpu(Protocol):
    """The one place where quantum parts run."""

    def enter(self, ticket: Ticket) -> None:
        """Wait for the QPU.

        Raises:
            Cancelled: the job was cancelled meanwhile.
        """

    def leave(self, ticket: Ticket) -> None:
        """Let the next job have it."""


@dataclass(frozen=True)
class Surroundings:
    """What a job finds around it."""

    engine_of: Callable[[Request], Engine]
    """The engine that a request's long work runs on; raises where it names one that there is not."""
    clock: Clock
    qpu: Qpu | None = None
    """``None``: it is always free."""
    after: Callable[[float, Callable[[], object]], Callable[[], None]] | None = None
    """Calls a function after some seconds, and returns what forgets it; ``None``: no time limits."""
    cap: float = 3 * 3600.0
    """Seconds of quantum time any job may use."""
    modelled: bool = True
    """Whether usage is modelled where the backend says how long its operations take, or always measured."""


def work(
    ticket: Ticket,
    request: Request,
    routine: Routine,
    around: Surroundings,
    change: Change,
    keep: Callable[[Job, Any], None],
) -> None:
    """Run a job and write down what became of it.

    Args:
        ticket: the job.
        request: what was asked.
        routine: its body.
        around: where it runs.
        change: applies a function to the job's row.
        keep: keeps the last row and the result.
    """
    now = around.clock.now
    began = now()
    change(lambda job: _noted(job, "started", began, status="RUNNING", running=began, attempts=job.attempts + 1))
    course = _Course(ticket, request, around, change)
    try:
        ticket.token.check()
        result = _run(routine, request, course)
        ticket.token.check()
    except Cancelled as stop:
        reason = str(stop) or "cancelled"
        change(lambda job: course.within_the_limit(_ended(job, "CANCELLED", now(), reason, reason)))
    except BaseException as error:
        ticket.cause = error
        text = f"{type(error).__name__}: {error}"
        change(lambda job: course.within_the_limit(_ended(job, "ERROR", now(), text)))
    else:
        try:
            change(lambda job: _kept(course.within_the_limit(_ended(job, "DONE", now())), result, keep))
        except BaseException as error:
            ticket.cause = error
            text = f"the result could not be kept: {type(error).__name__}: {error}"
            change(lambda job: course.within_the_limit(_ended(job, "ERROR", now(), text)))
    finally:
        course.over()


def _run(routine: Routine, request: Request, course: _Course) -> Any:
    """The routine's result; a backend's own ``run()`` cannot be interrupted, so when cancelled it goes on unheard."""
    if not runs_elsewhere(request.backend):
        return routine.run(request, course.tools())
    call = Unheard(lambda: routine.run(request, course.tools()))
    return call.result(course.token, course.fall_silent)


def _kept(job: Job, result: Any, keep: Callable[[Job, Any], None]) -> Job:
    keep(job, result)
    return job


def _ended(job: Job, status: Any, when: datetime, error: str = "", reason: str = "") -> Job:
    level = "ERROR" if status == "ERROR" else "WARNING" if status == "CANCELLED" else "INFO"
    text = f"{status.lower()}{': ' if error else ''}{error}"
    return _noted(job, text, when, level, status=status, phase="", finished=when, error=error, reason=reason)


def _noted(job: Job, text: str, when: datetime, level: str = "INFO", **fields: Any) -> Job:
    """The row with one more line in its log, and with other values."""
    return changed(job, log=(*job.log, f"{when.isoformat()} {level} {text}"), **fields)


class _Course:
    """A job's phases and the time it uses."""

    def __init__(self, ticket: Ticket, request: Request, around: Surroundings, change: Change) -> None:
        self._ticket, self._request, self._around, self._change = ticket, request, around, change
        self.token = ticket.token
        self._heard, self._turn = True, threading.RLock()
        self._on_the_qpu = False
        self._forget: Callable[[], None] | None = None
        limit = request.max_execution_time
        self._limit = around.cap if limit is None else min(limit, around.cap)
        self._left, self._since = self._limit, 0.0

    def tools(self) -> RoutineTools:
        return RoutineTools(
            engine=self._around.engine_of(self._request),
            cancel=self._ticket.token,
            clock=self._around.clock,
            busy=self._busy,
            phase=self._phase,
            quantum=self._quantum,
        )

    def fall_silent(self) -> None:
        """From now on nothing the routine says changes the job: somebody else ends it."""
        with self._turn:
            self._heard = False

    def within_the_limit(self, job: Job) -> Job:
        """A job that was stopped a little late is charged what it was allowed, modelled or measured."""
        if job.quantum_seconds is not None:
            return changed(job, quantum_seconds=min(job.quantum_seconds, self._limit))
        return changed(job, busy_seconds=min(job.busy_seconds, self._limit))

    def over(self) -> None:
        self._stop_the_watch()

    def _stop_the_watch(self) -> None:
        """Quantum time is limited, not what comes before and after."""
        if self._forget is not None:
            self._forget()
            self._forget = None
            self._left -= self._around.clock.monotonic() - self._since

    def _note(self, function: Callable[[Job], Job]) -> None:
        """Change the row, unless nobody listens any more."""
        with self._turn:
            if not self._heard:
                raise Cancelled(self.token.reason)
            self._change(function)

    def _phase(self, name: str) -> None:
        if name == ON_THE_QPU and not self._on_the_qpu:
            self._enter()
        elif name != ON_THE_QPU and self._on_the_qpu:
            self._on_the_qpu = False
            self._stop_the_watch()
            self._leave()
        when = self._around.clock.now()
        on_qpu = name == ON_THE_QPU
        self._note(lambda job: _noted(job, name, when, "DEBUG", phase=name, granted=when if on_qpu else job.granted))

    def _enter(self) -> None:
        self._on_the_qpu = True
        if self._around.qpu is not None:
            self._note(lambda job: changed(job, phase=WAITING))
            self._around.qpu.enter(self._ticket)
        self._watch()

    def _leave(self) -> None:
        with self._turn:
            if self._heard and self._around.qpu is not None:
                self._around.qpu.leave(self._ticket)

    def _watch(self) -> None:
        if self._around.after is not None and self._forget is None:
            self._since = self._around.clock.monotonic()
            self._forget = self._around.after(max(0.0, self._left), self._too_long)

    def _too_long(self) -> None:
        """Measured time has passed the limit; it counts unless modelled time does."""
        row = self._ticket.row
        if row is None or row.quantum_seconds is None or not self._around.modelled:
            self._ticket.token.cancel(RAN_TOO_LONG)

    def _busy(self, seconds: float) -> None:
        self._note(lambda job: changed(job, busy_seconds=job.busy_seconds + seconds))

    def _quantum(self, seconds: float) -> None:
        if not self._around.modelled:
            return
        used: list[float] = []

        def add(job: Job) -> Job:
            used.append((job.quantum_seconds or 0.0) + seconds)
            return changed(job, quantum_seconds=used[-1])

        self._note(add)
        if used and used[-1] > self._limit:
            self._ticket.token.cancel(RAN_TOO_LONG)
            self._ticket.token.check()
