"""Runs of one-qubit gates merged."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.quantum_info import Operator, random_unitary

from qiskit_local_runtime.sweeps.euler import matrix_of
from qiskit_local_runtime.sweeps.merged import Merged

_A, _B = Parameter("a"), Parameter("b")
_ANGLES = (0.0, np.pi / 2, np.pi, -0.7, 1, _A, _B, _A + _B, 2 * _A - np.pi, _A * _B, _A.sin())
_KINDS = sorted(
    name
    for name, gate in get_standard_gate_name_mapping().items()
    if gate.num_qubits == 1 and name not in ("measure", "reset", "delay")
)


def _run(seed: int, length: int) -> QuantumCircuit:
    rng = np.random.default_rng(seed)
    out = QuantumCircuit(1)
    for _ in range(length):
        gate = get_standard_gate_name_mapping()[rng.choice(_KINDS)]
        params = [_ANGLES[rng.integers(len(_ANGLES))] for _ in gate.params]
        out.append(gate.base_class(*params), [0])
        if rng.random() < 0.2:
            out.unitary(random_unitary(2, seed=int(rng.integers(1000))), 0)
    return out


def _differ(circuits: list[QuantumCircuit], values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    """Largest difference, up to phases, of merged gates from the circuits'."""
    found = matrix_of(Merged.of([list(circuit.data) for circuit in circuits], (_A, _B))(values))
    worst = 0.0
    for row, numbers in zip(found, values, strict=True):
        for matrix, circuit in zip(row, circuits, strict=True):
            given_values = {p: v for p, v in zip((_A, _B), numbers, strict=True) if p in circuit.parameters}
            wanted = Operator(circuit.assign_parameters(given_values)).data
            overlap = np.vdot(wanted, matrix)
            worst = max(worst, float(np.abs(matrix - wanted * overlap / abs(overlap)).max()))
    return worst


@ddt
class TestMerged(unittest.TestCase):
    """A merged gate is the product of its run."""

    @given(st.integers(0, 10**6))
    @settings(max_examples=60, deadline=None, derandomize=True)
    def test_it_is_the_product_for_every_row_and_run(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        circuits = [_run(seed + i, length) for i, length in enumerate((0, 1, 2, 5))]
        values = rng.choice([0.0, np.pi / 2, np.pi, -np.pi, 0.3, -4.0], (3, 2))
        self.assertLess(_differ(circuits, values), 1e-13)

    @data(*_KINDS)
    def test_it_is_the_gate_where_there_is_but_one(self, name: str) -> None:
        gate = get_standard_gate_name_mapping()[name]
        numbers, parameters = QuantumCircuit(1), QuantumCircuit(1)
        numbers.append(gate.base_class(*[0.3, -1.1, 2.0][: len(gate.params)]), [0])
        parameters.append(gate.base_class(*[_A, _B, 2 * _A][: len(gate.params)]), [0])
        self.assertLess(_differ([numbers, parameters], np.array([[0.4, np.pi], [np.pi, 0.0]])), 1e-14)

    def test_angles_that_cancel_leave_nothing(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.rx(_A, 0)
        circuit.rx(-_A, 0)
        circuit.h(0)
        circuit.h(0)
        angles = Merged.of([list(circuit.data)], (_A,))(np.array([[0.9], [np.pi]]))
        np.testing.assert_allclose(np.abs(matrix_of(angles)[:, 0, 0, 0]), 1, atol=1e-14)

    def test_no_runs_and_no_rows_are_empty(self) -> None:
        circuit = QuantumCircuit(1)
        circuit.rx(_A, 0)
        self.assertEqual(Merged.of([], ())(np.zeros((3, 0))).shape, (3, 0, 3))
        self.assertEqual(Merged.of([list(circuit.data)], (_A,))(np.zeros((0, 1))).shape, (0, 1, 3))
