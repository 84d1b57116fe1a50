"""Backends that run circuits themselves."""

from __future__ import annotations

from typing import Any

from qiskit.providers import BackendV2

from .described import DescribedDevice


def foreign_device(backend: Any) -> DescribedDevice:
    """Any other ``BackendV2``: circuits go through its own ``run()``, within its limits."""
    target = backend.target
    return DescribedDevice(
        name=backend.name or type(backend).__name__,
        num_qubits=None if target is None else target.num_qubits,
        target=target if target is not None and target.operation_names else None,
        backend=backend,
        max_circuits=_limit(backend.max_circuits),
        max_shots=_max_shots(backend),
    )


def is_backend(backend: BackendV2) -> bool:
    """The last row of the table: anything that got this far."""
    return isinstance(backend, BackendV2)


def _max_shots(backend: Any) -> int | None:
    """The attribute ``max_shots`` that many backends have, else the bounds its options set on ``shots``."""
    known = _limit(getattr(backend, "max_shots", None))
    if known is not None:
        return known
    bounds = getattr(backend.options, "validator", {}).get("shots")
    return _limit(bounds[1]) if isinstance(bounds, tuple) and len(bounds) == 2 else None


def _limit(value: Any) -> int | None:
    return int(value) if isinstance(value, int) and value > 0 else None
