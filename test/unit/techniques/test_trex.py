"""TREX's arithmetic."""

from __future__ import annotations

import unittest

import numpy as np

from qiskit_local_runtime.sweeps import Terms
from qiskit_local_runtime.techniques.terms import signs
from qiskit_local_runtime.techniques.trex import as_paulis, mitigate


class TestAsPaulis(unittest.TestCase):
    """``as_paulis`` expands projectors."""

    def test_the_expansion_has_the_same_values_on_every_outcome(self) -> None:
        letters = np.array([[4, 5, 3], [0, 5, 0], [3, 0, 0], [6, 7, 1]], dtype=np.uint8)
        paulis, weights, owner = as_paulis(letters)
        outcomes = ((np.arange(8)[:, None] >> np.arange(3)) & 1).astype(bool)
        expanded = signs(outcomes, paulis) * weights
        for term in range(len(letters)):
            np.testing.assert_allclose(expanded[:, owner == term].sum(axis=1), signs(outcomes, letters)[:, term], atol=1e-12)

    def test_the_basis_of_every_letter_is_kept(self) -> None:
        letters = np.array([[8, 9, 6, 4]], dtype=np.uint8)
        paulis, _, _ = as_paulis(letters)
        basis = Terms(letters).basis[0]
        self.assertTrue(((paulis == 0) | (paulis == basis)).all())

    def test_too_many_projectors_are_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "11 projectors"):
            as_paulis(np.full((1, 11), 4, dtype=np.uint8))


class TestMitigate(unittest.TestCase):
    """``mitigate`` divides by the calibration and resamples the whole estimate."""

    def test_factors_undo_damping_exactly_when_there_is_no_spread(self) -> None:
        data = np.tile([0.9 * 0.5, 0.81 * -0.25], (4, 1))
        factors = np.tile([0.9, 0.81], (3, 1))
        values, spread, calibration = mitigate(data, factors, np.array([[1.0, 2.0]]))
        np.testing.assert_allclose(values, [0.0], atol=1e-12)
        np.testing.assert_allclose(spread + calibration, 0, atol=1e-24)

    def test_without_factors_the_jackknife_is_the_standard_error_of_the_mean(self) -> None:
        data = np.random.default_rng(3).normal(size=(20, 2))
        values, spread, _ = mitigate(data, None, np.array([[1.0, -1.0]]))
        combined = data @ [1.0, -1.0]
        np.testing.assert_allclose(values, combined.mean())
        np.testing.assert_allclose(spread, combined.var(ddof=1) / 20)

    def test_error_bars_cover_the_truth_as_often_as_they_say(self) -> None:
        rng = np.random.default_rng(11)
        truth, factor, pulls = 0.6, 0.8, []
        for _ in range(600):
            data = 0.48 + 0.05 * rng.normal(size=(32, 1))
            factors = factor + 0.05 * rng.normal(size=(32, 1))
            values, spread, calibration = mitigate(data, factors, np.ones((1, 1)))
            pulls.append((values[0] - truth) / np.sqrt(spread[0] + calibration[0]))
        within = np.mean(np.abs(pulls) < 1)
        # 68.3 % of 600, a little less for Student's t with 31 degrees of freedom; standard error 1.9 %, four of them
        self.assertAlmostEqual(within, 0.675, delta=4 * 0.019)
