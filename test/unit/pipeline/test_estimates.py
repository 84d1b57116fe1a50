"""From means of terms to values of observables and their errors."""

from __future__ import annotations

import unittest

import numpy as np

from qiskit_local_runtime.pipeline.estimates import Extrapolation, Samples, estimates

COEFFICIENTS = np.array([[1.0, 0.0, 0.0], [0.5, -0.5, 0.25]])
LINEAR = Extrapolation((1.0, 3.0), ("linear",), (0.0, 2.0))


def _samples(rng: np.random.Generator, scale: float, count: int = 32) -> Samples:
    means = scale * np.array([0.8, -0.3, 1.0]) + 0.1 * rng.standard_normal((count, 3))
    return Samples(means, np.array([1e-4, 2e-4]))


class TestEstimates(unittest.TestCase):
    """Against formulas that can be written down."""

    def test_without_extrapolation_values_are_means_and_errors_those_of_means(self) -> None:
        sample = _samples(np.random.default_rng(1), 1)
        found = estimates([sample], None, COEFFICIENTS, None).fields
        each = sample.means @ COEFFICIENTS.T
        np.testing.assert_allclose(found["evs"], each.mean(axis=0), atol=1e-12)
        np.testing.assert_allclose(found["stds"], each.std(axis=0, ddof=1) / np.sqrt(32), atol=1e-12)
        np.testing.assert_allclose(found["ensemble_standard_error"], [1e-2, np.sqrt(2) * 1e-2], atol=1e-12)

    def test_one_randomization_has_the_spread_of_its_shots(self) -> None:
        found = estimates([_samples(np.random.default_rng(1), 1, 1)], None, COEFFICIENTS, None).fields
        np.testing.assert_array_equal(found["stds"], found["ensemble_standard_error"])

    def test_a_line_through_two_points_has_the_error_of_that_line(self) -> None:
        rng = np.random.default_rng(2)
        samples = [_samples(rng, 0.9), _samples(rng, 0.7)]
        found = estimates(samples, None, COEFFICIENTS, LINEAR)
        values = found.fields["evs_noise_factors"]
        errors = found.fields["stds_noise_factors"]
        np.testing.assert_allclose(found.fields["evs"], 1.5 * values[:, 0] - 0.5 * values[:, 1], atol=1e-12)
        np.testing.assert_allclose(found.fields["stds"], np.hypot(1.5 * errors[:, 0], 0.5 * errors[:, 1]), atol=1e-12)
        np.testing.assert_allclose(found.fields["evs_extrapolated"][:, 0, 1], values.mean(axis=-1), atol=1e-12)
        self.assertEqual(found.fields["stds_extrapolated"].shape, (2, 1, 2))
        self.assertEqual(found.extrapolators, ("linear", "linear"))

    def test_a_calibration_that_all_factors_share_moves_them_together(self) -> None:
        """With data free of noise the error is the calibration's alone: the same relative error at every noise factor."""
        data = [Samples(np.tile(scale * np.array([[0.8, -0.3, 1.0]]), (32, 1)), np.zeros(2)) for scale in (0.9, 0.7)]
        calibration = np.column_stack([0.9 + 0.02 * np.random.default_rng(3).standard_normal((32, 2)), np.ones(32)])
        found = estimates(data, calibration, COEFFICIENTS[:1], LINEAR).fields
        relative = found["stds"] / found["evs"]
        np.testing.assert_allclose(relative, found["stds_noise_factors"][:, 0] / found["evs_noise_factors"][:, 0], rtol=1e-9)
        by_hand = calibration[:, 0].std(ddof=1) / np.sqrt(32) / calibration[:, 0].mean()
        np.testing.assert_allclose(relative, by_hand, rtol=1e-2)

    def test_exact_values_are_extrapolated_without_an_error(self) -> None:
        data = [Samples(np.array([[scale, -scale, 1.0]]), np.zeros(2)) for scale in (0.9, 0.7)]
        found = estimates(data, None, COEFFICIENTS, LINEAR).fields
        np.testing.assert_allclose(found["evs"], [1.0, 1.25], atol=1e-12)
        np.testing.assert_allclose(found["stds"], 0.0, atol=1e-12)


if __name__ == "__main__":
    unittest.main()
