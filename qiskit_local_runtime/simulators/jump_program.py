"""Noisy circuits compiled: merged operations, and the places inside them where an event may happen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..devices.device import ActiveDevice
from ..sweeps import Step, Tape
from ..sweeps.recent import Recent
from .bound_gates import bound_matrices
from .jumps import Jumps, jumps_of
from .merger import Merger
from .state_compile import Compiled, gates_of
from .state_ops import Dense, Diagonal, Gate, Local, Operation, Permute

PLACE = "place of an event"
"""The family of gates that are what acts where no event happens; the slot is the number of the place."""
_MOST_EVENTS = 40.0
"""A shot: with more of them it is no use to look at each by itself, unless they are Pauli errors."""
_KEPT = 64


@dataclass(frozen=True, eq=False)
class NoisyOperation:
    """Gates that are one operation where no error strikes."""

    merged: Operation | None
    """``None``: there are no gates, only places."""
    gates: tuple[Gate, ...]
    """Gates and places in the order of time."""


@dataclass(frozen=True, eq=False)
class JumpProgram:
    """A compiled tape."""

    operations: tuple[NoisyOperation, ...]
    gates: Compiled
    """Names and angles of the parametrised gates."""
    shared: list[tuple[Jumps, NDArray[np.intp]]]
    """Each channel with its places."""
    jumps: tuple[Jumps, ...]
    """The channel of each place."""
    operation_of: NDArray[np.intp]
    """The operation that each place is in."""


def event_rate(tape: Tape, device: ActiveDevice) -> float | None:
    """Events that a shot meets on average; ``None``: too many, or it measures or resets before its end."""
    if tape.not_pure:
        return None
    total, pauli = 0.0, True
    for step in tape.steps if device.noise is not None else ():
        for jumps, _ in _jumps(step, device):
            total += jumps.probability
            pauli = pauli and jumps.channel.is_pauli
    return total if pauli or total <= _MOST_EVENTS else None


def _jumps(step: Step, device: ActiveDevice, when: str = "both") -> Iterator[tuple[Jumps, tuple[int, ...]]]:
    if device.noise is None:
        return
    before = device.noise.before(step) if when != "after" else ()
    after = device.noise.after(step) if when != "before" else ()
    for channel, where in (*before, *after):
        jumps = jumps_of(channel)
        if jumps is not None:
            yield jumps, where


def program_of(tape: Tape, device: ActiveDevice) -> JumpProgram:
    """Compile a tape with a device's noise, or return what was compiled for an equal one before."""
    return _CACHE.get((tape.key, id(device.noise)), lambda: _compile(tape, device), device.noise)


_CACHE: Recent[JumpProgram] = Recent(_KEPT)


def _compile(tape: Tape, device: ActiveDevice) -> JumpProgram:
    merger, jumps = Merger(tape.num_qubits), list[Jumps]()
    families: dict[str, list[tuple[Any, ...]]] = {}
    bound = bound_matrices(tape.steps)
    for step in tape.steps:
        _mark(step, device, merger, jumps, "before")
        for gate in gates_of(step, families, bound) if step.name != "measure" else ():
            merger.add(gate)
        _mark(step, device, merger, jumps, "after")
    operations = tuple(NoisyOperation(_merged(o, tape.num_qubits, jumps), _gates(o)) for o in merger.operations)
    operation_of = np.zeros(len(jumps), dtype=np.intp)
    for number, operation in enumerate(operations):
        operation_of[[gate.slot for gate in operation.gates if gate.family == PLACE]] = number
    gates = Compiled(tape.num_qubits, (), {name: tuple(found) for name, found in families.items()})
    return JumpProgram(operations, gates, _sharing(jumps), tuple(jumps), operation_of)


def _mark(step: Step, device: ActiveDevice, merger: Merger, found: list[Jumps], when: str) -> None:
    for jumps, where in _jumps(step, device, when):
        diagonal = not (jumps.otherwise - np.diag(np.diag(jumps.otherwise))).any()
        merger.add(Gate(where, jumps.otherwise, PLACE, len(found), diagonal=diagonal))
        found.append(jumps)


def _sharing(jumps: list[Jumps]) -> list[tuple[Jumps, NDArray[np.intp]]]:
    places: dict[int, list[int]] = {}
    for index, one in enumerate(jumps):
        places.setdefault(id(one), []).append(index)
    return [(jumps[found[0]], np.array(found, dtype=np.intp)) for found in places.values()]


def _gates(operation: Operation) -> tuple[Gate, ...]:
    return (operation.gate,) if isinstance(operation, Dense) else tuple(operation.gates)


def _merged(operation: Operation, num_qubits: int, jumps: list[Jumps]) -> Operation | None:
    """The operation without the places where nothing acts if no event happens."""
    gates = [gate for gate in _gates(operation) if gate.family != PLACE or not jumps[gate.slot].channel.is_pauli]
    if not gates:
        return None
    match operation:
        case Local():
            return Local(operation.lowest, operation.width, gates)
        case Diagonal():
            return Diagonal(num_qubits, gates)
        case Permute():
            return Permute(num_qubits, gates)
    return operation
