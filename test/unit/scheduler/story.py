"""A short way to tell what happens to a scheduler."""

from __future__ import annotations

from collections.abc import Callable

from qiskit_local_runtime.records.workload import Mode
from qiskit_local_runtime.scheduler import State
from qiskit_local_runtime.scheduler import commands as cmd
from qiskit_local_runtime.scheduler import events as ev


class Story:
    """One backend, one clock; every method gives the commands in short: ``"start a"``, ``"grant a"``, ``"ERROR a"``."""

    def __init__(self, lanes: int = 5, at_once: int = 1, shares: dict[str, float] | None = None) -> None:
        self.state, self.now = State(shares), 0.0
        self.commands: list[cmd.Command] = []
        self.tell(ev.Configured("qpu", lanes, at_once))

    def tell(self, event: ev.Event, at: float | None = None) -> list[str]:
        self.commands = self.state.handle(event, self.now if at is None else at)
        return [text for command in self.commands if (text := _short(command))]

    def open(self, name: str, mode: Mode, max_time: float = 1000.0, idle: float = 60.0, instance: str = "local") -> list[str]:
        return self.tell(ev.Opened(name, mode, "qpu", instance, max_time, idle))

    def submit(self, *jobs: str, to: str | None = None, instance: str = "local") -> list[str]:
        """Submit jobs one after the other, to a workload or as single jobs."""
        return self._each(jobs, lambda job: ev.Submitted(job, "qpu", instance, to))

    def ready(self, *jobs: str) -> list[str]:
        return self._each(jobs, ev.Ready)

    def released(self, *jobs: str) -> list[str]:
        return self._each(jobs, ev.Released)

    def finish(self, *jobs: str, usage: float = 0.0) -> list[str]:
        return self._each(jobs, lambda job: ev.Finished(job, usage))

    def cancel(self, *jobs: str) -> list[str]:
        return self._each(jobs, ev.Cancelled)

    def close(self, name: str) -> list[str]:
        return self.tell(ev.Closed(name))

    def abandon(self, name: str) -> list[str]:
        return self.tell(ev.Abandoned(name))

    def at(self, now: float) -> list[str]:
        """It is so late; the deadlines until then are noticed now."""
        self.now = now
        return self.tell(ev.Ticked())

    def is_state(self, name: str) -> str:
        return self.state.groups[name].state

    def usage(self, name: str) -> float:
        return self.state.groups[name].usage

    def _each(self, jobs: tuple[str, ...], event: Callable[[str], ev.Event]) -> list[str]:
        return [text for job in jobs for text in self.tell(event(job))]


def _short(command: cmd.Command) -> str:
    match command:
        case cmd.Settle():
            return f"{command.outcome} {command.job}"
        case cmd.Start() | cmd.Grant() | cmd.Interrupt():
            return f"{type(command).__name__.lower()} {command.job}"
    return ""
