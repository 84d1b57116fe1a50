"""Rows as a picture: for each workload the time of ours over everyone else's, and what was wanted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .bench import OWN
from .row import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOOKS: dict[str, tuple[str, str, str]] = {
    "aer": ("o", "#0072b2", "Aer"),
    "qiskit": ("s", "#e69f00", "Qiskit's reference primitives"),
    "ibm": ("^", "#cc79a7", "IBM's local mode"),
    OWN: ("D", "#666666", "ours in another way"),
}
"""Marker, colour and name of each family."""


def draw(path: Path, rows: Sequence[Row]) -> None:
    """A line for each row that has a ratio: its ratios to all peers, log axis, and the goal."""
    from matplotlib.figure import Figure

    shown = [row for row in rows if row.ratio is not None][::-1]
    figure = Figure(figsize=(10, 1.6 + 0.32 * len(shown)), layout="constrained")
    axes = figure.add_subplot()
    axes.set_xscale("log")
    for height, row in enumerate(shown):
        _draw_row(axes, height, row)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_yticks(range(len(shown)), [row.label for row in shown])
    axes.set_ylim(-0.6, len(shown) - 0.4)
    axes.set_xlabel("our time ÷ the other's (left of 1: ours is quicker)")
    axes.grid(axis="x", linewidth=0.3)
    _legend(axes, shown)
    figure.savefig(path, dpi=150)


def _draw_row(axes: Axes, height: int, row: Row) -> None:
    axes.axhline(height, color="#dddddd", linewidth=0.5, zorder=0)
    for rival in row.rivals:
        marker, colour, _ = _LOOKS[rival.family]
        face = colour if rival is row.best else "white"
        axes.plot(row.ours.median / rival.timing.median, height, marker, color=colour, markerfacecolor=face, markersize=6)
    wanted = _goal(row)
    if wanted is not None:
        axes.plot([wanted] * 2, [height - 0.38, height + 0.38], color="#009e73" if row.met else "#d55e00", linewidth=2.5)


def _goal(row: Row) -> float | None:
    """The goal as a ratio to the best peer."""
    if row.limit is not None and row.best is not None:
        return row.limit / row.best.timing.median
    return row.goal


def _legend(axes: Axes, rows: Sequence[Row]) -> None:
    from matplotlib.lines import Line2D

    used = {rival.family for row in rows for rival in row.rivals}
    looks = [look for family, look in _LOOKS.items() if family in used]
    handles = [Line2D([], [], linestyle="", marker=marker, color=colour, label=name) for marker, colour, name in looks]
    handles.append(
        Line2D([], [], linestyle="", marker="o", color="black", markerfacecolor="white", label="not the quickest peer")
    )
    handles.append(Line2D([], [], color="#009e73", linewidth=2.5, label="goal, met"))
    handles.append(Line2D([], [], color="#d55e00", linewidth=2.5, label="goal, not met"))
    axes.figure.legend(handles=handles, loc="outside lower center", ncols=4, frameon=False, fontsize="small")
