"""How long a target says that its instructions take."""

from __future__ import annotations

from typing import Any

from qiskit.transpiler import Target

from ..errors import IBMInputValueError
from ..sweeps.durations import Durations

_VIRTUAL = frozenset({"rz", "p", "u1", "gphase", "global_phase"})
"""Changes of frame, which devices keep account of in software: no time where the target does not say otherwise."""

_ANYWHERE = frozenset({"gphase", "global_phase"})
"""What circuits may hold though it is no instruction of the device."""


def seconds_of(target: Target, name: str, physical: tuple[int, ...]) -> float | None:
    """Duration of an instruction; ``None`` if the target does not have it, or does not say.

    Args:
        target: of the device.
        name: of a gate, ``measure`` or ``reset``.
        physical: qubits of the device.
    """
    table = target[name] if name in target.operation_names else None
    known = table.get(physical) if table else None
    if known is not None and known.duration is not None:
        return float(known.duration)
    return 0.0 if name in _VIRTUAL else None


def has_durations(target: Target) -> bool:
    """Whether any instruction takes time; the targets of plain simulators do not say."""
    tables = (target[name] or {} for name in target.operation_names)
    return any(known is not None and known.duration for table in tables for known in table.values())


def durations_of(target: Target | None, qubits: tuple[int, ...]) -> Durations | None:
    """The durations of a device's instructions, on active qubits; ``None`` if it does not tell any.

    Args:
        target: of the device; ``None``: it has none.
        qubits: physical qubit of each active index.
    """
    if target is None or not has_durations(target):
        return None
    possible = _ANYWHERE.union(target.operation_names)
    found: dict[tuple[str, tuple[int, ...]], float | None] = {}

    def seconds(name: str, active: tuple[int, ...], params: tuple[Any, ...]) -> float | None:
        key = (name, active)
        if key not in found:
            found[key] = seconds_of(target, name, tuple([qubits[i] for i in active])) if name in possible else None
        return found[key]

    return Durations(seconds, target.dt, target.pulse_alignment)


def durations_for_decoupling(device: str, target: Target | None, qubits: tuple[int, ...]) -> Durations:
    """What :func:`durations_of` returns, for decoupling, which cannot do without.

    Args:
        device: its name, for the message.
        target: of the device.
        qubits: physical qubit of each active index.

    Raises:
        IBMInputValueError: the target tells no durations.
    """
    durations = durations_of(target, qubits)
    if durations is None:
        raise IBMInputValueError(
            f"dynamical_decoupling.enable = True expects a backend whose target has durations; found none in that of {device}. "
            "Set dynamical_decoupling.enable = False, or use a backend with durations (a fake device, "
            "AerSimulator.from_backend(backend) or GenericBackendV2)."
        )
    return durations
