"""What really happened, as a picture: a row for each tag, and the windows of sessions and batches behind them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from qiskit.exceptions import MissingOptionalLibraryError

from ..errors import IBMInputValueError
from ..records.job import Job
from ..records.workload import Workload
from .gantt import QUEUE, WINDOW

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LANE, _QPU = "#F0B27A", "#D55E00"
Bar = tuple[float, float]


def draw_history(jobs: Sequence[Job], workloads: Sequence[Workload] = ()) -> Figure:
    """Draw jobs and the windows of the sessions and batches they belong to.

    Args:
        jobs: rows; those with the same tags share a line.
        workloads: their sessions and batches.

    Raises:
        IBMInputValueError: there are no jobs.
        MissingOptionalLibraryError: matplotlib is not installed.
    """
    if not jobs:
        raise IBMInputValueError("There are no jobs to draw. Submit some, or ask for others.")
    if find_spec("matplotlib") is None:
        raise MissingOptionalLibraryError("matplotlib", "A picture of jobs", "pip install 'qiskit-local-runtime[plot]'")
    from matplotlib.figure import Figure

    zero = min(job.created for job in jobs)
    end = max(t for job in jobs for t in (job.finished, job.running, job.created) if t is not None)
    lines: dict[str, list[Job]] = {}
    for job in sorted(jobs, key=lambda job: job.created):
        lines.setdefault(", ".join(job.tags) or "no tag", []).append(job)
    figure = Figure(figsize=(11, 1.6 + 0.5 * len(lines)), dpi=150, layout="constrained")
    axes = figure.subplots()
    for workload in workloads:
        for start, stop in _windows(workload, end):
            axes.axvspan((start - zero).total_seconds(), (stop - zero).total_seconds(), color=WINDOW, zorder=0)
    for place, members in enumerate(lines.values()):
        _line(axes, place, members, zero, end)
    axes.set_yticks(range(len(lines)), list(lines))
    axes.set_ylim(len(lines) - 0.4, -0.6)
    axes.set_xlim(left=0)
    axes.set_xlabel(f"seconds since {zero.astimezone():%Y-%m-%d %H:%M:%S}")
    axes.grid(axis="x", color="0.9", zorder=1)
    axes.spines[["top", "right"]].set_visible(False)
    _legend(figure)
    return figure


def _line(axes: Any, place: int, jobs: Sequence[Job], zero: datetime, end: datetime) -> None:
    queued = [_bar(job.created, job.running or job.finished or end, zero) for job in jobs]
    lane = [_bar(job.running, job.granted or job.finished or end, zero) for job in jobs if job.running is not None]
    qpu = [_bar(job.granted, job.finished or end, zero) for job in jobs if job.granted is not None]
    for bars, colour, low, height in ((queued, QUEUE, 0.1, 0.25), (lane, _LANE, -0.35, 0.4), (qpu, _QPU, -0.35, 0.4)):
        axes.broken_barh(bars, (place + low, height), facecolor=colour, linewidth=0, zorder=2)


def _bar(start: datetime | None, stop: datetime, zero: datetime) -> Bar:
    assert start is not None
    return (start - zero).total_seconds(), (stop - start).total_seconds()


def _windows(workload: Workload, end: datetime) -> list[tuple[datetime, datetime]]:
    """From each time it became active until it became something else."""
    changes = [*workload.transitions, ("", end)]
    return [(since, until) for (state, since), (_, until) in itertools.pairwise(changes) if state == "active"]


def _legend(figure: Any) -> None:
    from matplotlib.patches import Patch

    entries = ((QUEUE, "in the queue"), (_LANE, "in a lane"), (_QPU, "on the QPU"), (WINDOW, "session or batch active"))
    handles = [Patch(facecolor=colour, edgecolor="0.6", label=label) for colour, label in entries]
    figure.legend(handles=handles, loc="outside lower center", ncols=4, fontsize="small", frameon=False)
