"""Zero-noise extrapolation: values, honest errors, and the choice of the extrapolator."""

from __future__ import annotations

import unittest
import warnings
from collections.abc import Callable

import numpy as np
from ddt import data, ddt, unpack
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from qiskit_local_runtime.errors import IBMInputValueError
from qiskit_local_runtime.sweeps.verdicts import Verdict
from qiskit_local_runtime.techniques.zne_extrapolation import MEASURED, REQUIRED_FACTORS, extrapolate

_X = (1.0, 3.0, 5.0)
_SETS = 2000


def _decay(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(0.8 * np.exp(-0.15 * x))


def _weak(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(-0.2 * np.exp(-0.05 * x))


def _line(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return 0.8 - 0.1 * x


def _parabola(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(0.8 - 0.1 * x + 0.01 * x**2)


def _two_decays(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(0.5 * np.exp(-0.05 * x) + 0.4 * np.exp(-0.6 * x))


@ddt
class TestErrors(unittest.TestCase):
    """Standard errors are what they say."""

    @unpack
    @data(
        ("linear", _line, _X, 0.02),
        ("polynomial_degree_1", _line, (1.0, 1.5, 2.0, 4.0), 0.05),
        ("polynomial_degree_2", _parabola, (1.0, 2.0, 3.0, 5.0, 7.0), 0.02),
        ("exponential", _decay, _X, 0.005),
        ("exponential", _decay, _X, 0.02),
        ("exponential", _decay, (1.0, 3.0), 0.01),
        ("exponential", _weak, _X, 0.005),
        ("double_exponential", _two_decays, (1.0, 2.0, 3.0, 5.0, 7.0, 9.0), 0.002),
    )
    def test_they_cover_the_truth_as_often_as_they_say(
        self, name: str, truth: Callable[[NDArray[np.float64]], NDArray[np.float64]], factors: tuple[float, ...], spread: float
    ) -> None:
        x = np.array(factors)
        stds = np.broadcast_to(spread * np.linspace(1, 2, len(x)), (_SETS, len(x)))  # unequal: weights matter
        values = truth(x) + stds * np.random.default_rng(4).normal(size=stds.shape)
        result = extrapolate(values, stds, factors, (name,))
        pulls = (result.best_evs - truth(np.zeros(1))) / result.best_stds
        self.assertGreater((result.chosen == 0).mean(), 0.999)
        self.assertAlmostEqual((np.abs(pulls) < 1).mean(), 0.6827, delta=3 * 0.0104)  # binomial: 0.0104
        self.assertAlmostEqual((np.abs(pulls) < 2).mean(), 0.9545, delta=4 * 0.0047)  # binomial: 0.0047
        self.assertTrue(0.9 < pulls.std() < 1.1, pulls.std())
        self.assertLess(abs(pulls.mean()), 0.1)

    @data("linear", "exponential", "polynomial_degree_2", "fallback")
    def test_slopes_give_the_same_errors(self, name: str) -> None:
        stds = np.array([0.01, 0.02, 0.03])
        result = extrapolate(_decay(np.array(_X)), stds, _X, (name,))
        self.assertAlmostEqual(float(np.linalg.norm(result.best_slopes * stds)), float(result.best_stds), places=14)


@ddt
class TestChoice(unittest.TestCase):
    """The first extrapolator whose value can be believed."""

    @unpack
    @data(
        ((0.6, 0.5, 0.42), 0.01, "exponential", "exponential: accepted"),
        ((0.3, 0.001, -0.001), 0.01, "linear", "exponential: its standard error is larger"),
        ((0.1, 0.3, 0.5), 0.01, "linear", "exponential: it leaves more than half"),
        ((0.4, -0.2, 0.3), 0.01, "fallback", "linear: it leaves more than half"),
        ((0.5, 0.4, 0.3), 5.0, "fallback", "the value at the lowest noise factor is taken"),
        ((-0.9, -0.2, -0.05), 0.001, "fallback", "exponential: it is impossible"),
        ((9.0, 5.0, 2.7), 0.01, "fallback", "it is impossible"),
        ((0.0, 0.0, 0.0), 0.0, "exponential", "exponential: accepted"),
        ((1.0, 1.0, 1.0), 0.0, "exponential", "exponential: accepted"),
    )
    def test_it_is_made_for_a_reason(self, values: tuple[float, ...], std: float, name: str, reason: str) -> None:
        result = extrapolate(values, [std] * 3, _X)
        self.assertEqual(str(result.names), name)
        self.assertIn(reason, result.why())

    def test_the_order_given_is_the_order_tried(self) -> None:
        values, stds = _decay(np.array(_X)), [0.01] * 3
        self.assertEqual(str(extrapolate(values, stds, _X, ("linear", "exponential")).names), "linear")
        self.assertEqual(str(extrapolate(values, stds, _X, ("exponential", "linear")).names), "exponential")

    def test_each_element_has_its_own(self) -> None:
        values = np.array([[[0.6, 0.5, 0.42], [0.1, 0.3, 0.5]]])
        result = extrapolate(values, np.full(values.shape, 0.01), _X)
        np.testing.assert_array_equal(result.chosen, [[0, 1]])
        np.testing.assert_array_equal(result.names, [["exponential", "linear"]])
        np.testing.assert_array_equal(result.verdicts, [[[Verdict.ACCEPTED] * 2, [Verdict.POOR, Verdict.ACCEPTED]]])
        self.assertEqual(result.why(0, 0), "exponential: accepted")

    def test_what_was_measured_is_taken_with_its_own_error_if_nothing_else_can_be(self) -> None:
        result = extrapolate([0.3, 0.4, -0.2], [0.03, 0.01, 0.02], (5.0, 1.0, 3.0))
        self.assertEqual(int(result.chosen), MEASURED)
        self.assertEqual((float(result.best_evs), float(result.best_stds)), (0.4, 0.01))
        np.testing.assert_array_equal(result.best_slopes, [0, 1, 0])

    def test_the_bound_is_that_of_the_observable(self) -> None:
        values, stds = np.array([[9.0, 5.0, 2.7]] * 2), np.full((2, 3), 0.01)
        np.testing.assert_array_equal(extrapolate(values, stds, _X, bound=[1.0, 20.0]).names, ["fallback", "exponential"])

    def test_data_that_are_not_finite_are_never_fitted(self) -> None:
        result = extrapolate([[np.nan, 0.5, 0.4], [0.5, 0.4, 0.3]], [[0.1] * 3, [0.1, np.inf, 0.1]], _X)
        np.testing.assert_array_equal(result.verdicts, Verdict.UNRESOLVED)
        np.testing.assert_array_equal(result.chosen, MEASURED)
        self.assertTrue(np.isnan(result.evs).all() and np.isinf(result.stds).all())
        np.testing.assert_array_equal(result.best_evs, [np.nan, 0.5])


_ODD = st.sampled_from([0.0, 1e-12, 1e-3, 0.1, 1.0, 10.0, np.inf, np.nan])


class TestAnyNumbers(unittest.TestCase):
    """Whatever is measured, there is an answer."""

    @settings(derandomize=True, deadline=None, max_examples=60)
    @given(
        values=st.lists(st.one_of(st.floats(-1, 1), _ODD), min_size=5, max_size=5),
        stds=st.lists(_ODD, min_size=5, max_size=5),
        spacing=st.sampled_from([1e-6, 1e-3, 1.0, 100.0]),
        scale=st.sampled_from([1e-30, 1e-9, 1.0, 1e9]),
    )
    def test_there_are_no_warnings_and_the_sign_of_the_observable_does_not_matter(
        self, values: list[float], stds: list[float], spacing: float, scale: float
    ) -> None:
        y, errors = scale * np.array(values), scale * np.array(stds)
        factors = 1 + spacing * np.array([0.0, 1.0, 1.5, 2.0, 4.0])
        names = ("exponential", "double_exponential", "linear", "polynomial_degree_3")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            result = extrapolate(y, errors, factors, names, bound=scale)
            mirrored = extrapolate(-y, errors, factors, names, bound=scale)
        self.assertEqual(result.chosen, mirrored.chosen)
        np.testing.assert_allclose(mirrored.best_evs, -result.best_evs, rtol=1e-5, atol=1e-6 * scale)
        if result.chosen == MEASURED:
            np.testing.assert_array_equal(result.best_evs, y[0])
        else:
            self.assertTrue(np.isfinite([result.best_evs, result.best_stds]).all())
            self.assertLessEqual(float(result.best_stds), scale)


@ddt
class TestShapes(unittest.TestCase):
    """Arrays as in IBM's results."""

    @data((), (4,), (2, 3), (0,))
    def test_leading_axes_are_kept(self, shape: tuple[int, ...]) -> None:
        values = np.broadcast_to(_decay(np.array(_X)), (*shape, 3))
        result = extrapolate(
            values, np.full(values.shape, 0.01), _X, ("exponential", "linear", "fallback"), (0.0, 1.0, 3.0, 5.0)
        )
        self.assertEqual((result.evs.shape, result.stds.shape), ((*shape, 3, 4),) * 2)
        self.assertEqual((result.best_evs.shape, result.best_stds.shape, result.names.shape), (shape,) * 3)
        self.assertEqual((result.verdicts.shape, result.best_slopes.shape), ((*shape, 3),) * 2)
        np.testing.assert_allclose(
            result.evs[..., 0, :], np.broadcast_to(_decay(np.array([0, 1, 3, 5])), (*shape, 4)), atol=1e-9
        )

    def test_the_best_is_at_zero_wherever_else_the_curves_are_wanted(self) -> None:
        result = extrapolate(_decay(np.array(_X)), [0.01] * 3, _X, at=(2.0,))
        self.assertAlmostEqual(float(result.best_evs), 0.8, places=9)
        self.assertAlmostEqual(float(result.evs[0, 0]), 0.8 * np.exp(-0.3), places=9)

    def test_the_order_of_factors_does_not_matter(self) -> None:
        values, stds = np.array([0.6, 0.5, 0.41]), np.array([0.01, 0.02, 0.03])
        forth, back = extrapolate(values, stds, _X), extrapolate(values[::-1], stds[::-1], _X[::-1])
        self.assertAlmostEqual(float(forth.best_evs), float(back.best_evs), places=7)
        np.testing.assert_allclose(forth.best_slopes, back.best_slopes[::-1], atol=1e-6)

    def test_one_name_may_stand_for_a_list_of_one(self) -> None:
        self.assertEqual(extrapolate([0.6, 0.5, 0.4], [0.01] * 3, _X, "linear").extrapolators, ("linear",))


@ddt
class TestBadInput(unittest.TestCase):
    """Errors say what is wrong."""

    @data(*sorted(set(REQUIRED_FACTORS) - {"fallback"}))
    def test_too_few_different_factors(self, name: str) -> None:
        needed = REQUIRED_FACTORS[name]
        factors = [1.0, *(1.0 + np.arange(needed - 1))]  # enough of them, but two are the same
        with self.assertRaisesRegex(IBMInputValueError, f"{name} needs at least {needed} different .*found {needed - 1}"):
            extrapolate(np.ones(needed), np.ones(needed), factors, (name,))

    def test_the_least_numbers_of_factors_are_ibms(self) -> None:
        expected = {"linear": 2, "exponential": 2, "double_exponential": 4, "fallback": 1}
        self.assertEqual(REQUIRED_FACTORS, expected | {f"polynomial_degree_{k}": k + 1 for k in range(1, 8)})

    @unpack
    @data(
        ({"extrapolators": ("cubic",)}, "found 'cubic'"),
        ({"extrapolators": ()}, "found none"),
        ({"noise_factors": (1.0, 3.0, float("inf"))}, "noise_factors must be finite"),
        ({"at": (-1.0,)}, "extrapolated_noise_factors must be finite and not negative"),
        ({"values": np.ones((2, 3))}, r"found \(2, 3\)"),
        ({"values": np.ones(2), "stds": np.ones(2)}, r"\(…, 3\)"),
        ({"stds": [0.1, -0.2, 0.1]}, "found -0.2"),
    )
    def test_arguments_that_make_no_sense(self, changed: dict[str, object], message: str) -> None:
        arguments = {"values": [0.6, 0.5, 0.4], "stds": [0.01] * 3, "noise_factors": _X} | changed
        with self.assertRaisesRegex(IBMInputValueError, message):
            extrapolate(**arguments)  # type: ignore[arg-type]
