"""Gates without open parameters: a circuit's matrices made a name at a time, those of gates without angles once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import ParameterExpression
from qiskit.circuit.exceptions import CircuitError
from qiskit.circuit.library import get_standard_gate_name_mapping

from ..sweeps import Step
from .gate_matrices import FAMILIES, Matrices
from .state_ops import Gate

Bound = Mapping[str, Mapping[tuple[Any, ...], Matrices]]
"""Matrices by a gate's name and angles."""
NOTHING_BOUND: Bound = {}
DIAGONAL = frozenset({"rzz", "cp", "cu1", "crz"})
"""Parametrised gates on several qubits that are diagonal whatever their angles."""


def is_open(params: tuple[Any, ...]) -> bool:
    """Whether a parameter is an expression."""
    for param in params:  # noqa: SIM110 - asked of every gate: a generator takes three times as long
        if isinstance(param, ParameterExpression):
            return True
    return False


def bound_matrices(steps: Iterable[Step]) -> Bound:
    """The matrices of all parametrised gates whose angles are numbers."""
    wanted: dict[str, dict[tuple[Any, ...], None]] = {}
    for step in steps:
        if step.name in FAMILIES and not is_open(step.params):
            wanted.setdefault(step.name, {})[step.params] = None
    return {name: dict(zip(angles, _matrices(name, list(angles)), strict=True)) for name, angles in wanted.items()}


def bound_gate(step: Step, bound: Bound) -> Gate:
    """A parametrised gate whose angles are numbers."""
    try:
        matrix = bound[step.name][step.params]
    except KeyError:
        matrix = _matrices(step.name, [step.params])[0]
    if len(step.qubits) > 1 and step.name not in DIAGONAL:
        return constant_gate(step.qubits, matrix)
    return Gate(step.qubits, matrix, diagonal=len(step.qubits) > 1)


def constant_gate(qubits: tuple[int, ...], matrix: Matrices) -> Gate:
    """A gate of a matrix ``(2^k, 2^k)``; what kind it is matters, and is found out, for more than one qubit."""
    if len(qubits) == 1:
        return Gate(qubits, matrix)
    off_diagonal = matrix - np.diag(np.diag(matrix))
    ones = np.abs(matrix) > 0.5
    permutation = bool(((matrix == 0) | (matrix == 1)).all() and (ones.sum(axis=0) == 1).all())
    return Gate(qubits, matrix, diagonal=not off_diagonal.any(), permutation=permutation)


def plain_gate(step: Step) -> Gate | None:
    """A gate without open parameters by its own matrix; ``None`` where Qiskit has none."""
    if not step.params and step.standard:
        known = _standard(step.name, len(step.qubits))
        return None if known is None else known._replace(qubits=step.qubits)
    matrix = _matrix_or_none(step.operation)
    return None if matrix is None else constant_gate(step.qubits, matrix)


def _matrices(name: str, angles: list[tuple[Any, ...]]) -> Matrices:
    return FAMILIES[name](*np.array(angles, dtype=float).T)


@cache
def _standard(name: str, num_qubits: int) -> Gate | None:
    matrix = _matrix_or_none(get_standard_gate_name_mapping()[name])
    return None if matrix is None else constant_gate(tuple(range(num_qubits)), matrix)


def _matrix_or_none(operation: Any) -> NDArray[np.complex128] | None:
    to_matrix = getattr(operation, "to_matrix", None)
    if to_matrix is None:
        return None
    try:
        return np.asarray(to_matrix(), dtype=complex)
    except CircuitError:
        return None
