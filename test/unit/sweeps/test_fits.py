"""Polynomials and decays fitted to many data sets at once."""

from __future__ import annotations

import unittest

import numpy as np
from ddt import data, ddt
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import curve_fit

from qiskit_local_runtime.sweeps.fits import Fit, fit_decays, fit_polynomial

_X = np.array([1.0, 2.0, 3.0, 5.0, 7.0, 9.0])
_AT = np.array([0.0, 1.0, 4.0])


def _noisy(truth: NDArray[np.float64], spread: float, sets: int) -> NDArray[np.float64]:
    return np.asarray(truth + spread * np.random.default_rng(5).normal(size=(sets, len(truth))))


def _slopes_by_differences(fit: type, y: NDArray[np.float64], *rest: object) -> NDArray[np.float64]:
    step = 1e-6
    moved = [(fit(y + step * e, *rest).values - fit(y - step * e, *rest).values) / (2 * step) for e in np.eye(y.shape[1])]
    return np.stack(moved, axis=-1)


@ddt
class TestPolynomials(unittest.TestCase):
    """``fit_polynomial``."""

    @data(1, 2, 3, 4, 5)
    def test_polynomials_of_the_degree_are_found_again(self, degree: int) -> None:
        rng = np.random.default_rng(degree)
        coefficients = rng.normal(size=degree + 1)
        y = np.polyval(coefficients, _X)[None]
        fit = fit_polynomial(y, rng.uniform(0.1, 1, y.shape), _X, _AT, degree)
        np.testing.assert_allclose(fit.values[0], np.polyval(coefficients, _AT), atol=1e-12 * np.abs(y).max() * 10**degree)

    def test_it_agrees_with_numpys_weighted_fit_and_its_covariance(self) -> None:
        rng = np.random.default_rng(2)
        y, stds = rng.normal(size=(4, 6)), rng.uniform(0.1, 1, (4, 6))
        fit = fit_polynomial(y, stds**-2, _X, np.zeros(1), 2)
        for row in range(4):
            expected, covariance = np.polyfit(_X, y[row], 2, w=1 / stds[row], cov="unscaled")
            self.assertAlmostEqual(fit.values[row, 0], expected[-1], places=11)
            self.assertAlmostEqual(((fit.slopes[row, 0] * stds[row]) ** 2).sum(), covariance[-1, -1], places=11)


