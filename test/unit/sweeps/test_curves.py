"""Curves by name, with errors."""

from __future__ import annotations

import unittest

import numpy as np

from qiskit_local_runtime.sweeps.curves import PARAMETERS, Measured

_X = np.array([1.0, 3.0, 5.0])
_ZERO = np.zeros(1)


def _measured(y: list[float], stds: list[float]) -> Measured:
    return Measured.of(_X, np.array([y]), np.array([stds]))


class TestMeasured(unittest.TestCase):
    """``Measured``."""

    def test_weights_are_inverse_variances_up_to_a_factor(self) -> None:
        np.testing.assert_allclose(_measured([1, 1, 1], [0.1, 0.2, 0.4]).weights, [[1, 1 / 4, 1 / 16]], rtol=1e-15)

    def test_an_error_of_zero_beside_others_counts_as_the_smallest_of_them(self) -> None:
        measured = _measured([1, 1, 1], [0.0, 0.2, 0.4])
        np.testing.assert_array_equal(measured.stds, [[0.2, 0.2, 0.4]])
        np.testing.assert_allclose(measured.weights, [[1, 1, 1 / 4]], rtol=1e-15)

    def test_without_any_errors_data_weigh_the_same_and_curves_have_none(self) -> None:
        measured = _measured([0.6, 0.5, 0.4], [0, 0, 0])
        np.testing.assert_array_equal(measured.weights, 1.0)
        curves = measured.fit(("exponential", "linear"), _ZERO)
        np.testing.assert_array_equal(curves.stds, 0.0)
        self.assertAlmostEqual(curves.values[0, 1, 0], 0.65, places=12)

    def test_data_that_are_not_finite_do_not_touch_other_sets(self) -> None:
        both = Measured.of(_X, np.array([[np.nan, 0.5, 0.4], [0.6, 0.5, 0.4]]), np.full((2, 3), 0.1))
        curves = both.fit(("linear", "exponential", "fallback"), _ZERO)
        self.assertTrue(np.isnan(curves.values[0]).all() and np.isinf(curves.stds[0]).all())
        alone = _measured([0.6, 0.5, 0.4], [0.1] * 3).fit(("linear", "exponential", "fallback"), _ZERO)
        np.testing.assert_allclose(curves.values[1], alone.values[0], atol=1e-12)

    def test_fallback_is_the_datum_at_the_lowest_abscissa(self) -> None:
        measured = Measured.of(np.array([3.0, 1.0, 5.0]), np.array([[0.5, 0.6, 0.4]]), np.array([[0.1, 0.2, 0.3]]))
        curves = measured.fit(("fallback",), np.array([0.0, 7.0]))
        np.testing.assert_array_equal(curves.values, [[[0.6, 0.6]]])
        np.testing.assert_allclose(curves.stds, [[[0.2, 0.2]]])

    def test_a_constant_through_growing_values_is_poor_unless_noise_explains_it(self) -> None:
        self.assertTrue(_measured([0.1, 0.3, 0.6], [0.01] * 3).fit(("exponential",), _ZERO).poor[0, 0])
        self.assertFalse(_measured([0.1, 0.3, 0.6], [0.3] * 3).fit(("exponential",), _ZERO).poor[0, 0])
        self.assertFalse(_measured([0.1, 0.3, 0.6], [0.01] * 3).fit(("linear",), _ZERO).poor[0, 0])

    def test_precise_data_that_a_curve_nearly_explains_are_not_held_against_it(self) -> None:
        self.assertFalse(_measured([0.9, 0.6, 0.5], [1e-5] * 3).fit(("exponential",), _ZERO).poor[0, 0])

    def test_replicas_keep_the_weights_of_the_whole_data(self) -> None:
        whole = Measured.of(_X, np.array([[0.6, 0.5, 0.4], [np.nan, 0.5, 0.4]]), np.array([[0.1, 0.2, 0.4], [0.1, 0.1, 0.1]]))
        found = whole.replicated(np.array([[[1.0, 2, 3], [4, 5, 6]], [[7, np.inf, 9], [1, 1, 1]]]))
        np.testing.assert_array_equal(found.y, [[1, 2, 3], [4, 5, 6], [7, np.inf, 9], [1, 1, 1]])
        np.testing.assert_array_equal(found.weights, np.tile(whole.weights, (2, 1)))
        np.testing.assert_array_equal(found.stds, np.tile(whole.stds, (2, 1)))
        np.testing.assert_array_equal(found.finite, [True, False, False, False])

    def test_every_name_fits_with_the_least_number_of_data(self) -> None:
        for name, needed in PARAMETERS.items():
            x = 1.0 + np.arange(needed)
            y = (0.5 * np.exp(-0.05 * x) + 0.4 * np.exp(-0.6 * x))[None] if needed == 4 else np.exp(-0.2 * x)[None]
            curves = Measured.of(x, y, np.full_like(y, 0.01)).fit((name,), x)
            np.testing.assert_allclose(curves.values[0, 0], y[0], atol=1e-8, err_msg=name)
