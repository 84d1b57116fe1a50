"""Who is next, as slowly and plainly as it can be said: everything is looked at each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

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
    last_started: float | None = None
    last_completed: float | None = None

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


class Turns:
    """The backends, everybody who stands in line for them, and whose turn it is.

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
        """The session that is first in line: from now on nobody starts before it."""
        backend, line = self.backends[name], self.in_line(name)
        if backend.waiting_session is None and line and line[0].mode == "dedicated":
            backend.waiting_session = line[0]

    def _start(self, work: Work) -> None:
        job = work.queued[0]
        job.phase, work.last_started = "in a lane", self.now
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

    def _alarm(self, when: float, kind: str, work: Work) -> None:
        self._count += 1
        self._alarms.append((when, self._count, kind, work))
