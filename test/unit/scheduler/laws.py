"""Laws of the queue, each checked on what has been seen: events that went in and commands that came out."""

from __future__ import annotations

from collections.abc import Iterable

from qiskit_local_runtime.scheduler import commands as cmd
from qiskit_local_runtime.scheduler import events as ev

from .model import Model
from .turns import UNSTARTED, Job


class Laws:
    """Witnesses every step; a broken law is an ``AssertionError`` that says which.

    The model is asked for what cannot be seen from outside: whose window is open and which session waits for its own.
    """

    def __init__(self) -> None:
        self.running: dict[str, Job] = {}
        self.on_qpu: dict[str, Job] = {}
        self.wanting: set[str] = set()
        self.started: set[str] = set()
        self.settled: set[str] = set()
        self.granted: set[str] = set()
        self.present: dict[str, set[str]] = {}
        """Per session that is next for an empty backend: the jobs that had arrived when its turn came."""

    def witness(self, event: ev.Event, commands: Iterable[cmd.Command], model: Model) -> None:
        """A step of the machine; the model has taken it already."""
        if isinstance(event, ev.Finished):
            for seen in (self.running, self.on_qpu):
                seen.pop(event.job, None)
            self.wanting.discard(event.job)
            assert event.job not in self.settled, "a job that ran is settled"
        elif isinstance(event, ev.Released):
            del self.on_qpu[event.job]
        elif isinstance(event, ev.Ready):
            self.wanting.add(event.job)
        for command in commands:
            if isinstance(command, cmd.Start):
                self._start(model.jobs[command.job], model)
            elif isinstance(command, cmd.Grant):
                self._grant(model.jobs[command.job], model)
            elif isinstance(command, cmd.Settle):
                assert command.job not in self.settled, "settled twice"
                assert command.job not in self.started, "settled after its start"
                self.settled.add(command.job)
        self._note_turns(model)

    def _start(self, job: Job, model: Model) -> None:
        assert job.id not in self.started, "started twice"
        assert job.id not in self.settled, "started after it was settled"
        self.started.add(job.id)
        self.running[job.id] = job
        backend = model.backends[job.work.backend]
        assert len(self._on(self.running, job.work.backend)) <= backend.lanes, "more jobs than lanes"
        for session, present in self.present.items():
            work = model.works[session]
            stranger = job.work is not work and job.work.backend == work.backend and job.work is not backend.window
            waits = bool(work.queued)
            assert not stranger or not waits or job.id in present, (
                f"{job.id} came after {session} was next, and starts before it"
            )

    def _grant(self, job: Job, model: Model) -> None:
        assert job.id not in self.granted, "granted twice"
        assert job.id in self.wanting, "granted to a job that does not want the QPU"
        self.wanting.discard(job.id)
        self.granted.add(job.id)
        self.on_qpu[job.id] = job
        backend = model.backends[job.work.backend]
        session = backend.window is not None and backend.window.mode == "dedicated"
        slots = 1 if session else backend.at_once
        assert len(self._on(self.on_qpu, job.work.backend)) <= slots, "more jobs than the QPU takes"

    def _note_turns(self, model: Model) -> None:
        next_up = {b.waiting_session.id for b in model.backends.values() if b.waiting_session is not None}
        for session in self.present.keys() - next_up:
            del self.present[session]
        for session in next_up - self.present.keys():
            self.present[session] = set(model.jobs)

    def check(self, model: Model) -> None:
        """What holds between events."""
        for name, backend in model.backends.items():
            running = self._on(self.running, name)
            window = backend.window
            if window is not None and window.mode == "dedicated":
                assert all(job.work is window for job in running), "a stranger in a session's window"
            if window is not None and window.mode == "batch":
                strangers = [job for job in running if job.work is not window and job.work.mode != "job"]
                assert not strangers, "another batch or a session beside a batch"
            queued = [job for job in model.jobs.values() if job.phase == UNSTARTED and job.work.backend == name]
            assert running or window is not None or not queued, f"{name} idles while jobs are queued"
            wanting = [job for job in self.wanting if model.jobs[job].work.backend == name]
            assert not wanting or self._on(self.on_qpu, name), f"the QPU of {name} idles while jobs want it"
            assert window is None or running or not window.queued, "a window's job waits for nothing"

    @staticmethod
    def _on(jobs: dict[str, Job], backend: str) -> list[Job]:
        return [job for job in jobs.values() if job.work.backend == backend]
