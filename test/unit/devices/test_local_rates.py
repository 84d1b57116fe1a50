"""Rates from fidelities."""

from __future__ import annotations

import unittest

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from qiskit_local_runtime.devices.local_rates import local_model, local_paulis
from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.sweeps.lindblad import PauliLindblad, anticommute

_PAIRS = [(0, 1), (1, 2), (1, 3), (4, 2)]


class TestLocalModel(unittest.TestCase):
    """Against models whose rates are known, and a slow fit."""

    @given(st.integers(0, 2**20))
    @settings(max_examples=20, deadline=None, derandomize=True)
    def test_rates_are_found_again(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        paulis = local_paulis(5, _PAIRS)
        model = PauliLindblad(paulis, rng.random(len(paulis)) * rng.integers(0, 2, len(paulis)) * 0.05)
        found = local_model(range(5), _PAIRS, model.fidelities(paulis))
        every = rng.integers(0, 4, (50, 5)).astype(np.uint8)
        self.assertEqual(len(found), np.count_nonzero(model.rates))
        np.testing.assert_allclose(found.rates, model.rates[model.rates > 0], atol=1e-13)
        np.testing.assert_allclose(found.fidelities(every), model.fidelities(every), atol=1e-13)

    @given(st.integers(0, 2**20))
    @settings(max_examples=20, deadline=None, derandomize=True)
    def test_rates_that_would_be_negative_are_fitted(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        paulis = local_paulis(5, _PAIRS)
        fidelities = PauliLindblad(paulis, rng.normal(0.01, 0.03, len(paulis))).fidelities(paulis)
        best, _ = nnls(anticommute(paulis, paulis).astype(float), -np.log(fidelities) / 2)
        found = local_model(range(5), _PAIRS, fidelities)
        np.testing.assert_array_equal(found.letters, paulis[best > 1e-12])
        np.testing.assert_allclose(found.rates, best[best > 1e-12], atol=1e-10)

    def test_noise_that_turns_a_pauli_around_is_refused(self) -> None:
        with self.assertRaisesRegex(IBMInputValueError, "the fidelity -0.2 of X7 Y3"):
            fidelities = np.ones(15)
            fidelities[7] = -0.2
            local_model((7, 3), [(0, 1)], fidelities)
