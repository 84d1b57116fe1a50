"""The contract of the execution modes in its plainest form: what the scheduler is compared with."""

from __future__ import annotations

from typing import Any

from qiskit_local_runtime.scheduler import events as ev

from .turns import ENDED, UNSTARTED, Backend, Job, Turns, Work


class Model(Turns):
    """Handles events as the scheduler does, by looking at everything each time."""

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
        job.phase, job.work.last_completed = ENDED, self.now
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

    def facts(self) -> dict[str, Any]:
        """What can be seen from outside."""
        works = {
            w.id: (
                w.state,
                w.accepting,
                w.usage,
                w.started,
                w.activated,
                w.idle_since,
                w.closed,
                w.last_started,
                w.last_completed,
            )
            for w in self.works.values()
            if w.mode != "job"
        }
        return {"works": works, "jobs": {job.id: job.phase for job in self.jobs.values() if job.phase != ENDED}}
