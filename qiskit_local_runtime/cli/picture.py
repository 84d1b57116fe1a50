"""The demo's picture."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .bell import BellPair
from .hydrogen import KNOWN, Energies


def draw(pair: BellPair, energies: Energies, path: Path) -> str:
    """Draw both experiments into a file; returns a sentence that says where it is, or why there is none."""
    if find_spec("matplotlib") is None:
        return "No picture: matplotlib is missing; install qiskit-local-runtime[plot] to have one."
    from matplotlib.figure import Figure  # half a second that printing alone need not pay

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.7))
    _bars(left, pair)
    _curves(right, energies)
    figure.savefig(path, dpi=150)
    return f"Picture: {path}"


def _bars(axes: Any, pair: BellPair) -> None:
    axes.bar(list(pair.counts), [count / pair.shots for count in pair.counts.values()], color="tab:blue")
    axes.axhline(0.5, color="0.5", linestyle=":", label="ideal, 00 and 11")
    axes.set(title=f"Bell state, {pair.shots} shots", xlabel="outcome", ylabel="share of the shots")
    axes.legend(loc="center", fontsize="x-small", frameon=False)


def _curves(axes: Any, energies: Energies) -> None:
    axes.axhline(KNOWN, color="0.5", linestyle=":", label="known energy")
    for (name, scan), style in zip(energies.scans.items(), ("k-", "r.", "b."), strict=True):
        axes.plot(energies.angles, scan, style, label=name)
    axes.axvline(energies.best, color="tab:green", linewidth=1, label="found by VQE")
    axes.set(title="Hydrogen molecule", xlabel="angle θ of the ansatz", ylabel="electronic energy (Ha)")
    axes.legend(loc="upper center", framealpha=1, edgecolor="white", fontsize="small")
