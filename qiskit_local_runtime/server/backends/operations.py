"""The operations of a target, sorted as IBM's configurations sort them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from qiskit.circuit import Gate, Instruction
from qiskit.circuit.library.standard_gates import get_standard_gate_name_mapping
from qiskit.transpiler import InstructionProperties, Target

Qubits = tuple[int, ...]

CONTROL_FLOW = ("if_else", "while_loop", "for_loop", "switch_case")
"""What the client makes of their names; it knows no ``box``, ``break_loop`` and ``continue_loop``."""
NON_UNITARY = ("measure", "reset", "delay")
_ANGLES_WITHOUT_PULSE = frozenset({"rz", "p", "u1", "delay"})


@dataclass(frozen=True)
class Operations:
    """Names in the order of the target."""

    gates: dict[str, Any] = field(default_factory=dict)
    """Gates known to Qiskit by name, and others that are tied to qubits, which the client takes for opaque ones."""
    non_unitary: list[str] = field(default_factory=list)
    signatures: dict[str, Any] = field(default_factory=dict)
    """Instructions Qiskit has no name for, such as a second kind of measurement; tied to qubits."""
    control_flow: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """What the format has no words for."""

    @property
    def names(self) -> list[str]:
        """All that the format carries."""
        return [*self.gates, *self.non_unitary, *self.control_flow, *self.signatures]


def operations_of(target: Target) -> Operations:
    """Sorts a target's operations."""
    out = Operations()
    for name in sorted(target.operation_names):
        if name in CONTROL_FLOW:
            out.control_flow.append(name)
        elif name in NON_UNITARY:
            out.non_unitary.append(name)
        else:
            _sort(out, name, target.operation_from_name(name), qubits_of(target, name))
    return out


def qubits_of(target: Target, name: str) -> list[Qubits] | None:
    """The qubits an operation is tied to; ``None``: to none in particular."""
    known = properties_of(target, name)
    return None if known is None else list(known)


def properties_of(target: Target, name: str) -> Mapping[Qubits, InstructionProperties | None] | None:
    """What is known of an operation by the qubits it is tied to; ``None``: it is tied to none in particular."""
    known = target[name]
    return None if known is None or None in known else known


def is_fractional(name: str) -> bool:
    """Whether IBM counts a gate as fractional: it turns by an angle that takes a pulse (``rx``, ``rzz``)."""
    gate = _standard().get(name)
    return gate is not None and bool(gate.params) and name not in _ANGLES_WITHOUT_PULSE


@cache
def standard_parameters(name: str) -> tuple[str, ...] | None:
    """Names of the parameters of a gate Qiskit knows; ``None``: it knows none of this name."""
    gate = _standard().get(name)
    return None if gate is None else tuple(map(str, gate.params))


def _sort(out: Operations, name: str, operation: Any, qubits: list[Qubits] | None) -> None:
    tied = bool(qubits)
    known = name in _standard() and (tied or qubits is None)
    if known or (tied and isinstance(operation, Gate)):
        out.gates[name] = operation
    elif tied and isinstance(operation, Instruction):
        out.signatures[name] = operation
    else:
        out.left_out.append(name)


@cache
def _standard() -> dict[str, Any]:
    return dict(get_standard_gate_name_mapping())
