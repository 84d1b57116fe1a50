"""Gates without open parameters, their matrices made all at once."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import get_standard_gate_name_mapping

from qiskit_local_runtime.simulators.bound_gates import NOTHING_BOUND, bound_gate, bound_matrices, plain_gate
from qiskit_local_runtime.simulators.gate_matrices import FAMILIES
from qiskit_local_runtime.sweeps import Step, tape_of


def _steps(name: str, count: int) -> tuple[Step, ...]:
    gate = get_standard_gate_name_mapping()[name]
    rng = np.random.default_rng(len(name))
    circuit = QuantumCircuit(gate.num_qubits)
    for _ in range(count):
        made = type(gate)(*rng.uniform(-6, 6, len(gate.params)).tolist())
        circuit.append(made, range(gate.num_qubits))
    return tape_of(circuit).steps


@ddt
class TestBoundGates(unittest.TestCase):
    """``bound_matrices``, ``bound_gate`` and ``plain_gate``."""

    @data(*FAMILIES)
    def test_many_at_once_are_bit_for_bit_those_made_one_by_one(self, name: str) -> None:
        steps = _steps(name, 23)
        bound = bound_matrices(steps)
        for step in steps:
            together, alone = bound_gate(step, bound), bound_gate(step, NOTHING_BOUND)
            np.testing.assert_array_equal(together.constant, alone.constant)
            self.assertEqual((together.diagonal, together.permutation), (alone.diagonal, alone.permutation))

    @data(*FAMILIES)
    def test_matrices_are_those_of_qiskit(self, name: str) -> None:
        steps = _steps(name, 5)
        bound = bound_matrices(steps)
        for step in steps:
            np.testing.assert_allclose(bound_gate(step, bound).constant, step.operation.to_matrix(), atol=1e-14)

    def test_gates_with_open_angles_are_left_out(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.rx(Parameter("a"), 0)
        circuit.rx(0.5, 0)
        self.assertEqual(
            {name: list(found) for name, found in bound_matrices(tape_of(circuit).steps).items()}, {"rx": [(0.5,)]}
        )

    def test_standard_gates_have_their_own_qubits_and_one_matrix(self) -> None:
        circuit = QuantumCircuit(3)
        circuit.cz(0, 1)
        circuit.cz(2, 0)
        circuit.cx(1, 2)
        one, two, other = (plain_gate(step) for step in tape_of(circuit).steps)
        assert one is not None and two is not None and other is not None
        self.assertEqual([one.qubits, two.qubits, other.qubits], [(0, 1), (2, 0), (1, 2)])
        self.assertIs(one.constant, two.constant)
        self.assertEqual([gate.diagonal for gate in (one, two, other)], [True, True, False])
        self.assertEqual([gate.permutation for gate in (one, two, other)], [False, False, True])
