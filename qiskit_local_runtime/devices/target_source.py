"""Devices read off a target: fake devices, generic ones, and backends that are only a description."""

from __future__ import annotations

from typing import Any

from qiskit.providers import BackendV2
from qiskit.transpiler import Target

from .described import DescribedDevice
from .own_run import cannot_run, runs_as
from .target_noise import TargetNoise


def is_described(backend: BackendV2) -> bool:
    """Whether the target says all there is to know.

    That is so for IBM's fake devices, for Qiskit's ``GenericBackendV2``, and for a backend whose ``run`` can do nothing
    but raise. A class derived from one of these with a ``run`` of its own is a backend that runs circuits itself.
    """
    return _is_fake(backend) or runs_as(backend, "qiskit", "GenericBackendV2") or cannot_run(backend)


def target_device(backend: Any) -> DescribedDevice:
    """Noise from the target's errors, durations, T1 and T2; readout errors from the properties where there are any."""
    target = backend.target
    return DescribedDevice(
        name=backend.name or type(backend).__name__,
        num_qubits=target.num_qubits,
        target=target,
        whole_noise=TargetNoise(target, backend.properties() if _is_fake(backend) else None) if _says_noise(target) else None,
    )


def target_key(backend: Any) -> tuple[object, ...]:
    """What must be equal for a device to be reused: the calibration, changes made in place included."""
    target = backend.target
    calibration: list[float | None] = []
    for name in target.operation_names:
        for known in (target[name] or {}).values():
            if known is not None:
                calibration += (known.error, known.duration)
    for qubit in target.qubit_properties or ():
        if qubit is not None:
            calibration += (qubit.t1, qubit.t2)
    return (id(target), target.dt, tuple(calibration))


def _is_fake(backend: BackendV2) -> bool:
    """IBM's fake devices carry backend properties."""
    return runs_as(backend, "qiskit_ibm_runtime", "FakeBackendV2")


def _says_noise(target: Target) -> bool:
    """Whether any instruction has an error or any qubit relaxes."""
    if any(q is not None and (q.t1 is not None or q.t2 is not None) for q in target.qubit_properties or ()):
        return True
    return any(p is not None and p.error for name in target.operation_names for p in (target[name] or {}).values())
