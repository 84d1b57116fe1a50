"""Expectation values of many terms, whichever of the ways they go."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt, unpack
from qiskit.quantum_info import Pauli, Statevector, random_pauli_list, random_statevector

from qiskit_local_runtime.simulators.state_expect import expectations
from qiskit_local_runtime.sweeps import Terms

_LETTERS = {"I": 0, "X": 1, "Y": 2, "Z": 3}


def _terms(labels: list[str]) -> Terms:
    return Terms(np.array([[_LETTERS[letter] for letter in reversed(label)] for label in labels], dtype=np.uint8))


@ddt
class TestExpectations(unittest.TestCase):
    """Against Qiskit, one Pauli at a time."""

    @data((1, 3, 1), (5, 40, 1), (5, 40, 3), (7, 100, 1), (4, 5, 1), (4, 256, 1))
    @unpack
    def test_random_paulis(self, num_qubits: int, count: int, rows: int) -> None:
        labels = random_pauli_list(num_qubits, count, phase=False, seed=count).to_labels()
        states = [random_statevector(2**num_qubits, seed=row) for row in range(rows)]
        found = expectations(np.stack([state.data for state in states]), _terms(labels))
        wanted = [[Statevector(state).expectation_value(Pauli(label)).real for label in labels] for state in states]
        np.testing.assert_allclose(found, wanted, atol=1e-12)

    @data(1, 3)
    def test_fields_of_spin_chains(self, rows: int) -> None:
        places = range(6)
        fields = ["I" * q + letter + "I" * (5 - q) for q in places for letter in "XY"]
        labels = [*fields, "ZXIIII", "IIYZII", "ZZIIII", "IXXIII"]
        states = [random_statevector(64, seed=row) for row in range(rows)]
        # alone and together, as both have ways of their own
        for chosen in (*[[label] for label in labels], labels):
            found = expectations(np.stack([state.data for state in states]), _terms(chosen))
            wanted = [[state.expectation_value(Pauli(label)).real for label in chosen] for state in states]
            np.testing.assert_allclose(found, wanted, atol=1e-12)

    def test_every_number_of_ys(self) -> None:
        labels = ["Y" * k + "X" * (5 - k) for k in range(6)] + ["ZYZYZ", "IIIII", "ZZZZZ"]
        state = random_statevector(32, seed=9)
        found = expectations(state.data[None], _terms(labels))
        wanted = [[state.expectation_value(Pauli(label)).real for label in labels]]
        np.testing.assert_allclose(found, wanted, atol=1e-12)
