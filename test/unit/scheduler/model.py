"""The contract of the execution modes, as slowly and plainly as it can be said: what the scheduler is compared with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from qiskit_local_runtime.scheduler import events as ev

FOUR_WEEKS = 28 * 24 * 3600.0
UNSTARTED, ENDED = "queued", "ended"


@dataclass(eq=False)
class Job:
    id: str
    work: Work
    number: int
    phase: str = UNSTARTED


@dataclass(eq=False)
class Work:
    """A workload; a single job is one of its own."""

    id: str
    mode: str
    backend: str
    instance: str
    max_time: float = 0.0
    timeout: float = 0.0
    state: str = "open"
    accepting: bool = True
    jobs: list[Job] = field(default_factory=list)
    place: int | None = None
    """Its place in line: when the first job it waits with arrived."""
    started: float | None = None
    activated: float | None = None
    idle_since: float | None = None
    closed: float | None = None
    usage: float = 0.0

    @property
    def queued(self) -> list[Job]:
        return [job for job in self.jobs if job.phase == UNSTARTED]

    @property
    def running(self) -> list[Job]:
        return [job for job in self.jobs if job.phase not in (UNSTARTED, ENDED)]


@dataclass(eq=False)
class Backend:
    """A backend: its window, and the session that is next and waits for it to be empty."""

    lanes: int = 5
    at_once: int = 1
    window: Work | None = None
    waiting_session: Work | None = None


class Model:
    """Handles events as the scheduler does, by looking at everything each time.

    Args:
        shares: see :class:`~qiskit_local_runtime.scheduler.State`.
    """

    def __init__(self, shares: dict[str, float]) -> None:
        self.now = float("-inf")
        self.shares = shares
        self.backends: dict[str, Backend] = {}
        self.works: dict[str, Work] = {}
        self.jobs: dict[str, Job] = {}
        self.charges: list[tuple[str, float, float]] = []
        self.out: list[tuple[str, ...]] = []
        self._count = 0
        self._alarms: list[tuple[float, int, str, Work]] = []

    # --- events

    def handle(self, event: ev.Event, now: float) -> list[tuple[str, ...]]:
        """What must be done: (command, job, ...) in order; ``("Refused",)`` for what the user may not do."""
        self.out = []
        now = max(now, self.now)
        while self._alarms and self.deadline is not None and self.deadline <= now:
            self._due(*min(self._live(), key=lambda alarm: alarm[:2]))
        self.now = now
        getattr(self, f"_{type(event).__name__.lower()}")(event)
        return self.out

    @property
    def deadline(self) -> float | None:
        return min((alarm[0] for alarm in self._live()), default=None)

    def _ticked(self, _: ev.Ticked) -> None: ...

    def _configured(self, event: ev.Configured) -> None:
        backend = self.backends.setdefault(event.backend, Backend())
        backend.lanes, backend.at_once = event.lanes, event.at_once
        self._go_on(event.backend)

    def _opened(self, e: ev.Opened) -> None:
        self.works[e.workload] = Work(e.workload, e.mode, e.backend, e.instance, e.max_time, e.interactive_timeout)

    def _submitted(self, event: ev.Submitted) -> None:
        self._count += 1
        if event.workload is None:
            work = self.works[event.job] = Work(event.job, "job", event.backend, event.instance)
        else:
            work = self.works[event.workload]
        if not work.accepting:
            self.out.append(("Refused",))
            return
        job = self.jobs[event.job] = Job(event.job, work, self._count)
        work.jobs.append(job)
        work.idle_since = None
        if work.place is None:
            work.place = self._count
        self._go_on(work.backend)

    def _ready(self, event: ev.Ready) -> None:
        self.jobs[event.job].phase = "wants the QPU"
        self._go_on(self.jobs[event.job].work.backend)

    def _released(self, event: ev.Released) -> None:
        self.jobs[event.job].phase = "after the QPU"
        self._go_on(self.jobs[event.job].work.backend)

    def _finished(self, event: ev.Finished) -> None:
        job = self.jobs[event.job]
        job.phase = ENDED
        if job.work.mode != "dedicated":
            job.work.usage += event.usage
            self.charges.append((job.work.instance, self.now, event.usage))
        self._job_ended(job.work)

    def _cancelled(self, event: ev.Cancelled) -> None:
        job = self.jobs.get(event.job)
        if job is None or job.phase == ENDED:
            return
        if job.phase != UNSTARTED:
            self.out.append(("Interrupt", job.id))
            return
        self._settle(job, "CANCELLED")
        self._job_ended(job.work)

    def _closed(self, event: ev.Closed) -> None:
        work = self.works[event.workload]
        if work.accepting:
            work.accepting = False
            self._job_ended(work)

    def _abandoned(self, event: ev.Abandoned) -> None:
        if self.works[event.workload].state != "closed":
            self._end(self.works[event.workload], "CANCELLED", self.now)

    # --- workloads

    def _job_ended(self, work: Work) -> None:
        """A job of the workload ended, or the workload accepts no more."""
        if not work.queued:
            work.place = None
        if work.mode != "job" and not work.queued and not work.running:
            if work.state == "closed":
                self._close_window(work, self.now)
            elif not work.accepting:
                self._end(work, "CANCELLED", self.now)
            elif work.state == "active":
                work.idle_since = self.now
                self._alarm(self.now + work.timeout, "idle", work)
        self._go_on(work.backend)

    def _end(self, work: Work, outcome: str, when: float) -> None:
        for job in work.queued:
            self._settle(job, outcome)
        work.state, work.accepting, work.closed, work.place, work.idle_since = "closed", False, when, None, None
        if not work.running:
            self._close_window(work, when)
        self._go_on(work.backend)

    def _close_window(self, work: Work, when: float) -> None:
        backend = self.backends[work.backend] if work.backend in self.backends else Backend()
        if backend.window is work:
            backend.window = None
            if work.mode == "dedicated" and work.activated is not None:
                work.usage += when - work.activated
                self.charges.append((work.instance, when, when - work.activated))

    def _settle(self, job: Job, outcome: str) -> None:
        job.phase = ENDED
        self.out.append(("Settle", job.id, outcome))

    # --- time

    def _alarm(self, when: float, kind: str, work: Work) -> None:
        self._count += 1
        self._alarms.append((when, self._count, kind, work))

    def _live(self) -> list[tuple[float, int, str, Work]]:
        self._alarms = [alarm for alarm in self._alarms if self._is_live(*alarm)]
        return self._alarms

    @staticmethod
    def _is_live(when: float, _: int, kind: str, work: Work) -> bool:
        if work.state == "closed":
            return False
        return kind == "ttl" or (work.idle_since is not None and work.idle_since + work.timeout == when)

    def _due(self, when: float, _: int, kind: str, work: Work) -> None:
        self.now = max(self.now, when)
        if kind == "ttl":
            self._end(work, "ERROR", when)
        else:
            work.state, work.idle_since = "inactive", None
            self._close_window(work, when)
            self._go_on(work.backend)

    # --- who is next

    def on(self, name: str) -> Iterator[Job]:
        """The jobs in lanes of a backend."""
        return (job for job in self.jobs.values() if job.work.backend == name and job.phase not in (UNSTARTED, ENDED))

    def used(self, instance: str) -> float:
        seconds = sum(s for who, when, s in self.charges if who == instance and when > self.now - FOUR_WEEKS)
        return seconds / self.shares.get(instance, 1.0)

    def in_line(self, name: str) -> list[Work]:
        """Workloads that wait for their turn: who used least first, then who came first."""
        window = self.backends[name].window
        waiting = [w for w in self.works.values() if w.backend == name and w is not window and w.place is not None and w.queued]
        waiting.sort(key=lambda work: work.place or 0)
        first = {work.instance: work.queued[0].number for work in reversed(waiting)}
        waiting.sort(key=lambda work: (self.used(work.instance), first[work.instance]))
        return waiting

    def obstacle(self, work: Work, line: list[Work]) -> str | None:
        """Why the workload's next job may not start; ``None``: it may.

        Args:
            work: a workload with queued jobs.
            line: what :meth:`in_line` says of its backend.
        """
        backend = self.backends[work.backend]
        window, running = backend.window, list(self.on(work.backend))
        if len(running) >= backend.lanes:
            return "all lanes are taken"
        if work is window:
            return None
        if window is not None and window.mode == "dedicated":
            return "a session's window is open"
        if window is not None and window.queued:
            return "the batch's jobs are before all others"
        if window is not None and work.mode != "job":
            return "no session and no other batch starts in a batch's window"
        if backend.waiting_session not in (None, work):
            return "a session waits for the backend to be empty"
        before = line[: line.index(work)] if backend.waiting_session is None else []
        if any(other.mode == "dedicated" for other in before):
            return "a session is before it"
        if window is None and before:
            return "somebody is before it"
        if any(other.mode == "job" for other in before):
            return "a single job is before it"
        if work.mode == "dedicated" and running:
            return "a session starts on an empty backend"
        if work.mode == "job" and sum(job.work.mode == "job" for job in running) >= backend.at_once:
            return "as many single jobs run as may run at once"
        return None

    def startable(self, name: str) -> list[Work]:
        """Everybody who may start a job now: nobody, between events."""
        window, line = self.backends[name].window, self.in_line(name)
        candidates = [window, *line] if window is not None and window.queued else line
        return [work for work in candidates if self.obstacle(work, line) is None]

    def _go_on(self, name: str) -> None:
        backend = self.backends.setdefault(name, Backend())
        if backend.waiting_session is not None and backend.waiting_session.place is None:
            backend.waiting_session = None
        while startable := self.startable(name):
            self._start(startable[0])
        self._note_waiting_session(name)
        self._grant(name)

    def _note_waiting_session(self, name: str) -> None:
        """The session that only waits for the backend to be empty: from now on nobody starts before it."""
        backend, line = self.backends[name], self.in_line(name)
        running = list(self.on(name))
        window = backend.window
        lane_free = len(running) < backend.lanes
        if window is not None:
            singles = sum(job.work.mode == "job" for job in running)
            lane_free = lane_free and window.mode == "batch" and not window.queued and singles < backend.at_once
        if backend.waiting_session is None and lane_free and line and line[0].mode == "dedicated":
            backend.waiting_session = line[0]

    def _start(self, work: Work) -> None:
        job = work.queued[0]
        job.phase = "in a lane"
        self.out.append(("Start", job.id))
        if work.mode != "job" and work.state != "active":
            work.state, work.activated, work.place = "active", self.now, None
            backend = self.backends[work.backend]
            backend.window = work
            if backend.waiting_session is work:
                backend.waiting_session = None
            if work.started is None:
                work.started = self.now
                self._alarm(self.now + work.max_time, "ttl", work)

    def _grant(self, name: str) -> None:
        backend = self.backends[name]
        alone = backend.window is not None and backend.window.mode == "dedicated"
        while True:
            wanting = [job for job in self.on(name) if job.phase == "wants the QPU"]
            busy = sum(job.phase == "on the QPU" for job in self.on(name))
            if not wanting or busy >= (1 if alone else backend.at_once):
                return
            job = min(wanting, key=lambda job: (job.work is not backend.window, job.number))
            job.phase = "on the QPU"
            self.out.append(("Grant", job.id))

    def facts(self) -> dict[str, Any]:
        """What can be seen from outside."""
        works = {
            w.id: (w.state, w.accepting, w.usage, w.started, w.activated, w.idle_since, w.closed)
            for w in self.works.values()
            if w.mode != "job"
        }
        return {"works": works, "jobs": {job.id: job.phase for job in self.jobs.values() if job.phase != ENDED}}
