"""A comparison as numbers: records for programs, a table for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .outcome import Outcome

HEADINGS = ("mode", "wall time", "queued in all", "longest queue", "waits for QPU", "usage", "on the QPU", "jobs done")


def records(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """One record for each mode, all times in seconds."""
    return [
        {
            "mode": outcome.mode,
            "wall_seconds": outcome.wall_seconds,
            "queue_seconds": outcome.queue_seconds,
            "longest_queue_seconds": outcome.longest_queue_seconds,
            "qpu_wait_seconds": outcome.qpu_wait_seconds,
            "usage_seconds": outcome.usage_seconds,
            "qpu_seconds": outcome.qpu_seconds,
            "jobs": len(outcome.jobs),
            "jobs_done": outcome.done,
            "queue_seconds_per_job": [job.queue_seconds for job in outcome.jobs],
        }
        for outcome in outcomes
    ]


def text(outcomes: Sequence[Outcome], backend: str) -> str:
    """A table with a line for each mode."""
    lines = [HEADINGS, *(_line(outcome) for outcome in outcomes)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    shown = [
        "  ".join(_align(cell, width, column) for column, (cell, width) in enumerate(zip(line, widths, strict=True)))
        for line in lines
    ]
    jobs = len(outcomes[0].jobs)
    title = f"{jobs} job{'s' if jobs != 1 else ''}" + (f" on {backend}" if backend else "")
    rule = "  ".join("-" * width for width in widths)
    return "\n".join([title, shown[0].rstrip(), rule, *shown[1:]])


def duration(seconds: float) -> str:
    """A length of time for people: ``3.2 s``, ``4 min 05 s``, ``2 h 10 min``."""
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02} min"


def _line(outcome: Outcome) -> tuple[str, ...]:
    times = (
        outcome.wall_seconds,
        outcome.queue_seconds,
        outcome.longest_queue_seconds,
        outcome.qpu_wait_seconds,
        outcome.usage_seconds,
        outcome.qpu_seconds,
    )
    return (outcome.mode, *(duration(seconds) for seconds in times), f"{outcome.done} of {len(outcome.jobs)}")


def _align(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column == 0 else cell.rjust(width)
