"""A calibration in IBM's form, from a backend's target."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from qiskit.providers import BackendV2
from qiskit.transpiler import InstructionProperties, Target

from .described import date_of, version_of
from .operations import Qubits, operations_of, properties_of
from .units import gigahertz, microseconds, nanoseconds

_Fact = tuple[str, tuple[float, str]]


def target_properties(backend: BackendV2, name: str) -> dict[str, Any] | None:
    """T1, T2, frequencies, errors and durations of a target; ``None``: it says none. JSON with finite numbers."""
    target, date = backend.target, date_of(backend)
    width = target.num_qubits
    gates = list(_gates(target, date))
    facts = [list(_qubit(target, qubit)) for qubit in range(width or 0)]
    if not gates and not any(facts):
        return None
    idle = _faulty(target)
    return {
        "backend_name": name,
        "backend_version": version_of(backend),
        "last_update_date": date,
        "qubits": [_dated(_with_health(each, qubit not in idle), date) for qubit, each in enumerate(facts)],
        "gates": gates,
        "general": [],
    }


def _qubit(target: Target, qubit: int) -> Iterator[_Fact]:
    known = target.qubit_properties[qubit] if target.qubit_properties else None
    if known is not None:
        yield from _finite("T1", known.t1, microseconds)
        yield from _finite("T2", known.t2, microseconds)
        yield from _finite("frequency", known.frequency, gigahertz)
    if "measure" in target.operation_names:
        readout = (properties_of(target, "measure") or {}).get((qubit,))
        if readout is not None:
            yield from _finite("readout_error", readout.error, _ratio)
            yield from _finite("readout_length", readout.duration, nanoseconds)


def _with_health(facts: list[_Fact], operational: bool) -> list[_Fact]:
    """The client stops at a qubit of which nothing is said."""
    return facts if facts and operational else [*facts, ("operational", (float(operational), ""))]


def _gates(target: Target, date: str) -> Iterator[dict[str, Any]]:
    for name in operations_of(target).names:
        if name == "measure":
            continue
        for qubits, known in (properties_of(target, name) or {}).items():
            facts = list(_operation(known))
            if facts:
                parameters = _dated(facts, date)
                yield {"qubits": list(qubits), "gate": name, "parameters": parameters, "name": _label(name, qubits)}


def _operation(known: InstructionProperties | None) -> Iterator[_Fact]:
    if known is not None:
        yield from _finite("gate_error", known.error, _ratio)
        yield from _finite("gate_length", known.duration, nanoseconds)


def _label(name: str, qubits: Qubits) -> str:
    return name + "_".join(map(str, qubits))


def _faulty(target: Target) -> set[int]:
    """Qubits that nothing acts on, of a target whose measurement is tied to qubits."""
    measured = properties_of(target, "measure") if "measure" in target.operation_names else None
    if measured is None:
        return set()
    used = {qubit for qubits in target.qargs or () for qubit in qubits or ()}
    return set(range(target.num_qubits or 0)) - used


def _finite(name: str, value: float | None, unit: Any) -> Iterator[_Fact]:
    """JSON has no infinite T1: what is not said does not relax."""
    if value is not None and math.isfinite(value):
        yield name, unit(float(value))


def _ratio(value: float) -> tuple[float, str]:
    return value, ""


def _dated(facts: list[_Fact], date: str) -> list[dict[str, Any]]:
    return [{"date": date, "name": name, "unit": unit, "value": value} for name, (value, unit) in facts]
