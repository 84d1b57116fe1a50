"""What the scheduler remembers: jobs, workloads, and the backends they stand in line for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ..records.workload import Mode, WorkloadState
from .rules import RULES, Rule

Phase = Literal["queued", "in a lane", "waiting for the QPU", "on the QPU", "after the QPU"]


@dataclass(slots=True, eq=False)
class Entry:
    """A job that has not ended."""

    id: str
    group: Group
    number: int
    """Order of arrival."""
    phase: Phase = "queued"
    story: list[str] = field(default_factory=list)
    """The events that brought it here, for the error of an impossible one."""


@dataclass(slots=True, eq=False)
class Group:
    """A workload: a session, a batch, or a single job as a workload of one."""

    id: str
    mode: Mode
    line: Line
    instance: str
    max_time: float = 0.0
    interactive_timeout: float = 0.0
    state: WorkloadState = "open"
    accepting: bool = True
    queued: dict[str, Entry] = field(default_factory=dict)
    running: dict[str, Entry] = field(default_factory=dict)
    started_at: float | None = None
    activated_at: float | None = None
    closed_at: float | None = None
    last_job_started: float | None = None
    last_job_completed: float | None = None
    idle_since: float | None = None
    """Since when an open window has nothing to do."""
    inactive_since: float | None = None
    """When its window last closed."""
    usage: float = 0.0
    """Seconds charged, without the window that is open now."""

    @property
    def rule(self) -> Rule:
        """What its mode means."""
        return RULES[self.mode]

    @property
    def outstanding(self) -> bool:
        """Whether it has jobs that have not ended."""
        return bool(self.queued or self.running)


@dataclass(slots=True, eq=False)
class Line:
    """A backend and who stands in line for it."""

    name: str
    lanes: int = 5
    at_once: int = 1
    running: dict[str, Entry] = field(default_factory=dict)
    """Jobs in lanes."""
    wanting: dict[str, Entry] = field(default_factory=dict)
    """Jobs in lanes that wait for the QPU."""
    qpu: dict[str, Entry] = field(default_factory=dict)
    """Jobs on the QPU."""
    singles: int = 0
    """Running jobs of job mode."""
    window: Group | None = None
    """The session or batch whose window is open."""
    next_up: Group | None = None
    """A session that is next and waits for the backend to be empty: nobody overtakes it."""
    waiting: dict[str, dict[str, Group]] = field(default_factory=dict)
    """Per instance the workloads in line, in order of arrival."""

    @property
    def slots(self) -> int:
        """How many jobs may be on the QPU."""
        return 1 if self.window is not None and self.window.rule.exclusive else self.at_once
