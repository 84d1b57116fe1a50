"""Devices made of a user's ``AerSimulator``."""

from __future__ import annotations

from functools import cache
from typing import Any

from qiskit.providers import BackendV2

from .described import DescribedDevice
from .model_noise import ModelNoise, model_key
from .own_run import runs_as

_NOT_METHODS = frozenset({"shots", "method", "noise_model", "memory", "seed_simulator", "executor", "max_job_size"})
"""Options that our own requests decide, or that are told apart elsewhere."""


def is_aer(backend: BackendV2) -> bool:
    """Whether this is an ``AerSimulator`` (a class of a user's own that changes its ``run`` is not)."""
    return runs_as(backend, "qiskit_aer", "AerBackend") and any(c.__name__ == "AerSimulator" for c in type(backend).__mro__)


def aer_device(backend: Any) -> DescribedDevice:
    """Its method, noise model and options; circuits are checked against a target only if it has a coupling map."""
    options = backend.options
    target = backend.target if backend.coupling_map is not None else None
    noise = None if options.noise_model is None else ModelNoise(options.noise_model, getattr(backend, "dt", None))
    return DescribedDevice(
        name=backend.name,
        num_qubits=backend.num_qubits if target is not None else None,
        target=target,
        whole_noise=noise,
        method=None if options.method == "automatic" else options.method,
        aer_options=_changed(backend),
    )


def aer_key(backend: Any) -> tuple[object, ...]:
    """What must be equal for a device to be reused."""
    model = backend.options.noise_model
    noise = None if model is None else model_key(model)
    return (noise, backend.options.method, tuple(sorted(map(str, _changed(backend).items()))))


def _changed(backend: Any) -> dict[str, Any]:
    """Options that differ from Aer's defaults."""
    defaults = _defaults()
    return {
        name: value
        for name, value in dict(backend.options.items()).items()
        if name not in _NOT_METHODS and value != defaults.get(name)
    }


@cache
def _defaults() -> dict[str, Any]:
    from qiskit_aer import AerSimulator

    return dict(AerSimulator._default_options().items())
