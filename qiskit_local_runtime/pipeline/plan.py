"""What will run and what it costs, before it runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .metering import Meter
from .runnable import Runnable

_HEADINGS = ("what", "circuits", "randomizations", "shots each", "qubits", "method", "quantum time", "simulation", "memory")


@dataclass(frozen=True)
class PlanRow:
    """One sweep: a circuit with its parameter values and its bases."""

    what: str
    """``PUB 0`` (and which group of observables, if there are several), or ``calibration``."""
    circuits: int
    """Parameter values × bases."""
    randomizations: int
    """Of each circuit."""
    shots: int
    """Of each randomization; 0: exact values."""
    active_qubits: int
    method: str
    """The simulator that was chosen."""
    quantum_seconds: float | None
    """On the device the backend describes, without the overhead of the job; ``None``: it does not say."""
    simulation_seconds: float
    """Roughly, on one core."""
    bytes: int
    """Peak memory of the simulation beside the result."""
    note: str = ""
    """Anything about the meaning of the result, such as an approximation; empty: exact."""


@dataclass(frozen=True)
class Plan:
    """Everything a request will run; ``print`` it, or read :attr:`rows`."""

    rows: tuple[PlanRow, ...]
    quantum_seconds: float | None
    """Of the whole job, its overhead included; 0: nothing is sampled; ``None``: the backend does not say."""

    @property
    def circuits(self) -> int:
        """Circuits with different gates or values that run, randomizations included."""
        return sum(row.circuits * row.randomizations for row in self.rows)

    @property
    def shots(self) -> int:
        """Shots of all circuits together."""
        return sum(row.circuits * row.randomizations * row.shots for row in self.rows)

    def __str__(self) -> str:
        lines = [_HEADINGS, *(_cells(row) for row in self.rows)]
        widths = [max(len(line[i]) for line in lines) for i in range(len(_HEADINGS))]
        shown = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
        shown.insert(1, "  ".join("-" * width for width in widths))
        shown.append(f"in all: {self.circuits} circuits, {self.shots} shots, quantum time {_time(self.quantum_seconds)}")
        shown += [f"note ({row.what}): {row.note}" for row in self.rows if row.note]
        return "\n".join(shown)


def plan_of(parts: Iterable[tuple[str, Runnable]], meter: Meter) -> Plan:
    """The plan of some sweeps.

    Args:
        parts: each with what it is for.
        meter: knows how long they take on the device.
    """
    rows, sampled = [], []
    for what, each in parts:
        values, endings, randomizations, shots = each.sweep.shape
        seconds = meter.sweep_seconds(each.sweep, each.device) if shots else 0.0
        if shots:
            sampled.append(seconds)
        rows.append(
            PlanRow(
                what=what,
                circuits=values * endings,
                randomizations=randomizations,
                shots=shots,
                active_qubits=each.device.num_qubits,
                method=each.simulator.name,
                quantum_seconds=seconds,
                simulation_seconds=each.estimate.seconds,
                bytes=each.estimate.bytes,
                note=each.estimate.note,
            )
        )
    return Plan(tuple(rows), meter.job_seconds(sampled) if sampled else 0.0)


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "not known"
    return f"{seconds:.3g} s" if seconds else "none"


def _cells(row: PlanRow) -> tuple[str, ...]:
    return (
        row.what,
        str(row.circuits),
        str(row.randomizations),
        str(row.shots) if row.shots else "exact",
        str(row.active_qubits),
        row.method,
        _time(row.quantum_seconds),
        f"{row.simulation_seconds:.2g} s",
        f"{row.bytes / 2**20:.3g} MiB",
    )
