"""Gates merged to operations, and those operations multiplied out."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector, random_unitary

from qiskit_local_runtime.simulators.fold import fold
from qiskit_local_runtime.simulators.merger import Merger
from qiskit_local_runtime.simulators.state_compile import gates_of
from qiskit_local_runtime.simulators.state_ops import Dense, Diagonal, Local, Operation, Permute, State
from qiskit_local_runtime.sweeps import tape_of


def _random(num_qubits: int, seed: int) -> QuantumCircuit:
    """Gates of all kinds on any qubits."""
    rng = np.random.default_rng(seed)
    circuit = QuantumCircuit(num_qubits)
    for _ in range(60):
        a, b, c = (int(q) for q in rng.permutation(num_qubits)[:3])
        angle = float(rng.uniform(-3, 3))
        match int(rng.integers(8)):
            case 0:
                circuit.rx(angle, a)
            case 1:
                circuit.rz(angle, a)
            case 2:
                circuit.cx(a, b)
            case 3:
                circuit.cp(angle, a, b)
            case 4:
                circuit.rxx(angle, a, b)
            case 5:
                circuit.ccx(a, b, c)
            case 6:
                circuit.unitary(random_unitary(4, seed=rng), [a, b])
            case _:
                circuit.sx(a)
    return circuit


def _merged(circuit: QuantumCircuit) -> tuple[Operation, ...]:
    merger = Merger(circuit.num_qubits)
    for step in tape_of(circuit).body:
        for gate in gates_of(step, {}):
            merger.add(gate)
    return merger.operations


def _evolved(operations: tuple[Operation, ...], num_qubits: int) -> State:
    state = np.zeros((1, 1 << num_qubits), dtype=complex)
    state[0, 0] = 1
    for operation in operations:
        state = operation.apply(state, {})
    return state


@ddt
class TestMerger(unittest.TestCase):
    """``Merger`` and ``fold``."""

    @data(*range(12))
    def test_merged_gates_do_what_the_circuit_does(self, seed: int) -> None:
        circuit = _random(3 + seed % 7, seed)
        found = _evolved(_merged(circuit), circuit.num_qubits)[0]
        np.testing.assert_allclose(found, Statevector(circuit).data, atol=1e-12)

    @data(*range(12))
    def test_folded_operations_give_the_same_bits(self, seed: int) -> None:
        circuit = _random(3 + seed % 7, seed)
        plain, folded = _merged(circuit), _merged(circuit)
        fold(folded)
        np.testing.assert_array_equal(_evolved(folded, circuit.num_qubits), _evolved(plain, circuit.num_qubits))

    def test_folded_operations_forget_their_gates(self) -> None:
        operations = _merged(_random(4, 1))
        fold(operations)
        self.assertEqual([(type(o), getattr(o, "gates", None)) for o in operations], [(Local, [])])

    def test_a_gate_joins_the_latest_operation_of_its_sort_that_nothing_hides(self) -> None:
        circuit = QuantumCircuit(8)
        circuit.h(0)
        circuit.cz(3, 4)
        circuit.h(1)
        circuit.h(3)
        circuit.cz(0, 7)
        circuit.h(0)
        circuit.cz(3, 4)
        found = _merged(circuit)
        self.assertEqual([type(o) for o in found], [Local, Diagonal, Local, Diagonal])
        gates = [[gate.qubits for gate in o.gates] for o in found if isinstance(o, Local | Diagonal)]
        self.assertEqual(gates, [[(0,), (1,)], [(3, 4), (0, 7)], [(3,), (0,)], [(3, 4)]])

    def test_gates_across_groups_are_sorted_by_kind(self) -> None:
        circuit = QuantumCircuit(8)
        circuit.cz(0, 7)
        circuit.cx(0, 7)
        circuit.rxx(0.3, 0, 7)
        circuit.rzz(0.3, 0, 7)
        self.assertEqual([type(o) for o in _merged(circuit)], [Diagonal, Permute, Dense, Diagonal])
