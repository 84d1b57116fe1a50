"""Pauli–Lindblad models as channels."""

from __future__ import annotations

import unittest

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import DensityMatrix, Pauli, SuperOp, random_density_matrix

from qiskit_local_runtime.devices.lindblad_channels import channels_of
from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.sweeps.lindblad import LETTERS, PauliLindblad


def slowly(state: DensityMatrix, model: PauliLindblad) -> DensityMatrix:
    """The model on a state, one generator after another."""
    for letters, chance in zip(model.letters, model.probabilities, strict=True):
        pauli = Pauli("".join(LETTERS[letter] for letter in letters[::-1]))
        state = (1 - chance) * state + chance * state.evolve(pauli)
    return state


class TestChannels(unittest.TestCase):
    """Against each generator by itself."""

    @given(st.integers(0, 2**20))
    @settings(max_examples=20, deadline=None, derandomize=True)
    def test_they_are_the_model_together(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        letters = rng.integers(0, 4, (8, 4)).astype(np.uint8)
        letters[np.arange(8)[:, None], rng.permuted(np.tile(np.arange(4), (8, 1)), axis=1)[:, : rng.integers(0, 4)]] = 0
        model = PauliLindblad(letters, rng.random(8) * 0.2)
        state = random_density_matrix(16, seed=seed)
        found = state
        for channel, places in channels_of(model):
            self.assertTrue(channel.is_pauli)
            found = found.evolve(SuperOp(channel.superop), list(places))
        np.testing.assert_allclose(found.data, slowly(state, model).data, atol=1e-12)

    def test_generators_of_one_qubit_join_those_of_a_pair(self) -> None:
        letters = np.array([[1, 0, 0], [0, 3, 0], [2, 2, 0], [0, 0, 1], [0, 0, 0]], dtype=np.uint8)
        places = [where for _, where in channels_of(PauliLindblad(letters, np.full(5, 0.1)))]
        self.assertEqual(sorted(places), [(0, 1), (2,)])

    def test_wide_generators_are_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "at most 4 qubits, found one on 5"):
            channels_of(PauliLindblad(np.ones((1, 5), dtype=np.uint8), np.array([0.1])))
