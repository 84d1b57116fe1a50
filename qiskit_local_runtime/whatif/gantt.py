"""A comparison as a picture: a panel for each mode, a row for the queue, each lane and the QPU."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from qiskit.exceptions import MissingOptionalLibraryError

from .outcome import JobTimes, Outcome
from .table import duration

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito's colours, which people with any kind of colour vision tell apart; lightness differs as well
QUEUE, WINDOW = "#0072B2", "#FFF3B0"
Bar = tuple[float, float]


@dataclass(frozen=True)
class _Look:
    """How bars of one kind look; waiting is hatched, so that nobody needs the colours to tell it from work."""

    colour: str
    hatch: str = ""
    edge: str = "white"


_QUEUED = _Look(QUEUE)
_OURS = (_Look("#F0B27A"), _Look("#FFFFFF", "/////", "#D55E00"), _Look("#D55E00"))
_OTHERS = (_Look("#CFCFCF"), _Look("#FFFFFF", "/////", "#7F7F7F"), _Look("#7F7F7F"))
"""In a lane, waiting there for the QPU, and on the QPU."""


def draw(outcomes: Sequence[Outcome], backend: str) -> Figure:
    """Draw it.

    Raises:
        MissingOptionalLibraryError: matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise MissingOptionalLibraryError("matplotlib", "A Gantt chart", "pip install 'qiskit-local-runtime[plot]'")
    from matplotlib.figure import Figure

    rows = [_rows(outcome) for outcome in outcomes]
    heights = [len(names) + 1.2 for names in rows]
    figure = Figure(figsize=(11, 1.2 + 0.3 * sum(heights)), dpi=150, layout="constrained")
    panels = figure.subplots(len(outcomes), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    unit, name = _unit(max(outcome.wall_seconds for outcome in outcomes))
    for axes, outcome, names in zip(panels, outcomes, rows, strict=True):
        _panel(axes, outcome, names, unit)
    end = max(max(outcome.wall_seconds for outcome in outcomes) / unit, 1e-9)
    panels[-1].set_xlim(0, end * 1.01)
    panels[-1].set_xlabel(f"{name} since the workload began")
    if backend:
        figure.suptitle(f"The same workload on {backend}")
    _legend(figure, any(outcome.others for outcome in outcomes))
    return figure


def _rows(outcome: Outcome) -> list[str]:
    lanes = max((job.lane + 1 for job in (*outcome.jobs, *outcome.others) if job.lane is not None), default=1)
    return ["queue", *(f"lane {lane + 1}" for lane in range(lanes)), "QPU"]


def _panel(axes: Any, outcome: Outcome, rows: list[str], unit: float) -> None:
    for start, end in outcome.windows:
        axes.axvspan(start / unit, end / unit, color=WINDOW, zorder=0)
    for height, look, bars in _bars(outcome, len(rows) - 1):
        axes.broken_barh(
            [(start / unit, (end - start) / unit) for start, end in bars],
            (height - 0.4, 0.8),
            facecolor=look.colour,
            edgecolor=look.edge,
            hatch=look.hatch,
            # an outline would hide the bars of a long study
            linewidth=0.4 if len(bars) < 60 else 0.0,
            zorder=2,
        )
    axes.axvline(outcome.wall_seconds / unit, color="black", linewidth=1, linestyle="--", zorder=3)
    axes.set_yticks(range(len(rows)), rows, fontsize="small")
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_title(
        f"{outcome.mode}: {duration(outcome.wall_seconds)} wall time, {duration(outcome.usage_seconds)} usage"
        + (f", {outcome.done} of {len(outcome.jobs)} jobs done" if outcome.done < len(outcome.jobs) else ""),
        loc="left",
        fontsize="medium",
    )
    axes.grid(axis="x", color="0.9", zorder=1)
    axes.spines[["top", "right"]].set_visible(False)


def _bars(outcome: Outcome, qpu: int) -> Iterator[tuple[int, _Look, list[Bar]]]:
    """Row, look and bars of everything there is to draw before the end."""
    wall = outcome.wall_seconds
    waits = ((job.submitted, job.finished if job.started is None else job.started) for job in outcome.jobs)
    yield 0, _QUEUED, [bar for wait in waits for bar in _bar(*wait, wall)]
    for jobs, (classical, waiting, quantum) in ((outcome.others, _OTHERS), (outcome.jobs, _OURS)):
        lanes: dict[int, list[JobTimes]] = {}
        for job in jobs:
            if job.lane is not None:
                lanes.setdefault(job.lane + 1, []).append(job)
        for lane, members in sorted(lanes.items()):
            yield lane, classical, [bar for job in members for bar in _bar(job.started, job.finished, wall)]
            yield lane, waiting, [bar for job in members for bar in _bar(job.ready, job.granted, wall)]
            yield lane, quantum, [bar for job in members for bar in _bar(job.granted, job.released, wall)]
        yield qpu, quantum, [bar for job in jobs for bar in _bar(job.granted, job.released, wall)]


def _bar(start: float | None, end: float | None, wall: float) -> list[Bar]:
    """The visible part; what goes on when the workload has ended goes to the edge."""
    if start is None:
        return []
    start, end = max(start, 0.0), wall if end is None else min(end, wall)
    return [(start, end)] if end > start else []


def _legend(figure: Any, others: bool) -> None:
    from matplotlib.patches import Patch

    words = ("in a lane", "waiting there for the QPU", "on the QPU")
    entries = [(_QUEUED, "your jobs: in the queue")]
    entries += [(look, f"your jobs: {text}") for look, text in zip(_OURS, words, strict=True)]
    entries += [(_Look(WINDOW), "session or batch active")]
    entries += [(look, f"others: {text}") for look, text in zip(_OTHERS, words, strict=True) if others]
    handles = [
        Patch(facecolor=look.colour, edgecolor="0.6" if look.edge == "white" else look.edge, hatch=look.hatch, label=label)
        for look, label in entries
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=4, fontsize="small", frameon=False)


def _unit(seconds: float) -> tuple[float, str]:
    if seconds <= 300:
        return 1.0, "seconds"
    return (60.0, "minutes") if seconds <= 3 * 3600 else (3600.0, "hours")
