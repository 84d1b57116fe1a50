"""What came out of one mode: when each job did what, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ModeName = Literal["job", "batch", "session"]
End = Literal["done", "failed", "not run"]
"""``failed``: it was still queued when the maximum time was reached, or submitted later; ``not run``: a step it waits for
failed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JobTimes:
    """The life of one job, in seconds since the workload began; ``None`` for what never happened."""

    name: str
    step: int | None
    """Its place in the workload; ``None``: somebody else's."""
    end: End
    lane: int | None
    """Which lane it was in, the first being 0."""
    submitted: float | None
    started: float | None
    """Its lane was its own."""
    ready: float | None
    """It wanted the QPU."""
    granted: float | None
    """The QPU was its own."""
    released: float | None
    finished: float | None

    @property
    def queue_seconds(self) -> float:
        """From submitting it to its start, or to its failing in the queue."""
        return _between(self.submitted, self.finished if self.started is None else self.started)

    @property
    def qpu_wait_seconds(self) -> float:
        """How long it stood in its lane and waited for the QPU."""
        return _between(self.ready, self.granted)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """A workload in one mode."""

    mode: ModeName
    wall_seconds: float
    """From the beginning until the last of its jobs had ended."""
    usage_seconds: float
    """What it is charged for: quantum time, or the length of a session's windows."""
    jobs: tuple[JobTimes, ...]
    """One for each step, in the workload's order."""
    others: tuple[JobTimes, ...]
    """Other users' jobs that had started by the end."""
    windows: tuple[tuple[float, float], ...]
    """When the session or batch was active: from, to."""

    @property
    def queue_seconds(self) -> float:
        """Queue time of all its jobs together; jobs that wait side by side count each."""
        return sum(job.queue_seconds for job in self.jobs)

    @property
    def longest_queue_seconds(self) -> float:
        """Queue time of the job that waited longest."""
        return max(job.queue_seconds for job in self.jobs)

    @property
    def qpu_wait_seconds(self) -> float:
        """How long its jobs stood in their lanes and waited for the QPU, all together."""
        return sum(job.qpu_wait_seconds for job in self.jobs)

    @property
    def qpu_seconds(self) -> float:
        """How long its jobs were on the QPU."""
        return sum(_between(job.granted, job.released) for job in self.jobs)

    @property
    def done(self) -> int:
        """How many of its jobs came to a result."""
        return sum(job.end == "done" for job in self.jobs)


def _between(start: float | None, end: float | None) -> float:
    return 0.0 if start is None or end is None else end - start
