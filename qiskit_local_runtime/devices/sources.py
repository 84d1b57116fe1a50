"""From a backend to a device: the table :data:`SOURCES` and the cache in front of it."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.providers import BackendV2
from qiskit.transpiler import CouplingMap, Target

from ..errors import IBMBackendError, IBMInputValueError
from .aer_source import aer_device, aer_key, is_aer
from .described import DescribedDevice
from .foreign_source import foreign_device, is_backend
from .model_noise import ModelNoise
from .target_source import is_described, target_device, target_key


@dataclass(frozen=True)
class Source:
    """How one kind of backend becomes a device."""

    recognises: Callable[[BackendV2], bool]
    describe: Callable[[Any], DescribedDevice]
    key: Callable[[Any], tuple[object, ...]] | None
    """What must stay equal for a description to be used again; ``None``: described anew each time (it is cheap, and a
    cached description that holds its backend would never be forgotten)."""


SOURCES: dict[str, Source] = {
    "aer": Source(is_aer, aer_device, aer_key),
    "target": Source(is_described, target_device, target_key),
    "backend": Source(is_backend, foreign_device, None),
}
"""Kinds of backends; the first that recognises a backend describes it."""

_CACHE: weakref.WeakKeyDictionary[BackendV2, tuple[tuple[object, ...], DescribedDevice]] = weakref.WeakKeyDictionary()
_LOCK = threading.Lock()


def device_of(
    backend: object,
    *,
    noise_model: Any = None,
    basis_gates: Sequence[str] | None = None,
    coupling_map: Sequence[Sequence[int]] | None = None,
) -> DescribedDevice:
    """The device behind a backend; cached until the backend's calibration changes.

    Args:
        backend: any ``BackendV2`` but a cloud backend.
        noise_model: an Aer ``NoiseModel`` in place of the backend's own noise.
        basis_gates: gates in place of those the backend accepts.
        coupling_map: pairs in place of those the backend couples.

    Raises:
        IBMInputValueError: not a ``BackendV2``.
        IBMBackendError: a cloud backend, or options for a backend that runs circuits itself.
    """
    found = _cached(_checked(backend))
    if noise_model is None and basis_gates is None and coupling_map is None:
        return found
    if not found.simulated:
        raise IBMBackendError(
            f"options.simulator.noise_model, basis_gates and coupling_map change a simulation, but {found.name} runs "
            "circuits itself. Leave them unset, or use a fake device or AerSimulator.from_backend(backend)."
        )
    noise = found.whole_noise if noise_model is None else _given(noise_model, found)
    target = found.target
    if basis_gates is not None or coupling_map is not None:
        target = _target(found, basis_gates, coupling_map)
    return DescribedDevice(
        name=found.name,
        num_qubits=found.num_qubits if coupling_map is None else target.num_qubits if target else None,
        target=target,
        whole_noise=noise,
        method=found.method,
        aer_options=found.aer_options,
    )


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


def _cached(backend: BackendV2) -> DescribedDevice:
    source = next(s for s in SOURCES.values() if s.recognises(backend))
    if source.key is None:
        return source.describe(backend)
    key = source.key(backend)
    with _LOCK:
        if backend in _CACHE and _CACHE[backend][0] == key:
            return _CACHE[backend][1]
    device = source.describe(backend)
    with _LOCK:
        _CACHE[backend] = (key, device)
    return device


def _given(noise_model: Any, found: DescribedDevice) -> ModelNoise:
    from qiskit_aer.noise import NoiseModel

    if not isinstance(noise_model, NoiseModel):
        raise IBMInputValueError(
            f"options.simulator.noise_model must be a qiskit_aer.noise.NoiseModel, found {type(noise_model).__name__}."
        )
    return ModelNoise(noise_model, None if found.target is None else found.target.dt)


def _target(found: DescribedDevice, basis_gates: Sequence[str] | None, coupling_map: Sequence[Sequence[int]] | None) -> Target:
    standard = [n for n, g in get_standard_gate_name_mapping().items() if g.num_qubits <= 2 and n != "delay"]
    known = list(found.target.operation_names) if found.target is not None else standard
    gates = list(basis_gates) if basis_gates is not None else [n for n in known if n in standard]
    coupling = CouplingMap([list(pair) for pair in coupling_map]) if coupling_map is not None else None
    if coupling is None and found.target is not None:
        coupling = found.target.build_coupling_map()
    target: Target = Target.from_configuration(
        basis_gates=gates,
        num_qubits=found.num_qubits if coupling is None else None,
        coupling_map=coupling,
        dt=None if found.target is None else found.target.dt,
    )
    for name in ("measure", "reset", "delay"):
        if name not in target.operation_names:
            target.add_instruction(get_standard_gate_name_mapping()[name])
    return target
