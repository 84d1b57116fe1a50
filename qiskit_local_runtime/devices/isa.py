"""Whether a circuit is in a backend's instruction set (an ISA circuit)."""

from __future__ import annotations

from functools import cache

import numpy as np
from qiskit.circuit import ControlFlowOp, ParameterExpression, QuantumCircuit
from qiskit.transpiler import Target

_ALWAYS = frozenset({"barrier", "store"})


def isa_problem(circuit: QuantumCircuit, target: Target) -> str | None:
    """The first thing about a circuit that a target does not support, as a sentence; ``None`` for an ISA circuit.

    Names and qubits of all instructions are checked, blocks of control flow included, and that fixed angles of ``rzz``
    gates are in [0, π/2] where the target restricts them by being a device's.
    """
    if target.num_qubits is not None and circuit.num_qubits > target.num_qubits:
        return f"The circuit has {circuit.num_qubits} qubits but the target system has {target.num_qubits}."
    supported = cache(lambda name, qubits: bool(target.instruction_supported(name, qubits)))
    return _problem(circuit, target, supported, {bit: i for i, bit in enumerate(circuit.qubits)})


def _problem(circuit: QuantumCircuit, target: Target, supported, index) -> str | None:  # type: ignore[no-untyped-def]
    for item in circuit.data:
        name = item.name
        if name in _ALWAYS:
            continue
        qubits = tuple([index[q] for q in item.qubits])
        if isinstance(item.operation, ControlFlowOp):
            if name not in target.operation_names:
                return f"The instruction {name} is not supported by the target system."
            for block in item.operation.blocks:
                inner = {bit: qubits[i] for i, bit in enumerate(block.qubits)}
                problem = _problem(block, target, supported, inner)
                if problem:
                    return problem
        elif not supported(name, qubits):
            return f"The instruction {name} on qubits {qubits} is not supported by the target system."
        elif name == "rzz":
            problem = _rzz_problem(item.params[0], target)
            if problem:
                return problem
    return None


def _rzz_problem(angle: object, target: Target) -> str | None:
    """IBM's fractional ``rzz`` takes angles in [0, π/2] only; other targets take any."""
    if isinstance(angle, ParameterExpression) or not {"cz", "rx"} <= set(target.operation_names):
        return None
    value = float(angle)  # type: ignore[arg-type]
    if 0.0 <= value <= np.pi / 2 + 1e-10:
        return None
    return (
        f"The instruction rzz is supported only for angles in the range [0, pi/2], but an angle ({value}) outside of "
        "this range has been requested."
    )
