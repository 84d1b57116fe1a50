"""One instruction of a circuit, on integer qubits."""

from __future__ import annotations

from typing import Any, NamedTuple

from qiskit.circuit import Operation, ParameterExpression
from qiskit.circuit.library import get_standard_gate_name_mapping

STANDARD = get_standard_gate_name_mapping()
"""Qiskit's gates by name."""


class Step(NamedTuple):
    """One instruction of a tape."""

    name: str
    """Qiskit's name of the operation."""
    qubits: tuple[int, ...]
    """Indices of the qubits, in the instruction's order."""
    clbits: tuple[int, ...]
    """Indices of the classical bits the instruction writes (or a control-flow operation touches)."""
    params: tuple[Any, ...]
    """Angles: floats or ``ParameterExpression``; for a ``unitary`` the matrix."""
    label: str | None = None
    """The operation's label."""
    own: Operation | None = None
    """Qiskit's operation; ``None``: a standard gate, a measurement or a reset, which the other fields tell all about."""

    @property
    def operation(self) -> Operation:
        """Qiskit's operation; made anew at each call where the step does not keep it, so ask only where needed."""
        if self.own is not None:
            return self.own
        gate = STANDARD[self.name]
        return gate if not self.params and self.label is None else gate.base_class(*self.params, label=self.label)

    @property
    def standard(self) -> bool:
        """Whether name, angles and label tell all about the operation."""
        return self.own is None

    @property
    def open(self) -> bool:
        """Whether an angle is an expression."""
        return any(isinstance(param, ParameterExpression) for param in self.params)
