"""From a tape to the operations of :mod:`.state_ops`, gates merged where they commute past what lies between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import Parameter, ParameterExpression
from qiskit.circuit.exceptions import CircuitError
from qiskit.circuit.library import StatePreparation, get_standard_gate_name_mapping

from ..errors import IBMInputValueError
from ..sweeps import Step, Sweep, Tape, tape_of
from ..sweeps.angles import Angles
from ..sweeps.recent import Recent
from .gate_matrices import FAMILIES, Matrices
from .state_ops import Dense, Diagonal, Gate, Local, Operation, Permute, Rotations

_GROUP = 4
_WIDEST = 4
_DIAGONAL = frozenset({"rzz", "cp", "cu1", "crz"})
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
    for step in tape.body:
        for gate in gates_of(step, families):
            merger.add(gate)
    return Compiled(tape.num_qubits, merger.operations, {name: tuple(gates) for name, gates in families.items()})


class Merger:
    """Gates, put in one after the other, merged to operations.

    Args:
        num_qubits: of the states.
    """

    def __init__(self, num_qubits: int) -> None:
        self._count = num_qubits
        groups = max(1, -(-self._count // _GROUP))
        self._group = np.arange(self._count) * groups // max(1, self._count)
        self._operations: list[tuple[Operation, set[int]]] = []

    @property
    def operations(self) -> tuple[Operation, ...]:
        """In the order of time."""
        return tuple(operation for operation, _ in self._operations)

    def add(self, gate: Gate) -> None:
        """Merge a gate into the last operation of its kind that it can reach, or append a new one."""
        groups = {int(self._group[q]) for q in gate.qubits}
        kind = Local if len(groups) == 1 else Diagonal if gate.diagonal else Permute if gate.permutation else Dense
        for operation, touched in reversed(self._operations):
            if kind is not Dense and type(operation) is kind and self._same_place(operation, groups):
                operation.gates.append(gate)  # type: ignore[union-attr]
                touched.update(gate.qubits)
                return
            if not touched.isdisjoint(gate.qubits):
                break
        self._operations.append((self._new(kind, gate, groups), set(gate.qubits)))

    def _same_place(self, operation: Operation, groups: set[int]) -> bool:
        return not isinstance(operation, Local) or {int(self._group[operation.lowest])} == groups

    def _new(self, kind: type[Operation], gate: Gate, groups: set[int]) -> Operation:
        if kind is Local:
            members = np.flatnonzero(self._group == groups.pop())
            return Local(int(members[0]), len(members), [gate])
        if kind is Diagonal:
            return Diagonal(self._count, [gate])
        if kind is Permute:
            return Permute(self._count, [gate])
        return Dense(self._count, gate)


def gates_of(step: Step, families: dict[str, list[tuple[Any, ...]]]) -> Iterator[Gate]:
    """A step as gates with matrices, composite ones opened up.

    Args:
        step: anything unitary.
        families: collects the angles of parametrised gates; a gate's slot is its place there.

    Raises:
        IBMInputValueError: an operation has neither a matrix nor a definition.
    """
    if step.name in _NOTHING:
        return
    if step.name in FAMILIES:
        yield _rotation(step, families)
    elif step.name == "unitary":
        yield _constant(step.qubits, np.asarray(step.params[0], dtype=complex))
    elif step.name == "initialize":
        yield from _opened(step, StatePreparation(list(step.params)).definition, families)
    else:
        matrix = None
        if len(step.qubits) <= _WIDEST and not any(isinstance(p, ParameterExpression) for p in step.params):
            matrix = _matrix(step)
        if matrix is not None:
            yield _constant(step.qubits, matrix)
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
    if not any(isinstance(p, ParameterExpression) for p in step.params):
        angles = np.array([step.params], dtype=float)
        return _constant(step.qubits, FAMILIES[step.name](*angles.T)[0])
    gates = families.setdefault(step.name, [])
    gates.append(step.params)
    return Gate(step.qubits, None, step.name, len(gates) - 1, diagonal=step.name in _DIAGONAL)


def _constant(qubits: tuple[int, ...], matrix: NDArray[np.complex128]) -> Gate:
    off_diagonal = matrix - np.diag(np.diag(matrix))
    ones = np.abs(matrix) > 0.5
    permutation = bool(((matrix == 0) | (matrix == 1)).all() and (ones.sum(axis=0) == 1).all())
    return Gate(qubits, matrix, diagonal=not off_diagonal.any(), permutation=permutation)


def _matrix(step: Step) -> NDArray[np.complex128] | None:
    """The matrix of a gate without open parameters; ``None`` where Qiskit has none."""
    if not step.params and step.item.is_standard_gate():
        return _standard(step.name)
    return _matrix_or_none(step.operation)


@cache
def _standard(name: str) -> NDArray[np.complex128] | None:
    return _matrix_or_none(get_standard_gate_name_mapping()[name])


def _matrix_or_none(operation: Any) -> NDArray[np.complex128] | None:
    to_matrix = getattr(operation, "to_matrix", None)
    if to_matrix is None:
        return None
    try:
        return np.asarray(to_matrix(), dtype=complex)
    except CircuitError:
        return None
