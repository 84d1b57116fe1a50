"""A channel in all its forms."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from qiskit.quantum_info import PTM, Kraus, SuperOp, random_quantum_channel
from qiskit_aer.noise import amplitude_damping_error, depolarizing_error, pauli_error

from qiskit_local_runtime.devices.channel import Channel


def _random(num_qubits: int) -> SuperOp:
    return SuperOp(random_quantum_channel(2**num_qubits, 2**num_qubits, seed=num_qubits))


@ddt
class TestChannel(unittest.TestCase):
    """Superoperator, Pauli transfer matrix, Kraus operators, Pauli probabilities."""

    @data(1, 2)
    def test_the_transfer_matrix_is_qiskits(self, num_qubits: int) -> None:
        channel = _random(num_qubits)
        expected = PTM(channel).data.real
        # Qiskit counts the Paulis of a PTM with the last qubit most significant, as we do
        np.testing.assert_allclose(Channel(channel.data).ptm, expected, atol=1e-12)

    @data(1, 2)
    def test_kraus_operators_give_the_channel_back(self, num_qubits: int) -> None:
        channel = _random(num_qubits)
        operators = Channel(channel.data).kraus
        np.testing.assert_allclose(SuperOp(Kraus(list(operators))).data, channel.data, atol=1e-9)
        weights = [np.linalg.norm(k) for k in operators]
        self.assertEqual(weights, sorted(weights, reverse=True))

    def test_pauli_probabilities_are_counted_with_the_first_qubit_least_significant(self) -> None:
        error = pauli_error([("IX", 0.1), ("ZI", 0.2), ("YX", 0.05), ("II", 0.65)])
        channel = Channel(np.asarray(SuperOp(error).data))
        self.assertTrue(channel.is_pauli)
        expected = np.zeros(16)
        expected[[0, 1, 3 * 4, 1 + 2 * 4]] = 0.65, 0.1, 0.2, 0.05
        np.testing.assert_allclose(channel.pauli_probabilities, expected, atol=1e-12)

    def test_damping_is_no_pauli_channel_but_has_a_twirl(self) -> None:
        channel = Channel(np.asarray(SuperOp(amplitude_damping_error(0.19)).data))
        self.assertFalse(channel.is_pauli)
        # the twirl of damping by γ has eigenvalues √(1−γ), √(1−γ), 1−γ
        x, z = 0.9, 0.81
        expected = np.array([1 + 2 * x + z, 1 - z, 1 - z, 1 - 2 * x + z]) / 4
        np.testing.assert_allclose(channel.pauli_probabilities, expected, atol=1e-12)

    def test_the_number_of_qubits_is_read_off_the_shape(self) -> None:
        for count in (1, 2, 3):
            self.assertEqual(Channel(np.asarray(SuperOp(depolarizing_error(0.1, count)).data)).num_qubits, count)
