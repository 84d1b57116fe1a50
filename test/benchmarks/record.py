"""Rows as JSON, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .measure import Timing
from .row import Rival, Row


def write(path: Path, machine: Mapping[str, object], rows: Mapping[str, Row], skipped: Mapping[str, str]) -> None:
    """Everything that was measured, by the name of the workload."""
    found = {
        "machine": dict(machine),
        "workloads": {name: _row(row) for name, row in rows.items()},
        "skipped": dict(skipped),
    }
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(path: Path) -> dict[str, Row]:
    """The rows of a file that :func:`write` wrote."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return {name: _read_row(row) for name, row in found["workloads"].items()}


def _row(row: Row) -> dict[str, Any]:
    return {
        "label": row.label,
        "unit": row.unit,
        "goal": row.goal,
        "limit": row.limit,
        "ratio": row.ratio,
        "met": row.met,
        "ours": _timing(row.ours),
        "peers": [{"name": rival.name, "family": rival.family} | _timing(rival.timing) for rival in row.rivals],
    }


def _timing(timing: Timing) -> dict[str, Any]:
    return {"median": timing.median, "quartiles": timing.quartiles, "samples": timing.samples}


def _read_row(found: Mapping[str, Any]) -> Row:
    return Row(
        label=found["label"],
        ours=Timing(tuple(found["ours"]["samples"])),
        rivals=tuple(Rival(peer["name"], peer["family"], Timing(tuple(peer["samples"]))) for peer in found["peers"]),
        goal=found["goal"],
        limit=found["limit"],
        unit=found["unit"],
    )
