"""Transpilation on the runtime's side, out of the caller's way."""

from __future__ import annotations

import io

import numpy as np
from qiskit import qpy
from qiskit.circuit import CircuitInstruction, QuantumCircuit
from qiskit.transpiler import Target, generate_preset_pass_manager

from ..cancellation import CancelToken
from ..engines.base import Engine

_SMALL = 2_000
"""Weight up to which transpiling takes some tens of milliseconds and stays in this process: see :func:`_weight`."""
_SYNTHESIS = 30
"""Instructions of the standard kind that one which has to be synthesised first counts for at least, such as a unitary."""
_NUMBERS = 4
"""Numbers of its matrix or state that count for one more: synthesis of a unitary of five qubits takes 0.2 s, of seven 1.3 s."""


def transpile(
    circuit: QuantumCircuit,
    target: Target,
    level: int,
    layout: tuple[int, ...] | None,
    seed: int,
    engine: Engine,
    cancel: CancelToken,
) -> QuantumCircuit:
    """Transpile a circuit to a target with Qiskit's preset pass manager.

    The transpiler holds the GIL, so anything large runs in a child process.
    """
    if _weight(circuit, target, level) <= _SMALL:
        return _transpile(circuit, target, level, layout, seed)
    data = engine.call(_transpile_bytes, _to_bytes(circuit), target, level, layout, seed, cancel=cancel)
    return _from_bytes(data)


def _weight(circuit: QuantumCircuit, target: Target, level: int) -> int:
    """Instructions × qubits of the target, more for what has to be synthesised and for the levels that search longer."""
    count = sum(1 if item.is_standard_gate() or item.name in _SIMPLE else _synthesis(item) for item in circuit.data)
    width: int = target.num_qubits or circuit.num_qubits
    return count * width * (2 if level > 1 else 1)


def _synthesis(item: CircuitInstruction) -> int:
    numbers = sum(each.size if isinstance(each, np.ndarray) else 1 for each in item.operation.params)
    return max(_SYNTHESIS, numbers // _NUMBERS)


_SIMPLE = frozenset({"measure", "reset", "barrier", "delay"})


def _transpile(
    circuit: QuantumCircuit, target: Target, level: int, layout: tuple[int, ...] | None, seed: int
) -> QuantumCircuit:
    manager = generate_preset_pass_manager(
        optimization_level=level,
        target=target,
        initial_layout=None if layout is None else list(layout),
        seed_transpiler=seed,
    )
    return manager.run(circuit)


def _transpile_bytes(data: bytes, target: Target, level: int, layout: tuple[int, ...] | None, seed: int) -> bytes:
    return _to_bytes(_transpile(_from_bytes(data), target, level, layout, seed))


def _to_bytes(circuit: QuantumCircuit) -> bytes:
    buffer = io.BytesIO()
    qpy.dump(circuit, buffer)
    return buffer.getvalue()


def _from_bytes(data: bytes) -> QuantumCircuit:
    circuit = qpy.load(io.BytesIO(data))[0]
    if not isinstance(circuit, QuantumCircuit):
        raise TypeError(f"expected a circuit, found {type(circuit).__name__}")
    return circuit