class TestDecays(unittest.TestCase):
    """``fit_decays``."""

    @settings(derandomize=True, deadline=None, max_examples=60)
    @given(amplitude=st.floats(1e-3, 3), sign=st.sampled_from([-1, 1]), rate=st.floats(0, 2), at=st.floats(0, 10))
    def test_a_decay_without_noise_is_found_again(self, amplitude: float, sign: int, rate: float, at: float) -> None:
        y = (sign * amplitude * np.exp(-rate * _X))[None]
        fit = fit_decays(y, np.ones_like(y), _X, np.array([at]), 1)
        self.assertAlmostEqual(fit.values[0, 0], sign * amplitude * np.exp(-rate * at), delta=1e-7 * amplitude)
        self.assertTrue(fit.resolved[0])

    def test_two_decays_of_either_sign_without_noise_are_found_again(self) -> None:
        y = np.stack([0.5 * np.exp(-0.05 * _X) + 0.4 * np.exp(-0.6 * _X), 0.9 * np.exp(-0.1 * _X) - 0.4 * np.exp(-0.9 * _X)])
        fit = fit_decays(y, np.ones_like(y), _X, np.zeros(1), 2)
        np.testing.assert_allclose(fit.values[:, 0], [0.9, 0.5], atol=1e-6)

    def test_it_agrees_with_scipys_least_squares_and_covariance(self) -> None:
        stds = np.array([0.01, 0.02, 0.01, 0.03, 0.02, 0.02])
        y = _noisy(0.8 * np.exp(-0.2 * _X), 0.02, 20)
        fit = fit_decays(y, np.tile(stds**-2, (20, 1)), _X, np.zeros(1), 1)
        for row in range(20):
            found, covariance = curve_fit(
                lambda x, a, b: a * np.exp(-b * x), _X, y[row], (0.8, 0.2), stds, absolute_sigma=True, xtol=1e-12, ftol=1e-12
            )
            self.assertAlmostEqual(fit.values[row, 0], found[0], delta=1e-6)
            self.assertAlmostEqual(np.linalg.norm(fit.slopes[row, 0] * stds), covariance[0, 0] ** 0.5, delta=1e-6)

    def test_slopes_are_derivatives_where_the_fit_is_close(self) -> None:
        y = np.array([[0.8, -0.3]]).T * np.exp(-np.array([[0.2], [0.05]]) * _X)
        weights = np.random.default_rng(1).uniform(0.2, 1, y.shape)
        fit = fit_decays(y, weights, _X, _AT, 1)
        expected = _slopes_by_differences(fit_decays, y, weights, _X, _AT, 1)  # type: ignore[arg-type]
        np.testing.assert_allclose(fit.slopes, expected, atol=1e-5)

    def test_values_that_grow_give_a_constant(self) -> None:
        fit = fit_decays(np.array([[0.1, 0.2, 0.6]]), np.ones((1, 3)), np.array([1.0, 3, 5]), np.zeros(1), 1)
        self.assertAlmostEqual(fit.values[0, 0], 0.3, places=12)

    def test_a_decay_too_quick_to_be_seen_is_not_resolved(self) -> None:
        fit = fit_decays(np.array([[0.5, 0.0, 0.0]]), np.ones((1, 3)), np.array([1.0, 3, 5]), np.zeros(1), 1)
        self.assertFalse(fit.resolved[0])

    def test_one_decay_does_not_resolve_two(self) -> None:
        y = (0.8 * np.exp(-0.2 * _X))[None]
        fit = fit_decays(y, np.ones_like(y), _X, np.zeros(1), 2)
        spread = np.linalg.norm(fit.slopes[0, 0])
        self.assertTrue(not fit.resolved[0] or spread > 3, spread)

    def test_each_set_is_fitted_as_if_it_were_alone(self) -> None:
        y = _noisy(0.5 * np.exp(-0.3 * _X), 0.05, 5000)
        weights = np.random.default_rng(8).uniform(0.1, 1, y.shape)
        together = fit_decays(y, weights, _X, _AT, 1)
        for row in (0, 2047, 2048, 4999):
            alone: Fit = fit_decays(y[[row]], weights[[row]], _X, _AT, 1)
            np.testing.assert_allclose(together.values[row], alone.values[0], atol=1e-6)

    def test_no_rate_fits_noise_better(self) -> None:
        y = _noisy(np.zeros(6), 1.0, 300)
        fit = fit_decays(y, np.ones_like(y), _X, _X, 1)
        left = ((y - fit.values) ** 2).sum(axis=1)
        for rate in np.linspace(0, 10, 301):  # the quickest there are: to exp(-10) between the two lowest abscissae
            shape = np.exp(-rate * _X)
            others = ((y - np.outer(y @ shape, shape) / (shape @ shape)) ** 2).sum(axis=1)
            self.assertLess((left - others).max(), 1e-5)  # of a variance of 1

    def test_a_start_from_similar_data_finds_what_the_search_finds(self) -> None:
        y = _noisy(0.5 * np.exp(-0.3 * _X), 0.01, 200)
        weights = np.ones_like(y)
        searched = fit_decays(y, weights, _X, _AT, 1)
        moved = y + 0.002 * np.random.default_rng(3).normal(size=y.shape)
        found = fit_decays(moved, weights, _X, _AT, 1, searched.rates)
        np.testing.assert_allclose(found.values, fit_decays(moved, weights, _X, _AT, 1).values, atol=1e-9)
        self.assertGreater(np.abs(found.rates - searched.rates).max(), 1e-4)

    def test_far_from_the_data_steep_decays_stay_numbers(self) -> None:
        x = 1 + 1e-6 * np.arange(5)
        with np.errstate(all="raise", under="ignore"):
            fit = fit_decays(np.array([[0.5, 0.2, 0.1, 0.0, 0.0]]), np.ones((1, 5)), x, np.zeros(1), 1)
        self.assertTrue(np.isfinite(fit.values).all() and np.isfinite(fit.slopes).all())

    def test_no_sets_give_no_curves(self) -> None:
        self.assertEqual(fit_decays(np.zeros((0, 6)), np.zeros((0, 6)), _X, _AT, 2).slopes.shape, (0, 3, 6))
