"""Whether a circuit is in a backend's instruction set (an ISA circuit)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import CONTROL_FLOW_OP_NAMES, Gate, Parameter, ParameterExpression, QuantumCircuit
from qiskit.transpiler import Target

from ..sweeps.angles import evaluate

Supported = Callable[[str, tuple[int, ...]], bool]

_ALWAYS = frozenset({"barrier", "store"})


def isa_problem(circuit: QuantumCircuit, target: Target) -> str | None:
    """The first thing about a circuit that a target does not support, as a sentence; ``None`` for an ISA circuit.

    Names and qubits of all instructions are checked, blocks of control flow included, and that fixed angles of ``rzz``
    gates are in [0, π/2] on devices with IBM's fractional gates: those whose two-qubit gates are ``cz`` and ``rzz``.
    """
    if target.num_qubits is not None and circuit.num_qubits > target.num_qubits:
        return f"The circuit has {circuit.num_qubits} qubits but the target system has {target.num_qubits}."
    supported = cache(lambda name, qubits: bool(target.instruction_supported(name, qubits)))
    return _problem(circuit, target, supported, {bit: i for i, bit in enumerate(circuit.qubits)})


def _problem(circuit: QuantumCircuit, target: Target, supported: Supported, index: Mapping[Any, int]) -> str | None:
    for item in circuit.data:
        name = item.name
        if name in _ALWAYS:
            continue
        qubits = tuple([index[q] for q in item.qubits])
        if name in CONTROL_FLOW_OP_NAMES:
            problem = _flow_problem(item.operation, qubits, target, supported)
        elif not supported(name, qubits):
            problem = f"The instruction {name} on qubits {qubits} is not supported by the target system."
        elif name == "rzz":
            problem = _rzz_problem(item.params[0], qubits, target)
        else:
            continue
        if problem:
            return problem
    return None


def _flow_problem(operation: Any, qubits: tuple[int, ...], target: Target, supported: Supported) -> str | None:
    if operation.name not in target.operation_names:
        return f"The instruction {operation.name} is not supported by the target system."
    for block in operation.blocks:
        problem = _problem(block, target, supported, dict(zip(block.qubits, qubits, strict=True)))
        if problem:
            return problem
    return None


def _rzz_problem(angle: Any, qubits: tuple[int, ...], target: Target) -> str | None:
    """IBM's fractional ``rzz`` takes angles in [0, π/2] only; other targets take any."""
    if isinstance(angle, ParameterExpression) or 0.0 <= angle <= np.pi / 2 + 1e-10 or not _is_fractional(target):
        return None
    return (
        f"The instruction rzz on qubits {qubits} is supported only for angles in the range [0, pi/2], but an angle ({angle}) "
        "outside of this range has been requested."
    )


def rzz_values_problem(
    circuit: QuantumCircuit, target: Target, parameters: Sequence[Parameter], values: NDArray[np.float64]
) -> str | None:
    """The first value set that brings a parametrised ``rzz`` outside the range of IBM's fractional gates, as a sentence.

    Args:
        circuit: an ISA circuit.
        target: its target.
        parameters: the parameters of the columns of ``values``.
        values: shape ``(sets, parameters)``.
    """
    if not parameters or "rzz" not in target.operation_names or not _is_fractional(target):
        return None
    angles = {item.params[0] for item in circuit.data if item.name == "rzz"}
    open_angles = [angle for angle in angles if isinstance(angle, ParameterExpression)]
    found = evaluate(open_angles, parameters, values)
    bad = np.argwhere((found < 0) | (found > np.pi / 2 + 1e-10))
    if not len(bad):
        return None
    row, column = bad[0]
    return (
        f"The instruction rzz is supported only for angles in the range [0, pi/2], but value set {row} makes the angle "
        f"{open_angles[column]} {found[row, column]}, which is outside of this range."
    )


def _is_fractional(target: Target) -> bool:
    gates = (target.operation_from_name(name) for name in target.operation_names)
    return {gate.name for gate in gates if isinstance(gate, Gate) and gate.num_qubits == 2} == {"cz", "rzz"}
