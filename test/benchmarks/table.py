"""Rows as a Markdown table."""

from __future__ import annotations

from .row import Row

HEADER = "| workload | ours | best peer | ours ÷ peer | goal | other peers |\n| --- | --- | --- | --- | --- | --- |"


def line(row: Row) -> str:
    """One line of the table."""
    best = row.best
    others = sorted((rival for rival in row.rivals if rival is not best), key=lambda rival: rival.timing.median)
    cells = (
        row.label,
        f"{duration(row.ours.median)} per {row.unit}",
        "–" if best is None else f"{best.name} {duration(best.timing.median)}",
        "–" if row.ratio is None else f"{row.ratio:.3g}",
        _goal(row),
        ", ".join(f"{rival.name} {duration(rival.timing.median)}" for rival in others) or "–",
    )
    return f"| {' | '.join(cells)} |"


def skipped(name: str, why: str) -> str:
    """The line of a workload that could not be run."""
    return f"| {name} | – | – | – | – | not run: {why} |"


def _goal(row: Row) -> str:
    wanted = "–" if row.goal is None else f"≤ {row.goal:.3g}"
    wanted = wanted if row.limit is None else f"≤ {duration(row.limit)}"
    return wanted + (" (not met)" if row.met is False else "")


def duration(seconds: float) -> str:
    """Three digits, in s, ms or µs."""
    for factor, unit in ((1, "s"), (1e3, "ms")):
        if seconds * factor >= 0.95:
            return f"{_three(seconds * factor)} {unit}"
    return f"{_three(seconds * 1e6)} µs"


def _three(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
