"""From a backend to a device: the table :data:`SOURCES` and the cache in front of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from qiskit.providers import BackendV2

from ..errors import IBMBackendError, IBMInputValueError
from ..sweeps.layer_noise import LayerModels
from .aer_source import aer_device, aer_key, is_aer
from .cache import IdentityCache
from .described import DescribedDevice
from .foreign_source import foreign_device, is_backend
from .noisy_backend import NoisyBackend
from .noisy_source import is_noisy, noisy_device
from .overrides import Overrides, changed, overrides
from .target_source import is_described, target_device, target_key


@dataclass(frozen=True)
class Source:
    """How one kind of backend becomes a device."""

    recognises: Callable[[BackendV2], bool]
    describe: Callable[[Any], DescribedDevice]
    key: Callable[[Any], tuple[object, ...]] | None
    """What must stay equal for a description to be used again; ``None``: described anew each time (it is cheap, and a
    cached description that holds its backend would never be forgotten)."""


def _with_noise(backend: NoisyBackend) -> DescribedDevice:
    return noisy_device(backend, _described(backend.inner))


def _noisy_key(backend: NoisyBackend) -> tuple[object, ...]:
    """Presets never change, the calibration below them does."""
    key = _source(backend.inner).key
    return () if key is None else key(backend.inner)


SOURCES: dict[str, Source] = {
    "noisy": Source(is_noisy, _with_noise, _noisy_key),
    "aer": Source(is_aer, aer_device, aer_key),
    "target": Source(is_described, target_device, target_key),
    "backend": Source(is_backend, foreign_device, None),
}
"""Kinds of backends; the first that recognises a backend describes it."""

_DESCRIBED: IdentityCache[DescribedDevice] = IdentityCache(1)
"""By backend: the description of its latest calibration."""
_CHANGED: IdentityCache[DescribedDevice] = IdentityCache(4)
"""By description: what simulator options lately made of it."""


def device_of(
    backend: object,
    *,
    noise_model: Any = None,
    basis_gates: Sequence[str] | None = None,
    coupling_map: Sequence[Sequence[int]] | None = None,
    layers: LayerModels | None = None,
) -> DescribedDevice:
    """The device behind a backend; cached until the backend's calibration changes.

    Args:
        backend: any ``BackendV2`` but a cloud backend.
        noise_model: an Aer ``NoiseModel`` in place of the backend's own noise.
        basis_gates: gates in place of those the backend accepts.
        coupling_map: pairs in place of those the backend couples.
        layers: noise by layer in place of that of two-qubit gates and idle times.

    Raises:
        IBMInputValueError: not a ``BackendV2``, or a gate or a noise model is not known.
        IBMBackendError: a cloud backend, or options for a backend that runs circuits itself.
    """
    found = _described(_checked(backend))
    asked = overrides(noise_model, basis_gates, coupling_map, layers)
    return found if asked is None else _changed(found, asked)


def _checked(backend: object) -> BackendV2:
    kinds = {(c.__module__.split(".")[0], c.__name__) for c in type(backend).__mro__}
    if ("qiskit_ibm_runtime", "IBMBackend") in kinds:
        raise IBMBackendError(
            f"{getattr(backend, 'name', 'The backend')} is a cloud backend and this runtime runs on your machine. "
            "Simulate it with AerSimulator.from_backend(backend), or use qiskit_ibm_runtime to run on it."
        )
    if not isinstance(backend, BackendV2):
        raise IBMInputValueError(
            f"Expected a BackendV2 (a fake device, AerSimulator, GenericBackendV2, …), found {type(backend).__name__}."
        )
    return backend


def _described(backend: BackendV2) -> DescribedDevice:
    source = _source(backend)
    if source.key is None:
        return source.describe(backend)
    return _DESCRIBED.get(backend, source.key(backend), lambda: source.describe(backend))


def _source(backend: BackendV2) -> Source:
    return next(s for s in SOURCES.values() if s.recognises(backend))


def _changed(found: DescribedDevice, asked: Overrides) -> DescribedDevice:
    return _CHANGED.get(found, asked.key, lambda: changed(found, asked))
