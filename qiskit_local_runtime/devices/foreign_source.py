"""Backends that run circuits themselves."""

from __future__ import annotations

from typing import Any

from qiskit.providers import BackendV2

from .described import DescribedDevice


def foreign_device(backend: Any) -> DescribedDevice:
    """Any other ``BackendV2``: circuits go through its own ``run()``, within its limits."""
    return DescribedDevice(
        name=backend.name or type(backend).__name__,
        num_qubits=backend.target.num_qubits,
        target=backend.target if backend.target.operation_names else None,
        backend=backend,
        max_circuits=backend.max_circuits,
        max_shots=_max_shots(backend),
    )


def is_backend(backend: BackendV2) -> bool:
    """The last row of the table: anything that got this far."""
    return isinstance(backend, BackendV2)


def _max_shots(backend: Any) -> int | None:
    value = getattr(backend, "max_shots", None)
    return int(value) if isinstance(value, int) and value > 0 else None
