"""From a tape to the operations of :mod:`.state_ops`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import Parameter
from qiskit.circuit.library import StatePreparation

from ..errors import IBMInputValueError
from ..sweeps import Step, Sweep, Tape, tape_of
from ..sweeps.angles import Angles
from ..sweeps.recent import Recent
from .bound_gates import DIAGONAL, NOTHING_BOUND, Bound, bound_gate, bound_matrices, constant_gate, is_open, plain_gate
from .fold import fold
from .gate_matrices import FAMILIES, Matrices
from .merger import Merger
from .state_ops import Gate, Operation, Rotations

_WIDEST = 4
_NOTHING = frozenset({"delay", "id", "global_phase", "barrier"})
_KEPT = 256


@dataclass(frozen=True, eq=False)
class Compiled:
    """A tape's unitary part, ready to be applied to batches of states."""

    num_qubits: int
    operations: tuple[Operation, ...]
    families: dict[str, tuple[tuple[Any, ...], ...]]
    """Per family of parametrised gates the angles of each of its gates, numbers or expressions."""
    _known: dict[str, Angles] = field(default_factory=dict)

    def rotations(self, sweep: Sweep, rows: slice) -> Rotations:
        """All parametrised matrices for some rows of a sweep."""
        values = sweep.values[rows]
        out: dict[str, Matrices] = {}
        for family, gates in self.families.items():
            columns = self._angles(family, sweep.parameters, values).reshape(len(values) * len(gates), -1).T
            matrices = FAMILIES[family](*columns)
            out[family] = matrices.reshape(len(values), len(gates), *matrices.shape[1:])
        return out

    def _angles(self, family: str, parameters: tuple[Parameter, ...], values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The angles of a family's gates; taken apart anew only for other parameters than last time."""
        angles = self._known.get(family)
        if angles is None or angles.parameters != parameters:
            angles = Angles.of([angle for gate in self.families[family] for angle in gate], parameters)
            self._known[family] = angles
        return angles(values)


def compiled(tape: Tape) -> Compiled:
    """Compile a tape's body, or return what was compiled for an equal one before."""
    return _CACHE.get(tape.key, lambda: _compile(tape))


_CACHE: Recent[Compiled] = Recent(_KEPT)


def _compile(tape: Tape) -> Compiled:
    merger = Merger(tape.num_qubits)
    families: dict[str, list[tuple[Any, ...]]] = {}
    bound = bound_matrices(tape.body)
    for step in tape.body:
        for gate in gates_of(step, families, bound):
            merger.add(gate)
    fold(merger.operations)
    return Compiled(tape.num_qubits, merger.operations, {name: tuple(gates) for name, gates in families.items()})


def gates_of(step: Step, families: dict[str, list[tuple[Any, ...]]], bound: Bound = NOTHING_BOUND) -> Iterator[Gate]:
    """A step as gates with matrices, composite ones opened up.

    Args:
        step: anything unitary.
        families: collects the angles of parametrised gates; a gate's slot is its place there.
        bound: matrices made before.

    Raises:
        IBMInputValueError: an operation has neither a matrix nor a definition.
    """
    name = step.name
    if name in FAMILIES:
        yield _rotation(step, families) if is_open(step.params) else bound_gate(step, bound)
    elif name in _NOTHING:
        return
    elif name == "unitary":
        yield constant_gate(step.qubits, np.asarray(step.params[0], dtype=complex))
    elif name == "initialize":
        yield from _opened(step, StatePreparation(list(step.params)).definition, families)
    else:
        gate = plain_gate(step) if len(step.qubits) <= _WIDEST and not is_open(step.params) else None
        if gate is not None:
            yield gate
        else:
            yield from _opened(step, getattr(step.operation, "definition", None), families)


def _opened(step: Step, definition: Any, families: dict[str, list[tuple[Any, ...]]]) -> Iterator[Gate]:
    if definition is None:
        raise IBMInputValueError(
            f"The operation {step.name!r} has neither a matrix nor a definition. Transpile the circuit first."
        )
    for inner in tape_of(definition).steps:
        yield from gates_of(inner._replace(qubits=tuple(step.qubits[q] for q in inner.qubits)), families)


def _rotation(step: Step, families: dict[str, list[tuple[Any, ...]]]) -> Gate:
    gates = families.setdefault(step.name, [])
    gates.append(step.params)
    return Gate(step.qubits, None, step.name, len(gates) - 1, diagonal=step.name in DIAGONAL)
