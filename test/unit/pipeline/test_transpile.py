"""Transpilation: what stays in this process, and what goes to another."""

from __future__ import annotations

import unittest
from collections.abc import Callable
from typing import Any

import numpy as np
from ddt import data, ddt, unpack
from qiskit.circuit import QuantumCircuit
from qiskit.circuit.library import StatePreparation, UnitaryGate
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import Operator, random_statevector, random_unitary
from qiskit.transpiler import Target

from qiskit_local_runtime.cancellation import CancelToken
from qiskit_local_runtime.engines.inline import InlineEngine
from qiskit_local_runtime.pipeline.transpile import transpile


class _Counting(InlineEngine):
    """Runs what it is given, and counts it."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def call(self, function: Callable[..., Any], *args: Any, cancel: CancelToken) -> Any:
        self.calls += 1
        return super().call(function, *args, cancel=cancel)


def _target(qubits: int) -> Target:
    return GenericBackendV2(qubits, coupling_map=[[a, a + 1] for a in range(qubits - 1)], seed=1).target


def _alone(gate: Any) -> QuantumCircuit:
    circuit = QuantumCircuit(gate.num_qubits)
    circuit.append(gate, range(gate.num_qubits))
    return circuit


def _chain(qubits: int, layers: int) -> QuantumCircuit:
    circuit = QuantumCircuit(qubits)
    for _ in range(layers):
        for qubit in range(qubits - 1):
            circuit.cx(qubit, qubit + 1)
    return circuit


@ddt
class TestWhere(unittest.TestCase):
    """The transpiler holds Python's global lock, so only what is short runs beside those who poll."""

    @unpack
    @data(
        ("a short chain", _chain(5, 5), 0),
        ("a long chain", _chain(5, 100), 1),
        ("a unitary of two qubits", _alone(UnitaryGate(random_unitary(4, seed=1))), 0),
        ("a unitary of five qubits", _alone(UnitaryGate(random_unitary(32, seed=1))), 1),
        ("a state of five qubits", _alone(StatePreparation(random_statevector(32, seed=1))), 0),
        ("a state of ten qubits", _alone(StatePreparation(random_statevector(1024, seed=1))), 1),
    )
    def test_what_takes_long_goes_to_the_engine(self, _: str, circuit: QuantumCircuit, calls: int) -> None:
        engine = _Counting()
        done = transpile(circuit, _target(max(circuit.num_qubits, 2)), 3, None, 1, engine, CancelToken())
        self.assertEqual(engine.calls, calls)
        self.assertLessEqual({item.name for item in done.data}, {"cx", "rz", "sx", "x", "delay", "id"})

    def test_it_means_the_same_here_and_there(self) -> None:
        circuit = _alone(UnitaryGate(random_unitary(32, seed=1)))
        engine = _Counting()
        there = transpile(circuit, _target(5), 2, (0, 1, 2, 3, 4), 1, engine, CancelToken())
        wanted = Operator(circuit)
        self.assertEqual(engine.calls, 1)
        self.assertTrue(np.isclose(abs(np.trace(wanted.adjoint().data @ Operator.from_circuit(there).data)) / 32, 1.0))


if __name__ == "__main__":
    unittest.main()
