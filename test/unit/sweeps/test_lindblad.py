"""Pauli–Lindblad channels."""

from __future__ import annotations

import unittest

import numpy as np
from qiskit.quantum_info import PauliLindbladMap, SparsePauliOp, SuperOp

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.sweeps.lindblad import LETTERS, PauliLindblad, anticommute


def _random(seed: int, qubits: int = 3, count: int = 6) -> PauliLindblad:
    rng = np.random.default_rng(seed)
    letters = rng.integers(0, 4, (count, qubits), dtype=np.uint8)
    letters[:, 0] |= 1
    return PauliLindblad(letters, rng.uniform(0, 0.05, count))


class TestPauliLindblad(unittest.TestCase):
    """Against Qiskit's own."""

    def test_to_qiskit_and_back(self) -> None:
        model = _random(1)
        again = PauliLindblad.from_qiskit(model.to_qiskit())
        order, other = (np.lexsort(each.letters.T) for each in (model, again))
        np.testing.assert_array_equal(model.letters[order], again.letters[other])
        np.testing.assert_array_equal(model.rates[order], again.rates[other])

    def test_the_least_qubit_is_the_last_letter(self) -> None:
        model = PauliLindblad.from_qiskit(PauliLindbladMap([("IXZ", 0.1)]))
        self.assertEqual(model.letters.tolist(), [[3, 1, 0]])

    def test_fidelities_and_gamma_are_qiskits(self) -> None:
        model = _random(2)
        paulis = np.random.default_rng(3).integers(0, 4, (20, 3), dtype=np.uint8)
        labels = ["".join(LETTERS[letter] for letter in row[::-1]) for row in paulis]
        wanted = [model.to_qiskit().pauli_fidelity(_sparse(label)) for label in labels]
        np.testing.assert_allclose(model.fidelities(paulis), wanted, atol=1e-12)
        self.assertAlmostEqual(model.gamma, model.to_qiskit().inverse().gamma(), places=12)

    def test_the_inverse_undoes_it_and_probabilities_make_the_channel(self) -> None:
        model = PauliLindblad(np.array([[1, 0], [3, 2]], dtype=np.uint8), np.array([0.1, 0.03]))
        paulis = np.array([[a, b] for a in range(4) for b in range(4)], dtype=np.uint8)
        np.testing.assert_allclose(model.fidelities(paulis) * model.scaled(-1).fidelities(paulis), 1, atol=1e-12)
        channel = SuperOp(np.eye(16))
        for row, chance in zip(model.letters, model.probabilities, strict=True):
            matrix = SparsePauliOp("".join(LETTERS[letter] for letter in row[::-1])).to_matrix()
            flip = SuperOp(np.kron(matrix.conj(), matrix))
            channel = channel.compose((1 - chance) * SuperOp(np.eye(16)) + chance * flip)
        for row, fidelity in zip(paulis, model.fidelities(paulis), strict=True):
            matrix = SparsePauliOp("".join(LETTERS[letter] for letter in row[::-1])).to_matrix()
            found = (channel.data @ matrix.reshape(-1, order="F")).reshape(4, 4, order="F")
            np.testing.assert_allclose(found, fidelity * matrix, atol=1e-12)

    def test_which_paulis_anticommute(self) -> None:
        one, two = np.array([[1, 1], [3, 0]], dtype=np.uint8), np.array([[3, 3], [1, 0]], dtype=np.uint8)
        self.assertEqual(anticommute(one, two).tolist(), [[False, False], [False, True]])

    def test_what_is_no_model_is_refused(self) -> None:
        for letters, rates in (([[4]], [0.1]), ([[1]], [0.1, 0.2]), ([[1]], [np.nan])):
            with self.assertRaises(IBMInputValueError):
                PauliLindblad(np.array(letters, dtype=np.uint8), np.array(rates))


def _sparse(label: str) -> object:
    from qiskit.quantum_info import QubitSparsePauli

    return QubitSparsePauli(label)


if __name__ == "__main__":
    unittest.main()
