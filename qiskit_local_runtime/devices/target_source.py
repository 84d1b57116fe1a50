"""Devices read off a target: fake devices, generic ones, and backends that are only a description."""

from __future__ import annotations

from typing import Any

from qiskit.providers import BackendV2
from qiskit.transpiler import Target

from .described import DescribedDevice
from .target_noise import TargetNoise


def is_described(backend: BackendV2) -> bool:
    """Whether the target says all there is to know.

    That is so for fake devices (``FakeBackendV2``), for Qiskit's ``GenericBackendV2``, and for a backend whose ``run``
    does nothing but raise ``NotImplementedError``.
    """
    names = {c.__name__ for c in type(backend).__mro__}
    if names & {"FakeBackendV2", "GenericBackendV2"}:
        return True
    code = getattr(type(backend).run, "__code__", None)
    return code is not None and "NotImplementedError" in code.co_names


def target_device(backend: Any) -> DescribedDevice:
    """Noise from the target's errors, durations, T1 and T2; readout errors from the properties where there are any."""
    target = backend.target
    return DescribedDevice(
        name=backend.name or type(backend).__name__,
        num_qubits=target.num_qubits,
        target=target,
        whole_noise=TargetNoise(target, _properties(backend)) if _says_noise(target) else None,
    )


def target_key(backend: Any) -> tuple[object, ...]:
    """What must be equal for a device to be reused: the calibration."""
    properties = _properties(backend)
    return (id(backend.target), None if properties is None else str(properties.last_update_date))


def _properties(backend: Any) -> Any:
    """IBM's backend properties, where a fake device carries them."""
    if "FakeBackendV2" not in {c.__name__ for c in type(backend).__mro__}:
        return None
    return backend.properties()


def _says_noise(target: Target) -> bool:
    """Whether any instruction has an error or a duration."""
    for name in target.operation_names:
        for known in (target[name] or {}).values():
            if known is not None and (known.error or known.duration):
                return True
    return False
