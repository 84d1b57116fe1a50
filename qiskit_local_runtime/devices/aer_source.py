"""Devices made of a user's ``AerSimulator``."""

from __future__ import annotations

from typing import Any

from qiskit.providers import BackendV2

from .described import DescribedDevice
from .model_noise import ModelNoise

_NOT_METHODS = frozenset({"shots", "method", "noise_model", "memory", "seed_simulator", "executor", "max_job_size"})
"""Options that our own requests decide, or that are told apart elsewhere."""


def is_aer(backend: BackendV2) -> bool:
    """Whether this is an ``AerSimulator``."""
    return any(c.__name__ == "AerSimulator" and c.__module__.startswith("qiskit_aer") for c in type(backend).__mro__)


def aer_device(backend: Any) -> DescribedDevice:
    """Its method, noise model and options; circuits are checked against a target only if it has a coupling map."""
    options = backend.options
    coupled = backend.coupling_map is not None
    target = backend.target if coupled else None
    dt = getattr(backend, "dt", None)
    noise = None if options.noise_model is None else ModelNoise(options.noise_model, dt)
    return DescribedDevice(
        name=backend.name,
        num_qubits=backend.num_qubits if coupled else None,
        target=target,
        whole_noise=noise,
        method=None if options.method == "automatic" else options.method,
        aer_options=_changed(backend),
    )


def aer_key(backend: Any) -> tuple[object, ...]:
    """What must be equal for a device to be reused."""
    return (id(backend.options.noise_model), backend.options.method, tuple(sorted(map(str, _changed(backend).items()))))


def _changed(backend: Any) -> dict[str, Any]:
    """Options that differ from Aer's defaults."""
    defaults = dict(type(backend)._default_options().items())
    return {
        name: value
        for name, value in dict(backend.options.items()).items()
        if name not in _NOT_METHODS and value != defaults.get(name)
    }
