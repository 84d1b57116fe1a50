"""The backend of a study: the real scheduler, on a time line instead of a clock."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import IBMRuntimeError
from ..records.workload import Mode
from ..scheduler import State
from ..scheduler.commands import Command, Grant, Settle, Start
from ..scheduler.events import Configured, Event, Finished, Opened, Ready, Released, Submitted, Ticked
from .outcome import End, JobTimes

BACKEND = "backend"
EVENT_LIMIT = 2_000_000
"""A study of that many events does not come to an end: the others bring more than the backend can do."""


@dataclass(slots=True, eq=False)
class Run:
    """A job on its way through the backend."""

    id: str
    step: int | None
    before_seconds: float
    quantum_seconds: float
    after_seconds: float
    submitted: float
    lane: int | None = None
    started: float | None = None
    ready: float | None = None
    granted: float | None = None
    released: float | None = None
    finished: float | None = None
    end: End = "done"

    def times(self, name: str) -> JobTimes:
        """What is known of it so far."""
        return JobTimes(
            name=name,
            step=self.step,
            end=self.end,
            lane=self.lane,
            submitted=self.submitted,
            started=self.started,
            ready=self.ready,
            granted=self.granted,
            released=self.released,
            finished=self.finished,
        )


class Bench:
    """Brings events to the scheduler and does what it says, in no time at all.

    Args:
        start: the time at the beginning, in seconds.
        lanes: classical slots of the backend.
        at_once: single jobs it runs at the same time.
        ended: is told about each job that has ended.
        limit: how much may happen until the study is given up.
    """

    def __init__(self, start: float, lanes: int, at_once: int, ended: Callable[[Run], None], limit: int = EVENT_LIMIT) -> None:
        self.now = start
        self.state = State()
        self.runs: dict[str, Run] = {}
        self.windows: list[tuple[float, float | None]] = []
        self._ended, self._limit = ended, limit
        self._free = list(range(lanes))
        self._count = 0
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self.handle(Configured(BACKEND, lanes, at_once))

    def at(self, when: float, do: Callable[[], None]) -> None:
        """Do something at a time; what is due at the same time is done in the order of these calls."""
        self._count += 1
        heapq.heappush(self._agenda, (when, self._count, do))

    def step(self) -> None:
        """Let time pass until the next thing happens.

        Raises:
            IBMRuntimeError: too much has happened already.
        """
        if self._count > self._limit:
            raise IBMRuntimeError(
                f"The study did not end within {self._limit} events ({self.now / 3600:.0f} h): expected other users to leave "
                "time on the backend; lower OtherLoad's jobs_per_hour or quantum_seconds."
            )
        deadline = self.state.deadline
        if deadline is not None and (not self._agenda or deadline <= self._agenda[0][0]):
            self.now = max(self.now, deadline)
            self.handle(Ticked())
            return
        self.now, _, do = heapq.heappop(self._agenda)
        do()

    def handle(self, event: Event) -> None:
        """Bring an event to the scheduler; see :meth:`~qiskit_local_runtime.scheduler.State.handle`."""
        for command in self.state.handle(event, self.now):
            self._perform(command)
        self._look_at_window()

    def open(self, workload: str, mode: Mode, instance: str, max_time: float, interactive_timeout: float) -> None:
        """Create a session or batch."""
        self.handle(Opened(workload, mode, BACKEND, instance, max_time, interactive_timeout))

    def submit(self, run: Run, instance: str, workload: str | None) -> None:
        """Bring a job.

        Raises:
            Refused: its workload takes no jobs.
        """
        self.runs[run.id] = run
        self.handle(Submitted(run.id, BACKEND, instance, workload))

    def _perform(self, command: Command) -> None:
        if isinstance(command, Start):
            run = self.runs[command.job]
            run.started, run.lane = self.now, heapq.heappop(self._free)
            self.at(self.now + run.before_seconds, lambda: self._ready(run))
        elif isinstance(command, Grant):
            run = self.runs[command.job]
            run.granted = self.now
            self.at(self.now + run.quantum_seconds, lambda: self._released(run))
        elif isinstance(command, Settle):
            run = self.runs[command.job]
            run.finished, run.end = self.now, "failed"
            self._ended(run)

    def _ready(self, run: Run) -> None:
        run.ready = self.now
        self.handle(Ready(run.id))

    def _released(self, run: Run) -> None:
        run.released = self.now
        self.at(self.now + run.after_seconds, lambda: self._finished(run))
        self.handle(Released(run.id))

    def _finished(self, run: Run) -> None:
        run.finished = self.now
        assert run.lane is not None, f"{run.id} finished without a lane"
        heapq.heappush(self._free, run.lane)
        self.handle(Finished(run.id, run.quantum_seconds))
        self._ended(run)

    def _look_at_window(self) -> None:
        """Keep book of when a window was open; other users open none."""
        group = self.state.lines[BACKEND].window
        is_open = bool(self.windows) and self.windows[-1][1] is None
        if group is not None and not is_open:
            self.windows.append((self.now, None))
        elif group is None and is_open:
            self.windows[-1] = (self.windows[-1][0], self.now)
