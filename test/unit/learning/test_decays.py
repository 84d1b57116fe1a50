"""Fits of fading Paulis."""

from __future__ import annotations

import unittest

import numpy as np

from qiskit_local_runtime.learning import Decays
from qiskit_local_runtime.learning.decays import fit

_DEPTHS = np.array([0, 1, 2, 4, 16, 32])


def _means(amplitudes: np.ndarray, rates: np.ndarray) -> np.ndarray:
    return np.asarray(amplitudes * np.exp(-rates * _DEPTHS[:, None]))


class TestFit(unittest.TestCase):
    """Known decays, with and without the noise of shots."""

    def test_exact_decays_are_found_exactly_slow_fast_and_none_at_all(self) -> None:
        amplitudes = np.array([0.97, 0.9, 0.6, 1.0, 0.8])
        rates = np.array([1e-5, 0.02, 0.3, 0.0, 2.0])
        found, decay, _ = fit(_means(amplitudes, rates), _DEPTHS, np.full(5, 4096.0))
        np.testing.assert_allclose(found, amplitudes, atol=1e-7)
        np.testing.assert_allclose(decay, rates, atol=1e-7)

    def test_errors_are_as_predicted_and_there_is_no_bias(self) -> None:
        rng = np.random.default_rng(4)
        rates = np.repeat([0.002, 0.02, 0.2], 1000)
        means = _means(np.full(3000, 0.93), rates)
        seen = 2 * rng.binomial(4096, (1 + means) / 2) / 4096 - 1
        _, decay, variances = fit(seen, _DEPTHS, np.full(3000, 4096.0))
        pulls = ((decay - rates) / np.sqrt(variances)).reshape(3, 1000)
        np.testing.assert_array_less(np.abs(pulls.mean(axis=1)), 4 / np.sqrt(1000))
        np.testing.assert_allclose(pulls.std(axis=1), 1, atol=4 / np.sqrt(2000))

    def test_weights_do_not_follow_the_noise_of_few_shots(self) -> None:
        rng = np.random.default_rng(4)
        means = _means(np.full(4000, 0.95), np.full(4000, 0.002))
        _, decay, _ = fit(2 * rng.binomial(100, (1 + means) / 2) / 100 - 1, _DEPTHS, np.full(4000, 100.0))
        self.assertLess(abs(decay.mean() - 0.002), 4 * decay.std() / np.sqrt(4000))

    def test_many_fits_at_once_are_the_fits_one_by_one(self) -> None:
        rng = np.random.default_rng(5)
        means = _means(np.full(4, 0.9), np.full(4, 0.05)) + rng.normal(0, 0.01, (3, 6, 4))
        counts = np.array([1000.0, 2000.0, 3000.0, 4000.0])
        together = fit(means, _DEPTHS, counts)
        for place, each in enumerate(means):
            for all_of_them, one in zip(together, fit(each, _DEPTHS, counts), strict=True):
                np.testing.assert_allclose(all_of_them[place], one, rtol=1e-12)

    def test_a_pauli_that_is_gone_after_one_pair_of_layers_has_a_large_rate_and_a_large_error(self) -> None:
        means = np.array([[0.9], [0.001], [-0.002], [0.0], [0.001], [0.0]])
        amplitude, rate, variance = fit(means, _DEPTHS, np.array([4096.0]))
        self.assertAlmostEqual(amplitude[0], 0.9, places=3)
        self.assertGreater(rate[0], 3)
        self.assertTrue(np.isfinite(variance[0]) and variance[0] > 0.1)


class TestDecays(unittest.TestCase):
    """What is read off them."""

    def test_curves_and_fidelities_follow_from_amplitudes_and_products(self) -> None:
        letters = np.array([[1], [3]], dtype=np.uint8)
        amplitudes, products = np.array([0.9, 0.8]), np.array([0.81, 1.0])
        found = Decays(letters, letters, _DEPTHS, *[np.zeros((6, 2))] * 2, amplitudes, amplitudes, products, products)
        np.testing.assert_allclose(found.fidelities, [0.9, 1])
        np.testing.assert_allclose(found.curves[:, 0], 0.9 * 0.81**_DEPTHS)
