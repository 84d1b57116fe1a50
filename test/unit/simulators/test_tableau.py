"""Reference runs of Clifford circuits, against Qiskit's stabilizer states."""

from __future__ import annotations

import unittest

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import Clifford, StabilizerState, random_clifford

from qiskit_local_runtime.simulators.clifford import Table, table_of
from qiskit_local_runtime.simulators.tableau import Tableau


def _gate(seed: int, width: int) -> tuple[Clifford, Table]:
    clifford = random_clifford(width, seed=seed)
    table = table_of(np.asarray(clifford.to_operator().data))
    assert table is not None
    return clifford, table


def _given(state: StabilizerState, qubit: int, outcome: int) -> StabilizerState | None:
    """What is left after an outcome; ``None`` if it cannot be."""
    for seed in range(64):
        state.seed(seed)
        found, left = state.measure([qubit])
        if int(found) == outcome:
            return left
    return None


class TestTableau(unittest.TestCase):
    """Outcomes that are fixed are right, open ones are 0."""

    @settings(derandomize=True, deadline=None, max_examples=40)
    @given(st.integers(1, 6), st.lists(st.integers(0, 10_000), min_size=4, max_size=18))
    def test_outcomes_are_those_of_qiskits_stabilizer_states(self, num_qubits: int, seeds: list[int]) -> None:
        tableau, state = Tableau(num_qubits), StabilizerState(Clifford(np.eye(2 * num_qubits, dtype=bool)))
        for seed in seeds:
            rng = np.random.default_rng(seed)
            width = min(num_qubits, 1 + seed % 2)
            qubits = [int(q) for q in rng.permutation(num_qubits)[:width]]
            clifford, table = _gate(seed, width)
            tableau.apply(tuple(qubits), table)
            state = state.evolve(clifford, qubits)
            if seed % 3 == 0:
                self._measure(tableau, state, qubits[0])
                left = _given(state, qubits[0], 0) or _given(state, qubits[0], 1)
                assert left is not None
                state = left
        for qubit in range(num_qubits):
            outcome = self._measure(tableau, state, qubit)
            left = _given(state, qubit, outcome)
            assert left is not None
            state = left

    def _measure(self, tableau: Tableau, state: StabilizerState, qubit: int) -> int:
        chances = state.probabilities([qubit])
        outcome = tableau.measure(qubit)
        self.assertEqual(outcome, 0 if chances[0] > 0.25 else 1)
        return outcome

    def test_a_reset_qubit_reads_zero_and_its_partner_keeps_its_outcome(self) -> None:
        _, anything = _gate(3, 2)
        for seed in range(20):
            tableau = Tableau(2)
            tableau.apply((0, 1), anything)
            tableau.apply((1, 0), _gate(seed, 2)[1])
            partner = tableau.measure(1)
            tableau.reset(0)
            self.assertEqual((tableau.measure(0), tableau.measure(1)), (0, partner))


class TestTableForms(unittest.TestCase):
    """Signs as polynomials, linear parts as additions, differences as Paulis."""

    def test_the_sign_is_the_sum_of_its_terms(self) -> None:
        for seed in range(20):
            _, table = _gate(seed, 1 + seed % 2)
            for index, negative in enumerate(table.negative):
                terms = sum(all((index >> bit) & 1 for bit in term) for term in table.sign_terms)
                self.assertEqual(terms % 2, int(negative))

    def test_additions_are_the_linear_part(self) -> None:
        some = 0
        for seed in range(200):
            _, table = _gate(seed, 1)
            if table.additions is None:
                continue
            some += 1
            for index, image in enumerate(table.image):
                found = index
                for bit, source in table.additions:
                    found ^= ((index >> source) & 1) << bit
                self.assertEqual(found, image)
        self.assertGreater(some, 20)

    def test_a_pauli_tells_gates_of_one_linear_part_apart(self) -> None:
        for seed in range(20):
            width = 1 + seed % 2
            clifford, table = _gate(seed, width)
            for index in range(4**width):
                pauli = Clifford(np.eye(2 * width, dtype=bool)).to_circuit()
                for qubit in range(width):
                    if (index >> 2 * qubit) & 1:
                        pauli.x(qubit)
                    if (index >> (2 * qubit + 1)) & 1:
                        pauli.z(qubit)
                followed = table_of(np.asarray(clifford.compose(Clifford(pauli)).to_operator().data))
                assert followed is not None
                self.assertEqual(followed.linear, table.linear)
                self.assertEqual(followed.pauli_from(table), index)

    def test_a_gate_a_little_off_has_no_table(self) -> None:
        for error, clifford in ((1e-5, False), (1e-8, True)):
            matrix = np.diag(np.exp(0.5j * np.array([-1, 1]) * (np.pi / 2 + error)))
            self.assertEqual(table_of(matrix) is not None, clifford)
